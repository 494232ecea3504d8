/** One step of a script: a chunk, a wait, a failure, or silence for ever. */
export type Step<Chunk> = Chunk | { readonly waitMs: number } | { readonly throws: unknown } | 'stall';

/** A stream that plays a script, and tells what was done to it. */
export interface ScriptedStream<Chunk> extends AsyncIterableIterator<Chunk> {
  /** How often it was left. */
  readonly returned: number;
  /** How many chunks it was asked for. */
  readonly pulled: number;
}

const isStep = (step: unknown, key: string): boolean =>
  typeof step === 'object' && step !== null && key in step && Object.keys(step).length === 1;

/**
 * A stream that plays `steps` and then ends, cleanly. Deaf on purpose, as the worst of the SDKs are: it ignores every
 * signal, and its `return()` never settles while it stalls.
 *
 * ```ts
 * scriptedStream(chunk('Hel'), { waitMs: 200 }, chunk('lo'), { throws: new TypeError('terminated') })
 * ```
 */
export function scriptedStream<Chunk>(...steps: readonly Step<Chunk>[]): ScriptedStream<Chunk> {
  const left = [...steps];
  let [returned, pulled, stalled] = [0, 0, false];
  return {
    get returned() {
      return returned;
    },
    get pulled() {
      return pulled;
    },
    async next() {
      pulled += 1;
      for (;;) {
        if (left.length === 0) return { done: true, value: undefined };
        const step = left.shift()!;
        if (step === 'stall') {
          stalled = true;
          return new Promise(() => {});
        }
        if (isStep(step, 'throws')) throw (step as { throws: unknown }).throws;
        if (!isStep(step, 'waitMs')) return { done: false, value: step as Chunk };
        await new Promise((resolve) => {
          setTimeout(resolve, (step as { waitMs: number }).waitMs);
        });
      }
    },
    return() {
      returned += 1;
      return stalled ? new Promise(() => {}) : Promise.resolve({ done: true as const, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
