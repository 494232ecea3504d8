import { urlOf } from '../../rules/page.ts';
import type { CheckProblem, CheckReport } from '../reports/json-shapes.ts';
import type { CheckContext } from './check-context.ts';
import { printNextStep, printBaselineFacts, printNumber } from './check-summary.ts';
import { count } from '../terminal/columns.ts';

/** GitHub refuses comments of more than 65,536 characters. */
const LONGEST = 60_000;

/** A table for a comment on a pull request, or for the summary of a job. */
export function printMarkdown({ problems, leftOut, summary }: CheckReport, context: CheckContext): string {
  const next = printNextStep(summary, context);
  const sentences = [
    ...printBaselineFacts(summary),
    ...printLeftOut(leftOut),
    ...(next === null ? [] : [`Next: ${next}`]),
  ];
  const head = `### resilient-stream: ${lowerFirst(printNumber(summary))}\n`;
  const tail = sentences.length > 0 ? `\n${escapeText(cut(sentences.join(' '), LONGEST / 4))}\n` : '';
  return `${head}${problems.length > 0 ? `\n${printTable(problems, LONGEST - head.length - tail.length)}` : ''}${tail}`;
}

function printLeftOut(leftOut: CheckReport['leftOut']): string[] {
  if (leftOut.length === 0) return [];
  const files = leftOut.map(({ file, reason }) => `${file} (${reason})`).join(', ');
  return [`${count(leftOut.length, 'file')} could not be looked at: ${files}.`];
}

/** A table with as many rows as fit. */
function printTable(problems: readonly CheckProblem[], room: number): string {
  let table = '| | where | rule | what is so |\n|---|---|---|---|\n';
  for (const [index, problem] of problems.entries()) {
    const row = printRow(problem);
    if (table.length + row.length > room - 100) return `${table}\n… and ${problems.length - index} more.\n`;
    table += row;
  }
  return table;
}

function printRow({ file, line, rule, severity, message }: CheckProblem): string {
  const sign = severity === 'error' ? '❌' : '⚠️';
  const place = toCell(printCode(`${file}:${line}`));
  return `| ${sign} | ${place} | [${rule}](${urlOf(rule)}) | ${toCell(escapeText(message))} |\n`;
}

/** Escapes a message for Markdown. Code between backticks and links stay what they are. */
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

/** In a table, `|` ends a cell, even inside code. Outside a table, code would show the backslash. */
export const toCell = (markup: string): string => markup.replaceAll('|', '\\|');

/** Inline code, with enough backticks around it. */
export function printCode(code: string): string {
  const ticks = '`'.repeat(Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const pad = /^`|`$/.test(code) ? ' ' : '';
  return `${ticks}${pad}${code.replace(/\s+/g, ' ')}${pad}${ticks}`;
}

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
