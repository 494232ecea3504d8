import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import type { Accumulator, StreamLoop } from '../src/analysis/stream-loop.ts';
import { findFunction, isInside } from '../src/analysis/tree.ts';
import { findStyle } from './style.ts';

/**
 * The body of the function that takes back what the loop did; null where the loop does more than fill variables that can be set back
 * at the call. Leaving the loop early takes nothing from that: behind a `break` or a `return` nothing is requested again.
 */
export function findUndo(source: ParsedSource, { node, effects, accumulators }: StreamLoop, call: TSESTree.CallExpression): string | null {
  if (effects !== 'accumulates' || accumulators.length === 0) return null;
  if (findFunction(call) !== findFunction(node) || !accumulators.every((accumulator) => isInSight(accumulator, call))) return null;
  const { semicolon } = findStyle(source);
  return `{ ${accumulators.map((accumulator) => printReset(source, accumulator)).join('; ')}${semicolon} }`;
}

/** Declared before the call: a name that is used above its declaration reads like a mistake, and linters say so. */
function isInSight({ variable }: Accumulator, call: TSESTree.CallExpression): boolean {
  const [def] = variable.defs;
  return def !== undefined && isInside(call, variable.scope.block) && def.name.range[1] <= call.range[0];
}

function printReset({ text }: ParsedSource, { variable, initial }: Accumulator): string {
  const declaration = variable.defs[0]!.node.parent;
  const isConstant = declaration?.type === 'VariableDeclaration' && declaration.kind === 'const';
  return isConstant ? `${variable.name}.length = 0` : `${variable.name} = ${text.slice(...initial.range)}`;
}
