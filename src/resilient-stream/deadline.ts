/** A longer delay overflows a timer, which then fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How often a running clock looks: a limit strikes at most this part of itself late. */
const LOOKS_PER_LIMIT = 16;
/** A timer that fires later than this was held up by the program itself, and chunks may lie unread behind it. */
const LATE_MS = 20;

/** What a deadline asks of its stream. */
export interface Watched {
  /** The number of the wait that is going on, or 0 when nobody waits. A new wait has a new number. */
  readonly findWait: () => number;
}

/**
 * One coarse timer per stream. Chunks neither start nor stop it, and no chunk reads the clock: the timer looks, now and
 * then, whether the consumer still sits in the wait it sat in at the last look. (A timer per chunk costs more than the chunk.)
 */
export class Deadline {
  /** Nothing is watched, for nobody waited at the last look: `start` again when somebody does. */
  dormant = false;
  private readonly watched: Watched;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private limitMs = Infinity;
  private strike: () => void = () => {};
  private coarse = false;
  private since = 0;
  private wait = 0;
  private dueAt = 0;
  private totalAt = Infinity;
  private totalStrike: () => void = () => {};

  constructor(watched: Watched) {
    this.watched = watched;
  }

  /** From now on, a wait of `limitMs` calls `strike`. `coarse`: waits are short and many, so look now and then only. */
  bound(limitMs: number, strike: () => void, coarse = false): void {
    this.limitMs = limitMs;
    this.strike = strike;
    this.coarse = coarse;
    this.start();
  }

  /** The limit that never starts anew and does not care who waits. */
  boundTotal(limitMs: number, strike: () => void): void {
    this.totalAt = performance.now() + limitMs;
    this.totalStrike = strike;
  }

  /** Counts from now. */
  start(): void {
    this.since = performance.now();
    this.wait = this.watched.findWait();
    this.arm();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.limitMs = this.totalAt = Infinity;
  }

  private arm(): void {
    clearTimeout(this.timer);
    const now = performance.now();
    this.dormant = this.wait === 0;
    const left = this.dormant ? Infinity : this.since + this.limitMs - now;
    const look = this.coarse ? Math.min(left, this.limitMs / LOOKS_PER_LIMIT) : left;
    const next = Math.min(this.dormant ? Infinity : look, this.totalAt - now);
    if (next === Infinity) return;
    this.lookIn(Math.max(0, Math.min(Math.ceil(next), LONGEST_TIMER_MS)), now);
  }

  private lookIn(delayMs: number, now: number): void {
    this.dueAt = now + delayMs;
    this.timer = setTimeout(() => this.look(), delayMs);
  }

  private look(): void {
    const now = performance.now();
    if (now >= this.totalAt) return this.totalStrike();
    const wait = this.watched.findWait();
    if (wait !== this.wait) {
      this.wait = wait;
      this.since = now;
    } else if (wait !== 0 && now - this.since >= this.limitMs) {
      if (now - this.dueAt <= LATE_MS) return this.strike();
      // Let what has come in meanwhile be read first.
      return this.lookIn(LATE_MS, now);
    }
    this.arm();
  }
}
