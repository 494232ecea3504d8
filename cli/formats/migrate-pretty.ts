import type { Migration } from '../migrate/finish-file.ts';
import type { MigrateReport } from '../reports/json-shapes.ts';
import type { Colors } from '../terminal/terminal.ts';
import { count, printColumns } from '../terminal/columns.ts';
import { titleOf } from '../reports/migrate-counts.ts';
import { printDiff } from '../terminal/diff.ts';

/** For people: one file, as soon as it is done. In a dry run, its diff. */
export function printMigration({ file: { file, edits }, texts }: Migration, dryRun: boolean, colors: Colors): string {
  if (edits.length === 0) return '';
  if (dryRun && texts) return printDiff(file, texts.before, texts.after, colors);
  return edits
    .map(({ line, codemod }) => `${colors.green('rewritten')}  ${file}:${line}  ${colors.dim(codemod)}\n`)
    .join('');
}

/** For people: what was done, what is left to them, and the next step. */
export function printMigrationSummary(report: MigrateReport, colors: Colors): string {
  const { dependencies, commits, summary } = report;
  const interrupted = summary.interrupted
    ? [colors.yellow('Stopped. Files not reached are as they were; run again to go on.')]
    : [];
  const added = dependencies.flatMap(({ file, name, range }) =>
    file === null
      ? []
      : [`${colors.green(summary.dryRun ? 'would add' : 'added')}  ${file}  ${colors.dim(`${name} ${range}`)}`],
  );
  const committed = commits.map(
    ({ hash, subject }) => `${colors.green('committed')}  ${hash.slice(0, 10)}  ${subject}`,
  );
  const next = printNextStep(report);
  return [
    ...added,
    ...printVendored(report, colors),
    ...committed,
    ...printLeft(report, colors),
    ...printCounts(report),
    ...interrupted,
    colors.bold(printFacts(summary)),
    ...(next === null ? [] : [`Next: ${next}`]),
    '',
  ].join('\n');
}

function printVendored({ vendored, summary: { dryRun } }: MigrateReport, colors: Colors): string[] {
  if (!vendored) return [];
  const { file, status, version } = vendored;
  const done = colors.green(`${dryRun ? 'would be ' : ''}${status}`);
  return [`${done}  ${file}  ${colors.dim(`resilient-stream ${version}`)}`];
}

function printLeft({ files }: MigrateReport, colors: Colors): string[] {
  const left = files.flatMap(({ file, skipped }) =>
    skipped.map(({ line, reason }) => [{ text: `${file}:${line}` }, { text: reason }]),
  );
  return left.length === 0 ? [] : [colors.yellow('Left to you:'), ...printColumns(left), ''];
}

/** Nothing for a single loop, which is printed already. */
function printCounts({ counts, summary }: MigrateReport): string[] {
  if (summary.edits + summary.skippedLoops < 2) return [];
  const rows = [
    ...counts.edits.map(({ provider, codemod, edits }) => [titleOf(provider), codemod, `${edits}`, 'rewritten']),
    ...counts.skipped.map(({ provider, codemod, reason, loops }) => [titleOf(provider), codemod, `${loops}`, reason]),
  ];
  return [...printColumns(rows.map((row) => row.map((text) => ({ text })))), ''];
}

function printFacts({
  dryRun,
  changed,
  unchanged,
  skipped,
  edits,
  skippedLoops,
  failed,
}: MigrateReport['summary']): string {
  const isDone = changed + unchanged + skipped > 0 || failed === 0;
  const rewritten =
    edits === 0
      ? 'Nothing to rewrite'
      : `${dryRun ? 'Would rewrite' : 'Rewrote'} ${count(edits, 'stream loop')} in ${count(changed, 'file')}`;
  const facts = [
    ...(isDone ? [rewritten] : []),
    ...(skippedLoops > 0 ? [`left ${skippedLoops} to you`] : []),
    ...(failed > 0 ? [`${count(failed, 'file')} failed`] : []),
  ];
  return `${facts.join(', ')}.`;
}

function printNextStep({ dependencies, summary: { dryRun, edits } }: MigrateReport): string | null {
  if (edits === 0) return null;
  if (dryRun) return 'the same without --dry-run writes the files.';
  const installs = [...new Set(dependencies.map(({ install }) => `\`${install}\``))];
  return installs.length > 0 ? `${installs.join(' and ')}, then run your tests.` : 'run your tests.';
}
