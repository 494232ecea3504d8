import type { TSESTree } from '@typescript-eslint/utils';
import { FileMemory } from '../../src/analysis/source/file-memory.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { visit } from '../../src/analysis/source/tree.ts';
import type { TextEdit } from '../contract/edits.ts';
import { findIndentation, findLineEnd } from './style.ts';

const startOfLine = (text: string, offset: number): number =>
  Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
const endOfLine = (text: string, offset: number): number =>
  offset + /^(?:\r\n|[\r\n])?/.exec(text.slice(offset, offset + 2))![0].length;
export const isBlank = (text: string): boolean => /^\s*$/.test(text);

/** The start of the line, where only blanks stand before the offset; else the offset itself. */
export function findLineStart({ text }: ParsedSource, offset: number): number {
  const start = startOfLine(text, offset);
  return isBlank(text.slice(start, offset)) ? start : offset;
}

/**
 * Removes statements with their lines. Where two empty lines would meet, one of them goes too; so does an empty line
 * that would stand at the edge of a block.
 */
export function removeStatements(source: ParsedSource, nodes: readonly TSESTree.Node[]): TextEdit[] {
  const { text } = source;
  const groups: [start: number, end: number][] = [];
  for (const {
    range: [start, end],
  } of nodes.toSorted((a, b) => a.range[0] - b.range[0])) {
    const last = groups.at(-1);
    if (last && isBlank(text.slice(last[1], start))) last[1] = end;
    else groups.push([start, end]);
  }
  return groups.map((group) => ({ range: findRemovedRange(source, group), text: '' }));
}

function findRemovedRange(source: ParsedSource, [start, end]: readonly [number, number]): readonly [number, number] {
  const { text } = source;
  const first = findLineStart(source, start);
  const lineEnd = findLineEnd(text, end);
  if ((first === start && first !== startOfLine(text, start)) || lineEnd === null) {
    const behind = end + /^[^\S\r\n]*/.exec(text.slice(end))![0].length;
    // Other code on the line, before the removed statement, then ends the line.
    return isBlank(text.slice(behind, behind + 1)) ? [text.slice(0, start).trimEnd().length, behind] : [start, behind];
  }
  const next = endOfLine(text, lineEnd);
  const above = /(?:[^\S\r\n]*(?:\r\n|[\r\n]))*$/.exec(text.slice(0, first))![0].length;
  const below = /^(?:[^\S\r\n]*(?:\r\n|[\r\n]))*/.exec(text.slice(next))![0].length;
  const before = text.slice(0, first).trimEnd();
  const opens = before === '' || /[{(]$/.test(before);
  const closes = /^[^\S\r\n]*\}/.test(text.slice(next + below));
  // The line end of the code above is not an empty line.
  const isBlankAbove = /(?:\r\n|[\r\n])[^\S\r\n]*(?:\r\n|[\r\n])$/.test(text.slice(0, first));
  if (closes && isBlankAbove) return [endOfLine(text, first - above), next];
  return [first, below > 0 && (opens || isBlankAbove) ? next + below : next];
}

/** Replaces the indentation of the lines that begin in a range; the lines of template literals stay as they are. */
export function reindent(
  source: ParsedSource,
  [start, end]: readonly [number, number],
  from: string,
  to: string,
): TextEdit[] {
  const { text } = source;
  if (from === to) return [];
  const literals = listTemplates(source);
  const edits: TextEdit[] = [];
  for (const { index, 0: newline } of text.slice(start, end).matchAll(/\r\n|[\r\n]/g)) {
    const line = start + index + newline.length;
    if (line >= end || literals.some(([open, close]) => line > open && line < close)) continue;
    const blanks = findIndentation(text, line + /^[^\S\r\n]*/.exec(text.slice(line))![0].length);
    if (/^[\r\n]/.test(text.slice(line + blanks.length, line + blanks.length + 1)) || !blanks.startsWith(from))
      continue;
    edits.push({ range: [line, line + from.length], text: to });
  }
  return edits;
}

const templatesOf = new FileMemory<readonly (readonly [number, number])[]>();

function listTemplates({ ast, visitorKeys }: ParsedSource): readonly (readonly [number, number])[] {
  const known = templatesOf.get(ast);
  if (known) return known;
  const ranges: (readonly [number, number])[] = [];
  visit(ast, visitorKeys, (node) => {
    if (node.type === 'TemplateElement' || node.type === 'JSXText') ranges.push(node.range);
  });
  templatesOf.set(ast, ranges);
  return ranges;
}
