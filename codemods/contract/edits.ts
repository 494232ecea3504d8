/** A splice of the original text; offsets count UTF-16 units of it. */
export interface TextEdit {
  readonly range: readonly [start: number, end: number];
  readonly text: string;
}

export const insertAt = (offset: number, text: string): TextEdit => ({ range: [offset, offset], text });

export const isSameEdit = (a: TextEdit, b: TextEdit): boolean =>
  a.range[0] === b.range[0] && a.range[1] === b.range[1] && a.text === b.text;

/** The edits without repetitions: two loops that read one stream both wrap its request. */
export const withoutRepetitions = (edits: readonly TextEdit[]): TextEdit[] =>
  edits.filter((edit, index) => edits.findIndex((other) => isSameEdit(edit, other)) === index);

/** Two edits that want the same text changed; insertions at one place follow each other and do not overlap. */
export function findOverlap(edits: readonly TextEdit[]): readonly [TextEdit, TextEdit] | null {
  const sorted = inOrder(edits);
  for (const [index, edit] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next && edit.range[1] > next.range[0]) return [edit, next];
  }
  return null;
}

/** @throws RangeError where edits overlap: applying either would lose the other. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const overlap = findOverlap(edits);
  if (overlap) throw new RangeError(`Two edits overlap at offset ${overlap[1].range[0]}.`);
  const inverted = edits.find(({ range: [start, end] }) => start > end);
  if (inverted)
    throw new RangeError(`An edit begins at offset ${inverted.range[0]} and ends before it, at ${inverted.range[1]}.`);
  let result = '';
  let end = 0;
  for (const edit of inOrder(edits)) {
    result += text.slice(end, edit.range[0]) + edit.text;
    end = edit.range[1];
  }
  return result + text.slice(end);
}

/**
 * The line of the original text, from 1, where a line of the edited text comes from; of a line that was put in, where
 * it was put.
 */
export function findLineBefore(text: string, edits: readonly TextEdit[], line: number): number {
  const offset = startOfLine(applyEdits(text, edits), line);
  let shift = 0;
  for (const {
    range: [start, end],
    text: added,
  } of inOrder(edits)) {
    if (start + shift > offset) break;
    if (offset < start + shift + added.length) return lineAt(text, start);
    shift += added.length - (end - start);
  }
  return lineAt(text, offset - shift);
}

const newline = (): RegExp => /\r\n|[\r\n\u2028\u2029]/g;
const lineAt = (text: string, offset: number): number => (text.slice(0, offset).match(newline())?.length ?? 0) + 1;

function startOfLine(text: string, line: number): number {
  const [end] = [...text.matchAll(newline())].slice(line - 2, line - 1);
  return line === 1 || !end ? 0 : end.index + end[0].length;
}

/** By place; of those at one place, an insertion before a replacement, and else as given (the sort is stable). */
const inOrder = (edits: readonly TextEdit[]): TextEdit[] =>
  [...edits].sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1]);

/** An edit, and the place of its text afterwards. */
export interface PlacedEdit extends TextEdit {
  readonly at: TextEdit['range'];
}

/** The edits as they are applied, one behind the other. */
export function placeEdits(edits: readonly TextEdit[]): readonly PlacedEdit[] {
  let shift = 0;
  return inOrder(edits).map((edit) => {
    const start = edit.range[0] + shift;
    shift += edit.text.length - (edit.range[1] - edit.range[0]);
    return { ...edit, at: [start, start + edit.text.length] };
  });
}

/** The offset in the original; null for what edits put in. */
export function findOrigin(placed: readonly PlacedEdit[], offset: number): number | null {
  const last = placed.findLast(({ at }) => at[0] <= offset);
  return last && offset < last.at[1] ? null : offset + (last ? last.range[1] - last.at[1] : 0);
}
