import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { findRepository } from './gitignore.ts';

/** Whether what is written can be told apart from what was there before, and taken back. */
export type GitState =
  | { readonly kind: 'clean' }
  | { readonly kind: 'dirty'; readonly files: readonly string[] }
  /** Files that no repository holds. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The state of the repositories that hold the files. Paths are absolute. */
export function findGitState(files: readonly string[]): GitState {
  const directories = [...new Set(files.map((file) => dirname(file)))];
  const repositories = new Set(directories.map(findRepository));
  try {
    const dirty = [...repositories].flatMap((repository) => (repository === null ? [] : findChanges(repository)));
    if (dirty.length > 0) return { kind: 'dirty', files: dirty };
  } catch (error) {
    return { kind: 'unknown', reason: reasonOfGit(error as GitError) };
  }
  return { kind: repositories.has(null) ? 'outside' : 'clean' };
}

interface GitError extends NodeJS.ErrnoException {
  readonly stderr?: string;
}

const reasonOfGit = ({ code, stderr, message }: GitError): string =>
  code === 'ENOENT' ? 'git is not installed' : (stderr?.trim() || message).split('\n')[0]!.replace(/^fatal: /, '');

/** Untracked files count: git could not bring them back. */
function findChanges(repository: string): string[] {
  const output = execFileSync('git', ['status', '--porcelain=v1', '-z'], { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  return parseStatus(output).map((file) => join(repository, file));
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
