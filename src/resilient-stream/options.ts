import type { Backoff } from './backoff.ts';
import type { Protocol } from './protocols/protocol.ts';
import type { AttemptHints, Recovery } from './recovery.ts';
import { processBudget, type RetryBudget } from './retry-budget.ts';
import { isRetryable } from './retryable.ts';
import type { StreamEvent } from './stream-event.ts';

/** What `open` is told about the attempt it is to make. */
export interface AttemptContext extends AttemptHints {
  /** Hand it to the SDK. Aborted when the attempt is given up: a limit passed, the loop was left, the caller cancelled. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
}

/** What `open` may give: a stream, what the SDKs' `.withResponse()` gives, or a result that holds its stream: the AI SDK's, Bedrock's. */
export type Opened<Chunk> =
  | AsyncIterable<Chunk>
  | Iterable<Chunk>
  | { readonly data: AsyncIterable<Chunk>; readonly response?: unknown; readonly request_id?: string | null | undefined }
  | { readonly fullStream: AsyncIterable<Chunk> }
  | { readonly stream?: AsyncIterable<Chunk> | undefined };

/** Makes one request; called once per attempt. */
export type Open<Chunk> = (attempt: AttemptContext) => Opened<Chunk> | PromiseLike<Opened<Chunk>>;

/** Times are in milliseconds; `Infinity` takes a limit away. */
export interface ResilientStreamOptions<Chunk = unknown> {
  /** The caller's cancellation. Once aborted, the loop throws `signal.reason`, always. `null`, as the SDKs' own options allow it, is none. */
  readonly signal?: AbortSignal | null | undefined;
  /** Longest wait from the call of `open` to the stream object, that is, for the headers. @default 60_000 */
  readonly openTimeoutMs?: number | undefined;
  /** Longest wait from the stream object to its first chunk. Reasoning models think for minutes. @default 300_000 */
  readonly firstChunkTimeoutMs?: number | undefined;
  /**
   * Longest wait for a next chunk, counted only while the consumer waits for it. Kept by a coarse clock: the limit strikes
   * up to a sixteenth late. Keep-alives are no chunks (the SDKs swallow them), so a short limit ends models that think. @default 120_000
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Longest time for the whole, attempts and waits included. @default Infinity */
  readonly totalTimeoutMs?: number | undefined;
  /** Attempts after the first one. @default 2 */
  readonly maxRetries?: number | undefined;
  /** @default 500 ms, doubled each time, at most 30 s, full jitter. A `Retry-After` of up to 60 s has precedence; a longer one ends the retries. */
  readonly backoff?: Backoff | undefined;
  /** Shared by all streams that are to back off together. @default one for the process */
  readonly retryBudget?: Pick<RetryBudget, 'spend' | 'refund'> | undefined;
  /** Whether another attempt may do better. @default the exported `isRetryable` */
  readonly isRetryable?: ((error: unknown) => boolean) | undefined;
  /** How to read the chunks. @default recognised by the first chunk; of an unknown shape, an end is an end */
  readonly protocol?: Protocol | undefined;
  /** Keeps what comes before the first content back until then, so that a failure right after it is retried unseen. @default true */
  readonly holdPreamble?: boolean | undefined;
  /**
   * Whether an end counts only behind a terminal marker. `'optional'` is for hosts that send no finish reason; a predicate, which
   * is asked about each chunk, for protocols of your own. @default 'required'
   */
  readonly terminal?: 'required' | 'optional' | ((chunk: Chunk) => boolean) | undefined;
  /** Finish reasons that are failures to you, such as `['length', 'content_filter']`: behind the last chunk, the loop throws. @default [] */
  readonly rejectFinish?: readonly string[] | undefined;
  /** Keeps the text for `partial.text` and `continueText`. Without it, memory stays flat however long the answer is. @default true */
  readonly collectText?: boolean | undefined;
  /** How to go on after chunks were delivered; a list is tried in order. Without one, the loop throws. */
  readonly recover?: Recovery | readonly Recovery[] | undefined;
  /** Told of everything that happens. What it throws is ignored. */
  readonly onEvent?: ((event: StreamEvent) => unknown) | undefined;
}

/** The options with nothing left open. */
export interface Settings {
  readonly signal: AbortSignal | null;
  readonly openTimeoutMs: number;
  readonly firstChunkTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxRetries: number;
  readonly backoff: Backoff;
  readonly retryBudget: Pick<RetryBudget, 'spend' | 'refund'>;
  readonly isRetryable: (error: unknown) => boolean;
  readonly protocol: Protocol | null;
  readonly holdPreamble: boolean;
  readonly terminal: 'required' | 'optional' | ((chunk: unknown) => boolean);
  readonly rejectFinish: readonly string[];
  readonly collectText: boolean;
  readonly recover: readonly Recovery[];
  readonly onEvent: ((event: StreamEvent) => unknown) | null;
}

/** The default, what is expected instead of a wrong value, and whether a value is right. */
type Rule<Value> = readonly [byDefault: Value, expected: string, isRight: (value: unknown) => boolean];

const is = (type: string) => (value: unknown): boolean => typeof value === type;
const isFunction = is('function');
const isObject = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null;
const has = (...methods: string[]) => (value: unknown): boolean => isObject(value) && methods.every((name) => isFunction(value[name]));
const isNumber = (value: unknown, least: number): boolean => typeof value === 'number' && value >= least;
const isList = (value: unknown, isRight: (each: unknown) => boolean): boolean => Array.isArray(value) && value.every(isRight);

const limit = (ms: number): Rule<number> => [ms, 'a number of milliseconds above 0, or Infinity', (value) => isNumber(value, Number.MIN_VALUE)];
const hook = <Value>(byDefault: Value): Rule<Value> => [byDefault, 'a function', isFunction];
const ON: Rule<boolean> = [true, 'true or false', is('boolean')];

const RULES: { readonly [Name in keyof Settings]: Rule<Settings[Name]> } = {
  signal: [null, 'an AbortSignal', has('addEventListener', 'removeEventListener')],
  openTimeoutMs: limit(60_000),
  firstChunkTimeoutMs: limit(300_000),
  idleTimeoutMs: limit(120_000),
  totalTimeoutMs: limit(Infinity),
  maxRetries: [2, 'a whole number, 0 or more', (value) => Number.isInteger(value) && isNumber(value, 0)],
  backoff: [{}, 'an object of `initialMs`, `maxMs` (0 or more) and `factor` (1 or more)', isBackoff],
  retryBudget: [processBudget, 'a RetryBudget', has('spend', 'refund')],
  isRetryable: hook(isRetryable),
  protocol: [null, 'a protocol such as `openaiChat`', has('matches', 'start')],
  holdPreamble: ON,
  terminal: ['required', "'required', 'optional' or a function", (value) => value === 'required' || value === 'optional' || isFunction(value)],
  rejectFinish: [[], 'a list of finish reasons', (value) => isList(value, is('string'))],
  collectText: ON,
  recover: [[], 'a recovery such as `restart(undo)`, or a list of them', (value) => isList([value].flat(), has('prepare'))],
  onEvent: hook(null),
};

const DEFAULTS = /* @__PURE__ */ Object.fromEntries(/* @__PURE__ */ Object.entries(RULES).map(([name, [byDefault]]) => [name, byDefault])) as unknown as Settings;

function isBackoff(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { initialMs = 0, factor = 1, maxMs = 0 } = value;
  return isNumber(initialMs, 0) && isNumber(factor, 1) && isNumber(maxMs, 0);
}

const print = (value: unknown): string => (is('string')(value) ? `'${value as string}'` : isObject(value) ? 'an object' : isFunction(value) ? 'a function' : String(value));

const wrong = (what: string, expected: string, value: unknown, hint = ''): TypeError => new TypeError(`resilientStream: expected ${what} to be ${expected}, got ${print(value)}.${hint}`);

/** Checks what a person wrote. @throws TypeError that names the option and says what was expected. */
export function readOptions<Chunk>(open: Open<Chunk>, options: ResilientStreamOptions<Chunk>): Settings {
  if (!isFunction(open)) {
    const hint = isObject(open) && ('then' in open || Symbol.asyncIterator in open) ? ' Did you mean `resilientStream(({ signal }) => …)`?' : '';
    throw wrong('`open`', 'a function that makes the request', open, hint);
  }
  if (!isObject(options)) throw wrong('the options', 'an object', options);
  // Most streams have none, and share these.
  if (Object.keys(options).length === 0) return DEFAULTS;
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(RULES, name)) throw new TypeError(`resilientStream: there is no option \`${name}\`. The options are ${Object.keys(RULES).join(', ')}.`);
    const [byDefault, expected, isRight] = RULES[name as keyof Settings];
    if (value === undefined || (value === null && byDefault === null)) continue;
    if (!isRight(value)) throw wrong(`\`${name}\``, expected, value);
    settings[name] = name === 'recover' ? [value].flat() : value;
  }
  checkRecoveries(settings as unknown as Settings);
  return settings as unknown as Settings;
}

/** What can be known at the call about a recovery that cannot work. */
function checkRecoveries({ recover, protocol, collectText }: Settings): void {
  for (const { name, needs } of recover) {
    if (needs && protocol && !protocol[needs]) throw wrong('`recover`', `a recovery that the protocol \`${protocol.name}\` can do`, name);
    if (name === 'continue-text' && !collectText) throw wrong('`collectText`', `true for the recovery \`${name}\``, collectText);
  }
}
