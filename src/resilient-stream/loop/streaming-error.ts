/**
 * What ended the stream:
 *
 * - `truncated`: it ended, cleanly, before its terminal marker;
 * - `incomplete-chunk`: a chunk was cut or is no JSON;
 * - `interrupted`: the connection broke, or the provider failed in mid-answer;
 * - `rejected-finish`: it is whole, but the model stopped for a reason that `rejectFinish` names;
 * - the others: the limit of that name passed (`openTimeoutMs` and so on).
 */
export type StreamingErrorCode =
  | 'truncated'
  | 'incomplete-chunk'
  | 'interrupted'
  | 'rejected-finish'
  | `${'open' | 'first-chunk' | 'idle' | 'total'}-timeout`;

/** What had been delivered by then. */
export interface PartialAnswer {
  /** All text, in order; empty without `collectText`. */
  readonly text: string;
  /** How many chunks. */
  readonly chunks: number;
  /** The provider's word for why it stopped; `null` while it has not said. */
  readonly finishReason: string | null;
  /** A tool call had begun whose arguments are not complete: do not run it. */
  readonly toolCallOpen: boolean;
}

/** The facts about a failure that are not its cause. */
export interface FailedAt {
  readonly partial: PartialAnswer;
  readonly attempts: number;
  readonly requestId: string | null;
}

/**
 * What no SDK reports: a cut, a stall, a broken chunk. An SDK's own typed errors (with a status, an API error type)
 * are never wrapped in it.
 */
export class StreamingError extends Error implements FailedAt {
  override readonly name = 'StreamingError';
  readonly code: StreamingErrorCode;
  /** What had been delivered, exact to the character. */
  declare readonly partial: PartialAnswer;
  /** Requests made, the first included. */
  declare readonly attempts: number;
  /** The provider's id of the last request, where the SDK tells it. */
  declare readonly requestId: string | null;

  constructor(code: StreamingErrorCode, message: string, { cause, ...facts }: FailedAt & { readonly cause?: unknown }) {
    super(message, cause == null ? undefined : { cause });
    this.code = code;
    Object.assign(this, facts);
  }
}
