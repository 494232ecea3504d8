/** What goes over the wire at once: text, or bytes where the format is binary. */
export type Frame = string | Uint8Array;

/** How a provider writes an answer on the wire. Data only; the server plays it. */
export interface Dialect {
  /** The end of the path that the SDK posts to, without the query. */
  readonly path: string;
  /** Another dialect has the same path; this one is spoken where it is named. */
  readonly isVariant?: true;
  readonly contentType: string;
  /** Frames before the text. */
  readonly head: readonly Frame[];
  readonly text: (delta: string, index: number) => Frame;
  /** A tool call in pieces, between the text and the tail. */
  readonly toolCall: readonly Frame[];
  /** Frames behind the text, the finish reason among them. */
  readonly tail: (finishReason: string, text: string) => readonly Frame[];
  /** What a provider calls a whole answer's finish reason. */
  readonly finishReason: string;
  /** Tokens counted, behind the finish reason; empty where the tail tells them. */
  readonly usage: Frame;
  /** The last frame; empty where the tail has the last word. */
  readonly done: Frame;
  /** A failure told in the middle of the stream. */
  readonly error: Frame;
  /** A frame whose JSON is broken. */
  readonly malformed: Frame;
  /** Bytes that are no chunk; `null`: the format has none. */
  readonly keepAlive: Frame | null;
  /** The body of a refused request. */
  readonly refusal: (status: number) => unknown;
  /** Where a POST only makes the answer, and a GET of `path` streams it: the POST's answer. */
  readonly created?: (url: string) => unknown;
}

export const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** The event is named twice: for SSE, and in its own JSON. */
export const event = (value: { readonly type: string } & Readonly<Record<string, unknown>>): string =>
  `event: ${value.type}\n${data(value)}`;

export const SSE = 'text/event-stream';
