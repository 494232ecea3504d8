import { setAlarm, type Alarm } from './clock.ts';

/** What a watch has to know of the stream whose waits it bounds. */
export interface Watched {
  /** Tells the wait that goes on from the next one: how many chunks had been delivered. `null`: nobody waits. */
  readonly wait: number | null;
  /** When there was a sign of life that was no chunk; 0 if never. `since`: when the wait began. */
  readonly findLife: (since: number) => number;
}

/**
 * Bounds each wait of one stream.
 *
 * Chunks neither start nor stop a timer, and no chunk reads the clock: the clock looks, now and then, whether the
 * consumer still sits in the wait it sat in at the last look. (A timer per chunk costs more than the chunk.)
 */
export class Watch implements Alarm {
  at = Infinity;
  /** Nobody waited at the last look, so nobody looks. */
  dormant = false;
  readonly #watched: Watched;
  #limitMs!: number;
  #grainMs!: number;
  #strike!: () => void;
  /** Since when the wait goes on, by the last look; and which it was then. */
  #since!: number;
  #seen: number | null = null;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /**
   * From now on, a wait of `ms` makes `strike` strike. `grainMs`: waits are short and many, so look no more often than
   * that.
   */
  bound(ms: number, strike: () => void, grainMs = Infinity): void {
    this.#limitMs = ms;
    this.#strike = strike;
    this.#grainMs = grainMs;
    this.renew();
  }

  /** A wait begins. */
  renew(): void {
    this.#seen = null;
    this.ring(performance.now());
  }

  ring(now: number): void {
    const { wait } = this.#watched;
    const isNew = wait !== this.#seen || wait === null;
    this.dormant = wait === null;
    if (isNew) {
      this.#since = now;
      this.#seen = wait;
    }
    const due = Math.max(this.#since, this.#watched.findLife(this.#since)) + this.#limitMs;
    if (!isNew && now >= due) return this.#strike();
    // Looks fall on a common grid, so that many streams share a tick.
    const next = Math.min(due, (Math.floor(now / this.#grainMs) + 1) * this.#grainMs);
    setAlarm(this, wait === null ? Infinity : next);
  }
}
