import { dirname } from 'node:path';
import { findStreamLoops, mayHoldStreamLoop } from '../../src/analysis/find-stream-loops.ts';
import type { Hints } from '../../src/analysis/facts/file-hints.ts';
import { oracleOf, type TypeServices } from '../../src/analysis/origin/typescript-oracle.ts';
import { forgetFiles } from '../../src/analysis/source/file-memory.ts';
import { findAbove } from '../files/folders-above.ts';
import type { Run } from '../terminal/command.ts';
import type { Fault } from '../terminal/faults.ts';
import type { TsConfig } from '../types/tsconfig.ts';
import { type Limits, type ParsedFile, readParsedFile } from './read-parsed-file.ts';
import type { FileSelection } from './select-files.ts';
import type { UserSettings } from './user-settings.ts';

/** What a command knows besides the text of the files. */
export interface Knowledge {
  /** 'auto': use the nearest `tsconfig.json` that includes the file. Otherwise the path of a `tsconfig.json`. */
  readonly types: 'auto' | 'off' | (string & {});
  readonly settings: UserSettings;
}

export interface ExaminedFile extends ParsedFile {
  /** What is known of the file besides its text. */
  readonly hints: Hints;
  /** The TypeScript services that `hints` use, for ESLint; empty without types. */
  readonly services: object;
}

type ExaminationRun = Run<FileSelection & Knowledge>;

/** Parses one file, without types; null where `mayConcern` says that its text cannot matter to the command. */
export function examineFile(
  path: string,
  { own, ...limits }: Limits & { readonly own: Hints['own'] },
  mayConcern: (text: string) => boolean,
): ExaminedFile | Fault | null {
  const file = readParsedFile(path, limits, mayConcern);
  return file === null || 'kind' in file ? file : toExamined(file, own, null);
}

/** Tells by its text, and by whether a `tsconfig.json` may give it types, whether a file can matter to the command. */
export type MayConcern = (text: string, isTyped: boolean) => boolean;

/**
 * Parses the files that can matter to the command, one after another. With `--types`, the files that need type
 * information come last: TypeScript is loaded only if there are such files, and only for them.
 */
export async function* examineFiles(
  files: readonly string[],
  run: ExaminationRun,
  mayConcern?: MayConcern,
): AsyncGenerator<ExaminedFile> {
  const {
    types,
    settings: { own },
  } = run.options;
  const concerns: MayConcern = mayConcern ?? ((text, isTyped) => mayHoldStreamLoop(text, own, isTyped));
  const named = await readNamedTsConfig(run);
  const mayBeTyped = types === 'auto' ? createTsConfigSearch() : () => types !== 'off';
  const waiting: string[] = [];
  for (const read of readFiles(files, run, (text, path) => concerns(text, mayBeTyped(dirname(path))))) {
    const { path } = read.source;
    const probe = mayBeTyped(dirname(path)) ? new TypeProbe() : null;
    const file = toExamined(read, own, probe);
    if (probe) findStreamLoops(file.parsed, file.hints);
    if (probe?.isUsed) waiting.push(path);
    else yield file;
    forgetFiles();
  }
  if (waiting.length > 0) yield* examineTyped(waiting, named, run);
}

/** The `tsconfig.json` that `--types` names, or null. */
async function readNamedTsConfig({ options: { types }, terminal }: ExaminationRun): Promise<TsConfig | null> {
  if (types === 'auto' || types === 'off') return null;
  const { requireTsConfig } = await import('../types/typed-programs.ts');
  return requireTsConfig(types, terminal);
}

async function* examineTyped(
  paths: readonly string[],
  named: TsConfig | null,
  run: ExaminationRun,
): AsyncGenerator<ExaminedFile> {
  const { own } = run.options.settings;
  const { openPrograms, warnWithoutTypes } = await import('../types/typed-programs.ts');
  for (const { project, files } of openPrograms(paths, named, run.terminal)) {
    for (const read of readFiles(files, run, () => true)) {
      const typed = project && toExamined(read, own, project.servicesOf(read.source.path));
      try {
        if (typed) findStreamLoops(typed.parsed, typed.hints);
        yield typed ?? toExamined(read, own, null);
      } catch (error) {
        warnWithoutTypes(`${read.source.name}: TypeScript: ${(error as Error).message}`, run.terminal);
        yield toExamined(read, own, null);
      }
      forgetFiles();
    }
  }
}

/** One file at a time. A file that cannot be read or parsed is added to the faults. */
function* readFiles(
  files: readonly string[],
  { options: { maxFileSize }, terminal: { cwd, status }, faults }: ExaminationRun,
  mayConcern: (text: string, path: string) => boolean,
): Generator<ParsedFile> {
  for (const [index, path] of files.entries()) {
    status.showProgress(index, files.length);
    const file = readParsedFile(path, { cwd, maxFileSize }, (text) => mayConcern(text, path));
    if (file === null) continue;
    if ('kind' in file) faults.add(file);
    else yield file;
  }
  status.clear();
}

/** Whether a folder, or one above it, has a `tsconfig.json`: without one there are no types. */
function createTsConfigSearch(): (folder: string) => boolean {
  const known = new Map<string, boolean>();
  return (folder) => {
    const found = known.get(folder) ?? findAbove(folder, ['tsconfig.json']) !== null;
    known.set(folder, found);
    return found;
  };
}

const toExamined = (file: ParsedFile, own: Hints['own'], services: TypeServices | null): ExaminedFile => ({
  ...file,
  hints: { oracle: oracleOf(services), own },
  services: services ?? {},
});

/** Stands in for TypeScript: it knows no types, and remembers whether the analysis needed one. */
class TypeProbe implements TypeServices {
  isUsed = false;
  readonly program = { getTypeChecker: () => ({}) };
  readonly esTreeNodeToTSNodeMap = {
    get: () => {
      this.isUsed = true;
      return undefined;
    },
  };
}
