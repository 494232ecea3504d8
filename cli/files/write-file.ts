import { constants, existsSync, readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { printFailure } from '../terminal/faults.ts';
import type { Disk } from '../terminal/terminal.ts';

export interface Replacement {
  /** Why the file is unchanged; null where it was replaced. */
  readonly failure: string | null;
  /** How many hard links still have the old text. */
  readonly otherNames: number;
}

/**
 * Replaces the text `before` by `after` with one rename: a kill at any moment leaves the old file or the new one. The
 * rename cuts a hard link, as git does. Writing into the file would change it for every other link, such as all
 * projects that share a package manager's store.
 */
export function replaceFile(disk: Disk, path: string, before: string, after: string): Replacement {
  try {
    // Resolve symbolic links: a rename would replace the link and not the file.
    const target = disk.realpathSync(path);
    // A rename succeeds even if the file is read-only.
    disk.accessSync(target, constants.W_OK);
    return swap(disk, target, before, after);
  } catch (error) {
    return unchanged(`cannot be written: ${printFailure(error)}`);
  }
}

/** Creates a file with one rename: a kill leaves no half-written file. */
export function createFile(disk: Disk, path: string, text: string): Replacement {
  const temporary = nameTemporary(path);
  try {
    disk.writeFileSync(temporary, text, { flag: 'wx' });
    disk.renameSync(temporary, path);
    return { failure: null, otherNames: 0 };
  } catch (error) {
    return unchanged(`cannot be written: ${printFailure(error)}`);
  } finally {
    disk.rmSync(temporary, { force: true }); // does nothing after the rename
  }
}

/** Creates the file, and first its folder if that is missing. */
export function createFileAndFolder(disk: Disk, path: string, text: string): Replacement {
  try {
    disk.mkdirSync(dirname(path), { recursive: true });
    return createFile(disk, path, text);
  } catch (error) {
    return unchanged(`cannot be written: ${printFailure(error)}`);
  }
}

/** The name does not include the file's name, which may be as long as names can be. */
const nameTemporary = (path: string): string =>
  join(dirname(path), `.resilient-stream-${process.pid}-${randomBytes(4).toString('hex')}.tmp`);

/** The temporary files that these processes left in a folder when they were killed. */
export function findTemporaries(folder: string, pids: readonly number[]): string[] {
  if (!existsSync(folder)) return [];
  const isTheirs = (name: string): boolean =>
    pids.some((pid) => name.startsWith(`.resilient-stream-${pid}-`) && name.endsWith('.tmp'));
  return readdirSync(folder)
    .filter(isTheirs)
    .map((name) => join(folder, name));
}

const unchanged = (failure: string): Replacement => ({ failure, otherNames: 0 });

function swap(disk: Disk, target: string, before: string, after: string): Replacement {
  const temporary = nameTemporary(target);
  try {
    disk.writeFileSync(temporary, after, { flag: 'wx', mode: 0o600 });
    const { mode, nlink } = disk.statSync(target);
    disk.chmodSync(temporary, mode);
    if (disk.readFileSync(target, 'utf8') !== before) return unchanged('changed on disk in the meantime; run again');
    disk.renameSync(temporary, target);
    return { failure: null, otherNames: nlink - 1 };
  } finally {
    disk.rmSync(temporary, { force: true }); // does nothing after the rename
  }
}
