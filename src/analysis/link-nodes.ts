import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from './parsed-source.ts';
import { childrenOf } from './tree.ts';

/** Gives each node its `parent` and each node and comment its `loc`, as ESLint's own parsers do. */
export function linkNodes(ast: TSESTree.Program, text: string, visitorKeys: ParsedSource['visitorKeys']): void {
  const positionOf = positions(text);
  const place = (node: TSESTree.Node | TSESTree.Comment): void => {
    node.range ??= [(node as unknown as { start: number }).start, (node as unknown as { end: number }).end];
    node.loc = { start: positionOf(node.range[0]), end: positionOf(node.range[1]) };
  };
  // A stack of our own: a chain of ten thousand `+` is deeper than the call stack.
  const pending: TSESTree.Node[] = [ast];
  for (let node = pending.pop(); node; node = pending.pop()) {
    place(node);
    for (const child of childrenOf(node, visitorKeys)) {
      child.parent = node;
      pending.push(child);
    }
  }
  ast.comments?.forEach(place);
}

function positions(text: string): (offset: number) => TSESTree.Position {
  const starts = [0];
  for (const { index, 0: newline } of text.matchAll(/\r\n|[\r\n\u2028\u2029]/g)) starts.push(index + newline.length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! };
  };
}
