import type { Colors } from '../terminal.ts';
import type { CheckProblem, CheckReport } from '../shapes.ts';
import { count, groupByFile, printColumns, printNone } from './columns.ts';

/** For people: problems under their file, and what to do next. */
export function printCheck({ problems, summary }: CheckReport, colors: Colors): string {
  if (problems.length === 0) {
    return summary.streams === 0 ? printNone(summary) : `${colors.green('No problems')} in ${count(summary.streams, 'stream loop')}.\n`;
  }
  const [...lines] = printColumns(problems.map((problem) => printProblem(problem, colors)));
  const rows = lines.values();
  const files = [...groupByFile(problems)].map(([file, group]) => [colors.underline(file), ...group.map(() => rows.next().value!), ''].join('\n'));
  const rules = Object.entries(summary.byRule).map(([rule, number]) => `${rule} ${number}`);
  return [
    ...files,
    `${colors.bold(colors.red(count(summary.problems, 'problem')))} in ${count(summary.files, 'file')}: ${rules.join(', ')}.`,
    'Next: `resilient-stream migrate --dry-run` shows what it would rewrite.',
    '',
  ].join('\n');
}

const printProblem = ({ line, column, severity, rule, message }: CheckProblem, colors: Colors) => [
  { text: `${line}:${column}`, paint: colors.dim },
  { text: severity, paint: severity === 'error' ? colors.red : colors.yellow },
  { text: rule, paint: colors.bold },
  { text: message },
];
