import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { mayHoldStreamLoop } from '../../src/analysis/find-stream-loops.ts';
import { failed, type Fault, leftOut, printFailure } from '../terminal/faults.ts';

const BOM = '\uFEFF';
const REPLACEMENT = '\uFFFD';

/** The text of a file that may hold a stream loop. */
export interface SourceFile {
  readonly path: string;
  /** As messages and reports print it: relative to the working directory, with `/`. */
  readonly name: string;
  /** Without the byte order mark. */
  readonly text: string;
  readonly bom: '' | typeof BOM;
}

/**
 * The text of the file; null where `mayConcern` says that it cannot matter. That is so for most files, and costs a read
 * and a text search.
 */
export function readSource(
  path: string,
  name: string,
  maxBytes: number,
  mayConcern: (text: string) => boolean = mayHoldStreamLoop,
): SourceFile | Fault | null {
  try {
    const content = readFileSync(path, 'utf8');
    if (!mayConcern(content)) return null;
    const bytes = Buffer.byteLength(content);
    if (bytes > maxBytes) return tooLarge(name, `${printBytes(bytes)} are`, maxBytes);
    // Decoding replaces each byte that is not UTF-8, so only a text with the replacement character needs the check.
    if (content.includes(REPLACEMENT) && !isUtf8(readFileSync(path))) {
      return leftOut(name, 'is not UTF-8; convert it (iconv -f LATIN1 -t UTF-8), or leave it out');
    }
    const bom = content.startsWith(BOM) ? BOM : '';
    return { path, name, text: content.slice(bom.length), bom };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_STRING_TOO_LONG' || code === 'ERR_FS_FILE_TOO_LARGE') return tooLarge(name, 'it is', maxBytes);
    return failed(name, `cannot be read: ${printFailure(error)}`);
  }
}

const tooLarge = (name: string, size: string, maxBytes: number): Fault =>
  leftOut(
    name,
    `left out: ${size} more than --max-file-size ${printBytes(maxBytes)}; ` +
      'add it to .gitignore if it is a bundle, or raise the limit',
  );

const UNITS = { B: 1, KB: 1_000, MB: 1_000_000 };

/** '500KB' in bytes; null where the text is no size. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KB|MB)?$/i.exec(text.trim());
  return match ? Number(match[1]) * UNITS[(match[2]?.toUpperCase() ?? 'B') as keyof typeof UNITS] : null;
}

function printBytes(bytes: number): string {
  if (bytes < UNITS.KB) return `${bytes}B`;
  const [unit, size] = bytes < UNITS.MB ? (['KB', UNITS.KB] as const) : (['MB', UNITS.MB] as const);
  return `${Number((bytes / size).toFixed(1))}${unit}`;
}
