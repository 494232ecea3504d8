/** A longer delay overflows a timer, which then fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/**
 * A timer that fires later than this was held up by the program itself, and chunks may lie unread behind it: they go
 * first.
 */
const LATE_MS = 20;
/** Late so often in a row is how this program is. */
const LATE_TICKS = 4;
/** So many streams make the clock a millisecond coarser, for each tick looks at all of them. */
const STREAMS_PER_MS = 1_000;

/** What rings at its time, once; it sets itself anew. */
export interface Alarm {
  /** On the clock of `performance.now()`. */
  at: number;
  readonly ring: (now: number) => void;
}

// One timer for all streams of the process.
const alarms = new Set<Alarm>();
let timer: ReturnType<typeof setTimeout> | undefined;
let dueAt = Infinity;
/** Whoever installs fake timers, or takes them away, leaves our timer behind in the other world. */
let armedBy: unknown;
let lateTicks = 0;

function arm(at: number): void {
  if (armedBy !== setTimeout) dueAt = Infinity;
  if (at >= dueAt) return;
  clearTimeout(timer);
  armedBy = setTimeout;
  dueAt = at;
  timer = setTimeout(
    tick,
    Math.min(Math.max(Math.ceil(at - performance.now()), alarms.size / STREAMS_PER_MS), LONGEST_TIMER_MS),
  );
}

function tick(): void {
  const now = performance.now();
  lateTicks = now - dueAt > LATE_MS + alarms.size / STREAMS_PER_MS && lateTicks < LATE_TICKS ? lateTicks + 1 : 0;
  dueAt = Infinity;
  let next = Infinity;
  try {
    for (const alarm of alarms) {
      if (alarm.at > now) continue;
      if (lateTicks > 0) alarm.at = now + LATE_MS;
      else alarm.ring(now);
    }
  } finally {
    for (const { at } of alarms) next = Math.min(next, at);
    arm(next);
  }
}

/** `Infinity` takes the alarm away. */
export function setAlarm(alarm: Alarm, at: number): void {
  alarm.at = at;
  if (at < Infinity) {
    alarms.add(alarm);
    arm(at);
  } else if (alarms.delete(alarm) && alarms.size === 0) {
    clearTimeout(timer);
    dueAt = Infinity;
  }
}
