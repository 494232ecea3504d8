import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from './parsed-source.ts';
import { pushChildren } from './tree.ts';

/** Gives each node its `parent`, and each node and comment its `range` and `loc`, as ESLint's own parsers do. */
export function linkNodes(ast: TSESTree.Program, text: string, visitorKeys: ParsedSource['visitorKeys']): void {
  const positionOf = positions(text);
  const place = (node: TSESTree.Node | TSESTree.Comment): void => {
    const { start, end } = node as unknown as { start: number; end: number };
    node.range = [start, end];
    node.loc = { start: positionOf(start), end: positionOf(end) };
  };
  // A stack of our own: a chain of ten thousand `+` is deeper than the call stack.
  const pending: TSESTree.Node[] = [ast];
  for (let node = pending.pop(); node; node = pending.pop()) {
    place(node);
    const first = pending.length;
    pushChildren(node, visitorKeys, pending);
    for (let at = first; at < pending.length; at++) pending[at]!.parent = node;
  }
  ast.comments?.forEach(place);
}

function positions(text: string): (offset: number) => TSESTree.Position {
  const starts = [0];
  for (const { index, 0: newline } of text.matchAll(/\r\n|[\r\n\u2028\u2029]/g)) starts.push(index + newline.length);
  let line = 0;
  return (offset) => {
    // Most nodes stand in the line of the one before.
    if (!(starts[line]! <= offset && offset < (starts[line + 1] ?? Infinity))) line = findLine(starts, offset);
    return { line: line + 1, column: offset - starts[line]! };
  };
}

function findLine(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
