import { dirname, join, resolve } from 'node:path';
import { version } from '../../../rules/version.ts';
import { realPathOf } from '../../files/find-files.ts';
import type { Run } from '../../terminal/command.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { findGitDirectory } from '../git/git-state.ts';
import type { MigrateOptions } from '../migrate-options.ts';
import { type Journal, openJournal } from './journal.ts';
import type { RunOptions } from './read-journal.ts';

/** The journal of a run over these files; null for a dry run, and where there is no place for a journal. */
export function openRunJournal({ options, terminal }: Run<MigrateOptions>, files: readonly string[]): Journal | null {
  if (options.dryRun) return null;
  const path = findJournalPath(options, files, terminal);
  const { allowDirty } = options;
  return path === null ? null : openJournal({ path, options: identify(options, terminal.cwd), allowDirty }, terminal);
}

/** The file that `--state` names, or one in the git directory; null where there is neither. */
function findJournalPath({ state, shard }: MigrateOptions, files: readonly string[], { cwd }: Terminal): string | null {
  if (state !== null) return resolve(cwd, state);
  const directory =
    findGitDirectory(cwd) ?? (files[0] === undefined ? null : findGitDirectory(dirname(realPathOf(files[0]))));
  // Each shard has its own journal, since shards may run at the same time.
  const part = shard ? `-${shard.index}-of-${shard.count}` : '';
  return directory && join(directory, `resilient-stream-migrate${part}.jsonl`);
}

/** The options that decide what a run writes. */
const IDENTITY = [
  'paths',
  'filesFrom',
  'shard',
  'maxFileSize',
  'types',
  'codemods',
  'timeouts',
  'widenTypes',
  'helper',
  'vendor',
  'formatting',
  'verification',
  'interactive',
] as const satisfies readonly (keyof MigrateOptions)[];

/** A run may continue another only if these are equal. */
function identify(options: MigrateOptions, cwd: string): RunOptions {
  const chosen = Object.fromEntries(IDENTITY.map((name) => [name, options[name]]));
  // Through JSON, so that it equals what the journal gives back.
  return JSON.parse(JSON.stringify({ version, cwd, ...chosen, settings: options.settings.written })) as RunOptions;
}
