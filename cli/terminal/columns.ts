import { groupBy } from '../reports/group-by.ts';
import type { Colors } from './terminal.ts';

/** A cell's text and its colour, which does not count for the width. */
export interface Cell {
  readonly text: string;
  readonly paint?: Colors['red'];
}

/** Lines of cells, each column as wide as its widest cell. The last column is not padded: no line ends in blanks. */
export function printColumns(rows: readonly (readonly Cell[])[], indent = '  '): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.text.length ?? 0), 0),
  );
  return rows.map((row) => {
    const last = row.length - 1;
    const cells = row.map(
      ({ text, paint = String }, column) =>
        paint(text) + (column === last ? '' : ' '.repeat(widths[column]! - text.length)),
    );
    return indent + cells.join('  ');
  });
}

/** '1 stream', '2 streams'. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The report where no stream loop was found. Empty if no file could be examined: the errors explain that. */
export function printNone({ examined, leftOut }: { readonly examined: number; readonly leftOut: number }): string {
  if (leftOut === 0) return 'No loop over an LLM stream found.\n';
  return examined === 0
    ? ''
    : `No loop over an LLM stream found in ${count(examined, 'file')}; ${leftOut} could not be looked at.\n`;
}

/** The items by their file, in their order. */
export const groupByFile = <T extends { readonly file: string }>(
  items: readonly T[],
): ReadonlyMap<string, readonly T[]> => groupBy(items, ({ file }) => file);
