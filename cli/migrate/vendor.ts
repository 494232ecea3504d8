import { readFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf, UsageError } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { findAbove } from '../files/folders-above.ts';
import type { VendoredFile } from '../reports/json-shapes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The copy of the helper that `--vendor` puts into the program. */
export interface Vendored {
  readonly path: string;
  /** null: the file does not exist yet. */
  readonly before: string | null;
  /** The new text; equal to `before` if that is a copy of this version. */
  readonly after: string;
  readonly version: string;
}

export interface VendorWriter {
  /** Creates the file, or replaces the text `before`. Returns why it could not, or null. */
  readonly write: (path: string, before: string | null, after: string, vendored: VendoredFile) => string | null;
  /** The copy that an earlier part of this run has written. */
  readonly findDone: (path: string) => VendoredFile | null;
}

/** The endings that `--vendor` accepts, and the built file for each: see generate/vendored-helper.ts. */
const BUILT = { '.ts': '.ts', '.mts': '.ts', '.js': '.js', '.mjs': '.js', '.cjs': '.cjs' } as const;

/** How a copy of any version begins. */
const COPY = /^\uFEFF?\/\*! resilient-stream (\S+), in one file\./;

/** @throws UsageError where the path has another ending, or another file is there. */
export function planVendored(given: string, { cwd }: Pick<Terminal, 'cwd'>): Vendored {
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

/** Writes the copy of the helper before the first file that imports it: no file ever imports a missing module. */
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

  /** The file is a copy of another version; it is replaced even if no file is rewritten. */
  get isStale(): boolean {
    return this.#vendored.before !== null && this.#vendored.before !== this.#vendored.after;
  }

  /** The copy that this run, or an earlier part of it, has written. */
  get done(): VendoredFile | null {
    return this.#done;
  }

  /** Writes the copy, unless it is written already. Returns why it could not, or null. */
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

/** Whether `package.json` declares CommonJS. Without a `type`, Node and bundlers detect ES modules themselves. */
function isCommonJs(path: string): boolean {
  const manifest = findAbove(dirname(path), ['package.json']);
  try {
    return manifest !== null && (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type === 'commonjs';
  } catch {
    return false; // a broken `package.json` is reported elsewhere
  }
}

/** The text of a built file. This program may run from its sources or from `dist`. */
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
    const fault = code === 'EISDIR' ? 'is a folder; name a file in it' : `cannot be read: ${reasonOf(error)}`;
    throw new UsageError(`--vendor ${given}: ${fault}.`);
  }
}
