/**
 * How to read one wire protocol: which chunks are its own, and what each of them says.
 * One small file per protocol; a protocol that nobody names is dropped by a bundler.
 */
export interface Protocol {
  /** Stands in error messages, e.g. `openai-chat`. */
  readonly name: string;
  /** Whether `chunk`, the first one of a stream, is of this protocol. */
  readonly matches: (chunk: FirstChunk) => boolean;
  /**
   * Called before the first chunk of an attempt; the function it gives is called once per chunk. `behindOthers`: chunks
   * that told no protocol, strings most likely, were delivered before.
   */
  readonly start: (behindOthers?: boolean) => ReadChunk;
  /**
   * For `resume`: whether `chunk` comes at or before `cursor`, and so was delivered before. Where it is missing,
   * nothing can be re-attached to.
   */
  readonly isSeen?: (chunk: never, cursor: never) => boolean;
  /**
   * A copy of `chunk`, one with text, that says `text` instead. Where it is missing, a chunk can be left out but not
   * shortened.
   */
  readonly withText?: (chunk: never, text: string) => unknown;
}

/** Any object. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whoever asks compares a value, or has a regular expression look at it, which takes what it gets for text
export type FirstChunk = Readonly<Record<string, any>>;

/**
 * Writes down in `progress` what `chunk` says. On the hot path: allocates nothing, keeps no chunk. `never`: each
 * protocol declares of its chunks what it reads; one that is not so makes it throw, and is passed on unread.
 */
export type ReadChunk = (chunk: never, progress: Progress) => void;

/** What the chunks of one attempt have said so far. */
export interface Progress {
  /** The text in the latest chunk alone; emptied before each chunk is read. */
  delta: string;
  /** Something a user could have been shown: text, a tool call, reasoning. Before it, all is preamble. */
  hasContent: boolean;
  /** The provider said that the answer is over; only usage may follow. */
  terminal: boolean;
  /**
   * An end after this chunk is whole, but what follows may take its time: runs of several turns have no terminal
   * marker.
   */
  mayEnd: boolean;
  /** The provider's own word for why it stopped. */
  finishReason: string | null;
  /** A tool call has begun and its arguments are not complete. */
  toolCallOpen: boolean;
  /** A block of thinking or of JSON has begun and is not complete: text cannot go on from here. */
  blockOpen: boolean;
  /** A tool ran, or may be running: nothing is to be requested again, or it would run twice. */
  toolRan: boolean;
  /** The provider said, in a chunk, that it failed. */
  failure: InBandFailure | null;
  /** Where a later attempt could re-attach, for protocols that can. One object per attempt, kept up to date. */
  cursor: unknown;
}

/** A failure told in a chunk that the SDK hands on instead of throwing. */
export interface InBandFailure {
  readonly code: string | null;
  readonly message: string;
  /** The HTTP status that the provider names, for gateways that answer 200 before they know. */
  readonly status?: number | undefined;
  /** The error that the chunk carries; to be treated as if the source had thrown it. */
  readonly error?: unknown;
}

export function createProgress(): Progress {
  return {
    delta: '',
    hasContent: false,
    terminal: false,
    mayEnd: false,
    finishReason: null,
    toolCallOpen: false,
    blockOpen: false,
    toolRan: false,
    failure: null,
    cursor: null,
  };
}

/** Writes down text, or content that is none. */
export function say(progress: Progress, text: string | undefined): void {
  progress.hasContent = true;
  progress.delta = text ?? '';
}

/**
 * Writes down that a block has begun, by the provider's word for its kind. Text and thinking begin empty; others carry
 * a tool's name or a whole result.
 */
export function openBlock(progress: Progress, kind = ''): void {
  progress.toolCallOpen = /_call|tool_use/.test(kind);
  progress.blockOpen = /think|thought|reason/.test(kind);
  progress.hasContent ||= !progress.blockOpen && !/^(text|message|model_output|)$/.test(kind);
  // The provider itself calls an MCP server, which may do anything.
  progress.toolRan ||= progress.toolCallOpen && kind.startsWith('mcp');
}

export function closeBlock(progress: Progress): void {
  progress.toolCallOpen = progress.blockOpen = false;
}

/**
 * Reads an event about a block, by the last word of its `type`: a delta, a start, or whatever the provider calls the
 * end.
 */
export function readBlock(progress: Progress, type: string, kind: string | undefined, text?: string): void {
  if (type.endsWith('delta')) say(progress, text);
  else if (type.endsWith('start')) openBlock(progress, kind);
  else closeBlock(progress);
}

/** Writes down that the answer is over. */
export function finish(progress: Progress, reason: string | null | undefined): void {
  closeBlock(progress);
  progress.terminal = true;
  progress.finishReason ??= reason ?? null;
}

interface ErrorLike {
  readonly code?: string | number | null;
  readonly type?: string | null;
  readonly status?: string | number | null;
  readonly message?: string | null;
}

/**
 * Writes down a failure that came as a chunk. `error` is what any provider puts there: `{ code, type, message }` of
 * OpenAI, `{ type, message }` of Anthropic, `{ code, status, message }` of Google, a bare sentence, or the SDK's own
 * Error. By `fallback` it is judged where the provider has no word of its own: in mid-answer, a failure is most likely
 * the provider's.
 */
export function fail(progress: Progress, error: unknown, fallback = 'server_error'): void {
  const { code, type, status, message } = Object(error) as ErrorLike;
  // A type that says no more than this says nothing.
  const word = `${code ?? (type === 'error' ? null : type) ?? fallback}`;
  progress.failure = {
    code: word,
    message: message ?? (typeof error === 'string' ? error : word),
    // OpenRouter and Google write the HTTP status into `code`.
    status: [status, code].map(Number).find((number) => number > 299),
    error: error instanceof Error ? error : undefined,
  };
}
