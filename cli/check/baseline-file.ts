import type { BaselineEntry } from './baseline.ts';
import { reasonOf, UsageError } from '../terminal/faults.ts';
import type { Disk } from '../terminal/terminal.ts';
import { createFile, replaceFile } from '../files/write-file.ts';

const VERSION = 1;
/** The fields of an entry, in the order in which a line lists them. */
const FIELDS = ['file', 'rule', 'api', 'function', 'loop'] as const satisfies readonly (keyof BaselineEntry)[];

export interface BaselineFile {
  /** As the user wrote it, for messages. */
  readonly name: string;
  readonly path: string;
  /** null: the file does not exist. */
  readonly text: string | null;
  /** One entry for each problem: an entry with a count is repeated. */
  readonly entries: readonly BaselineEntry[];
}

/** A baseline that does not exist is empty if `mayBeMissing`: `--update-baseline` will create it. */
export function readBaseline(
  disk: Disk,
  name: string,
  path: string,
  { mayBeMissing }: { mayBeMissing: boolean },
): BaselineFile {
  const text = readText(disk, name, path, mayBeMissing);
  return { name, path, text, entries: text === null ? [] : parseBaseline(name, text) };
}

function readText(disk: Disk, name: string, path: string, mayBeMissing: boolean): string | null {
  try {
    return disk.readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new UsageError(`--baseline ${name}: cannot be read: ${reasonOf(error)}.`);
    if (mayBeMissing) return null;
    throw new UsageError(`--baseline ${name}: does not exist; pass --update-baseline to write it.`);
  }
}

/** Refuses any other file, so that `--update-baseline` never overwrites one that is no baseline. */
function parseBaseline(name: string, text: string): BaselineEntry[] {
  const baseline = parseJson(name, text);
  if (!isRecord(baseline) || !Array.isArray(baseline['problems']))
    throw new UsageError(`--baseline ${name}: is no baseline, which has "version" and "problems"; check the name.`);
  const { version, problems } = baseline;
  if (version !== VERSION) {
    throw new UsageError(
      `--baseline ${name}: is of version ${JSON.stringify(version)}, and this release reads ${VERSION}; ` +
        'install the release that wrote it, or delete it and pass --update-baseline.',
    );
  }
  return problems.flatMap((entry, index) => parseEntry(name, entry, index));
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const remedy = /^<{7} /m.test(text)
      ? 'it holds a merge conflict: take either side, then pass --update-baseline'
      : 'restore it, or delete it and pass --update-baseline';
    throw new UsageError(
      `--baseline ${name}: is no JSON (${(error as Error).message.replace(/\s+/g, ' ')}); ${remedy}.`,
    );
  }
}

const RESTORE = 'restore it, or delete the file and pass --update-baseline';

function parseEntry(name: string, entry: unknown, index: number): BaselineEntry[] {
  const record = isRecord(entry) ? entry : {};
  const wrong = FIELDS.find((field) => typeof record[field] !== 'string');
  if (wrong !== undefined)
    throw new UsageError(`--baseline ${name}: problems[${index}] has no text "${wrong}"; ${RESTORE}.`);
  const { count = 1 } = record;
  if (!Number.isSafeInteger(count) || (count as number) < 1)
    throw new UsageError(`--baseline ${name}: the "count" of problems[${index}] is not a number from 1; ${RESTORE}.`);
  const known = Object.fromEntries(FIELDS.map((field) => [field, record[field]])) as unknown as BaselineEntry;
  // Each of them matches one problem.
  return Array.from({ length: count as number }, () => ({ ...known }));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sorted, one line for each place: a diff shows what changed, and two branches seldom change the same line. */
function printBaseline(entries: readonly BaselineEntry[]): string {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const line = JSON.stringify(entry, [...FIELDS]);
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const lines = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([line, count]) => `    ${count === 1 ? line : `${line.slice(0, -1)},"count":${count}}`}`);
  return `{\n  "version": ${VERSION},\n  "problems": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]\n}\n`;
}

/** Replaces the file in one step. It does not touch a file that has the same text already. */
export function writeBaseline(disk: Disk, { name, path, text }: BaselineFile, entries: readonly BaselineEntry[]): void {
  const after = printBaseline(entries);
  if (after === text) return;
  const { failure } = text === null ? createFile(disk, path, after) : replaceFile(disk, path, text, after);
  if (failure !== null) throw new UsageError(`--baseline ${name}: ${failure}.`);
}
