import { readFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf, UsageError } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { findAbove } from '../files/folders-above.ts';
import type { VendoredFile } from '../reports/json-shapes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The helper as a file of the program's own. */
export interface Vendored {
  readonly path: string;
  /** null: there is none yet. */
  readonly before: string | null;
  /** What it is to be; where it is of this version already, what it is. */
  readonly after: string;
  readonly version: string;
}

export interface VendorWriter {
  /** Puts the file there, or in the place of `before`; why it did not, or null. */
  readonly write: (path: string, before: string | null, after: string, vendored: VendoredFile) => string | null;
  /** What an earlier part of the same run has put there. */
  readonly findDone: (path: string) => VendoredFile | null;
}

/** In each language that is built: see generate/vendored-helper.ts. */
const BUILT = { '.ts': '.ts', '.mts': '.ts', '.js': '.js', '.mjs': '.js', '.cjs': '.cjs' } as const;

/** How a copy of any version begins. */
const COPY = /^\uFEFF?\/\*! resilient-stream (\S+), in one file\./;

/** @throws UsageError where the file cannot be a copy of the helper, or is something else already. */
export function findVendored(given: string, { cwd }: Pick<Terminal, 'cwd'>): Vendored {
  const path = resolve(cwd, given);
  const built = BUILT[extname(path) as keyof typeof BUILT];
  if (!built) throw new UsageError(`--vendor ${given}: it is a file that ends in ${Object.keys(BUILT).join(', ')}.`);
  const text = readBuilt(extname(path) === '.js' && isCommonJs(path) ? '.cjs' : built);
  const version = COPY.exec(text)![1]!;
  const before = readExisting(given, path);
  if (before === null) return { path, before, after: text, version };
  const existing = COPY.exec(before)?.[1];
  if (existing === undefined)
    throw new UsageError(
      `--vendor ${given}: there is such a file, and it is no copy of resilient-stream; name another, or delete it.`,
    );
  return { path, before, after: existing === version ? before : text, version };
}

/**
 * Puts the copy there before the first file that imports it is written, so that no file ever imports what is not there.
 */
export class Delivery {
  readonly #vendored: Vendored;
  readonly #writer: VendorWriter;
  readonly #name: string;
  #failure: string | null = null;
  #done: VendoredFile | null;

  constructor(vendored: Vendored, writer: VendorWriter, { cwd }: Pick<Terminal, 'cwd'>) {
    this.#vendored = vendored;
    this.#writer = writer;
    this.#name = showPath(cwd, vendored.path);
    this.#done = writer.findDone(vendored.path);
  }

  /** A copy of another version is there, which is replaced whatever else is done. */
  get isStale(): boolean {
    return this.#vendored.before !== null && this.#vendored.before !== this.#vendored.after;
  }

  /** What was done, by this run or an earlier part of it. */
  get done(): VendoredFile | null {
    return this.#done;
  }

  /** Why the copy could not be put there, or null. */
  ensure(): string | null {
    const { path, before, after, version } = this.#vendored;
    if (before === after || this.#done || this.#failure !== null) return this.#failure;
    const vendored: VendoredFile = { file: this.#name, version, status: before === null ? 'added' : 'updated' };
    const failure = this.#writer.write(path, before, after, vendored);
    if (failure === null) this.#done = vendored;
    else this.#failure = `${this.#name} ${failure}`;
    return this.#failure;
  }
}

/** Said, and not only not denied: in a package that says nothing Node looks for itself, and bundlers take either. */
function isCommonJs(path: string): boolean {
  const manifest = findAbove(dirname(path), ['package.json']);
  try {
    return manifest !== null && (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type === 'commonjs';
  } catch {
    return false; // it is no JSON, which others will say
  }
}

/** Built beside this program, which itself may run as it was written or as it was built. */
function readBuilt(ending: string): string {
  const root = dirname(findAbove(dirname(fileURLToPath(import.meta.url)), ['package.json'])!);
  return readFileSync(join(root, 'dist/vendored', `resilient-stream${ending}`), 'utf8');
}

function readExisting(given: string, path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new UsageError(
      `--vendor ${given}: ${code === 'EISDIR' ? 'is a folder; name a file in it' : `cannot be read: ${reasonOf(error)}`}.`,
    );
  }
}
