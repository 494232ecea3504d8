import { constants, existsSync, readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { printFailure } from '../terminal/faults.ts';
import type { Disk } from '../terminal/terminal.ts';

export interface Replacement {
  /** Why the file was left as it was; null where it was replaced. */
  readonly failure: string | null;
  /** Hard links that lead to the old text still. */
  readonly otherNames: number;
}

/**
 * Puts `after` in the place of `before`, whole or not at all: a kill at any moment leaves the old file or the new one.
 * That gives a name of its own to a file that has several, as git does; to write into it would reach, say, every
 * project that shares a package manager's store.
 */
export function replaceFile(disk: Disk, path: string, before: string, after: string): Replacement {
  try {
    // The file that a link leads to, or the link itself would be replaced.
    const target = disk.realpathSync(path);
    // A rename asks nobody whether the file may be written.
    disk.accessSync(target, constants.W_OK);
    return swap(disk, target, before, after);
  } catch (error) {
    return left(`cannot be written: ${printFailure(error)}`);
  }
}

/** Puts `text` where there is no file yet, whole or not at all. */
export function createFile(disk: Disk, path: string, text: string): Replacement {
  const temporary = nameTemporary(path);
  try {
    disk.writeFileSync(temporary, text, { flag: 'wx' });
    disk.renameSync(temporary, path);
    return { failure: null, otherNames: 0 };
  } catch (error) {
    return left(`cannot be written: ${printFailure(error)}`);
  } finally {
    disk.rmSync(temporary, { force: true }); // after the rename there is nothing there
  }
}

/** The same, in a folder that may not be there yet. */
export function createFileAndFolder(disk: Disk, path: string, text: string): Replacement {
  try {
    disk.mkdirSync(dirname(path), { recursive: true });
    return createFile(disk, path, text);
  } catch (error) {
    return left(`cannot be written: ${printFailure(error)}`);
  }
}

/** A short name of its own: the file's name may be as long as names can be. */
const nameTemporary = (path: string): string =>
  join(dirname(path), `.resilient-stream-${process.pid}-${randomBytes(4).toString('hex')}.tmp`);

/** What processes that are gone have left in a folder. */
export function findTemporaries(folder: string, pids: readonly number[]): string[] {
  if (!existsSync(folder)) return [];
  const isTheirs = (name: string): boolean =>
    pids.some((pid) => name.startsWith(`.resilient-stream-${pid}-`) && name.endsWith('.tmp'));
  return readdirSync(folder)
    .filter(isTheirs)
    .map((name) => join(folder, name));
}

const left = (failure: string): Replacement => ({ failure, otherNames: 0 });

function swap(disk: Disk, target: string, before: string, after: string): Replacement {
  const temporary = nameTemporary(target);
  try {
    disk.writeFileSync(temporary, after, { flag: 'wx', mode: 0o600 });
    const { mode, nlink } = disk.statSync(target);
    disk.chmodSync(temporary, mode);
    if (disk.readFileSync(target, 'utf8') !== before) return left('changed on disk in the meantime; run again');
    disk.renameSync(temporary, target);
    return { failure: null, otherNames: nlink - 1 };
  } finally {
    disk.rmSync(temporary, { force: true }); // after the rename there is nothing there
  }
}
