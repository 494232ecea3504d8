/**
 * What an SDK's streams are like, as data. `test/lab` asserts the claims again against the real SDKs;
 * `docs/truth-table.md` lists the entries that it does not reach.
 */

import type { protocolNames } from './protocol-names.ts';

/** The helper's protocols, by their files. */
export type ProtocolName = (typeof protocolNames)[number];

/** A way into a chunk: property names and array indexes. */
export type ChunkPath = readonly (string | number)[];

/** Where an option stands in a call: in which argument, under which property. */
export interface OptionPath {
  readonly argument: number;
  readonly path: readonly string[];
  /**
   * Which call on the way to the API takes it, counted from the client: 0 is `getGenerativeModel(…)` of
   * `getGenerativeModel().startChat().…`; absent: the API's own call.
   */
  readonly maker?: number;
}

/**
 * What a limit bounds: the wait for the response's headers, the wait between chunks, the whole answer, or nothing at
 * all.
 */
export type Bound = 'headers' | 'idle' | 'total' | 'nothing';

export interface TimeoutFact {
  /**
   * Where the limit is set; `client` is the option of that name in the client's constructor: 'timeout',
   * 'httpOptions.timeout'.
   */
  readonly option: OptionPath | { readonly client: string };
  readonly bounds: Bound;
}

export interface RetriesFact {
  /** How often it sends the request again where nothing sets that. */
  readonly times: number;
  /** The option of the client that sets it; null: there is none. */
  readonly client: string | null;
  /** The client's option counts the first request too: 1 is no retry. */
  readonly countsFirst?: true;
}

/** A look at a chunk: what stands at `path` is one of the values; null: is there, and neither null nor undefined. */
export interface ChunkTest {
  readonly path: ChunkPath;
  readonly values: readonly string[] | null;
}

/** A part of the chunk that some chunks lack, so that to read on from it throws. */
export interface ChunkGap {
  readonly path: ChunkPath;
  /**
   * The option that asks for such chunks, without which the SDK's own service sends none; null: they come by
   * themselves.
   */
  readonly askedBy: OptionPath | null;
  /** Which chunk it is that lacks it, as the end of a sentence: "in the chunk that …". */
  readonly when: string;
}

/** How a chunk says that the answer is whole. */
export interface TerminalSignal extends ChunkTest {
  /** Where the reason for the end stands, where that is another place than `path`. */
  readonly finishReason: ChunkPath | null;
  /** Those of `values` that say that the answer failed; absent: none. */
  readonly failures?: readonly string[];
  /** `values` are words that anybody uses, 'result': in chunks that may be another API's they tell nothing. */
  readonly isCommon?: true;
}

/** A member of the stream that answers once the stream has ended. */
export interface FinalMember {
  readonly name: string;
  /**
   * What it does when the server closed the stream in mid-answer; 'tells': it resolves, and what it gives is the reason
   * for the end.
   */
  readonly onCleanEnd: 'rejects' | 'resolves' | 'tells';
}

export interface ResumeFact {
  readonly how: 'cursor' | 'prefill' | 'continuation-token';
  readonly requires: string;
  readonly docs: string;
}

export interface StreamApi {
  /**
   * Members from the client to the method, `()` where one is called on the way: 'chat.completions.create',
   * 'chats.create().sendMessageStream'.
   */
  readonly name: string;
  /**
   * Where the name starts: at a client, at the module itself (`streamText`), at anything that the module makes
   * (`prompt.pipe(model)`), or, for HTTP without an SDK, at any request that asks for a stream. A 'wrapper' is an
   * export of the user's own, from the settings: the SDK's call is out of sight in it.
   */
  readonly reach: 'client' | 'module' | 'any' | 'request' | 'wrapper';
  /**
   * Names of methods that tell, whoever they are called on: `anything.generateContentStream()`, 'bindTools().stream'.
   * @default []
   */
  readonly nameTells: readonly string[];
  /** Other members that reach the same method. @default [] */
  readonly aliases: readonly string[];
  /** Which of the provider's `clients` have it; null: all. @default null */
  readonly of: readonly string[] | null;
  /** The option that must be true for the call to stream; null: the call always streams. @default null */
  readonly enabledBy: OptionPath | null;
  /** The call gives a promise of the stream. */
  readonly awaited: boolean;
  /**
   * The classes of which an argument must be an instance, for a method that does many things: `client.send(new
   * ConverseStreamCommand(…))`; null: it does one thing.
   * @default null
   */
  readonly command: { readonly argument: number; readonly classes: readonly string[] } | null;
  /**
   * Members of the result that are iterated, `()` where they are called, `[]` for each element of what is iterated, an
   * empty name for the result itself; []: only the result itself.
   * @default []
   */
  readonly iterables: readonly string[];
  /** Those of `iterables` that the helper takes out of the result by itself. @default [] */
  readonly foundByHelper: readonly string[];
  /** Those of `iterables` whose name alone tells, wherever the result was made: `result.fullStream`. @default [] */
  readonly telling: readonly string[];
  /** The call's result has `.withResponse()`, whose `data` is the stream. @default false */
  readonly withResponse: boolean;
  /** Methods of the stream that return the stream itself. @default [] */
  readonly chainable: readonly string[];
  /** @default [] */
  readonly finals: readonly FinalMember[];
  /** Options that take a function which is told how the stream ended, by what `finals` are named for. @default [] */
  readonly endCallbacks: readonly OptionPath[];
  readonly signal: OptionPath | null;
  /**
   * An object around the signal at the call takes the place of all that a maker was given here, instructions and tools
   * included; null: of nothing.
   * @default null
   */
  readonly signalHides: OptionPath | null;
  readonly retries: OptionPath | null;
  /**
   * What the SDK does by itself about a request that fails before the first chunk; null: nothing, or, of an entry that
   * is not proven, not known.
   * @default null
   */
  readonly ownRetries: RetriesFact | null;
  readonly timeouts: readonly TimeoutFact[];
  /**
   * What the wait for the call lasts to. 'first-token': the host sends its headers with the first token (Ollama), or
   * the SDK waits for the first chunk before it gives the stream (LangChain, Bedrock), so that a limit for the headers bounds the
   * model's work on the prompt too.
   */
  readonly headersWait: 'headers' | 'first-token';
  /**
   * 'request': one request and one answer. 'run': turns, tools, graphs; the program's own code runs between the chunks,
   * requests follow a finish reason, and another attempt repeats what the tools did. `streamText` with `tools` is a run
   * too, but its call decides that, not its entry: it is a 'request' here.
   */
  readonly scope: 'request' | 'run';
  /** What the loop does when the server closes the stream in mid-answer. */
  readonly onCleanEnd: 'silent' | 'throws';
  readonly onAbort: 'silent' | 'throws' | 'ignored';
  readonly inBandError: 'throws' | 'chunk' | 'hidden';
  /** The option whose callback is told of errors that the loop is not; null: none known. @default null */
  readonly errorOption: OptionPath | null;
  /** `break` closes the connection. */
  readonly closesOnBreak: boolean;
  readonly terminal: TerminalSignal | null;
  /**
   * The helper's protocol that knows the end of these chunks; where the chunks are strings, that of the chunks which
   * `.text()` of the helper's stream reads in their place. null: the helper does not know the end and would take a
   * clean end for a whole answer, so that a rewrite passes `terminal` or leaves the loop unchanged.
   */
  readonly protocol: ProtocolName | null;
  /**
   * The option that asks for several answers in one stream, of which each may have a `terminal` of its own; null: none,
   * or the helper counts them.
   * @default null
   */
  readonly severalBy: OptionPath | null;
  /**
   * What it is called on keeps what a cut answer brought, as though it were whole, and sends that with the next
   * request.
   * @default false
   */
  readonly remembersCut: boolean;
  /** The stream goes on behind `terminal`, until such a chunk; null: it ends there. @default null */
  readonly staysOpen: ChunkTest | null;
  /** Path of the text delta; []: the chunk is the text; null: it is inside bytes that the program parses itself. */
  readonly text: ChunkPath | null;
  /**
   * The chunks are the answer's text and nothing else, for which `.text()` of the helper's stream stands.
   * @default false
   */
  readonly isTextOnly: boolean;
  /**
   * What a chunk with text says of itself; []: nothing. `delta` is text in one event and JSON in another.
   * @default []
   */
  readonly textWhen: readonly ChunkTest[];
  /** Parts that some chunks lack, the outer before the inner; []: none known. @default [] */
  readonly gaps: readonly ChunkGap[];
  /**
   * What only this API's chunks have: a loop that looks for it reads this API, wherever its stream was made. []:
   * nothing tells.
   * @default []
   */
  readonly fingerprint: readonly ChunkTest[];
  /** Exported types of the stream, of the result that holds it, or of its chunks; []: none known. @default [] */
  readonly types: readonly string[];
  /** Those of `types` whose name alone tells, whatever module passes them on. @default [] */
  readonly typeTells: readonly string[];
  /** Streams of others have chunks of these types too, and tell their end otherwise. @default false */
  readonly sharedTypes: boolean;
  /** @default null */
  readonly resume: ResumeFact | null;
  /** A whole module: tests and docs are made of it. */
  readonly example: string;
  /** SDK versions, e.g. 'openai 6.49 – 7.57'. */
  readonly measured: string;
}

export interface Provider {
  readonly id: string;
  readonly title: string;
  /** Module specifiers; their sub-paths count too, and with a `/` at the end a whole scope. */
  readonly modules: readonly string[];
  /** Packages that declare the types which `modules` pass on; []: they declare their own. @default [] */
  readonly typeModules: readonly string[];
  /** Exported names of the client's class; the default export counts too. @default [] */
  readonly clients: readonly string[];
  /** Exported functions that give a client. @default [] */
  readonly factories: readonly string[];
  /** Exported values that are a client already. @default [] */
  readonly instances: readonly string[];
  /** Methods of the client that return a client of the same kind. @default [] */
  readonly sameClient: readonly string[];
  /** Those of `sameClient` that take what the constructor takes, and set it anew. @default [] */
  readonly withOptions: readonly string[];
  /** Names of what is thrown at an abort, in the place of the signal's own reason. @default [] */
  readonly abortErrors: readonly string[];
  /**
   * Members that hold the reason for the end, beside those of `terminal`: as they are spelled on the wire, or where
   * `terminal` looks at something else.
   * @default []
   */
  readonly finishNames: readonly string[];
  /** What stands on the wire for the end, beside the `values` of `terminal`: '[DONE]'. @default [] */
  readonly finishWords: readonly string[];
  readonly docs: string;
  readonly apis: readonly StreamApi[];
}

const apiDefaults = {
  nameTells: [],
  aliases: [],
  of: null,
  enabledBy: null,
  command: null,
  iterables: [],
  foundByHelper: [],
  telling: [],
  withResponse: false,
  chainable: [],
  finals: [],
  endCallbacks: [],
  signalHides: null,
  ownRetries: null,
  errorOption: null,
  severalBy: null,
  remembersCut: false,
  staysOpen: null,
  isTextOnly: false,
  textWhen: [],
  gaps: [],
  fingerprint: [],
  types: [],
  typeTells: [],
  sharedTypes: false,
  resume: null,
} as const satisfies Partial<StreamApi>;

const providerDefaults = {
  typeModules: [],
  clients: [],
  factories: [],
  instances: [],
  sameClient: [],
  withOptions: [],
  abortErrors: [],
  finishNames: [],
  finishWords: [],
} as const satisfies Partial<Provider>;

/** What a person writes of `Facts`: those of `Defaults` only where they differ. */
type Written<Facts, Defaults> = Omit<Facts, keyof Defaults> & Partial<Pick<Facts, keyof Defaults & keyof Facts>>;

/** An API as its provider's file states it. */
export type StreamApiEntry = Written<StreamApi, typeof apiDefaults>;

/** A provider as its file states it. */
export interface ProviderEntry extends Written<Omit<Provider, 'apis'>, typeof providerDefaults> {
  readonly apis: readonly StreamApiEntry[];
}

/** The whole facts of what a provider's file states. */
export const defineProvider = (entry: ProviderEntry): Provider => ({
  ...providerDefaults,
  ...entry,
  apis: entry.apis.map((api) => ({ ...apiDefaults, ...api })),
});
