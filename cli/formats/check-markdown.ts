import { urlOf } from '../../rules/page.ts';
import type { CheckProblem, CheckReport } from '../reports/json-shapes.ts';
import type { CheckContext } from './check-context.ts';
import { findNextStep, printBaselineFacts, printNumber } from './check-summary.ts';
import { count } from '../terminal/columns.ts';

/** A comment on GitHub holds 65,536 characters, and more than that is refused as a whole. */
const LONGEST = 60_000;

/** A table for a comment or a summary. */
export function printMarkdown({ problems, leftOut, summary }: CheckReport, context: CheckContext): string {
  const next = findNextStep(summary, context);
  const sentences = [
    ...printBaselineFacts(summary),
    ...(leftOut.length > 0
      ? [
          `${count(leftOut.length, 'file')} could not be looked at: ${leftOut.map(({ file, reason }) => `${file} (${reason})`).join(', ')}.`,
        ]
      : []),
    ...(next === null ? [] : [`Next: ${next}`]),
  ];
  const head = `### resilient-stream: ${lowerFirst(printNumber(summary))}\n`;
  const tail = sentences.length > 0 ? `\n${escapeText(cut(sentences.join(' '), LONGEST / 4))}\n` : '';
  return `${head}${problems.length > 0 ? `\n${printTable(problems, LONGEST - head.length - tail.length)}` : ''}${tail}`;
}

/** As many rows as there is room for. */
function printTable(problems: readonly CheckProblem[], room: number): string {
  let table = '| | where | rule | what is so |\n|---|---|---|---|\n';
  for (const [index, problem] of problems.entries()) {
    const row = printRow(problem);
    if (table.length + row.length > room - 100) return `${table}\n… and ${problems.length - index} more.\n`;
    table += row;
  }
  return table;
}

const printRow = ({ file, line, rule, severity, message }: CheckProblem): string =>
  `| ${severity === 'error' ? '❌' : '⚠️'} | ${toCell(printCode(`${file}:${line}`))} | [${rule}](${urlOf(rule)}) | ${toCell(escapeText(message))} |\n`;

/** Messages quote code between backticks, and name addresses; the rest is text that may look like markup. */
export const escapeText = (text: string): string =>
  text
    .split(/(`[^`]+`|https:\/\/\S+)/)
    .map((part) =>
      /^`.+`$/s.test(part)
        ? printCode(part.slice(1, -1))
        : part.startsWith('https://')
          ? part
          : part.replace(/[\\`*_{}[\]<>#~&]/g, '\\$&'),
    )
    .join('')
    .replace(/\s+/g, ' ');

/** In a cell of a table the bar ends it, in code too; elsewhere nothing takes its backslash away again. */
export const toCell = (markup: string): string => markup.replaceAll('|', '\\|');

/** Nothing in it is markup. */
export function printCode(code: string): string {
  const ticks = '`'.repeat(Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const pad = /^`|`$/.test(code) ? ' ' : '';
  return `${ticks}${pad}${code.replace(/\s+/g, ' ')}${pad}${ticks}`;
}

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
