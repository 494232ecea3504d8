import type { TSESTree } from '@typescript-eslint/utils';
import { findChunkReads } from './chunk-reads.ts';
import { findAbortChecks, findCompletion, findHandedOn } from './completion.ts';
import { findCoverage } from './coverage.ts';
import { findControlFlow, findEffects } from './effects.ts';
import { indexOf } from './file-index.ts';
import { findLimits } from './limits.ts';
import type { ParsedSource } from './parsed-source.ts';
import type { StreamLoop } from './stream-loop.ts';
import { findOrigins } from './stream-origin.ts';
import { ancestorsOf, isFunction } from './tree.ts';

const found = new WeakMap<TSESTree.Program, readonly StreamLoop[]>();

/** Whether a file can hold a stream loop at all; most cannot, and are never parsed. */
export const mayHoldStreamLoop = (text: string): boolean => /\bfor\s+await\b/.test(text);

/** Every loop of the file that reads a language model's stream, in the order of the text. */
export function findStreamLoops(source: ParsedSource): readonly StreamLoop[] {
  let loops = found.get(source.ast);
  if (!loops) {
    loops = mayHoldStreamLoop(source.text) ? indexOf(source).loops.flatMap((node) => findStreamLoop(source, node) ?? []) : [];
    found.set(source.ast, loops);
  }
  return loops;
}

function findStreamLoop(source: ParsedSource, node: TSESTree.ForOfStatement): StreamLoop | null {
  const pattern = node.left.type === 'VariableDeclaration' ? node.left.declarations[0].id : node.left;
  const reads = findChunkReads(source, pattern);
  const [origin, ...alternatives] = findOrigins(source, node.right, reads);
  if (!origin) return null;
  const iterating = findCoverage(source, node);
  return {
    node,
    origin,
    alternatives,
    chunk: pattern.type === 'Identifier' ? pattern : null,
    coverage: { opening: origin.call ? findCoverage(source, origin.call).handler : null, iterating: iterating.handler },
    escapes: iterating.escapes,
    limits: findLimits(source, node, [origin, ...alternatives]),
    completion: findCompletion(source, node, origin.api, reads),
    abortChecks: findAbortChecks(source, node),
    handedOn: findHandedOn(reads),
    ...findEffects(source, node),
    controlFlow: findControlFlow(source, node),
    retriedBy: findAttemptLoop(node),
    resilient: origin.wrapper !== null,
  };
}

/** The `while` or `for` that opens the stream again when the `try` inside it has caught an error. */
function findAttemptLoop(node: TSESTree.Node): TSESTree.Node | null {
  let tries = false;
  for (const outer of ancestorsOf(node)) {
    if (isFunction(outer)) return null;
    if (outer.type === 'TryStatement' && outer.handler) tries = true;
    if (tries && (outer.type === 'WhileStatement' || outer.type === 'ForStatement' || outer.type === 'DoWhileStatement')) return outer;
  }
  return null;
}
