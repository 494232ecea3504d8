import { resilientStream } from 'resilient-stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setAlarm, type Alarm } from '../../../../src/resilient-stream/loop/clock.ts';
import { lives } from '../../../../src/resilient-stream/wire/life.ts';
import { chunk, finish, readAll, scripted, swift, type ChatChunk, type Step } from '../scripted.ts';

const set: Alarm[] = [];

function setIn(ms: number) {
  const alarm = {
    at: 0,
    ring: vi.fn<Alarm['ring']>(() => {
      setAlarm(alarm, Infinity);
    }),
  };
  set.push(alarm);
  setAlarm(alarm, performance.now() + ms);
  return alarm;
}

/** A program that keeps timers waiting for so long. */
function stealTime(): { ms: number } {
  const busy = { ms: 0 };
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + busy.ms);
  return busy;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const alarm of set.splice(0)) setAlarm(alarm, Infinity);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the clock', () => {
  it('rings at the time, and not before', () => {
    const { ring } = setIn(1_000);
    vi.advanceTimersByTime(999);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ring).toHaveBeenCalledOnce();
  });

  it('never overflows a timer', () => {
    const { ring } = setIn(2 ** 40);
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(1);
    expect(ring).not.toHaveBeenCalled();
  });

  it('has one timer for all alarms, and none when they are over', () => {
    const all = Array.from({ length: 100 }, (_, at) => setIn(1_000 + at));
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_050);
    expect(all.filter(({ ring }) => ring.mock.calls.length > 0)).toHaveLength(51);
    for (const alarm of all) setAlarm(alarm, Infinity);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on for the others when one alarm takes another away', () => {
    const [first, second, third] = [setIn(1_000), setIn(1_000), setIn(1_000)];
    first.ring.mockImplementation(() => {
      for (const alarm of [first, second]) setAlarm(alarm, Infinity);
    });
    vi.advanceTimersByTime(1_000);
    expect(second.ring).not.toHaveBeenCalled();
    expect(third.ring).toHaveBeenCalledOnce();
  });

  it('goes on for the others when one alarm throws', () => {
    const [first, second] = [setIn(1_000), setIn(1_001)];
    first.ring.mockImplementation(() => {
      setAlarm(first, Infinity);
      throw new Error('bug');
    });
    expect(() => vi.advanceTimersByTime(1_000)).toThrow('bug');
    vi.advanceTimersByTime(1);
    expect(second.ring).toHaveBeenCalledOnce();
  });

  it('survives timers that are replaced while it runs, and a time that begins anew', () => {
    const { ring: lost } = setIn(10);
    vi.useRealTimers();
    vi.useFakeTimers();
    const { ring } = setIn(20);
    vi.advanceTimersByTime(20);
    expect(lost).toHaveBeenCalledOnce();
    expect(ring).toHaveBeenCalledOnce();
  });

  it('lets chunks be read first that came in while the program was busy', () => {
    const busy = stealTime();
    const { ring } = setIn(30);
    busy.ms = 80;
    // The timer is 80 ms late. What the network has brought meanwhile is behind it.
    vi.advanceTimersByTime(30);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20);
    expect(ring).toHaveBeenCalledOnce();
  });

  it('rings in a program that is always busy', () => {
    const busy = stealTime();
    const { ring } = setIn(10);
    for (let turn = 0; turn < 7; turn += 1) {
      busy.ms += 60;
      vi.advanceTimersByTime(20);
    }
    expect(ring).toHaveBeenCalled();
  });
});

describe('the idle limit', () => {
  const read = (source: AsyncIterable<ChatChunk>) =>
    readAll(resilientStream(() => source, swift({ idleTimeoutMs: 1_600 })));

  it('strikes a sixteenth late at most, for waits that begin between two looks', async () => {
    for (const start of [1, 500, 990, 2_345]) {
      const steps = Array.from({ length: start }, (): Step<ChatChunk>[] => [{ waitMs: 1 }, chunk('a')]).flat();
      const got = read(scripted<ChatChunk>(chunk('a'), ...steps, 'stall'));
      await vi.advanceTimersByTimeAsync(start + 1_598);
      expect(got.error).toBe(null);
      await vi.advanceTimersByTimeAsync(102);
      expect(got.error).toMatchObject({ code: 'idle-timeout' });
    }
  });

  it('counts from the last sign of life', async () => {
    const source = Object.assign(scripted<ChatChunk>(chunk('a'), 'stall'), { response: {} });
    const life = { at: 0 };
    lives.set(source.response, life);
    const got = read(source);
    await vi.advanceTimersByTimeAsync(1_500);
    life.at = performance.now();
    await vi.advanceTimersByTimeAsync(1_599);
    expect(got.error).toBe(null);
    await vi.advanceTimersByTimeAsync(101);
    expect(got.error).toMatchObject({ code: 'idle-timeout' });
  });

  it('has no timer while nobody waits, and counts anew when somebody does', async () => {
    const iterator = resilientStream(
      () => scripted<ChatChunk>(chunk('a'), { waitMs: 1_500 }, chunk('b'), finish()),
      swift({ idleTimeoutMs: 1_600 }),
    )[Symbol.asyncIterator]();
    await iterator.next();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(vi.getTimerCount()).toBe(0);
    const next = iterator.next();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await next).toMatchObject({ done: false, value: chunk('b') });
    await iterator.return?.();
  });
});
