import type { ChunkPath, ChunkTest, StreamApi } from '../../src/providers/provider.ts';

export function readPath(chunk: unknown, path: ChunkPath): unknown {
  return path.reduce<unknown>(
    (at, name) =>
      at === null || at === undefined ? undefined : (at as Readonly<Record<string | number, unknown>>)[name],
    chunk,
  );
}

/** The text of a chunk, read as the catalog says. */
export function findTextByPath(chunk: unknown, { text, textWhen }: StreamApi): string {
  const found = text !== null && textWhen.every((test) => isTrue(chunk, test)) ? readPath(chunk, text) : null;
  return typeof found === 'string' ? found : '';
}

/** Whether a chunk says, as the catalog reads it, what the test asks: that it holds text, that the answer is whole. */
export function isTrue(chunk: unknown, { path, values }: ChunkTest): boolean {
  const found = readPath(chunk, path);
  return values === null ? found !== null && found !== undefined : values.includes(String(found));
}
