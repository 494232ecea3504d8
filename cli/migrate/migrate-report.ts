import { defaultOptions } from '../../codemods/contract/codemod.ts';
import type {
  AddedDependency,
  LeftOut,
  MigratedFile,
  MigrateReport,
  MigrationStatus,
  VendoredFile,
} from '../reports/json-shapes.ts';
import { countEdits, countReasons } from '../reports/migrate-counts.ts';
import type { Migration } from './finish-file.ts';
import { type Addition, commitByProvider } from './git/commit.ts';
import { createManifestWriter } from './journal/journaled-write.ts';
import { addHelper } from './manifest.ts';
import type { MigrateRun } from './start-migration.ts';

/** The work after the last file: adds the dependency, makes the commits, and returns the report. */
export function createReport(
  run: MigrateRun,
  migrations: readonly Migration[],
  { interrupted }: { readonly interrupted: boolean },
): MigrateReport {
  const { dryRun } = run.options;
  const migrated = migrations.map(({ file }) => file);
  // Before the dependency is added: a fault of that is not about a file with stream loops.
  const leftOut = listLeftOut(run, migrated);
  const files = [...migrated, ...leftOut];
  const dependencies = addDependencies(run, migrations);
  const vendored = run.delivery?.done ?? null;
  const commits =
    run.options.commit && !interrupted ? commitByProvider(migrated, listAdditions(dependencies, vendored), run) : [];
  return {
    version: 1,
    files,
    dependencies,
    vendored,
    commits,
    counts: { edits: countEdits(files), skipped: countReasons(files) },
    summary: summarize(files, { dryRun, leftOut: leftOut.length, interrupted }),
  };
}

/** The files that could not be read or analysed. */
function listLeftOut({ faults }: MigrateRun, files: readonly MigratedFile[]): MigratedFile[] {
  const done = new Set(files.map(({ file }) => file));
  return faults.leftOut.filter(({ file }) => !done.has(file)).map(toFailed);
}

const toFailed = ({ file, reason }: LeftOut): MigratedFile => ({
  file,
  status: 'failed',
  edits: [],
  skipped: [],
  failure: reason,
});

/** With `--helper` or `--vendor`, the files do not import the published package. */
function addDependencies(run: MigrateRun, migrations: readonly Migration[]): AddedDependency[] {
  const { options, vendored, steps, journal, terminal, faults } = run;
  if (options.helper !== defaultOptions.helper || vendored) return [];
  const importing = migrations.filter(({ importsHelper }) => importsHelper).map(({ path }) => path);
  return addHelper(importing, createManifestWriter(steps.write, journal), terminal, faults);
}

const listAdditions = (dependencies: readonly AddedDependency[], vendored: VendoredFile | null): Addition[] => [
  ...dependencies.map(({ file, name, range }) => ({ file, what: `${name} ${range}` })),
  ...(vendored ? [{ file: vendored.file, what: `resilient-stream ${vendored.version}` }] : []),
];

function summarize(
  files: readonly MigratedFile[],
  run: Pick<MigrateReport['summary'], 'dryRun' | 'leftOut' | 'interrupted'>,
): MigrateReport['summary'] {
  const count = (status: MigrationStatus): number => files.filter((file) => file.status === status).length;
  return {
    dryRun: run.dryRun,
    changed: count('changed'),
    unchanged: count('unchanged'),
    skipped: count('skipped'),
    failed: count('failed'),
    edits: files.reduce((sum, { edits }) => sum + edits.length, 0),
    skippedLoops: files.reduce((sum, { skipped }) => sum + skipped.length, 0),
    leftOut: run.leftOut,
    interrupted: run.interrupted,
  };
}
