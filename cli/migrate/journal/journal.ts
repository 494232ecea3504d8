import { dirname } from 'node:path';
import { realPathOf, showPath } from '../../files/find-files.ts';
import { findTemporaries } from '../../files/write-file.ts';
import { reasonOf, UsageError } from '../../terminal/faults.ts';
import { writeNote } from '../../terminal/messages.ts';
import type { Disk, Terminal } from '../../terminal/terminal.ts';
import {
  createHeader,
  findWritten,
  hashOf,
  type Header,
  type Intent,
  isSame,
  JournalFault,
  type Outcome,
  readJournal,
  type Recorded,
  type RunOptions,
} from './read-journal.ts';

/** A file that is about to be written. */
export interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly outcome: Outcome;
}

interface JournalPlace {
  readonly path: string;
  readonly options: RunOptions;
  /** `--allow-dirty`: a run that cannot continue from the journal starts anew. */
  readonly allowDirty: boolean;
}

/**
 * @throws UsageError where the file is no journal, or is that of another run that was not finished.
 */
export function openJournal({ path, options, allowDirty }: JournalPlace, terminal: Terminal): Journal {
  const name = showPath(terminal.cwd, path);
  const read = readJournal(path, name, terminal.disk);
  const fault = read instanceof JournalFault ? read : findOtherRun(read, options);
  if (fault !== null && !allowDirty) throw new UsageError(`${name}: ${fault.message}; ${printRemedies(fault)}.`);
  if (fault !== null) writeNote(`${name}: ${fault.message}; it is not gone on with.`, terminal);
  const continues =
    fault === null && read !== null && !(read instanceof JournalFault) && isSame(read.header.options, options);
  return new Journal(path, options, continues ? read : null, terminal.disk);
}

/** A journal of a run with other options matters only if that run has written files. */
function findOtherRun(read: Recorded | null, options: RunOptions): JournalFault | null {
  if (read === null || isSame(read.header.options, options) || findWritten(read.intents).size === 0) return null;
  return new JournalFault('a run with other options was not finished', 'run that again');
}

const printRemedies = ({ remedy }: JournalFault): string =>
  [
    ...(remedy === null ? [] : [remedy]),
    'pass --allow-dirty',
    'name another file with --state',
    'or delete this one',
  ].join(', ');

/**
 * The record of what a run has written and is about to write. If the run is killed, another run with the same options
 * continues from it. The file is created before the first write and deleted after the last.
 */
export class Journal {
  readonly path: string;
  /** What an earlier part of this run has written: the last intent of each file that has the text of that intent. */
  readonly done: ReadonlyMap<string, Intent>;
  /** The files that the earlier part had chosen; null: this part chooses them. */
  readonly selection: readonly string[] | null;
  readonly #disk: Disk;
  readonly #options: RunOptions;
  readonly #recorded: Recorded | null;
  #open: { readonly descriptor: number; length: number } | null = null;

  /** `recorded`: the journal that this run continues; null: it starts anew. */
  constructor(path: string, options: RunOptions, recorded: Recorded | null, disk: Disk) {
    this.path = path;
    this.done = recorded ? findWritten(recorded.intents) : new Map();
    this.selection = recorded?.header.selection ?? null;
    this.#disk = disk;
    this.#options = options;
    this.#recorded = recorded;
  }

  /** Whether an earlier part of this run has changed this file, and nobody else since. */
  isOurs(path: string): boolean {
    return path === this.path || [...this.done.keys()].some((done) => realPathOf(done) === path);
  }

  /** Removes the temporary files of the killed run. */
  removeTemporaries(): void {
    const { intents = [], pids = [] } = this.#recorded ?? {};
    for (const folder of new Set(intents.map(({ path }) => dirname(realPathOf(path))))) {
      for (const path of findTemporaries(folder, pids)) this.#disk.rmSync(path, { force: true });
    }
  }

  /** Must be called before a file is written. Returns why the file must not be written, or null. */
  record({ path, before, after, outcome }: Change, selection: readonly string[] | null): string | null {
    try {
      this.#open ??= this.#begin(selection);
      this.#append({ path, before: hashOf(before), after: hashOf(after), outcome } satisfies Intent);
      return null;
    } catch (error) {
      return `the journal ${this.path} cannot be written: ${reasonOf(error)}; name another file with --state`;
    }
  }

  /** The run is complete: deletes the journal. Returns why that failed, or null. */
  finish(): string | null {
    this.close();
    try {
      if (this.#open || this.#recorded) this.#disk.rmSync(this.path, { force: true });
      return null;
    } catch (error) {
      return `the journal cannot be removed: ${reasonOf(error)}; delete it by hand`;
    }
  }

  /** The run was interrupted: keeps the journal, from which another run can continue. */
  close(): null {
    if (this.#open) this.#disk.closeSync(this.#open.descriptor);
    return null;
  }

  #begin(selection: readonly string[] | null): { descriptor: number; length: number } {
    if (this.#recorded) {
      this.#open = { descriptor: this.#disk.openSync(this.path, 'r+'), length: this.#recorded.length };
      this.#append({ pid: process.pid });
    } else {
      this.#open = { descriptor: this.#disk.openSync(this.path, 'w'), length: 0 };
      this.#append({ ...createHeader(this.#options), selection } satisfies Header);
    }
    return this.#open;
  }

  /** Appends a whole line and flushes it to the disk, or appends nothing. */
  #append(line: object): void {
    const open = this.#open!;
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      for (let written = 0; written < bytes.length;)
        written += this.#disk.writeSync(open.descriptor, bytes, written, bytes.length - written, open.length + written);
      // The file may be longer: it may end in a line that a kill has cut.
      this.#disk.ftruncateSync(open.descriptor, open.length + bytes.length);
      this.#disk.fsyncSync(open.descriptor);
      open.length += bytes.length;
    } catch (error) {
      this.#disk.ftruncateSync(open.descriptor, open.length);
      throw error;
    }
  }
}
