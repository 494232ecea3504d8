import type { Dialect, Frame } from './dialects/dialect.ts';

/**
 * - `end`: a proper end in mid-answer, nothing else; `end-early`: right behind the headers, no chunk at all;
 * - `no-terminator`: FIN without the last chunk of the chunked encoding; `reset`: a TCP reset;
 * - `cut-line`: a proper end in the middle of a line; `malformed`: a whole line of broken JSON, and then the rest;
 * - `stall`: silence in mid-answer; `stall-head`: behind the headers; `stall-headers`: before them;
 * - `error`: an in-band error; `error-head`: the same before the first text; `error-body`: the error body of a refusal
 *   with status 200;
 * `failed`: a `response.failed` event (Responses only);
 * - `no-marker`: the whole text, but no terminal marker; `no-done`: all but the protocol's last frame;
 * `hold-open`: a whole answer, and the connection stays open;
 * - `reset-headers`: a TCP reset before the headers.
 */
export type Fault =
  | 'end'
  | 'end-early'
  | 'no-terminator'
  | 'reset'
  | 'reset-headers'
  | 'cut-line'
  | 'malformed'
  | 'stall'
  | 'stall-head'
  | 'stall-headers'
  | 'error'
  | 'error-head'
  | 'error-body'
  | 'failed'
  | 'no-marker'
  | 'no-done'
  | 'hold-open';

/** What an answer holds. */
export interface Answer {
  /** The answer, chunk by chunk. @default Hel|lo |wor|ld |foo |bar. */
  readonly text?: readonly string[];
  /** @default the provider's word for a whole answer */
  readonly finishReason?: string;
  /** A usage chunk behind the finish reason. */
  readonly usage?: boolean;
  /** A tool call behind the text. */
  readonly toolCall?: boolean;
}

/** What one request gets. */
export interface Script extends Answer {
  readonly fault?: Fault;
  /** Text chunks before the fault. @default 3 */
  readonly after?: number;
  /** What the fault waits for. @default a moment in which the client has read what was sent */
  readonly strikesAfter?: Promise<unknown>;
  /** Refuses the request with this status and the provider's error body. */
  readonly status?: number;
  /** Sent with the headers, e.g. `{ 'retry-after': '1' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Pause behind each frame; `null` is a turn of the event loop. @default 2 */
  readonly pauseMs?: number | null;
  /** During a stall, bytes that are no chunk this often; `null` is each turn of the event loop. */
  readonly keepAliveMs?: number | null;
  /** Lines end with CR and LF. Text formats only. */
  readonly crlf?: boolean;
  /** Each byte of a character that has several, and each CR and LF, goes out for itself. */
  readonly splits?: boolean;
}

export const WHOLE_TEXT: readonly string[] = ['Hel', 'lo ', 'wor', 'ld ', 'foo ', 'bar.'];

/** A whole answer's frames, in order. */
export function listFrames(
  dialect: Dialect,
  { text = WHOLE_TEXT, finishReason = dialect.finishReason, usage = false, toolCall = false }: Answer = {},
): Frame[] {
  const frames = [
    ...dialect.head,
    ...text.map((delta, index) => dialect.text(delta, index)),
    ...(toolCall ? dialect.toolCall : []),
    ...dialect.tail(finishReason, text.join('')),
    ...(usage ? [dialect.usage] : []),
    dialect.done,
  ];
  return frames.filter(({ length }) => length > 0);
}
