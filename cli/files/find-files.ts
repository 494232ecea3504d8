import { type Dirent, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { failed, type Fault, printFailure, reasonOf, UsageError } from '../terminal/faults.ts';
import { findRepository, GitIgnore } from './gitignore.ts';

const SOURCE_FILE = /\.[cm]?[jt]sx?$/;
/** Minified files, which nobody wrote by hand, and declaration files, where nothing runs. */
const NO_SOURCE_FILE = /\.min\.[cm]?js$|\.d\.[cm]?ts$/;
/** Folders that are never walked; `.yarn` holds Yarn itself, a bundle of several megabytes. */
const NO_SOURCE_FOLDERS = new Set(['node_modules', '.git', '.hg', '.svn', '.yarn']);

export interface FoundFiles {
  /** Absolute and sorted. A file that links give several names is listed once, under the first of them. */
  readonly files: readonly string[];
  readonly faults: readonly Fault[];
}

interface WalkedFiles extends FoundFiles {
  /** The folder that all files are in. */
  readonly root: string;
}

/**
 * The source files at these paths and glob patterns. A file or folder that a path names is included even if it is
 * ignored.
 */
export async function findFiles(cwd: string, paths: readonly string[]): Promise<FoundFiles> {
  const names = new Map<string, string>();
  const faults: Fault[] = [];
  for (const path of paths) {
    const found = await findByName(cwd, path);
    const targetOf = 'root' in found ? realPathsBelow(found.root) : realPathOf;
    for (const file of found.files) {
      const target = targetOf(file);
      if (!names.has(target)) names.set(target, file);
    }
    faults.push(...found.faults);
  }
  return { files: [...names.values()].sort(), faults };
}

/** The path of the file itself, with all symbolic links resolved. */
export function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path; // deleted in the meantime: reading it will report that
  }
}

/** `realPathOf` for the files of a walk. A walk follows no links, so resolving its root once is enough. */
function realPathsBelow(root: string): (path: string) => string {
  const target = realPathOf(root);
  return (path) => target + path.slice(root.length);
}

async function findByName(cwd: string, name: string): Promise<FoundFiles | WalkedFiles> {
  const path = resolve(cwd, name);
  const stats = readStats(path);
  // `app/[slug]/page.tsx` is also a pattern: an existing file comes first.
  if (stats instanceof Error) return (await findByPattern(cwd, name)) ?? failToFind(name, notFound(stats));
  if (stats.isFile()) return { files: [path], faults: [] };
  if (stats.isDirectory()) return walk(cwd, path);
  return failToFind(name, 'is neither a file nor a folder');
}

function readStats(path: string): Stats | Error {
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

const failToFind = (place: string, message: string): FoundFiles => ({ files: [], faults: [failed(place, message)] });

/** Symbolic links are not followed: every file is found once, and no link can make the walk endless. */
function walk(cwd: string, root: string): WalkedFiles {
  const gitignore = ignoreFor(root);
  const files: string[] = [];
  const faults: Fault[] = [];
  const pending = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const entries = readEntries(directory);
    if (entries instanceof Error) {
      faults.push(failed(showPath(cwd, directory), `cannot be read: ${printFailure(entries)}`));
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

function readEntries(directory: string): Dirent[] | Error {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    return error as Error;
  }
}

/** The ignore rules of the repository; if they ignore the folder itself, only those inside the folder. */
function ignoreFor(directory: string): GitIgnore {
  const gitignore = new GitIgnore(findRepository(directory) ?? directory);
  return gitignore.leavesOutBranch(directory) ? new GitIgnore(directory) : gitignore;
}

/** The files that match a glob pattern; null where the text is no pattern. */
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
    : failToFind(pattern, 'the pattern matches no source file; check it, and quote it from the shell');
}

const isSourceFolder = (name: string): boolean => !NO_SOURCE_FOLDERS.has(name);
const isSourceFile = (name: string): boolean => SOURCE_FILE.test(name) && !NO_SOURCE_FILE.test(name);

/** What a list of files names. */
export interface FileList {
  readonly files: readonly string[];
  /** Not walked: a list of changed files may name a submodule, for example. */
  readonly folders: readonly string[];
}

/**
 * Reads a list of files: one name a line, unusual names quoted as git quotes them, or names separated by NUL as
 * `git diff --name-only -z` prints them. `-` is standard input. Names of other files than source files are ignored:
 * such lists usually come from git and name every changed file.
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
  const stats = readStats(path);
  return !(stats instanceof Error) && stats.isDirectory();
}

function readList(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--files-from ${name}: cannot be read: ${reasonOf(error)}.`);
  }
}

/** A path as messages and reports print it: relative to the working directory, with `/`. */
export const showPath = (cwd: string, path: string): string => relative(cwd, path).replaceAll(sep, '/') || '.';
