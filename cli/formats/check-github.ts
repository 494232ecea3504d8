import type { CheckProblem, CheckReport } from '../reports/json-shapes.ts';
import type { CheckContext } from './check-context.ts';
import { printNextStep, printBaselineFacts, printNumber } from './check-summary.ts';
import { nameFromRoot } from './root-name.ts';

/** Workflow commands, which GitHub's runners show as annotations; other lines stay in the log. */
export function printAnnotations({ problems, leftOut, summary }: CheckReport, context: CheckContext): string {
  const next = printNextStep(summary, context);
  return [
    ...problems.map((problem) => printProblem(problem, context)),
    ...leftOut.map(({ file, reason }) =>
      printCommand('warning', { file: nameFromRoot(file, context), title: 'Not looked at' }, `${file}: ${reason}.`),
    ),
    `${printNumber(summary)}.`,
    ...printBaselineFacts(summary),
    ...(next === null ? [] : [`Next: ${next}`]),
    '',
  ].join('\n');
}

function printProblem(
  { file, line, column, endLine, endColumn, rule, severity, message }: CheckProblem,
  context: CheckContext,
): string {
  // The runner accepts columns only for a range in one line.
  const columns: Readonly<Record<string, number>> = line === endLine ? { col: column, endColumn } : {};
  return printCommand(severity, { file: nameFromRoot(file, context), line, endLine, ...columns, title: rule }, message);
}

const printCommand = (name: string, properties: Readonly<Record<string, string | number>>, message: string): string =>
  `::${name} ${Object.entries(properties)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
    .join(',')}::${escapeData(message)}`;

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
