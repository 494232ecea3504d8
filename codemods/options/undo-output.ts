import type { Scope, Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { Accumulator, StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { findFunction, isInside } from '../../src/analysis/source/tree.ts';
import { findStyle } from '../text/style.ts';

/**
 * The body of the function that takes back what the loop did; null where the loop does more than fill variables that
 * can be set back at the call. Leaving the loop early takes nothing from that: behind a `break` or a `return` nothing
 * is requested again.
 */
export function findUndo(
  source: ParsedSource,
  { node, effects, accumulators }: StreamLoop,
  call: TSESTree.CallExpression,
): string | null {
  if (effects !== 'accumulates' || accumulators.length === 0) return null;
  if (findFunction(call) !== findFunction(node) || !accumulators.every((accumulator) => isInSight(accumulator, call)))
    return null;
  const { semicolon } = findStyle(source);
  return `{ ${accumulators.map((accumulator) => printReset(source, accumulator)).join('; ')}${semicolon} }`;
}

/**
 * The name means this variable at the call too. It may be declared below the call, as most programs have it: the undo
 * runs when the loop has begun.
 */
function isInSight({ variable }: Accumulator, call: TSESTree.CallExpression): boolean {
  if (!isInside(call, variable.scope.block)) return false;
  return (
    variable.scope.set.get(variable.name) === variable &&
    !variable.scope.childScopes.some((scope) => isHidden(variable, scope, call))
  );
}

/** A variable of the same name stands between the scope and the call. */
const isHidden = (variable: Variable, scope: Scope, call: TSESTree.CallExpression): boolean =>
  isInside(call, scope.block) &&
  (scope.set.has(variable.name) || scope.childScopes.some((inner) => isHidden(variable, inner, call)));

function printReset({ text }: ParsedSource, { variable, initial }: Accumulator): string {
  const declaration = variable.defs[0]!.node.parent;
  const isConstant = declaration?.type === 'VariableDeclaration' && declaration.kind === 'const';
  return isConstant ? `${variable.name}.length = 0` : `${variable.name} = ${text.slice(...initial.range)}`;
}
