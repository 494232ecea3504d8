import { statSync } from 'node:fs';

/** The part of the files that one of several machines examines. */
export interface Shard {
  /** Counts from 1. */
  readonly index: number;
  readonly count: number;
}

/** Parses '2/4'; null where the text is no shard. */
export function parseShard(text: string): Shard | null {
  const [, index = NaN, count = NaN] = (/^(\d+)\/(\d+)$/.exec(text.trim()) ?? []).map(Number);
  return index >= 1 && index <= count ? { index, count } : null;
}

/**
 * The files of one shard, in their order. Each file is in exactly one shard, the same one on every machine with the
 * same files. Files are assigned from the largest to the smallest, each to the shard with the fewest bytes so far: the
 * shards are about equal.
 */
export function takeShard(
  files: readonly string[],
  { index, count }: Shard,
  sizeOf: (file: string) => number = readSize,
): readonly string[] {
  const loads = Array.from({ length: count }, () => 0);
  const sized = files.map((file) => ({ file, size: sizeOf(file) })).sort((a, b) => b.size - a.size);
  const mine = new Set<string>();
  for (const { file, size } of sized) {
    const least = loads.indexOf(Math.min(...loads));
    // Plus 1: an empty file takes time to open, too.
    loads[least]! += size + 1;
    if (least === index - 1) mine.add(file);
  }
  return files.filter((file) => mine.has(file));
}

function readSize(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0; // reading the file will report what is wrong
  }
}
