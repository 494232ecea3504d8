import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { realPathOf } from '../../files/find-files.ts';
import { groupBy } from '../../reports/group-by.ts';
import { findRepository } from '../../files/gitignore.ts';

/** Whether git can show what `migrate` writes, and undo it. */
export type GitState =
  | { readonly kind: 'clean' }
  | { readonly kind: 'dirty'; readonly files: readonly string[] }
  /** The tree is clean, but git does not track these files, or is configured to ignore their changes. */
  | { readonly kind: 'unwatched'; readonly files: readonly string[] }
  /** Some files are in no repository. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The state of the repositories that the files are in. Changes of files that are `isOurs` do not count. */
export function readGitState(files: readonly string[], isOurs: (path: string) => boolean = () => false): GitState {
  const groups = groupByRepository(files);
  const repositories = [...groups].flatMap(([root, held]) => (root === null ? [] : [{ root, held }]));
  try {
    const dirty = repositories.flatMap(({ root }) => listChanges(root)).filter((file) => !isOurs(file));
    if (dirty.length > 0) return { kind: 'dirty', files: dirty };
    const unwatched = repositories.flatMap(({ root, held }) => listUnwatched(root, held));
    if (unwatched.length > 0) return { kind: 'unwatched', files: unwatched };
  } catch (error) {
    return { kind: 'unknown', reason: reasonOfGit(error as GitError) };
  }
  return { kind: groups.has(null) ? 'outside' : 'clean' };
}

/** The git directory of the repository, worktree or submodule that a folder is in; null: there is none, or no git. */
export function findGitDirectory(folder: string): string | null {
  if (findRepository(folder) === null) return null;
  try {
    return git(folder, 'rev-parse', '--absolute-git-dir').replace(/\n$/, '');
  } catch {
    return null; // `readGitState` will report what is wrong
  }
}

/** The files by their repository. A symbolic link counts as the file that it leads to. */
function groupByRepository(files: readonly string[]): ReadonlyMap<string | null, readonly string[]> {
  const known = new Map<string, string | null>();
  return groupBy(files.map(realPathOf), (file) => {
    const directory = dirname(file);
    const root = known.get(directory) ?? findRepository(directory);
    known.set(directory, root);
    return root;
  });
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

/** Without this, `git status` writes to the index, which may be read-only, or on a full disk. */
const READ_ONLY = '--no-optional-locks';

/**
 * Untracked files count, since git cannot restore them. The option is needed: `status.showUntrackedFiles=no` would hide
 * them.
 */
const listChanges = (repository: string): string[] =>
  parseStatus(git(repository, READ_ONLY, 'status', '--porcelain=v1', '-z', '--untracked-files=all')).map((file) =>
    join(repository, file),
  );

/**
 * The files that `git status` does not report: those that are ignored, or marked `assume-unchanged` or `skip-worktree`.
 */
function listUnwatched(repository: string, files: readonly string[]): string[] {
  const tracked = git(repository, 'ls-files', '-v', '-z')
    .split('\0')
    .filter((entry) => entry.startsWith('H '));
  const watched = new Set(tracked.map((entry) => join(repository, entry.slice(2))));
  return files.filter((file) => !watched.has(file));
}

/** The output has fields `XY name`; a rename or copy is followed by a field with the old name. */
function parseStatus(output: string): string[] {
  const files: string[] = [];
  const fields = output.split('\0').values();
  for (const field of fields) {
    if (field !== '') files.push(field.slice(3));
    if (/[RC]/.test(field.slice(0, 2))) fields.next();
  }
  return files;
}
