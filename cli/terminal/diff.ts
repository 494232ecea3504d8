import { structuredPatch } from 'diff';
import type { Colors } from './terminal.ts';

const CONTEXT_LINES = 3;

/** A unified diff. Without colours, `git apply` accepts it. */
export function printDiff(file: string, before: string, after: string, colors: Colors): string {
  const { hunks } = structuredPatch(file, file, before, after, undefined, undefined, { context: CONTEXT_LINES });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    colors.cyan(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines.map((line) => paintLine(line, colors)),
  ]);
  return [
    colors.bold(`--- ${printName(`a/${file}`)}`),
    colors.bold(`+++ ${printName(`b/${file}`)}`),
    ...lines,
    '',
  ].join('\n');
}

/** As git prints names: quoted and escaped if they contain quotes, backslashes or control characters. */
const printName = (name: string): string =>
  /[\p{Cc}"\\]/u.test(name) ? `"${name.replace(/["\\]/g, '\\$&').replace(/\p{Cc}/gu, toOctal)}"` : name;
const toOctal = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

function paintLine(line: string, colors: Colors): string {
  if (line.startsWith('+')) return colors.green(line);
  return line.startsWith('-') ? colors.red(line) : line;
}
