/** What a retry costs a budget; one after a timeout costs more, for the provider is slow rather than unlucky. */
export const RETRY_COST = 5;
export const TIMEOUT_COST = 10;

/**
 * A token bucket that stops retry storms: when a provider is down, streams stop retrying once it is empty, and the load
 * on the provider falls back to one request per stream. A retry costs 5 and one after a timeout 10; a stream that
 * completes gives back what it spent, or 1 if it spent nothing. The one that all streams of a process share by default
 * holds 500, so 100 retries in a row. The same figures as the AWS SDKs' standard retry mode.
 */
export class RetryBudget {
  readonly capacity: number;
  /** What is left. */
  remaining: number;

  /**
   * @param capacity what it holds when full; `Infinity` never runs out. @throws TypeError for a negative number or NaN.
   */
  constructor(capacity = 500) {
    if (!(capacity >= 0)) throw new TypeError(`RetryBudget: expected a capacity of 0 or more, got ${capacity}.`);
    this.capacity = this.remaining = capacity;
  }

  /** Takes `cost`, or takes nothing and says `false`. */
  spend(cost: number): boolean {
    if (cost > this.remaining) return false;
    this.remaining -= cost;
    return true;
  }

  refund(amount: number): void {
    this.remaining = Math.min(this.capacity, this.remaining + amount);
  }
}

/** The budget of every stream that names none. */
export const processBudget = /* @__PURE__ */ new RetryBudget();
