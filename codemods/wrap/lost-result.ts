import type { TSESTree } from '@typescript-eslint/utils';
import { indexOf } from '../../src/analysis/source/file-index.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { isFunction, isNothing } from '../../src/analysis/source/tree.ts';
import { findAccessPaths } from '../../src/analysis/values/access-path.ts';
import type { Obstacle } from '../options/placement.ts';
import type { StreamPick } from '../uses/stream-events.ts';
import type { StreamUses } from '../uses/stream-uses.ts';

const mixed: Obstacle = {
  obstacle:
    'The result that the stream is taken out of may come from elsewhere than the request; take it out where the ' +
    'request is made, then run this again.',
};

/** The program takes the stream out of a result that may not be the result of one of these requests. */
export function findResultObstacle(
  source: ParsedSource,
  requests: readonly TSESTree.CallExpression[],
  { picks, onErrors }: StreamUses,
): Obstacle | null {
  if (picks.length === 0) return null;
  const results = picks.flatMap(findResult);
  const isOfRequest = (result: TSESTree.Node): boolean =>
    findAccessPaths(source, result).every(({ steps }) =>
      steps.some((step) => step.kind === 'call' && requests.includes(step.node)),
    );
  return results.every(isOfRequest) && onErrors.every((callback) => returnsNothing(source, callback)) ? null : mixed;
}

/** The expression that the stream is taken out of. */
function findResult({ from, node }: StreamPick): TSESTree.Node[] {
  if (from) return [from];
  const { parent } = node;
  if (parent?.type === 'VariableDeclarator') return parent.init ? [parent.init] : [];
  // A parameter of `.then()`.
  const call = parent && isFunction(parent) ? parent.parent : null;
  return call?.type === 'CallExpression' && call.callee.type === 'MemberExpression' ? [call.callee.object] : [];
}

/** Not `.catch(() => ({ stream: none }))`, which returns another result where the request fails. */
function returnsNothing(source: ParsedSource, callback: TSESTree.Node): boolean {
  if (!isFunction(callback)) return isNothing(callback);
  return (
    !callback.generator &&
    indexOf(source)
      .returnsOf(callback)
      .every((value) => isNothing(value))
  );
}
