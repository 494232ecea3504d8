import { parseSource, SourceSyntaxError } from '../src/analysis/parse-source.ts';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import type { Fault, FaultLog } from './faults.ts';
import { findFiles, readFileList, showPath } from './find-files.ts';
import { readSource, type SourceFile } from './read-source.ts';
import type { Terminal } from './terminal.ts';

/** Which files a command is asked to look at. */
export interface FileSelection {
  readonly paths: readonly string[];
  readonly filesFrom?: string | undefined;
  readonly maxFileSize: number;
}

/** The absolute paths of the files in question, in the order of their names. */
export function selectFiles({ paths, filesFrom }: FileSelection, terminal: Terminal, faults: FaultLog): readonly string[] {
  const listed = filesFrom === undefined ? null : readFileList(terminal.cwd, filesFrom, terminal.readStdin);
  const named = paths.length > 0 || listed ? paths : ['.'];
  const found = findFiles(terminal.cwd, [...new Set([...named, ...(listed ?? [])])]);
  found.faults.forEach((fault) => faults.add(fault));
  return found.files;
}

/** How many of the files could be looked at, whatever was in them. */
export function countExamined(files: readonly string[], { cwd }: Terminal, { leftOut }: FaultLog): number {
  const names = new Set(leftOut.map(({ file }) => file));
  return names.size === 0 ? files.length : files.filter((path) => !names.has(showPath(cwd, path))).length;
}

/** The files that may hold a stream loop, or what else is asked for, one at a time; what cannot be read goes to `faults`. */
export function* readSources(files: readonly string[], cwd: string, maxFileSize: number, faults: FaultLog, mayConcern?: (text: string) => boolean): Generator<SourceFile> {
  for (const path of files) {
    const source = readSource(path, showPath(cwd, path), maxFileSize, mayConcern);
    if (source === null) continue;
    if ('kind' in source) faults.add(source);
    else yield source;
  }
}

/** The file's tree; null where there is none, which goes to `faults`. */
export function parse({ path, name, text }: SourceFile, faults: FaultLog): ParsedSource | null {
  try {
    return parseSource(path, text);
  } catch (error) {
    faults.add(describeParseError(name, error));
    return null;
  }
}

/** No text may end the whole run, so whatever the parser throws is this file's fault alone. */
function describeParseError(name: string, error: unknown): Fault {
  if (error instanceof SourceSyntaxError) {
    const { line, column, message } = error;
    return { kind: 'left-out', place: name, at: { line, column }, message: `does not parse: ${trimStop(message)}; correct it, or leave it out` };
  }
  return { kind: 'left-out', place: name, at: null, message: `cannot be analysed: ${trimStop((error as Error).message)}; leave it out` };
}

const trimStop = (message: string): string => message.trim().replace(/\s*\n\s*/g, ' ').replace(/\.$/, '');
