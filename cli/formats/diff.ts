import { structuredPatch } from 'diff';
import type { Colors } from '../terminal.ts';

const CONTEXT_LINES = 3;

/** A unified diff; without colours `git apply` takes it. */
export function printDiff(file: string, before: string, after: string, colors: Colors): string {
  const { hunks } = structuredPatch(file, file, before, after, undefined, undefined, { context: CONTEXT_LINES });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    colors.cyan(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines.map((line) => paintLine(line, colors)),
  ]);
  return [colors.bold(`--- a/${file}`), colors.bold(`+++ b/${file}`), ...lines, ''].join('\n');
}

function paintLine(line: string, colors: Colors): string {
  if (line.startsWith('+')) return colors.green(line);
  return line.startsWith('-') ? colors.red(line) : line;
}
