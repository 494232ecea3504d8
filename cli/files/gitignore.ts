import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { findAbove } from './folders-above.ts';

/** The rules of one `.gitignore` file. */
interface Level {
  readonly directory: string;
  readonly rules: Ignore;
}

/** The `.gitignore` files from the folder `top` downwards. A file overrides the ones above it. */
export class GitIgnore {
  readonly #top: string;
  readonly #levels = new Map<string, readonly Level[]>();
  readonly #branches = new Map<string, boolean>();

  constructor(top: string) {
    this.#top = top;
  }

  /** Whether the rules ignore this entry itself. A walk has checked the folders above it already. */
  leavesOut(path: string, isDirectory: boolean): boolean {
    for (const { directory, rules } of this.#levelsOf(dirname(path))) {
      const { ignored, unignored } = rules.test(relativeTo(directory, path) + (isDirectory ? '/' : ''));
      if (ignored || unignored) return ignored;
    }
    return false;
  }

  /** Whether the rules ignore the directory or one above it. */
  leavesOutBranch(directory: string): boolean {
    if (!isBelow(directory, this.#top)) return false;
    let known = this.#branches.get(directory);
    if (known === undefined) {
      known = this.leavesOutBranch(dirname(directory)) || this.leavesOut(directory, true);
      this.#branches.set(directory, known);
    }
    return known;
  }

  /** The nearest first. */
  #levelsOf(directory: string): readonly Level[] {
    let levels = this.#levels.get(directory);
    if (!levels) {
      const outer = isBelow(directory, this.#top) ? this.#levelsOf(dirname(directory)) : [];
      const own = readLevel(directory);
      levels = own ? [own, ...outer] : outer;
      this.#levels.set(directory, levels);
    }
    return levels;
  }
}

function readLevel(directory: string): Level | null {
  let text: string;
  try {
    text = readFileSync(join(directory, '.gitignore'), 'utf8');
  } catch {
    return null; // most directories have no `.gitignore`
  }
  // As git does by default: only on Linux are names case-sensitive.
  return { directory, rules: ignore({ ignorecase: process.platform !== 'linux' }).add(text) };
}

/**
 * The root of the git repository that the directory is in, or null. `.git` may also be a file: in worktrees and
 * submodules it is.
 */
export function findRepository(directory: string): string | null {
  const git = findAbove(directory, ['.git']);
  return git && dirname(git);
}

const isBelow = (path: string, directory: string): boolean =>
  path.length > directory.length && path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

const relativeTo = (directory: string, path: string): string =>
  path.slice(directory.endsWith(sep) ? directory.length : directory.length + 1).replaceAll(sep, '/');
