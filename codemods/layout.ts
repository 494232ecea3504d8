import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import { visit } from '../src/analysis/tree.ts';
import type { TextEdit } from './edits.ts';
import { findIndentation, findLineEnd } from './style.ts';

const startOfLine = (text: string, offset: number): number => Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
const endOfLine = (text: string, offset: number): number => offset + /^(?:\r\n|[\r\n])?/.exec(text.slice(offset, offset + 2))![0].length;
const isBlank = (text: string): boolean => /^\s*$/.test(text);

/** The offset where the line of a statement begins, where nothing else stands before it; else its own. */
export function findLineStart({ text }: ParsedSource, offset: number): number {
  const start = startOfLine(text, offset);
  return isBlank(text.slice(start, offset)) ? start : offset;
}

/** Takes out a statement with its lines, and one of the two empty lines that would meet. */
export function removeStatement(source: ParsedSource, { range: [start, end] }: TSESTree.Node): TextEdit {
  const { text } = source;
  const first = findLineStart(source, start);
  const lineEnd = findLineEnd(text, end);
  if (first === start && start !== startOfLine(text, start)) return { range: [start, end + /^[^\S\r\n]*/.exec(text.slice(end))![0].length], text: '' };
  if (lineEnd === null) return { range: [start, end + /^[^\S\r\n]*/.exec(text.slice(end))![0].length], text: '' };
  const next = endOfLine(text, lineEnd);
  const before = text.slice(startOfLine(text, Math.max(first - 1, 0)), first);
  const after = /^[^\S\r\n]*(?:\r\n|[\r\n])/.exec(text.slice(next))?.[0] ?? '';
  const isDoubled = after !== '' && first > 0 && (isBlank(before) || /[{(]\s*$/.test(before));
  return { range: [first, isDoubled ? next + after.length : next], text: '' };
}

/** Gives the lines that begin in a range another indentation. What stands in template literals stays as it is. */
export function reindent(source: ParsedSource, [start, end]: readonly [number, number], from: string, to: string): TextEdit[] {
  const { text } = source;
  if (from === to) return [];
  const literals = findTemplates(source);
  const edits: TextEdit[] = [];
  for (const { index, 0: newline } of text.slice(start, end).matchAll(/\r\n|[\r\n]/g)) {
    const line = start + index + newline.length;
    if (line >= end || literals.some(([open, close]) => line > open && line < close)) continue;
    const blanks = findIndentation(text, line + /^[^\S\r\n]*/.exec(text.slice(line))![0].length);
    if (/^[\r\n]/.test(text.slice(line + blanks.length, line + blanks.length + 1)) || !blanks.startsWith(from)) continue;
    edits.push({ range: [line, line + from.length], text: to });
  }
  return edits;
}

const templatesOf = new WeakMap<TSESTree.Program, readonly (readonly [number, number])[]>();

function findTemplates({ ast, visitorKeys }: ParsedSource): readonly (readonly [number, number])[] {
  const known = templatesOf.get(ast);
  if (known) return known;
  const ranges: (readonly [number, number])[] = [];
  visit(ast, visitorKeys, (node) => {
    if (node.type === 'TemplateElement' || node.type === 'JSXText') ranges.push(node.range);
  });
  templatesOf.set(ast, ranges);
  return ranges;
}
