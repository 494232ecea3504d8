import { constants } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { reasonOf } from './faults.ts';
import type { Disk } from './terminal.ts';

/**
 * Puts `after` in the place of `before`, whole or not at all: a kill at any moment leaves the old file or the new one.
 * Null, or why the file was left as it was.
 */
export function replaceFile(disk: Disk, path: string, before: string, after: string): string | null {
  try {
    // The file that a link leads to, or the link itself would be replaced.
    const target = disk.realpathSync(path);
    // A rename asks nobody whether the file may be written.
    disk.accessSync(target, constants.W_OK);
    return swap(disk, target, before, after);
  } catch (error) {
    return `cannot be written: ${reasonOf(error)}`;
  }
}

function swap(disk: Disk, target: string, before: string, after: string): string | null {
  // A short name of its own: the file's name may be as long as names can be.
  const temporary = join(dirname(target), `.resilient-stream-${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  try {
    disk.writeFileSync(temporary, after, { flag: 'wx', mode: 0o600 });
    disk.chmodSync(temporary, disk.statSync(target).mode);
    if (disk.readFileSync(target, 'utf8') !== before) return 'changed on disk in the meantime; run again';
    disk.renameSync(temporary, target);
    return null;
  } finally {
    disk.rmSync(temporary, { force: true }); // after the rename there is nothing there
  }
}
