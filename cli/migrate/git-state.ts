import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { realPathOf } from '../files/find-files.ts';
import { findRepository } from '../files/gitignore.ts';

/** Whether what is written can be told apart from what was there before, and taken back. */
export type GitState =
  | { readonly kind: 'clean' }
  | { readonly kind: 'dirty'; readonly files: readonly string[] }
  /**
   * The tree is clean, but git does not watch over these files of it: they are ignored, or marked as not to be looked
   * at.
   */
  | { readonly kind: 'unwatched'; readonly files: readonly string[] }
  /** Files that no repository holds. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The state of the repositories that hold the files, but for what `isOurs`. Paths are absolute. */
export function findGitState(files: readonly string[], isOurs: (path: string) => boolean = () => false): GitState {
  const groups = groupByRepository(files);
  const repositories = [...groups].flatMap(([root, held]) => (root === null ? [] : [{ root, held }]));
  try {
    const dirty = repositories.flatMap(({ root }) => findChanges(root)).filter((file) => !isOurs(file));
    if (dirty.length > 0) return { kind: 'dirty', files: dirty };
    const unwatched = repositories.flatMap(({ root, held }) => findUnwatched(root, held));
    if (unwatched.length > 0) return { kind: 'unwatched', files: unwatched };
  } catch (error) {
    return { kind: 'unknown', reason: reasonOfGit(error as GitError) };
  }
  return { kind: groups.has(null) ? 'outside' : 'clean' };
}

/**
 * Where git keeps what it knows of the tree that holds a folder, be that of a worktree or a submodule; null where there
 * is none, or no git.
 */
export function findGitDirectory(folder: string): string | null {
  if (findRepository(folder) === null) return null;
  try {
    return git(folder, 'rev-parse', '--absolute-git-dir').replace(/\n$/, '');
  } catch {
    return null; // the state of the tree will say what is wrong
  }
}

/** By the repository that holds the file itself, wherever the link stands that leads to it. */
function groupByRepository(files: readonly string[]): ReadonlyMap<string | null, readonly string[]> {
  const groups = new Map<string | null, string[]>();
  const known = new Map<string, string | null>();
  for (const file of files.map(realPathOf)) {
    const directory = dirname(file);
    const root = known.get(directory) ?? findRepository(directory);
    known.set(directory, root);
    const group = groups.get(root);
    if (group) group.push(file);
    else groups.set(root, [file]);
  }
  return groups;
}

interface GitError extends NodeJS.ErrnoException {
  readonly stderr?: string;
}

const reasonOfGit = ({ code, stderr, message }: GitError): string =>
  code === 'ENOENT' ? 'git is not installed' : (stderr?.trim() || message).split('\n')[0]!.replace(/^fatal: /, '');

const git = (repository: string, ...args: string[]): string =>
  execFileSync('git', args, {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });

/** It would write what it has learnt into the index, which need not be writable, nor have room. */
const READ_ONLY = '--no-optional-locks';

/**
 * Untracked files count: git could not bring them back. Named here, for `status.showUntrackedFiles=no` would hide them.
 */
const findChanges = (repository: string): string[] =>
  parseStatus(git(repository, READ_ONLY, 'status', '--porcelain=v1', '-z', '--untracked-files=all')).map((file) =>
    join(repository, file),
  );

/**
 * `status` has no word on ignored files, nor on changes in files that are marked `assume-unchanged` or `skip-worktree`.
 */
function findUnwatched(repository: string, files: readonly string[]): string[] {
  const tracked = git(repository, 'ls-files', '-v', '-z')
    .split('\0')
    .filter((entry) => entry.startsWith('H '));
  const watched = new Set(tracked.map((entry) => join(repository, entry.slice(2))));
  return files.filter((file) => !watched.has(file));
}

/** `XY name`, and after a rename or copy a field more: the name it had. */
function parseStatus(output: string): string[] {
  const files: string[] = [];
  const fields = output.split('\0').values();
  for (const field of fields) {
    if (field !== '') files.push(field.slice(3));
    if (/[RC]/.test(field.slice(0, 2))) fields.next();
  }
  return files;
}
