import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { ancestorsOf, findPropertyName, isFunction, isInside } from '../../src/analysis/source/tree.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import type { Reach } from './stream-events.ts';

/**
 * The helper's stream has this member of the result too: `await result.finishReason`, behind the loop that reads the
 * stream. Before the loop, the helper's stream would not have started.
 */
export function isMemberOfHelper(
  source: ParsedSource,
  api: StreamApi,
  member: TSESTree.MemberExpression,
  { isOpened, pick }: Reach,
): boolean {
  const name = findPropertyName(member);
  const tellsTruncation = api.finals.some((final) => final.name === name && final.onCleanEnd === 'tells');
  const isReadByHelper = api.terminal !== null || api.isTextOnly;
  return (
    name === 'finishReason' &&
    tellsTruncation &&
    isReadByHelper &&
    isOpened &&
    pick === null &&
    member.parent.type === 'AwaitExpression' &&
    isBehindLoop(source, member)
  );
}

/** In a block around the member, a loop over its object stands before it, alone or in a `try`. */
function isBehindLoop(source: ParsedSource, member: TSESTree.MemberExpression): boolean {
  for (const outer of ancestorsOf(member)) {
    if (isFunction(outer)) return false;
    const { parent } = outer;
    if (parent?.type !== 'BlockStatement' && parent?.type !== 'Program') continue;
    const statements: readonly TSESTree.Node[] = parent.body;
    const before = statements.slice(0, statements.indexOf(outer));
    if (before.some((statement) => isLoopOver(source, statement, member.object))) return true;
  }
  return false;
}

function isLoopOver(source: ParsedSource, statement: TSESTree.Node, object: TSESTree.Expression): boolean {
  if (statement.type === 'TryStatement') return statement.block.body.some((inner) => isLoopOver(source, inner, object));
  const variable = object.type === 'Identifier' ? findVariable(source, object) : null;
  return (
    variable !== null &&
    statement.type === 'ForOfStatement' &&
    variable.references.some(({ identifier }) => isInside(identifier, statement.right))
  );
}
