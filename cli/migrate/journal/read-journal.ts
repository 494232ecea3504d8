import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AddedDependency, MigratedFile, VendoredFile } from '../../reports/json-shapes.ts';
import { reasonOf, UsageError } from '../../terminal/faults.ts';
import type { Disk } from '../../terminal/terminal.ts';

/** What the report says about a file that was written. */
export type Outcome =
  | { readonly kind: 'source'; readonly file: MigratedFile; readonly importsHelper: boolean }
  | { readonly kind: 'manifest'; readonly dependency: AddedDependency }
  | { readonly kind: 'vendored'; readonly vendored: VendoredFile };

/** A line of the journal, written before the file is. The text of the file shows whether it was written. */
export interface Intent {
  readonly path: string;
  /** Hashes of the texts. */
  readonly before: string;
  readonly after: string;
  readonly outcome: Outcome;
}

/** Everything that makes two runs different: only a run with the same options may continue. */
export type RunOptions = Readonly<Record<string, unknown>>;

const KIND = 'resilient-stream migrate';
const HEADER_START = `{"journal":"${KIND}"`;

/** The first line of a journal. */
export interface Header {
  readonly journal: typeof KIND;
  readonly version: 1;
  readonly pid: number;
  readonly options: RunOptions;
  /** The files of a shard. A later run cannot choose them again: shards depend on the sizes of files, which change. */
  readonly selection: readonly string[] | null;
}

export const createHeader = (options: RunOptions): Omit<Header, 'selection'> => ({
  journal: KIND,
  version: 1,
  pid: process.pid,
  options,
});

/** The content of a journal. */
export interface Recorded {
  readonly header: Header;
  readonly intents: readonly Intent[];
  readonly pids: readonly number[];
  /** Bytes of complete lines. A kill may cut the last line; its file was not written yet. */
  readonly length: number;
}

/** Why a run cannot continue from a journal. */
export class JournalFault extends Error {
  readonly remedy: string | null;

  constructor(message: string, remedy: string | null) {
    super(message);
    this.remedy = remedy;
  }
}

/**
 * null: there is no journal, or the run was killed before its first line was complete.
 * @throws UsageError where the file cannot be read, or is no journal.
 */
export function readJournal(path: string, name: string, disk: Disk): Recorded | JournalFault | null {
  const text = readText(path, name, disk);
  if (text === null) return null;
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

function readText(path: string, name: string, disk: Disk): string | null {
  try {
    return disk.readFileSync(path, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && existsSync(dirname(path))) return null;
    if (isMissing)
      throw new UsageError(`${name}: there is no folder for the journal; make it, or name another file with --state.`);
    throw new UsageError(`${name}: the journal cannot be read: ${reasonOf(error)}; name another file with --state.`);
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

const TEXT_FIELDS = ['path', 'before', 'after'] as const satisfies readonly (keyof Intent)[];

const isIntent = (line: Partial<Intent>): line is Intent =>
  TEXT_FIELDS.every((field) => typeof line[field] === 'string') && typeof line.outcome === 'object';

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // in containers, each run may have the same process id
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The last intent of each file that has the text of that intent. */
export function findWritten(intents: readonly Intent[]): ReadonlyMap<string, Intent> {
  const last = new Map(intents.map((intent) => [intent.path, intent]));
  return new Map([...last].filter(([path, { after }]) => hashOfFile(path) === after));
}

export const isSame = (a: RunOptions, b: RunOptions): boolean => JSON.stringify(a) === JSON.stringify(b);
export const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

function hashOfFile(path: string): string | null {
  try {
    return hashOf(readFileSync(path));
  } catch {
    return null; // deleted
  }
}
