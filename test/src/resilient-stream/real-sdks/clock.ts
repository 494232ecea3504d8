/**
 * Time for programs that use the network: the program's clock is scripted, and goes on only where a test lets it, after
 * what the test waits for has come. The server's clock, and the network, are real.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished, vi } from 'vitest';

/** From here to the end of the test no time passes for the program. */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets time pass, a little per turn of the event loop, until this is so. */
export async function runClock(isSo: () => boolean): Promise<void> {
  while (!isSo()) await vi.advanceTimersByTimeAsync(500);
}

export const leap = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** A turn of the event loop, in which no time passes: what a timer of 0 ms holds up still comes. */
async function turn(): Promise<void> {
  if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(0);
  await new Promise((resolve) => setImmediate(resolve));
}

export async function settle(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn();
}

/** Turns in which no time passes, until this has come. */
export async function hold(event: Promise<unknown>): Promise<void> {
  let come = false;
  void event.then(() => (come = true));
  while (!come) await turn();
  await settle();
}

/** The next time that Node's `fetch` has read the headers of a response, or has lost a connection. */
export function hearFetch(what: 'headers' | 'error'): Promise<void> {
  const channel = `undici:request:${what}`;
  return new Promise((resolve) => {
    const hear = (): void => {
      unsubscribe(channel, hear);
      resolve();
    };
    subscribe(channel, hear);
  });
}

/** Kept once the deltas that were noted make up this text. */
export function awaitText(whole: string): { readonly shown: Promise<void>; readonly note: (delta: string) => void } {
  let text = '';
  let tell = (): void => {};
  const shown = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return {
    shown,
    note: (delta) => {
      text += delta;
      if (text === whole) tell();
    },
  };
}
