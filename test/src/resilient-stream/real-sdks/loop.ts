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
  /** `ended`: the loop ended normally; `threw`: it threw `error`; `hung`: neither, in all the time that passed. */
  readonly end: 'ended' | 'threw' | 'hung';
  readonly error: Thrown | null;
}

/** What a test does in the loop's body. */
export type Body = (text: string, stop: () => void) => unknown;

/** What a test knows of a loop that runs. */
export interface Running {
  readonly outcome: Promise<Outcome>;
  readonly isOver: () => boolean;
  /** How it looks if it is not over by now. */
  readonly hung: () => Outcome;
}

function run(read: (show: (text: string) => void) => Promise<void>): Running {
  let text = '';
  let over = false;
  const outcome = read((delta) => {
    text += delta;
  })
    .then(
      (): Outcome => ({ text, end: 'ended', error: null }),
      (error: unknown): Outcome => ({ text, end: 'threw', error: error as Thrown }),
    )
    .finally(() => {
      over = true;
    });
  return { outcome, isOver: () => over, hung: () => ({ text, end: 'hung', error: null }) };
}

const leave = (): void => {};

/** The loop that everybody writes. */
export function startRaw(
  entry: EntryPoint,
  url: string,
  options?: Parameters<EntryPoint['open']>[1],
  body: Body = leave,
): Running {
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
export function startResilient(
  entry: EntryPoint,
  url: string,
  options?: ResilientStreamOptions,
  body: Body = leave,
): Running {
  return run(async (show) => {
    let stopped = false;
    const fast = { backoff: { initialMs: 0, maxMs: 0 }, ...options };
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

export const loopRaw = (...parameters: Parameters<typeof startRaw>): Promise<Outcome> =>
  startRaw(...parameters).outcome;
export const loopResilient = (...parameters: Parameters<typeof startResilient>): Promise<Outcome> =>
  startResilient(...parameters).outcome;
