import { showPath } from '../../files/find-files.ts';
import { UsageError } from '../../terminal/faults.ts';
import { writeNote } from '../../terminal/messages.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { type GitState, readGitState } from './git-state.ts';

interface UndoNeeds {
  /** `--commit` was passed. */
  readonly commits: boolean;
  /** Whether a change of this file was made by an earlier part of this run. */
  readonly isOurs: (path: string) => boolean;
}

/**
 * Requires that git can show and undo everything that `migrate` writes, and that a commit contains nothing else.
 * @throws UsageError
 */
export function requireUndo(paths: readonly string[], { commits, isOurs }: UndoNeeds, terminal: Terminal): void {
  const state = readGitState(paths, isOurs);
  const obstacle = describeObstacle(state, terminal.cwd);
  if (obstacle !== null)
    throw new UsageError(`${obstacle}, ${commits ? 'or leave out --commit' : 'or pass --allow-dirty'}.`);
  if (state.kind !== 'outside') return;
  if (commits) throw new UsageError('--commit needs a git repository, and these files are in none.');
  writeNote('these files are in no git repository, so there is no undo; --dry-run shows what would change.', terminal);
}

function describeObstacle(state: GitState, cwd: string): string | null {
  switch (state.kind) {
    case 'unknown':
      return `the state of the git tree is unknown (${state.reason}); mend that`;
    case 'dirty':
      return `the git tree has uncommitted changes: ${printFew(cwd, state.files)}; commit or stash them`;
    case 'unwatched':
      return `git does not track ${printFew(cwd, state.files)} and could not bring back what was there; leave that out`;
    default:
      return null;
  }
}

function printFew(cwd: string, files: readonly string[]): string {
  const [first, ...rest] = files.map((file) => showPath(cwd, file));
  return [first, ...(rest.length > 4 ? [...rest.slice(0, 3), `${rest.length - 3} more`] : rest)].join(', ');
}
