import { dirname } from 'node:path';
import { oracleOf, type TypeServices } from '../../src/analysis/origin/typescript-oracle.ts';
import { findStreamLoops, mayHoldStreamLoop } from '../../src/analysis/find-stream-loops.ts';
import { forgetFiles } from '../../src/analysis/source/file-memory.ts';
import type { Hints } from '../../src/analysis/facts/file-hints.ts';
import { parseSource, SourceSyntaxError } from '../../src/analysis/source/parse-source.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { Fault, FaultLog } from '../terminal/faults.ts';
import { findFiles, readFileList, showPath } from '../files/find-files.ts';
import { findAbove } from '../files/folders-above.ts';
import { readSource, type SourceFile } from '../files/read-source.ts';
import type { TsConfig } from '../types/tsconfig.ts';
import { type Shard, takeShard } from '../files/shard.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { UserSettings } from './user-settings.ts';

/** Which files a command is asked to look at. */
export interface FileSelection {
  readonly paths: readonly string[];
  readonly filesFrom?: string | undefined;
  readonly shard?: Shard | undefined;
  readonly maxFileSize: number;
}

/** What a command knows beside the files. */
export interface Knowledge {
  /** 'auto': of the nearest `tsconfig.json` that names the file. Else the path of one. */
  readonly types: 'auto' | 'off' | (string & {});
  readonly settings: UserSettings;
}

/** A file that is parsed, and what is known of it beside its text. */
export interface ExaminedFile {
  readonly source: SourceFile;
  readonly parsed: ParsedSource;
  readonly hints: Hints;
  /** What `hints` are made of, for ESLint; empty where there are no types. */
  readonly services: object;
}

/** The absolute paths of the files in question, in the order of their names. */
export async function selectFiles(
  { paths, filesFrom, shard }: FileSelection,
  terminal: Terminal,
  faults: FaultLog,
): Promise<readonly string[]> {
  const listed = filesFrom === undefined ? null : readFileList(terminal.cwd, filesFrom, terminal.readStdin);
  for (const folder of listed?.folders ?? [])
    terminal.stderr.write(
      `note: ${folder} is a folder, and --files-from is a list of files; name it on the command line.\n`,
    );
  const named = paths.length > 0 || listed ? paths : ['.'];
  const found = await findFiles(terminal.cwd, [...new Set([...named, ...(listed?.files ?? [])])]);
  found.faults.forEach((fault) => faults.add(fault));
  return shard ? takeShard(found.files, shard) : found.files;
}

/** The files that could be looked at, whatever was in them. */
export function findExamined(files: readonly string[], { cwd }: Terminal, { leftOut }: FaultLog): readonly string[] {
  const names = new Set(leftOut.map(({ file }) => file));
  return names.size === 0 ? files : files.filter((path) => !names.has(showPath(cwd, path)));
}

type Read = Pick<ExaminedFile, 'source' | 'parsed'>;

/** A file that may hold what is looked for; null where its text holds nothing of it. */
function readFile(
  path: string,
  cwd: string,
  maxFileSize: number,
  mayConcern: (text: string) => boolean,
): Read | Fault | null {
  const source = readSource(path, showPath(cwd, path), maxFileSize, mayConcern);
  if (source === null || 'kind' in source) return source;
  const parsed = parse(source);
  return 'kind' in parsed ? parsed : { source, parsed };
}

/** One file at a time; what cannot be read goes to `faults`. */
function* readFiles(
  files: readonly string[],
  { cwd, status }: Terminal,
  maxFileSize: number,
  faults: FaultLog,
  mayConcern: (text: string, path: string) => boolean,
): Generator<Read> {
  for (const [index, path] of files.entries()) {
    status.showProgress(index, files.length);
    const read = readFile(path, cwd, maxFileSize, (text) => mayConcern(text, path));
    if (read === null) continue;
    if ('kind' in read) faults.add(read);
    else yield read;
  }
  status.clear();
}

/** A file that may hold what is looked for, for which no types are asked; null where its text holds nothing of it. */
export function examineFile(
  path: string,
  { cwd, maxFileSize, own }: { readonly cwd: string; readonly maxFileSize: number; readonly own: Hints['own'] },
  mayConcern: (text: string) => boolean,
): ExaminedFile | Fault | null {
  const read = readFile(path, cwd, maxFileSize, mayConcern);
  return read === null || 'kind' in read ? read : toExamined(read, own, null);
}

/**
 * The files that may hold what is looked for, parsed. Where there may be types, the files of which the text does not
 * say enough come last: only then is it known which they are, and TypeScript is loaded for their sake alone.
 */
export async function* examineFiles(
  files: readonly string[],
  { maxFileSize, types, settings: { own } }: FileSelection & Knowledge,
  terminal: Terminal,
  faults: FaultLog,
  mayConcern: (text: string, isTyped: boolean) => boolean = (text, isTyped) => mayHoldStreamLoop(text, own, isTyped),
): AsyncGenerator<ExaminedFile> {
  const named =
    types === 'auto' || types === 'off'
      ? null
      : (await import('../types/typed-programs.ts')).requireTsConfig(types, terminal);
  const mayBeTyped = types === 'auto' ? createTsConfigSearch() : () => types !== 'off';
  const waiting: string[] = [];
  for (const read of readFiles(files, terminal, maxFileSize, faults, (text, path) =>
    mayConcern(text, mayBeTyped(dirname(path))),
  )) {
    const { path } = read.source;
    const question = mayBeTyped(dirname(path)) ? new Question() : null;
    const file = toExamined(read, own, question);
    if (question) findStreamLoops(file.parsed, file.hints);
    if (question?.isAsked) waiting.push(path);
    else yield file;
    forgetFiles();
  }
  if (waiting.length > 0) yield* examineTyped(waiting, named, { maxFileSize, own }, terminal, faults);
}

async function* examineTyped(
  paths: readonly string[],
  named: TsConfig | null,
  { maxFileSize, own }: { maxFileSize: number; own: Hints['own'] },
  terminal: Terminal,
  faults: FaultLog,
): AsyncGenerator<ExaminedFile> {
  const { findPrograms, warn } = await import('../types/typed-programs.ts');
  for (const { project, files } of findPrograms(paths, named, terminal)) {
    for (const read of readFiles(files, terminal, maxFileSize, faults, () => true)) {
      const typed = project && toExamined(read, own, project.servicesOf(read.source.path));
      try {
        if (typed) findStreamLoops(typed.parsed, typed.hints);
        yield typed ?? toExamined(read, own, null);
      } catch (error) {
        warn(`${read.source.name}: TypeScript: ${(error as Error).message}`, terminal);
        yield toExamined(read, own, null);
      }
      forgetFiles();
    }
  }
}

/** Whether there is a `tsconfig.json` in a folder or above it: without one, no TypeScript need be asked. */
function createTsConfigSearch(): (folder: string) => boolean {
  const known = new Map<string, boolean>();
  return (folder) => {
    const found = known.get(folder) ?? findAbove(folder, ['tsconfig.json']) !== null;
    known.set(folder, found);
    return found;
  };
}

const toExamined = (read: Read, own: Hints['own'], services: TypeServices | null): ExaminedFile => ({
  ...read,
  hints: { oracle: oracleOf(services), own },
  services: services ?? {},
});

/** Knows no type, and remembers whether one was asked for. */
class Question implements TypeServices {
  isAsked = false;
  readonly program = { getTypeChecker: () => ({}) };
  readonly esTreeNodeToTSNodeMap = {
    get: () => {
      this.isAsked = true;
      return undefined;
    },
  };
}

/** What was found in files, in the order of the files. */
export function inOrder<T>(files: readonly string[], found: readonly T[], fileOf: (item: T) => string): T[] {
  const places = new Map(files.map((file, index) => [file, index]));
  return found.toSorted((a, b) => (places.get(fileOf(a)) ?? Infinity) - (places.get(fileOf(b)) ?? Infinity));
}

/** The file's tree, or why there is none. */
function parse({ path, name, text }: SourceFile): ParsedSource | Fault {
  try {
    return parseSource(path, text);
  } catch (error) {
    return describeParseError(name, error);
  }
}

/** No text may end the whole run, so whatever the parser throws is this file's fault alone. */
function describeParseError(name: string, error: unknown): Fault {
  if (error instanceof SourceSyntaxError) {
    const { line, column, message } = error;
    return {
      kind: 'left-out',
      place: name,
      at: { line, column },
      message: `does not parse: ${trimStop(message)}; correct it, or leave it out`,
    };
  }
  return {
    kind: 'left-out',
    place: name,
    at: null,
    message: `cannot be analysed: ${trimStop((error as Error).message)}; leave it out`,
  };
}

const trimStop = (message: string): string =>
  message
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
