import { startRun } from '../examine/start-run.ts';
import { printJson } from '../formats/json.ts';
import type { MigrateReport } from '../reports/json-shapes.ts';
import { type CommandDefinition, INTERRUPTED, type Run } from '../terminal/command.ts';
import { UsageError } from '../terminal/faults.ts';
import { colorsFor, type Terminal } from '../terminal/terminal.ts';
import type { MigrateListener } from './migrate.ts';
import { type MigrateOptions, migrateOptions } from './migrate-options.ts';

export const migrateCommand: CommandDefinition<typeof migrateOptions> = {
  name: 'migrate',
  summary: 'rewrite stream loops to use the helper',
  description:
    'Rewrites stream loops to use `resilientStream()`. ' +
    'A rewrite that cannot be proven safe is not made; each comes with its reason.',
  options: migrateOptions,
  run: async (commandLine, terminal) => {
    requirePossible(commandLine.values, terminal);
    // Loading jscodeshift, which proves the rewrites, takes a while.
    const { migrate } = await import('./migrate.ts');
    const run = startRun(commandLine, terminal);
    const report = await migrate(run, await createPrinter(run));
    const { interrupted, skippedLoops, leftOut } = report.summary;
    if (interrupted) return INTERRUPTED;
    return run.faults.failed ? 2 : skippedLoops + leftOut > 0 ? 1 : 0;
  },
};

/** @throws UsageError where two options, or an option and the terminal, contradict each other. */
function requirePossible(
  { commit, dryRun, interactive }: Pick<MigrateOptions, 'commit' | 'dryRun' | 'interactive'>,
  { canAsk }: Terminal,
): void {
  if (commit && dryRun)
    throw new UsageError('--commit commits what is written, and --dry-run writes nothing; pass one of them.');
  if (interactive && !canAsk)
    throw new UsageError('--interactive asks on a terminal, and standard input is none; leave it out.');
}

/** Prints in the format that the user chose: 'pretty' prints each file at once, the others print only the report. */
async function createPrinter({ options, terminal }: Run<MigrateOptions>): Promise<MigrateListener> {
  const { stdout, env } = terminal;
  const colors = colorsFor(stdout, env);
  if (options.format === 'pretty') {
    const { printMigration, printMigrationSummary } = await import('../formats/migrate-pretty.ts');
    return {
      onMigration: (migration) => void stdout.write(printMigration(migration, options.dryRun, colors)),
      onReport: (report) => void stdout.write(printMigrationSummary(report, colors)),
    };
  }
  const printReport = options.format === 'markdown' ? await createMarkdownPrinter(options, terminal) : printJson;
  return { onMigration: () => {}, onReport: (report) => void stdout.write(printReport(report)) };
}

/** Links are made before `--commit` makes a commit: line numbers are those of the files before the rewrites. */
async function createMarkdownPrinter(
  { verification, interactive }: MigrateOptions,
  terminal: Terminal,
): Promise<(report: MigrateReport) => string> {
  const [{ createLinkTo }, { printMigrateMarkdown }] = await Promise.all([
    import('./git/permalinks.ts'),
    import('../formats/migrate-markdown.ts'),
  ]);
  const context = { verification, interactive, linkTo: createLinkTo(terminal) };
  return (report) => printMigrateMarkdown(report, context);
}
