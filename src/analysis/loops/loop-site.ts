import type { TSESTree } from '@typescript-eslint/utils';
import { type ChunkRead, findChunkReads, findExpressionReads } from './chunk-reads.ts';
import { indexOf, type MethodCall } from '../source/file-index.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { LoopForm, LoopNode } from '../facts/stream-loop.ts';
import { isInside } from '../source/tree.ts';

/** A place that takes chunk after chunk, of whosever stream. */
export interface LoopSite {
  readonly form: LoopForm;
  readonly node: LoopNode;
  /** The stream, as the place names it. */
  readonly stream: TSESTree.Node;
  /** What runs with each chunk. */
  readonly bodies: readonly TSESTree.Node[];
  readonly chunk: TSESTree.Identifier | null;
  /** Looked for when they are first asked for: most loops have no stream of a model's, and tell so sooner. */
  readonly reads: readonly ChunkRead[];
  /** `reader.read()` or `iterator.next()`, or the call around it: `Promise.race([reader.read(), timer])`. */
  readonly pull: TSESTree.CallExpression | null;
  /**
   * Nodes in the bodies that only keep the loop going: the pull and what takes its result, calls of the function to
   * itself.
   */
  readonly drive: ReadonlySet<TSESTree.Node>;
  /** Where the function calls itself. */
  readonly recursions: readonly TSESTree.CallExpression[];
  /** Looks at `done`. */
  readonly ends: ReadonlySet<TSESTree.Node>;
  /** Every listener of the stream. */
  readonly listeners: readonly MethodCall[];
}

export const nowhere = {
  pull: null,
  drive: new Set<TSESTree.Node>(),
  recursions: [],
  ends: new Set<TSESTree.Node>(),
  listeners: [],
} satisfies Partial<LoopSite>;

/** `for await` */
export function toLoopSite(source: ParsedSource, node: TSESTree.ForOfStatement): LoopSite {
  const pattern = node.left.type === 'VariableDeclaration' ? node.left.declarations[0].id : node.left;
  const chunk = pattern.type === 'Identifier' ? pattern : null;
  return {
    ...nowhere,
    form: 'for-await',
    node,
    stream: node.right,
    bodies: [node.body],
    chunk,
    get reads() {
      return findChunkReads(source, pattern);
    },
  };
}

/** Reads of what the loop parses out of bytes or lines: `JSON.parse(line).choices[0].delta`. */
export const findParsedReads = (source: ParsedSource, { bodies }: LoopSite): ChunkRead[] =>
  bodies.flatMap((body) =>
    indexOf(source)
      .jsonParses.filter((call) => isInside(call, body))
      .flatMap((call) => findExpressionReads(source, call)),
  );
