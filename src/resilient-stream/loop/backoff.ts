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

/**
 * What the server asked for: `retry-after-ms`, `retry-after` in seconds, or as an HTTP date; NaN if nothing legible.
 */
function findRetryAfterMs(error: unknown): number {
  const [ms, after] = ['retry-after-ms', 'retry-after'].map((name) => findHeader(error, name) || NaN);
  return (
    [Number(ms), Number(after) * 1_000, Math.max(0, Date.parse(String(after)) - Date.now())].find(
      (each) => each >= 0,
    ) ?? NaN
  );
}

/** The wait before retry number `retry` (from 1), or `null` if the server wants a longer one than we are ready for. */
export function findDelayMs(
  retry: number,
  error: unknown,
  { initialMs = 500, factor = 2, maxMs = 30_000 }: Backoff,
): number | null {
  const asked = findRetryAfterMs(error);
  if (asked > LONGEST_RETRY_AFTER_MS) return null;
  // Full jitter: anywhere between 0 and the bound, so that clients that failed together do not come back together.
  return asked >= 0 ? asked : Math.random() * Math.min(maxMs, initialMs * factor ** (retry - 1));
}
