import type { TSESTree } from '@typescript-eslint/utils';
import { FileMemory } from '../../src/analysis/source/file-memory.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { visit } from '../../src/analysis/source/tree.ts';

/** How a file is written, so that added code looks like the code around it. */
export interface FileStyle {
  readonly newline: '\n' | '\r\n' | '\r';
  readonly quote: "'" | '"';
  /** `;` or nothing. */
  readonly semicolon: ';' | '';
  /** Between the braces and the content of a one-line literal: a space or nothing. */
  readonly padding: ' ' | '';
}

const styles = new FileMemory<FileStyle>();

export function findStyle(source: ParsedSource): FileStyle {
  let style = styles.get(source.ast);
  if (!style) styles.set(source.ast, (style = detect(source)));
  return style;
}

interface Votes {
  single: number;
  double: number;
  withSemicolon: number;
  withoutSemicolon: number;
  padded: number;
  tight: number;
}

function detect({ text, ast, visitorKeys }: ParsedSource): FileStyle {
  const votes: Votes = { single: 0, double: 0, withSemicolon: 0, withoutSemicolon: 0, padded: 0, tight: 0 };
  visit(ast, visitorKeys, (node) => vote(votes, node, text.slice(...node.range)));
  return {
    newline: (/\r\n|\n|\r/.exec(text)?.[0] ?? '\n') as FileStyle['newline'],
    quote: votes.double > votes.single ? '"' : "'",
    semicolon: votes.withoutSemicolon > votes.withSemicolon ? '' : ';',
    padding: votes.tight > votes.padded ? '' : ' ',
  };
}

function vote(votes: Votes, node: TSESTree.Node, text: string): void {
  switch (node.type) {
    case 'Literal':
      // Strings in JSX follow other rules. The quotes of imports decide where the file mixes quotes.
      if (node.parent.type === 'JSXAttribute') return;
      if (text.startsWith("'")) votes.single += isModuleName(node) ? 1_000 : 1;
      if (text.startsWith('"')) votes.double += isModuleName(node) ? 1_000 : 1;
      return;
    case 'ImportDeclaration':
    case 'ExpressionStatement':
    case 'ReturnStatement':
      votes[isEnded(text) ? 'withSemicolon' : 'withoutSemicolon']++;
      break;
    case 'VariableDeclaration':
      if (!/^For/.test(node.parent.type)) votes[isEnded(text) ? 'withSemicolon' : 'withoutSemicolon']++;
      return;
    case 'ObjectExpression':
    case 'ObjectPattern':
      if (/^\{[^\s}]/.test(text)) votes.tight++;
      if (/^\{ \S/.test(text)) votes.padded++;
      return;
  }
  if (node.type !== 'ImportDeclaration') return;
  if (/^[^'"]*\{[^\s}]/.test(text)) votes.tight++;
  if (/^[^'"]*\{ \S/.test(text)) votes.padded++;
}

/**
 * The end of a statement, without a semicolon on a line of its own. In code without semicolons that one protects the
 * next statement, `;(async () => …)()`, although the grammar counts it to this one.
 */
export const findStatementEnd = (text: string, [start, end]: readonly [number, number]): number =>
  end - (/\s*[\r\n]\s*;$/.exec(text.slice(start, end))?.[0].length ?? 0);

const isEnded = (text: string): boolean =>
  text.endsWith(';') && findStatementEnd(text, [0, text.length]) === text.length;

const isModuleName = ({ parent }: TSESTree.Node): boolean =>
  parent?.type === 'ImportDeclaration' ||
  (parent?.type === 'CallExpression' && parent.callee.type === 'Identifier' && parent.callee.name === 'require');

/** An object literal or a pattern on one line. */
export const braced = (items: readonly string[], { padding }: FileStyle): string =>
  `{${padding}${items.join(', ')}${padding}}`;

/** The white space at the start of the offset's line. */
export function findIndentation(text: string, offset: number): string {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  return /^[^\S\r\n]*/.exec(text.slice(start, offset))![0];
}

/** The offset of the next token, at or after an offset between tokens. */
export function skipBlanks(text: string, offset: number): number {
  const blanks = /(?:\s|\/\/[^\r\n\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;
  blanks.lastIndex = offset;
  return offset + blanks.exec(text)![0].length;
}

/** The end of the line, behind its comments; null where code follows on it, or a comment of several lines. */
export function findLineEnd(text: string, offset: number): number | null {
  const comments = /(?:[^\S\r\n]*(?:\/\/[^\r\n\u2028\u2029]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/))*[^\S\r\n]*(?=[\r\n]|$)/y;
  comments.lastIndex = offset;
  const found = comments.exec(text);
  return found ? offset + found[0].length : null;
}

export const hasNewline = (text: string, start: number, end: number): boolean => /[\r\n]/.test(text.slice(start, end));
