import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline, type Watched } from '../../src/resilient-stream/clock.ts';

const made: Deadline[] = [];

/** A deadline over a wait that the test moves on, and a life that it prolongs. */
function watch() {
  const watched = { wait: 1, life: 0, strike: vi.fn<Watched['strike']>(() => { deadline.stop(); }), findWait: (): number => watched.wait, findLife: (): number => watched.life };
  const deadline = new Deadline(watched);
  made.push(deadline);
  return Object.assign(watched, { deadline });
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => {
  for (const deadline of made.splice(0)) deadline.stop();
  vi.useRealTimers();
});

describe('a deadline', () => {
  it('strikes once the same wait has lasted as long as the limit', () => {
    const { deadline, strike } = watch();
    deadline.bound('open-timeout', 1_000);
    vi.advanceTimersByTime(999);
    expect(strike).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(strike).toHaveBeenCalledExactlyOnceWith('open-timeout');
  });

  it('strikes a sixteenth late at most, for waits that begin between two looks', () => {
    for (const start of [1, 500, 990, 2_345]) {
      const watched = watch();
      watched.deadline.bound('idle-timeout', 1_600, true);
      for (let ms = 0; ms < start; ms += 1) {
        watched.wait += 1;
        vi.advanceTimersByTime(1);
      }
      vi.advanceTimersByTime(1_598);
      expect(watched.strike).not.toHaveBeenCalled();
      vi.advanceTimersByTime(102);
      expect(watched.strike).toHaveBeenCalledOnce();
    }
  });

  it('counts from the last sign of life', () => {
    const watched = watch();
    watched.deadline.bound('idle-timeout', 1_600, true);
    vi.advanceTimersByTime(1_500);
    watched.life = performance.now();
    vi.advanceTimersByTime(1_599);
    expect(watched.strike).not.toHaveBeenCalled();
    vi.advanceTimersByTime(101);
    expect(watched.strike).toHaveBeenCalledOnce();
  });

  it('sleeps while nobody waits, and never overflows a timer', () => {
    const watched = watch();
    watched.deadline.bound('idle-timeout', 2 ** 40);
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(1);
    watched.wait = 0;
    watched.deadline.start();
    expect(watched.deadline.dormant).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets chunks be read first that came in while the program was busy', async () => {
    vi.useRealTimers();
    const watched = watch();
    watched.deadline.bound('open-timeout', 30);
    // From an immediate on, the loop runs due timers first, then what the network has brought, then the next immediate.
    await new Promise(setImmediate);
    const until = performance.now() + 80;
    while (performance.now() < until);
    await new Promise(setImmediate);
    expect(watched.strike).not.toHaveBeenCalled();
    watched.wait = 2;
    await vi.waitFor(() => { expect(watched.strike).toHaveBeenCalledOnce(); });
  });
});

describe('the clock', () => {
  it('has one timer for all deadlines, and none when they are over', () => {
    const all = Array.from({ length: 100 }, (_, at) => {
      const each = watch();
      each.deadline.bound('open-timeout', 1_000 + at);
      return each;
    });
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_050);
    expect(all.filter(({ strike }) => strike.mock.calls.length > 0)).toHaveLength(51);
    for (const { deadline } of all) deadline.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on for the others when one strike stops another deadline', () => {
    const [first, second, third] = [watch(), watch(), watch()];
    first.strike.mockImplementation(() => { first.deadline.stop(); second.deadline.stop(); });
    for (const { deadline } of [first, second, third]) deadline.bound('open-timeout', 1_000);
    vi.advanceTimersByTime(1_000);
    expect(second.strike).not.toHaveBeenCalled();
    expect(third.strike).toHaveBeenCalledOnce();
  });

  it('survives fake timers that are installed and taken away while it runs', async () => {
    const left = watch();
    left.deadline.bound('open-timeout', 60_000);
    vi.useRealTimers();
    const watched = watch();
    watched.deadline.bound('open-timeout', 20);
    await vi.waitFor(() => { expect(watched.strike).toHaveBeenCalledOnce(); });
  });
});
