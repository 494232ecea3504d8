import { findHeader } from './retryable.ts';

/** How long to wait before a retry. */
export interface Backoff {
  /** Upper bound of the first wait. @default 500 */
  readonly initialMs?: number;
  /** What each further wait's bound is multiplied by. @default 2 */
  readonly factor?: number;
  /** No bound exceeds this. @default 30_000 */
  readonly maxMs?: number;
}

/** A longer `Retry-After` ends the retries: who waits behind a screen is better told. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** Full jitter: anywhere between 0 and the bound, so that clients that failed together do not come back together. */
export function findBackoffMs(retry: number, { initialMs = 500, factor = 2, maxMs = 30_000 }: Backoff): number {
  return Math.random() * Math.min(maxMs, initialMs * factor ** (retry - 1));
}

/** What the server asked for: `retry-after-ms`, `retry-after` in seconds, or as an HTTP date; `null` if nothing legible. */
export function findRetryAfterMs(error: unknown): number | null {
  const ms = findHeader(error, 'retry-after-ms');
  if (ms && Number(ms) >= 0) return Number(ms);
  const after = findHeader(error, 'retry-after');
  if (!after) return null;
  if (Number(after) >= 0) return Number(after) * 1_000;
  const at = Date.parse(after);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** The wait before retry number `retry` (from 1), or `null` if the server wants a longer one than we are ready for. */
export function findDelayMs(retry: number, error: unknown, backoff: Backoff): number | null {
  const asked = findRetryAfterMs(error);
  if (asked === null) return findBackoffMs(retry, backoff);
  return asked > LONGEST_RETRY_AFTER_MS ? null : asked;
}
