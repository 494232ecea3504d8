import { afterEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/resilient-stream/deadline.ts';

afterEach(() => { vi.useRealTimers(); });

describe('a deadline', () => {
  it('strikes once the same wait has lasted as long as the limit', () => {
    vi.useFakeTimers();
    const strike = vi.fn();
    new Deadline({ findWait: () => 1 }).bound(1_000, strike);
    vi.advanceTimersByTime(999);
    expect(strike).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(strike).toHaveBeenCalledOnce();
  });

  it('strikes a sixteenth late at most, for waits that begin between two looks', () => {
    vi.useFakeTimers();
    for (const start of [1, 500, 990, 2_345]) {
      let wait = 1;
      const strike = vi.fn();
      new Deadline({ findWait: () => wait }).bound(1_600, strike, true);
      for (let ms = 0; ms < start; ms += 1) {
        wait += 1;
        vi.advanceTimersByTime(1);
      }
      vi.advanceTimersByTime(1_598);
      expect(strike).not.toHaveBeenCalled();
      vi.advanceTimersByTime(102);
      expect(strike).toHaveBeenCalledOnce();
    }
  });

  it('sleeps while nobody waits, and never overflows a timer', () => {
    vi.useFakeTimers();
    let wait = 1;
    const deadline = new Deadline({ findWait: () => wait });
    deadline.bound(2 ** 40, () => {});
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(1);
    wait = 0;
    deadline.start();
    expect(deadline.dormant).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets chunks be read first that came in while the program was busy', async () => {
    let wait = 1;
    const strike = vi.fn();
    const deadline = new Deadline({ findWait: () => wait });
    deadline.bound(30, strike);
    // From an immediate on, the loop runs due timers first, then what the network has brought, then the next immediate.
    await new Promise(setImmediate);
    const until = performance.now() + 80;
    while (performance.now() < until);
    await new Promise(setImmediate);
    expect(strike).not.toHaveBeenCalled();
    wait = 2;
    await vi.waitFor(() => { expect(strike).toHaveBeenCalledOnce(); });
  });
});
