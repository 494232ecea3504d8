import type { ChunkPath, StreamApi, TerminalSignal } from '../../src/providers/provider.ts';

export function readPath(chunk: unknown, path: ChunkPath): unknown {
  return path.reduce<unknown>((at, name) => (at === null || at === undefined ? undefined : (at as Readonly<Record<string | number, unknown>>)[name]), chunk);
}

/** The text of a chunk, read as the catalog says. */
export function findTextByPath(chunk: unknown, { text, textWhen }: StreamApi): string {
  const says = textWhen.every(({ path, value }) => readPath(chunk, path) === value);
  const found = says ? readPath(chunk, text) : null;
  return typeof found === 'string' ? found : '';
}

/** Whether a chunk says, as the catalog reads it, that the answer is whole. */
export function findTerminal(chunk: unknown, { path, values }: TerminalSignal): boolean {
  const found = readPath(chunk, path);
  return values === null ? found !== null && found !== undefined : values.includes(String(found));
}
