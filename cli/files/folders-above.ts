import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder itself, then its parent, and so on up to the root. */
export function* foldersAbove(folder: string): Generator<string> {
  for (let current = folder; ; current = dirname(current)) {
    yield current;
    if (dirname(current) === current) return;
  }
}

/** The nearest file of one of these names, in the folder or above it, up to `top`. */
export function findAbove(folder: string, names: readonly string[], top: string | null = null): string | null {
  for (const above of foldersAbove(folder)) {
    const found = names.map((name) => join(above, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (above === top) return null;
  }
  return null;
}
