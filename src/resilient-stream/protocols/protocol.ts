/**
 * How to read one wire protocol: which chunks are its own, and what each of them says.
 * One small file per protocol; a protocol that nobody names is dropped by a bundler.
 */
export interface Protocol {
  /** Stands in error messages, e.g. `openai-chat`. */
  readonly name: string;
  /** Whether `chunk`, the first one of a stream, is of this protocol. */
  readonly matches: (chunk: Readonly<Record<string, unknown>>) => boolean;
  /** Called once per attempt; the function it gives is called once per chunk. */
  readonly start: () => ReadChunk;
}

/**
 * Writes down in `progress` what `chunk` says. On the hot path: allocates nothing, keeps no chunk. `never`: each protocol
 * declares of its chunks what it reads; one that is not so makes it throw, and is passed on unread.
 */
export type ReadChunk = (chunk: never, progress: Progress) => void;

/** What the chunks of one attempt have said so far. */
export interface Progress {
  /** The text in the latest chunk alone; emptied before each chunk is read. */
  delta: string;
  /** Something a user could have been shown: text, a tool call, reasoning. Before it, all is preamble. */
  hasContent: boolean;
  /** The provider said that the answer is over. */
  terminal: boolean;
  /** The provider's own word for why it stopped. */
  finishReason: string | null;
  /** A tool call has begun and its arguments are not complete. */
  toolCallOpen: boolean;
  /** The provider said, in a chunk, that it failed. */
  failure: InBandFailure | null;
  /** Where a later attempt could re-attach, for protocols that can. */
  cursor: unknown;
}

/** A failure told in a chunk that the SDK hands on instead of throwing. */
export interface InBandFailure {
  readonly code: string | null;
  readonly message: string;
}

export function createProgress(): Progress {
  return { delta: '', hasContent: false, terminal: false, finishReason: null, toolCallOpen: false, failure: null, cursor: null };
}
