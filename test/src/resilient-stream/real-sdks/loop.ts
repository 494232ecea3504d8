import { resilientStream, type PartialAnswer, type ResilientStreamOptions } from 'resilient-stream';
import type { EntryPoint } from './entry-points.ts';

/** What tests look for in whatever was thrown. */
export interface Thrown {
  readonly message: string;
  readonly constructor: { readonly name: string };
  readonly code?: string;
  readonly partial?: PartialAnswer;
}

/** How a loop over a stream came out. */
export interface Outcome {
  readonly text: string;
  /** `ended`: the loop ended normally; `threw`: it threw `error`; `hung`: neither, until the watch ran out. */
  readonly end: 'ended' | 'threw' | 'hung';
  readonly error: Thrown | null;
}

/** What a test does in the loop's body. */
export type Body = (text: string, stop: () => void) => unknown;

const WATCH_MS = 400;

async function run(read: (show: (text: string) => void) => Promise<void>): Promise<Outcome> {
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const watch = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ text, end: 'hung', error: null }), WATCH_MS);
  });
  const loop = read((delta) => {
    text += delta;
  }).then(
    (): Outcome => ({ text, end: 'ended', error: null }),
    (error: unknown): Outcome => ({ text, end: 'threw', error: error as Thrown }),
  );
  const outcome = await Promise.race([loop, watch]);
  clearTimeout(timer);
  return outcome;
}

const leave = (): void => {};

/** The loop that everybody writes. */
export function loopRaw(
  entry: EntryPoint,
  url: string,
  options?: Parameters<EntryPoint['open']>[1],
  body: Body = leave,
): Promise<Outcome> {
  return run(async (show) => {
    let stopped = false;
    for await (const chunk of await entry.open(url, options)) {
      const text = entry.findText(chunk as never);
      show(text);
      await body(text, () => {
        stopped = true;
      });
      if (stopped) break;
    }
  });
}

/** The same loop behind the helper. */
export function loopResilient(
  entry: EntryPoint,
  url: string,
  options?: ResilientStreamOptions,
  body: Body = leave,
): Promise<Outcome> {
  return run(async (show) => {
    let stopped = false;
    const fast = { backoff: { initialMs: 1 }, ...options };
    for await (const chunk of await resilientStream(({ signal }) => entry.open(url, { signal }), fast)) {
      const text = entry.findText(chunk as never);
      show(text);
      await body(text, () => {
        stopped = true;
      });
      if (stopped) break;
    }
  });
}
