import { type Dirent, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { type Fault, printFailure, reasonOf, UsageError } from '../terminal/faults.ts';
import { findRepository, GitIgnore } from './gitignore.ts';

const SOURCE_FILE = /\.[cm]?[jt]sx?$/;
/** Nobody wrote these by hand, or nothing in them runs. */
const NO_SOURCE_FILE = /\.min\.[cm]?js$|\.d\.[cm]?ts$/;
/** `.yarn` holds Yarn itself, a bundle of some megabytes. */
const NO_SOURCE_FOLDERS = new Set(['node_modules', '.git', '.hg', '.svn', '.yarn']);

export interface FoundFiles {
  /** Absolute, sorted, each file once, under the first of its names where links give it several. */
  readonly files: readonly string[];
  readonly faults: readonly Fault[];
}

interface WalkedFiles extends FoundFiles {
  readonly root: string;
}

/**
 * Source files for paths and glob patterns. A file or folder that is named is taken even where it would be left out on
 * the way.
 */
export async function findFiles(cwd: string, paths: readonly string[]): Promise<FoundFiles> {
  const names = new Map<string, string>();
  const faults: Fault[] = [];
  for (const path of paths) {
    const found = await findNamed(cwd, path);
    const targetOf = 'root' in found ? withoutLinks(found.root) : realPathOf;
    for (const file of found.files) {
      const target = targetOf(file);
      if (!names.has(target)) names.set(target, file);
    }
    faults.push(...found.faults);
  }
  return { files: [...names.values()].sort(), faults };
}

/** The file itself, and not a link that leads to it. */
export function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path; // gone in the meantime: reading it will say so
  }
}

/** The same for files below a folder that no link was followed from: one question for all. */
function withoutLinks(root: string): (path: string) => string {
  const target = realPathOf(root);
  return (path) => target + path.slice(root.length);
}

async function findNamed(cwd: string, name: string): Promise<FoundFiles | WalkedFiles> {
  const path = resolve(cwd, name);
  const stats = findStats(path);
  // `app/[slug]/page.tsx` is a file first and a pattern second.
  if (stats instanceof Error) return (await findByPattern(cwd, name)) ?? failure(name, notFound(stats));
  if (stats.isFile()) return { files: [path], faults: [] };
  if (stats.isDirectory()) return walk(cwd, path);
  return failure(name, 'is neither a file nor a folder');
}

function findStats(path: string): Stats | Error {
  try {
    return statSync(path);
  } catch (error) {
    return error as Error;
  }
}

const notFound = (error: Error): string =>
  (error as NodeJS.ErrnoException).code === 'ENOENT'
    ? 'no such file or folder; check the path'
    : `cannot be read: ${printFailure(error)}`;

const failure = (place: string, message: string): FoundFiles => ({
  files: [],
  faults: [{ kind: 'failed', place, at: null, message }],
});

/** Symbolic links are not followed, so that every file is met once and no link leads in a circle. */
function walk(cwd: string, root: string): WalkedFiles {
  const gitignore = ignoreFor(root);
  const files: string[] = [];
  const faults: Fault[] = [];
  const pending = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const entries = findEntries(directory);
    if (entries instanceof Error) {
      faults.push({
        kind: 'failed',
        place: showPath(cwd, directory),
        at: null,
        message: `cannot be read: ${printFailure(entries)}`,
      });
      continue;
    }
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && isSourceFolder(entry.name) && !gitignore.leavesOut(path, true)) pending.push(path);
      if (entry.isFile() && isSourceFile(entry.name) && !gitignore.leavesOut(path, false)) files.push(path);
    }
  }
  return { files, faults, root };
}

function findEntries(directory: string): Dirent[] | Error {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    return error as Error;
  }
}

/** The rules of the whole repository; of the folder alone where those would leave it out. */
function ignoreFor(directory: string): GitIgnore {
  const gitignore = new GitIgnore(findRepository(directory) ?? directory);
  return gitignore.leavesOutBranch(directory) ? new GitIgnore(directory) : gitignore;
}

/** null where it is no pattern. */
async function findByPattern(cwd: string, pattern: string): Promise<FoundFiles | null> {
  const { globSync, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(pattern)) return null;
  const gitignore = ignoreFor(cwd);
  const files = globSync(pattern, {
    cwd,
    absolute: true,
    dot: true,
    followSymbolicLinks: false,
    ignore: [...NO_SOURCE_FOLDERS].map((name) => `**/${name}/**`),
  })
    .map((path) => resolve(path))
    .filter(
      (path) =>
        isSourceFile(basename(path)) && !gitignore.leavesOutBranch(dirname(path)) && !gitignore.leavesOut(path, false),
    );
  return files.length > 0
    ? { files, faults: [] }
    : failure(pattern, 'the pattern matches no source file; check it, and quote it from the shell');
}

const isSourceFolder = (name: string): boolean => !NO_SOURCE_FOLDERS.has(name);
const isSourceFile = (name: string): boolean => SOURCE_FILE.test(name) && !NO_SOURCE_FILE.test(name);

/** The source files that a list names, and the folders, of which it would be unknown what is meant. */
export interface FileList {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/**
 * Names stand one a line, as git quotes them where they are of an unusual kind, or separated by NUL as `git diff
 * --name-only -z` has them; `-` is standard input. What is no source file is passed over: such lists come from git and
 * hold everything.
 */
export function readFileList(cwd: string, from: string, readStdin: () => string): FileList {
  const text = (from === '-' ? readStdin() : readList(resolve(cwd, from), from)).replace(/^\uFEFF/, '');
  const names = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/).map(parseQuoted);
  const others = names.filter((name) => name !== '' && !isSourceFile(basename(name)));
  return {
    files: names.filter((name) => isSourceFile(basename(name))),
    folders: others.filter((name) => isFolder(resolve(cwd, name))),
  };
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

/**
 * `"src/caf\303\251.ts"`: git writes bytes that are no ASCII, and some that are, in octal
 * (https://git-scm.com/docs/git-config#Documentation/git-config.txt-corequotePath).
 */
function parseQuoted(name: string): string {
  const [, quoted] = /^"(.*)"$/.exec(name) ?? [];
  if (quoted === undefined) return name;
  const parts = [...quoted.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/g)];
  return Buffer.concat(
    parts.map(([text, octal, escaped]) =>
      octal === undefined
        ? Buffer.from(escaped === undefined ? text : (ESCAPES[escaped] ?? escaped))
        : Buffer.from([parseInt(octal, 8)]),
    ),
  ).toString();
}

function isFolder(path: string): boolean {
  const stats = findStats(path);
  return !(stats instanceof Error) && stats.isDirectory();
}

function readList(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--files-from ${name}: cannot be read: ${reasonOf(error)}.`);
  }
}

/** A path as people and reports see it: from the working directory, with `/`. */
export const showPath = (cwd: string, path: string): string => relative(cwd, path).replaceAll(sep, '/') || '.';
