import type { Scope, Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { Accumulator, StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { findFunction, isInside } from '../../src/analysis/source/tree.ts';
import { findStyle } from '../text/style.ts';

/**
 * The body of the function that takes back the loop's output; null where the loop does more than fill variables that
 * can be reset at the call. The loop may leave by `break` or `return`: after that the helper makes no request.
 */
export function printUndo(
  source: ParsedSource,
  { node, effects, accumulators }: StreamLoop,
  call: TSESTree.CallExpression,
): string | null {
  if (effects !== 'accumulates' || accumulators.length === 0) return null;
  if (findFunction(call) !== findFunction(node) || !accumulators.every((accumulator) => isVisible(accumulator, call)))
    return null;
  const { semicolon } = findStyle(source);
  return `{ ${accumulators.map((accumulator) => printReset(source, accumulator)).join('; ')}${semicolon} }`;
}

/**
 * At the call, the name means this variable. It may be declared after the call, as in most programs: the undo runs
 * after the loop has started.
 */
function isVisible({ variable }: Accumulator, call: TSESTree.CallExpression): boolean {
  if (!isInside(call, variable.scope.block)) return false;
  return (
    variable.scope.set.get(variable.name) === variable &&
    !variable.scope.childScopes.some((scope) => isHidden(variable, scope, call))
  );
}

/** A scope between the variable's and the call declares the same name. */
const isHidden = (variable: Variable, scope: Scope, call: TSESTree.CallExpression): boolean =>
  isInside(call, scope.block) &&
  (scope.set.has(variable.name) || scope.childScopes.some((inner) => isHidden(variable, inner, call)));

function printReset({ text }: ParsedSource, { variable, initial }: Accumulator): string {
  const declaration = variable.defs[0]!.node.parent;
  const isConstant = declaration?.type === 'VariableDeclaration' && declaration.kind === 'const';
  return isConstant ? `${variable.name}.length = 0` : `${variable.name} = ${text.slice(...initial.range)}`;
}
