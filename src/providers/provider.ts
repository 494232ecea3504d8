/**
 * What an SDK's streams are like, as data. `test/lab` asserts the claims again against the real SDKs;
 * `docs/truth-table.md` lists the entries that it does not reach.
 */

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
   * Names of methods that tell, whoever they are called on: `anything.generateContentStream()`, 'bindTools().stream';
   * absent: none.
   */
  readonly nameTells?: readonly string[];
  /** Other members that reach the same method. */
  readonly aliases: readonly string[];
  /** Which of the provider's `clients` have it; absent: all. */
  readonly of?: readonly string[];
  /** The option that must be true for the call to stream; null: the call always streams. */
  readonly enabledBy: OptionPath | null;
  /** The call gives a promise of the stream. */
  readonly awaited: boolean;
  /**
   * The classes of which an argument must be an instance, for a method that does many things: `client.send(new
   * ConverseStreamCommand(…))`.
   */
  readonly command: { readonly argument: number; readonly classes: readonly string[] } | null;
  /**
   * Members of the result that are iterated, `()` where they are called, `[]` for each element of what is iterated, an
   * empty name for the result itself; []: only the result itself.
   */
  readonly iterables: readonly string[];
  /** Those of `iterables` whose name alone tells, wherever the result was made: `result.fullStream`; absent: none. */
  readonly telling?: readonly string[];
  /** The call's result has `.withResponse()`, whose `data` is the stream. */
  readonly withResponse: boolean;
  /** Methods of the stream that return the stream itself. */
  readonly chainable: readonly string[];
  readonly finals: readonly FinalMember[];
  /** Options that take a function which is told how the stream ended, by what `finals` are named for; absent: none. */
  readonly endCallbacks?: readonly OptionPath[];
  readonly signal: OptionPath | null;
  /**
   * An object around the signal at the call takes the place of all that a maker was given here, instructions and tools
   * included; absent: of nothing.
   */
  readonly signalHides?: OptionPath;
  readonly retries: OptionPath | null;
  /**
   * What the SDK does by itself about a request that fails before the first chunk; absent: nothing, or, of an entry
   * that is not proven, not known.
   */
  readonly ownRetries?: RetriesFact;
  readonly timeouts: readonly TimeoutFact[];
  /** What the loop does when the server closes the stream in mid-answer. */
  readonly onCleanEnd: 'silent' | 'throws';
  readonly onAbort: 'silent' | 'throws' | 'ignored';
  readonly inBandError: 'throws' | 'chunk' | 'hidden';
  /** The option whose callback is told of errors that the loop is not; absent: none known. */
  readonly errorOption?: OptionPath;
  /** `break` closes the connection. */
  readonly closesOnBreak: boolean;
  readonly terminal: TerminalSignal | null;
  /**
   * The helper knows no sign of the end in these chunks, and takes a clean end for a whole answer unless it is handed a
   * `terminal` or a `protocol`; absent: it knows one.
   */
  readonly unknownToHelper?: true;
  /**
   * The option that asks for several answers in one stream, of which each may have a `terminal` of its own; absent:
   * none, or the helper counts them.
   */
  readonly severalBy?: OptionPath;
  /**
   * What it is called on keeps what a cut answer brought, as though it were whole, and sends that with the next
   * request; absent: it does not.
   */
  readonly remembersCut?: true;
  /** The stream goes on behind `terminal`, until such a chunk; absent: it ends there. */
  readonly staysOpen?: ChunkTest;
  /** Path of the text delta; []: the chunk is the text; null: it is inside bytes that the program parses itself. */
  readonly text: ChunkPath | null;
  /** What a chunk with text says of itself; []: nothing. `delta` is text in one event and JSON in another. */
  readonly textWhen: readonly ChunkTest[];
  /** Parts that some chunks lack, the outer before the inner; absent: none known. */
  readonly gaps?: readonly ChunkGap[];
  /**
   * What only this API's chunks have: a loop that looks for it reads this API, wherever its stream was made. []:
   * nothing tells.
   */
  readonly fingerprint: readonly ChunkTest[];
  /** Exported types of the stream, of the result that holds it, or of its chunks; absent: none known. */
  readonly types?: readonly string[];
  /** Those of `types` whose name alone tells, whatever module passes them on; absent: none. */
  readonly typeTells?: readonly string[];
  /** Streams of others have chunks of these types too, and tell their end otherwise; absent: none known. */
  readonly sharedTypes?: true;
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
  /** Packages that declare the types which `modules` pass on; absent: they declare their own. */
  readonly typeModules?: readonly string[];
  /** Exported names of the client's class; the default export counts too. */
  readonly clients: readonly string[];
  /** Exported functions that give a client. */
  readonly factories: readonly string[];
  /** Exported values that are a client already. */
  readonly instances: readonly string[];
  /** Methods of the client that return a client of the same kind. */
  readonly sameClient: readonly string[];
  /** Those of `sameClient` that take what the constructor takes, and set it anew. */
  readonly withOptions?: readonly string[];
  readonly docs: string;
  readonly apis: readonly StreamApi[];
}
