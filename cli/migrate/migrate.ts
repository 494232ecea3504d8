import { inOrder } from '../examine/select-files.ts';
import { showPath } from '../files/find-files.ts';
import type { MigrateReport } from '../reports/json-shapes.ts';
import { count } from '../terminal/columns.ts';
import type { Run } from '../terminal/command.ts';
import { failed } from '../terminal/faults.ts';
import { writeNote } from '../terminal/messages.ts';
import { finishFile, type Migration } from './finish-file.ts';
import { createReport } from './migrate-report.ts';
import type { MigrateOptions } from './migrate-options.ts';
import { rewriteFiles } from './rewrite/rewrite-files.ts';
import { type MigrateRun, startMigration } from './start-migration.ts';

/** Prints the results. */
export interface MigrateListener {
  /** Called for each file, as soon as it is done. */
  readonly onMigration: (migration: Migration) => void;
  /** Called at the end. The journal is deleted after it: a run that is killed while it prints can be repeated. */
  readonly onReport: (report: MigrateReport) => void;
}

/**
 * Rewrites the files one after another. Each file is written completely before the next. Workers read files ahead of
 * that; a file that has changed since it was read is not overwritten. A run that was killed continues.
 */
export async function migrate(
  commandRun: Run<MigrateOptions>,
  { onMigration, onReport }: MigrateListener,
): Promise<MigrateReport> {
  const run = await startMigration(commandRun);
  const migrations = await migrateFiles(run, onMigration);
  const interrupted = isInterrupted(run);
  const report = createReport(
    run,
    inOrder(run.paths, migrations, ({ path }) => path),
    { interrupted },
  );
  onReport(report);
  closeJournal(run, { interrupted });
  return report;
}

/** Rewrites all files, or those until an interruption. */
async function migrateFiles(run: MigrateRun, onMigration: MigrateListener['onMigration']): Promise<Migration[]> {
  const { paths, journal, steps } = run;
  const migrations = listEarlier(run);
  migrations.forEach(onMigration);
  const remaining = paths.filter((path) => !journal?.done.has(path));
  for await (const rewrite of rewriteFiles(run, remaining)) {
    await nextTurn(); // SIGINT is noticed only here, between two files
    if (isInterrupted(run)) break;
    const migration = finishFile(await rewrite(), steps, run);
    migrations.push(migration);
    onMigration(migration);
  }
  return migrations;
}

const isInterrupted = ({ interruption, interview }: MigrateRun): boolean =>
  interruption.aborted || interview?.isOver === true;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The files that an earlier part of this run has written. */
function listEarlier({ journal, terminal }: MigrateRun): Migration[] {
  const done = [...(journal?.done ?? [])].flatMap(([path, { outcome }]) =>
    outcome.kind === 'source' ? [{ path, file: outcome.file, importsHelper: outcome.importsHelper, texts: null }] : [],
  );
  if (done.length > 0) {
    const files = count(done.length, 'file');
    writeNote(`an earlier run was not finished; it has rewritten ${files}, and this one goes on.`, terminal);
  }
  return done;
}

/** Another run can continue an interrupted one, so its journal is kept. */
function closeJournal(
  { journal, terminal: { cwd }, faults }: MigrateRun,
  { interrupted }: { readonly interrupted: boolean },
): void {
  if (!journal) return;
  const failure = interrupted ? journal.close() : journal.finish();
  if (failure !== null) faults.add(failed(showPath(cwd, journal.path), failure));
}
