/** When bytes last came for a response, on the clock of `performance.now()`. */
export interface Life {
  at: number;
}

/**
 * The life of each response that `livenessFetch` fetched, by what a stream can know it by: the signal of its request
 * (the openai and Anthropic streams carry its controller), and the response itself.
 */
export const lives = new WeakMap<object, Life>();

/** The latest sign of life under any of the keys; 0 if there was none. */
export function findLastLife(...keys: readonly unknown[]): number {
  return Math.max(0, ...keys.map((key) => lives.get(key as object)?.at ?? 0));
}
