import { readdirSync } from 'node:fs';
import type { Bound, OptionPath, StreamApi, TimeoutFact } from '../../src/providers/provider.ts';
import type { DialectName } from './dialects.ts';

/** An SDK's own modules, clients, results and chunks. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as untyped as they are to a program that imports them by name
export type Untyped = any;

/** Newest majors need Node 22; npm under Node 20 resolves the previous ones without a word, so both are in use. */
export type Generation = 'newest' | 'previous';

export const generation: Generation = Number(process.versions.node.split('.')[0]) >= 22 ? 'newest' : 'previous';

/** Where an option stands: in the call, or in the client's constructor. */
export type Place = TimeoutFact['option'];

/** Of which entry of the provider catalog an entry point is the proof. */
export interface Proof {
  /** The package that programs import. */
  readonly module: string;
  readonly api: string;
  /** The member that is iterated; `null`: the result itself, or the only one. */
  readonly iterable: string | null;
  /** Where several entries have the name. */
  readonly reach?: StreamApi['reach'];
  /** The client that has it, where several entries have the name. */
  readonly of?: string;
}

/** Something that the SDK does, and that no wrapper can undo. */
export interface BeyondHelp {
  readonly cases: readonly string[];
  /** What the helper does there; anything else is a fault of its own. */
  readonly wrong: RegExp;
  readonly why: string;
}

/** A limit of the SDK's own, and how it is written. @default the number of milliseconds */
export interface Limit {
  readonly option: Place;
  readonly print?: (ms: number) => unknown;
}

/** One way into an SDK. */
export interface EntryPoint {
  readonly name: string;
  readonly dialect: DialectName;
  /** @default false */
  readonly http2?: boolean;
  readonly proves: Proof | null;
  /** Makes the client at the server's address; `options` are the client's own, by name. */
  readonly client: (url: string, options: Untyped, ...modules: Untyped[]) => Untyped;
  /** The call's arguments. Signal, timeout and retries are put in at their places. */
  readonly arguments: readonly Untyped[];
  readonly call: (client: Untyped, given: Untyped[], ...modules: Untyped[]) => unknown;
  /** What a loop iterates of the call's result. @default the result itself */
  readonly iterate?: (result: Untyped) => Untyped;
  readonly findText: (chunk: Untyped) => string | null | undefined;
  /** Each chunk holds all of the text so far. */
  readonly cumulative?: boolean;
  /**
   * How it is fed from memory: by the global `fetch`, or by a request handler of the AWS SDK; `null`: not at all.
   * @default 'fetch'
   */
  readonly transport?: 'fetch' | 'aws' | null;
  /**
   * Its streams drop what they hold when an error comes, a reset or any:
   * https://streams.spec.whatwg.org/#transform-stream-error
   * @default none
   */
  readonly errorOvertakes?: 'reset' | 'any';
  /** Its hosts send the headers with the first token; the lab's server sends them at once. */
  readonly isHeldByHost?: boolean;
  /** It answers a tool call by itself, with another request. */
  readonly runsTools?: boolean;
  readonly signal: OptionPath | null;
  /**
   * Where its own retries are switched off, and by what; and statuses of the cases that it takes for final all the
   * same.
   */
  readonly retries: { readonly option: Place; readonly off: unknown; readonly never?: readonly number[] } | null;
  readonly timeouts: readonly Limit[];
  /**
   * What the entry point does otherwise than the catalog says, for what the lab does with the chunks before it loops
   * over them.
   */
  readonly otherwise?: Partial<Pick<StreamApi, 'inBandError'>>;
  /** What the previous major does otherwise than the catalog says of the newest. */
  readonly previously?: Readonly<
    Partial<Pick<StreamApi, 'onCleanEnd' | 'onAbort' | 'inBandError' | 'closesOnBreak'>>
  > & {
    /** What an option bounded, by its place; 'nothing' where there was none of that name. */
    readonly timeouts?: Readonly<Record<string, Bound>>;
  };
  /**
   * Cases in which the SDK leaves the helper no way to keep its promise; `error-first` and `malformed-first` are the
   * properties': as the very first frame; `cuts` is the cut at every byte.
   */
  readonly beyondHelp?: readonly BeyondHelp[];
  /** How the helper's `open` differs from the raw loop's, where it does. */
  readonly helper?: {
    /** Puts the signal in where the SDK has no working place for it. */
    readonly client?: (url: string, options: Untyped, signal: AbortSignal, ...modules: Untyped[]) => Untyped;
    /** What `open` gives. */
    readonly give?: (result: Untyped) => unknown;
    readonly findText?: (chunk: Untyped) => string | null | undefined;
    /**
     * The helper has no protocol for the chunks, and gets one as a program would write it: `findText` is its text, the
     * catalog's `terminal` its end.
     */
    readonly ownProtocol?: boolean;
    /** What a chunk of its own says of a failure. */
    readonly findFailure?: (chunk: Untyped) => string | null;
    /** The text inside what the helper collected, where that is more than the text. */
    readonly findPartial?: (text: string) => string;
  };
}

export interface Sdk {
  readonly id: string;
  readonly title: string;
  /** What is installed for each generation; the modules are handed to `client` and `call` in this order. */
  readonly packages: Readonly<Record<Generation, readonly string[]>>;
  readonly entryPoints: readonly EntryPoint[];
}

const folder = new URL('sdks/', import.meta.url);

/** Every file of `sdks/`. */
export async function findSdks(): Promise<Sdk[]> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort();
  return Promise.all(
    names.map(async (name) => ((await import(new URL(name, folder).href)) as { default: Sdk }).default),
  );
}

/** The modules of this Node's generation. A CommonJS module's names are those of its default export. */
export async function loadModules({ packages }: Sdk): Promise<Untyped[]> {
  return Promise.all(
    packages[generation].map(async (name) => {
      const module = await import(name);
      return typeof module.default === 'object' ? { ...module.default, ...module } : module;
    }),
  );
}

/** `given` with `value` at `place`, the objects on the way copied. */
function put(given: Untyped, [name, ...rest]: readonly (string | number)[], value: unknown): Untyped {
  if (name === undefined) return value;
  const copy = Array.isArray(given) ? [...given] : { ...given };
  copy[name] = put(copy[name] ?? {}, rest, value);
  return copy;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeout?: Limit & { readonly ms: number };
  /** The signal goes in the helper's way, and what is given is what the helper is to read. */
  readonly forHelper?: boolean;
}

/** Makes the request as a program would, with the SDK's own retries off. */
export async function openRaw(
  entry: EntryPoint,
  modules: readonly Untyped[],
  url: string,
  { signal, timeout, forHelper = false }: CallOptions = {},
): Promise<Untyped> {
  let options: Untyped = {};
  let given: Untyped = [...entry.arguments];
  const set = (place: Place, value: unknown): void => {
    if ('client' in place) options = put(options, place.client.split('.'), value);
    else given = put(given, [place.argument, ...place.path], value);
  };
  if (entry.retries) set(entry.retries.option, entry.retries.off);
  if (signal && entry.signal) set(entry.signal, signal);
  if (timeout) set(timeout.option, timeout.print ? timeout.print(timeout.ms) : timeout.ms);
  const client: Untyped =
    forHelper && signal && entry.helper?.client
      ? entry.helper.client(url, options, signal, ...modules)
      : entry.client(url, options, ...modules);
  const result: Untyped = await entry.call(client, given, ...modules);
  const iterate = forHelper && entry.helper?.give ? entry.helper.give : entry.iterate;
  return iterate ? iterate(result) : result;
}
