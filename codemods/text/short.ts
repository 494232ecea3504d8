import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';

/** The longest excerpt of a program that a reason quotes. */
const MAX_LENGTH = 50;

/** The text of a node on one line, shortened for a reason that quotes it between backticks. */
export function printShort({ text }: ParsedSource, node: TSESTree.Node): string {
  const line = text
    .slice(...node.range)
    .replace(/\s+/g, ' ')
    .replaceAll('`', "'");
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
