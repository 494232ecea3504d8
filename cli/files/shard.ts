import { statSync } from 'node:fs';

/** The part of the work that one of several machines does. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** '2/4'; null where it is no part of a whole. */
export function parseShard(text: string): Shard | null {
  const [, index = NaN, count = NaN] = (/^(\d+)\/(\d+)$/.exec(text.trim()) ?? []).map(Number);
  return index >= 1 && index <= count ? { index, count } : null;
}

/**
 * The files of one shard, in their order. Each file is in one shard, the same on every machine that has the same files.
 * The largest go first, each to the shard with the least to do, so that none has much more than another.
 */
export function takeShard(
  files: readonly string[],
  { index, count }: Shard,
  sizeOf: (file: string) => number = findSize,
): readonly string[] {
  const loads = Array.from({ length: count }, () => 0);
  const sized = files.map((file) => ({ file, size: sizeOf(file) })).sort((a, b) => b.size - a.size);
  const mine = new Set<string>();
  for (const { file, size } of sized) {
    const least = loads.indexOf(Math.min(...loads));
    // A file without a byte is a file to open all the same.
    loads[least]! += size + 1;
    if (least === index - 1) mine.add(file);
  }
  return files.filter((file) => mine.has(file));
}

function findSize(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0; // reading it will say what is wrong
  }
}
