import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { reasonOf, UsageError } from '../terminal/faults.ts';
import { realPathOf, showPath } from '../files/find-files.ts';
import { findGitDirectory } from './git-state.ts';
import type { AddedDependency, MigratedFile, VendoredFile } from '../reports/json-shapes.ts';
import type { Disk, Terminal } from '../terminal/terminal.ts';
import { findTemporaries } from '../files/write-file.ts';

/** What a run of the whole has to say of a file that was written. */
export type Outcome =
  | { readonly kind: 'source'; readonly file: MigratedFile; readonly importsHelper: boolean }
  | { readonly kind: 'manifest'; readonly dependency: AddedDependency }
  | { readonly kind: 'vendored'; readonly vendored: VendoredFile };

/** Noted before the file is written; whether it was, the file's own text tells. */
export interface Intent {
  readonly path: string;
  /** Hashes of the text. */
  readonly before: string;
  readonly after: string;
  readonly outcome: Outcome;
}

/** Whatever makes one run another than the next. */
export type RunOptions = Readonly<Record<string, unknown>>;

interface Header {
  readonly journal: typeof KIND;
  readonly version: 1;
  readonly pid: number;
  readonly options: RunOptions;
  /** The files that the run had chosen, where their sizes count, which its writes change. */
  readonly selection: readonly string[] | null;
}

interface Recorded {
  readonly header: Header;
  readonly intents: readonly Intent[];
  readonly pids: readonly number[];
  /** Bytes of whole lines: a kill may cut the last one, and then its file was not yet touched. */
  readonly length: number;
}

const KIND = 'resilient-stream migrate';
const HEADER_START = `{"journal":"${KIND}"`;

/** Where a run keeps its journal: the file that is named, or one in the git directory; null where there is neither. */
export function findJournalFile(
  state: string | undefined,
  files: readonly string[],
  shard: string | null,
  { cwd }: Terminal,
): string | null {
  if (state !== undefined) return resolve(cwd, state);
  const directory =
    findGitDirectory(cwd) ?? (files[0] === undefined ? null : findGitDirectory(dirname(realPathOf(files[0]))));
  // Shards may run side by side.
  return directory && join(directory, `resilient-stream-migrate${shard === null ? '' : `-${shard}`}.jsonl`);
}

/**
 * What a run has written, and is about to write, so that another can go on where it was killed. There is no file before
 * the first write, and none after the last.
 */
export class Journal {
  readonly path: string;
  /** What an earlier run has done of this one: of each file that holds the text it was given, the last intent. */
  readonly done: ReadonlyMap<string, Intent>;
  /** The files that the earlier run had chosen; null where they are to be chosen anew. */
  readonly selection: readonly string[] | null;
  readonly #disk: Disk;
  readonly #header: Omit<Header, 'selection'>;
  readonly #recorded: Recorded | null;
  #open: { readonly descriptor: number; length: number } | null = null;

  /** @throws UsageError where the file is no journal, or one of another run that was not finished. */
  constructor(path: string, options: RunOptions, allowDirty: boolean, { cwd, disk, stderr }: Terminal) {
    const name = showPath(cwd, path);
    const read = readJournal(path, name, disk);
    this.path = path;
    this.#disk = disk;
    this.#header = { journal: KIND, version: 1, pid: process.pid, options };
    const done = read instanceof JournalFault ? null : findDone(read?.intents ?? []);
    const fault =
      read instanceof JournalFault
        ? read
        : read === null || done!.size === 0 || isSame(read.header.options, options)
          ? null
          : new JournalFault('a run with other options was not finished', 'run that again');
    if (fault !== null && !allowDirty)
      throw new UsageError(
        `${name}: ${fault.message}; ${[fault.remedy, 'pass --allow-dirty', 'name another file with --state', 'or delete this one'].filter((remedy) => remedy !== null).join(', ')}.`,
      );
    if (fault !== null) stderr.write(`note: ${name}: ${fault.message}; it is not gone on with.\n`);
    this.#recorded =
      fault === null && read !== null && !(read instanceof JournalFault) && isSame(read.header.options, options)
        ? read
        : null;
    this.done = this.#recorded ? done! : new Map();
    this.selection = this.#recorded?.header.selection ?? null;
  }

  /** The file holds what the earlier run put there: that is no change of anybody else's. */
  isOurs(path: string): boolean {
    return path === this.path || [...this.done.keys()].some((done) => realPathOf(done) === path);
  }

  /** Removes what the killed run had begun and not put in its place. */
  removeRemains(): void {
    const { intents = [], pids = [] } = this.#recorded ?? {};
    for (const folder of new Set(intents.map(({ path }) => dirname(realPathOf(path))))) {
      for (const path of findTemporaries(folder, pids)) this.#disk.rmSync(path, { force: true });
    }
  }

  /** To be said before a file is written; why it must not be written, or null. */
  intend(
    path: string,
    before: string,
    after: string,
    outcome: Outcome,
    selection: readonly string[] | null,
  ): string | null {
    try {
      this.#open ??= this.#begin(selection);
      this.#append({ path, before: hashOf(before), after: hashOf(after), outcome } satisfies Intent);
      return null;
    } catch (error) {
      return `the journal ${this.path} cannot be written: ${reasonOf(error)}; name another file with --state`;
    }
  }

  /** All is done, and nobody need go on. Why the journal is still there, or null. */
  finish(): string | null {
    this.close();
    try {
      if (this.#open || this.#recorded) this.#disk.rmSync(this.path, { force: true });
      return null;
    } catch (error) {
      return `the journal cannot be removed: ${reasonOf(error)}; delete it by hand`;
    }
  }

  /** Somebody may go on. */
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
      this.#append({ ...this.#header, selection } satisfies Header);
    }
    return this.#open;
  }

  /** A line, whole and on the disk, or nothing. */
  #append(line: object): void {
    const open = this.#open!;
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      for (let written = 0; written < bytes.length;)
        written += this.#disk.writeSync(open.descriptor, bytes, written, bytes.length - written, open.length + written);
      // What was there may have been longer: the line that a kill had cut.
      this.#disk.ftruncateSync(open.descriptor, open.length + bytes.length);
      this.#disk.fsyncSync(open.descriptor);
      open.length += bytes.length;
    } catch (error) {
      this.#disk.ftruncateSync(open.descriptor, open.length);
      throw error;
    }
  }
}

class JournalFault extends Error {
  readonly remedy: string | null;

  constructor(message: string, remedy: string | null) {
    super(message);
    this.remedy = remedy;
  }
}

/** null: there is none, or it was killed before it had begun. */
function readJournal(path: string, name: string, disk: Disk): Recorded | JournalFault | null {
  let text: string;
  try {
    text = disk.readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(dirname(path))) return null;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UsageError(`${name}: there is no folder for the journal; make it, or name another file with --state.`);
    throw new UsageError(`${name}: the journal cannot be read: ${reasonOf(error)}; name another file with --state.`);
  }
  if (!text.startsWith(HEADER_START.slice(0, text.length)))
    throw new UsageError(`${name}: is no journal of migrate; name another file with --state.`);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole === '') return null;
  try {
    return parseJournal(whole);
  } catch {
    return new JournalFault('the journal of an unfinished run is broken', null);
  }
}

function parseJournal(text: string): Recorded | JournalFault {
  const [header, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  const { version, pid, options } = header as Partial<Header>;
  if (version !== 1 || typeof pid !== 'number' || typeof options !== 'object') throw new TypeError('no header');
  const intents = lines.filter(isIntent);
  const pids = [pid, ...lines.flatMap((line) => ('pid' in line && typeof line.pid === 'number' ? [line.pid] : []))];
  if (intents.length + pids.length !== lines.length + 1) throw new TypeError('a line of another kind');
  if (isAlive(pids.at(-1)!))
    return new JournalFault(`another run, process ${pids.at(-1)}, is not finished`, 'wait for it');
  return { header: header as Header, intents, pids, length: Buffer.byteLength(text) };
}

const isIntent = (line: object): line is Intent =>
  'path' in line &&
  typeof line.path === 'string' &&
  'before' in line &&
  typeof line.before === 'string' &&
  'after' in line &&
  typeof line.after === 'string' &&
  'outcome' in line &&
  typeof line.outcome === 'object';

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // of a container, say, where each run has the same
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function findDone(intents: readonly Intent[]): ReadonlyMap<string, Intent> {
  const last = new Map(intents.map((intent) => [intent.path, intent]));
  return new Map([...last].filter(([path, { after }]) => hashOfFile(path) === after));
}

const isSame = (a: RunOptions, b: RunOptions): boolean => JSON.stringify(a) === JSON.stringify(b);
const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

function hashOfFile(path: string): string | null {
  try {
    return hashOf(readFileSync(path));
  } catch {
    return null; // gone, so it holds nothing of ours
  }
}
