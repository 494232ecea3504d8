import { examineFiles } from '../../examine/examine-files.ts';
import { showPath } from '../../files/find-files.ts';
import { failed, type Fault } from '../../terminal/faults.ts';
import { writeNote } from '../../terminal/messages.ts';
import type { MigrateRun } from '../start-migration.ts';
import { rewriteFile, type RewrittenFile, type RewritingOptions } from './rewrite-file.ts';
import { countWorkers, workInOrder } from './workers.ts';

/**
 * A function for each file, in the order of the paths, that returns the rewritten file. Without workers, the function
 * rewrites the file: after an interruption it is not called, and no question is asked.
 */
export type Rewrites = AsyncGenerator<() => RewrittenFile | Promise<RewrittenFile>>;

/** Rewrites the files, in this thread or in workers. Nothing is written. */
export function rewriteFiles(run: MigrateRun, paths: readonly string[]): Rewrites {
  const threads = countThreads(run, paths.length);
  return threads > 1 ? rewriteByWorkers(run, paths, threads) : rewriteHere(run, paths);
}

/** Types, an interview and the search for the vendored helper cannot be shared between threads. */
function countThreads({ options, interview, vendored, terminal }: MigrateRun, files: number): number {
  const isAlone = options.types !== 'off' || interview !== null || vendored !== null;
  if (!isAlone) return options.workers ?? countWorkers(files);
  if ((options.workers ?? 1) > 1)
    writeNote('with --types, --interactive or --vendor one thread does all, whatever --workers says.', terminal);
  return 1;
}

async function* rewriteHere(run: MigrateRun, paths: readonly string[]): Rewrites {
  const { settings, interview, helperOf } = run;
  const { own } = run.options.settings;
  for await (const file of examineFiles(paths, run, (text, isTyped) =>
    settings.codemods.some(({ mayHold }) => mayHold(text, own, isTyped)),
  )) {
    yield () => rewriteFile({ file, helper: helperOf(file) }, settings, interview);
  }
}

async function* rewriteByWorkers(run: MigrateRun, paths: readonly string[], count: number): Rewrites {
  const { cwd, status } = run.terminal;
  // Relative to this file, so that it is found in `dist` too.
  const program = new URL('./rewriting-worker.js', import.meta.url);
  const toLostResult = (path: string, reason: string): Fault =>
    failed(showPath(cwd, path), `ended the thread that was to rewrite it (${reason}); leave it out`);
  const setup = { program, data: toWorkerData(run), count };
  let done = 0;
  for await (const file of workInOrder<string, RewrittenFile | Fault | null>(paths, setup, toLostResult)) {
    status.showProgress(done++, paths.length);
    if (file === null) continue;
    if ('kind' in file) run.faults.add(file);
    else yield () => file;
  }
  status.clear();
}

const toWorkerData = ({ options, settings, terminal: { cwd } }: MigrateRun): RewritingOptions => ({
  cwd,
  maxFileSize: options.maxFileSize,
  own: options.settings.own,
  codemods: options.codemods,
  helper: options.helper,
  timeouts: settings.timeouts,
  widenTypes: settings.widenTypes,
  isProven: settings.isProven,
});
