import type { StreamingErrorCode } from './streaming-error.ts';

/** A longer delay overflows a timer, which then fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How often a coarse limit looks: it strikes at most this part of itself late. */
const LOOKS_PER_LIMIT = 16;
/** A timer that fires later than this was held up by the program itself, and chunks may lie unread behind it. */
const LATE_MS = 20;
/** So many streams make the clock a millisecond coarser, for each tick looks at all of them. */
const STREAMS_PER_MS = 1_000;

// One timer for all streams of the process.
const ticking = new Set<Deadline>();
let timer: ReturnType<typeof setTimeout> | undefined;
let dueAt = Infinity;
/** Whoever installs fake timers, or takes them away, leaves our timer behind in the other world. */
let armedBy: unknown;

function arm(at: number): void {
  if (armedBy !== setTimeout) dueAt = Infinity;
  if (at >= dueAt) return;
  clearTimeout(timer);
  armedBy = setTimeout;
  dueAt = at;
  timer = setTimeout(tick, Math.min(Math.max(0, Math.ceil(at - performance.now()), ticking.size / STREAMS_PER_MS), LONGEST_TIMER_MS));
}

function tick(): void {
  const now = performance.now();
  const late = now - dueAt > LATE_MS + ticking.size / STREAMS_PER_MS;
  // Nobody arms while all are looked at.
  dueAt = -Infinity;
  let next = Infinity;
  try {
    for (const deadline of ticking) {
      if (deadline.at <= now) deadline.look(now, late);
    }
    for (const { at } of ticking) next = Math.min(next, at);
  } finally {
    dueAt = Infinity;
    if (ticking.size > 0) arm(next);
  }
}

/** What can strike. */
export type Limit = (StreamingErrorCode & `${string}-timeout`) | 'trailing' | 'backoff' | 'recovery';

/** What a deadline asks and tells its stream. */
export interface Watched {
  /** The number of the wait that is going on, or 0 when nobody waits. A new wait has a new number. */
  readonly findWait: () => number;
  /** When there was a sign of life that was no chunk, on the clock of `performance.now()`; 0 if never. */
  readonly findLife: () => number;
  readonly strike: (limit: Limit) => void;
}

/**
 * The limits of one stream: one for the wait that is going on, and one for the whole. Chunks neither start nor stop a timer, and no chunk
 * reads the clock: the clock looks, now and then, whether the consumer still sits in the wait it sat in at the last look.
 * (A timer per chunk costs more than the chunk.)
 */
export class Deadline {
  /** Nothing is watched, for nobody waited at the last look: `start` again when somebody does. */
  dormant = false;
  /** When to look next. */
  at = Infinity;
  private readonly watched: Watched;
  private limit: Limit | null = null;
  private limitMs = Infinity;
  private coarse = false;
  /** Since when the wait goes on, by the last look. */
  since = 0;
  private wait = 0;
  private totalAt = Infinity;

  constructor(watched: Watched) {
    this.watched = watched;
  }

  /** From now on, a wait of `limitMs` makes `limit` strike. `coarse`: waits are short and many, so look now and then only. */
  bound(limit: Limit, limitMs: number, coarse = false): void {
    this.limit = limit;
    this.limitMs = limitMs;
    this.coarse = coarse;
    this.start();
  }

  /** The limit that never starts anew and does not care who waits. */
  boundTotal(limitMs: number): void {
    this.totalAt = performance.now() + limitMs;
  }

  /** Counts from now. */
  start(): void {
    this.since = performance.now();
    this.wait = this.watched.findWait();
    this.plan(this.since);
  }

  stop(): void {
    this.limitMs = this.totalAt = Infinity;
    this.rest();
  }

  /** The clock's, when `at` has come. `late`: the program was busy until now. */
  look(now: number, late: boolean): void {
    if (now >= this.totalAt) return this.watched.strike('total-timeout');
    const wait = this.watched.findWait();
    if (wait !== this.wait) {
      this.wait = wait;
      this.since = now;
    } else if (wait !== 0 && now - Math.max(this.since, this.watched.findLife()) >= this.limitMs) {
      if (!late) return this.watched.strike(this.limit!);
      // Let what has come in meanwhile be read first.
      this.at = now + LATE_MS;
      return;
    }
    this.plan(now);
  }

  private plan(now: number): void {
    this.dormant = this.wait === 0;
    const due = Math.max(this.since, this.watched.findLife()) + this.limitMs;
    // Coarse looks fall on a common grid, so that many streams share a tick.
    const grain = this.limitMs / LOOKS_PER_LIMIT;
    const next = this.coarse ? Math.min(due, (Math.floor(now / grain) + 1) * grain) : due;
    this.at = Math.min(this.dormant ? Infinity : next, this.totalAt);
    if (this.at === Infinity) return this.rest();
    ticking.add(this);
    arm(this.at);
  }

  private rest(): void {
    this.at = Infinity;
    ticking.delete(this);
    if (ticking.size > 0 || dueAt === -Infinity) return;
    clearTimeout(timer);
    dueAt = Infinity;
  }
}
