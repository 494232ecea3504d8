import type { CheckProblem, CheckReport } from '../reports/json-shapes.ts';
import type { Colors } from '../terminal/terminal.ts';
import type { CheckContext } from './check-context.ts';
import { printNextStep, printBaselineFacts, printNumber } from './check-summary.ts';
import { groupByFile, printColumns, printNone } from '../terminal/columns.ts';

/** For people: the problems by file, and the next step. */
export function printCheck({ problems, summary }: CheckReport, context: CheckContext): string {
  const { colors } = context;
  const facts = printBaselineFacts(summary);
  const next = printNextStep(summary, context);
  const end = [...facts, ...(next === null ? [] : [`Next: ${next}`]), ''].join('\n');
  if (problems.length === 0) {
    if (summary.streams === 0) return printNone(summary) + end;
    return summary.baseline?.added == null ? `${colors.green(printNumber(summary))}.\n${end}` : end;
  }
  const [...lines] = printColumns(problems.map((problem) => printProblem(problem, colors)));
  const rows = lines.values();
  const files = [...groupByFile(problems)].map(([file, group]) =>
    [colors.underline(file), ...group.map(() => rows.next().value!), ''].join('\n'),
  );
  const rules = Object.entries(summary.byRule).map(([rule, number]) => `${rule} ${number}`);
  const paint = summary.errors > 0 ? colors.red : colors.yellow;
  return [...files, `${colors.bold(paint(printNumber(summary)))}: ${rules.join(', ')}.`, end].join('\n');
}

const printProblem = ({ line, column, severity, rule, message }: CheckProblem, colors: Colors) => [
  { text: `${line}:${column}`, paint: colors.dim },
  { text: severity, paint: severity === 'error' ? colors.red : colors.yellow },
  { text: rule, paint: colors.bold },
  { text: message },
];
