import { parseSource, SourceSyntaxError } from '../../src/analysis/source/parse-source.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { showPath } from '../files/find-files.ts';
import { readSource, type SourceFile } from '../files/read-source.ts';
import { type Fault, leftOut } from '../terminal/faults.ts';

export interface ParsedFile {
  readonly source: SourceFile;
  readonly parsed: ParsedSource;
}

export interface Limits {
  readonly cwd: string;
  /** In bytes. */
  readonly maxFileSize: number;
}

/** Reads and parses a file; null where `mayConcern` says that its text cannot matter to the command. */
export function readParsedFile(
  path: string,
  { cwd, maxFileSize }: Limits,
  mayConcern: (text: string) => boolean,
): ParsedFile | Fault | null {
  const source = readSource(path, showPath(cwd, path), maxFileSize, mayConcern);
  if (source === null || 'kind' in source) return source;
  const parsed = parse(source);
  return 'kind' in parsed ? parsed : { source, parsed };
}

/** Whatever the parser throws is a fault of this file alone: no text may end the whole run. */
function parse({ path, name, text }: SourceFile): ParsedSource | Fault {
  try {
    return parseSource(path, text);
  } catch (error) {
    const reason = trimStop((error as Error).message);
    if (!(error instanceof SourceSyntaxError)) return leftOut(name, `cannot be analysed: ${reason}; leave it out`);
    const { line, column } = error;
    return leftOut(name, `does not parse: ${reason}; correct it, or leave it out`, { line, column });
  }
}

const trimStop = (message: string): string =>
  message
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
