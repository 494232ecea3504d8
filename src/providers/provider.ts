/**
 * What an SDK's streams are like, as data. Every claim in a provider file is asserted again against the real SDK in `test/lab`.
 */

/** A way into a chunk: property names and array indexes. */
export type ChunkPath = readonly (string | number)[];

/** Where an option stands in a call: in which argument, under which property. */
export interface OptionPath {
  readonly argument: number;
  readonly path: readonly string[];
}

/** What a limit bounds: the wait for the response's headers, the wait between chunks, the whole answer, or nothing at all. */
export type Bound = 'headers' | 'idle' | 'total' | 'nothing';

export interface TimeoutFact {
  /** Where the limit is set; `client` is the option of that name in the client's constructor. */
  readonly option: OptionPath | { readonly client: string };
  readonly bounds: Bound;
}

/** How a chunk says that the answer is whole. */
export interface TerminalSignal {
  readonly path: ChunkPath;
  /** Values that say so; null: any value but null and undefined. */
  readonly values: readonly string[] | null;
  /** Where the reason for the end stands, where that is another place than `path`. */
  readonly finishReason: ChunkPath | null;
}

/** A member of the stream that answers once the stream has ended. */
export interface FinalMember {
  readonly name: string;
  /** What it does when the server closed the stream in mid-answer. */
  readonly onCleanEnd: 'rejects' | 'resolves';
}

export interface ResumeFact {
  readonly how: 'cursor' | 'prefill' | 'continuation-token';
  readonly requires: string;
  readonly docs: string;
}

export interface StreamApi {
  /** Members from the client to the method: 'chat.completions.create'. */
  readonly name: string;
  /** Other members that reach the same method. */
  readonly aliases: readonly string[];
  /** The option that must be true for the call to stream; null: the call always streams. */
  readonly enabledBy: OptionPath | null;
  /** The call gives a promise of the stream. */
  readonly awaited: boolean;
  /** Members of the result that are iterated; []: the result itself. */
  readonly iterables: readonly string[];
  /** The call's result has `.withResponse()`, whose `data` is the stream. */
  readonly withResponse: boolean;
  /** Methods of the stream that return the stream itself. */
  readonly chainable: readonly string[];
  readonly finals: readonly FinalMember[];
  readonly signal: OptionPath | null;
  readonly retries: OptionPath | null;
  readonly timeouts: readonly TimeoutFact[];
  /** What the loop does when the server closes the stream in mid-answer. */
  readonly onCleanEnd: 'silent' | 'throws';
  readonly onAbort: 'silent' | 'throws' | 'ignored';
  readonly inBandError: 'throws' | 'chunk' | 'hidden';
  /** `break` closes the connection. */
  readonly closesOnBreak: boolean;
  readonly terminal: TerminalSignal | null;
  /** Path of the text delta. */
  readonly text: ChunkPath;
  /** What a chunk with text says of itself; []: nothing. `delta` is text in one event and JSON in another. */
  readonly textWhen: readonly { readonly path: ChunkPath; readonly value: string }[];
  readonly resume: ResumeFact | null;
  /** A whole module: tests and docs are made of it. */
  readonly example: string;
  /** SDK versions, e.g. 'openai 6.49 – 7.57'. */
  readonly measured: string;
}

export interface Provider {
  readonly id: string;
  readonly title: string;
  /** Module specifiers; their sub-paths count too. */
  readonly modules: readonly string[];
  /** Exported names of the client's class; the default export counts too. */
  readonly clients: readonly string[];
  /** Methods of the client that return a client of the same kind. */
  readonly sameClient: readonly string[];
  readonly docs: string;
  readonly apis: readonly StreamApi[];
}
