/** What the benchmarks make of their figures, and how they print them. */

export const findMedian = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const printSeconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(2)} s`;
export const printMilliseconds = (milliseconds: number): string =>
  `${milliseconds < 100 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
