import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { ancestorsOf, findPropertyName, isInside } from '../../src/analysis/source/tree.ts';
import type { StreamApi } from '../../src/providers/provider.ts';

/** Other files may have it too. */
export const isExported = ({ node }: Variable['defs'][number]): boolean => {
  const declaration = node.type === 'VariableDeclarator' ? node.parent : node;
  return (
    declaration.parent?.type === 'ExportNamedDeclaration' || declaration.parent?.type === 'ExportDefaultDeclaration'
  );
};

/** It only asks whether there is a stream. */
export function isTest(user: TSESTree.Node, value: TSESTree.Node): boolean {
  switch (user.type) {
    case 'ExpressionStatement':
      return true;
    case 'IfStatement':
    case 'WhileStatement':
      return user.test === value;
    case 'UnaryExpression':
      return true;
    case 'BinaryExpression':
      return ['==', '===', '!=', '!=='].includes(user.operator);
    default:
      return false;
  }
}

/**
 * The helper's `controller` aborts too, but its loop throws then; that is the same where the SDK's throws, or the loop
 * is left at once.
 */
export function isSafeAbort(member: TSESTree.MemberExpression, api: StreamApi): boolean {
  if (member.parent.type !== 'MemberExpression') return false;
  if (api.onAbort === 'throws' || findPropertyName(member.parent) === 'signal') return true;
  const statement = member.parent.parent.parent;
  if (statement?.type !== 'ExpressionStatement' || statement.parent.type !== 'BlockStatement') return false;
  const next = statement.parent.body[statement.parent.body.indexOf(statement) + 1];
  return next?.type === 'BreakStatement' || next?.type === 'ReturnStatement';
}

/** Only one of the two runs: they stand in different branches of one `if`. */
export function areAlternatives(a: TSESTree.Node, b: TSESTree.Node): boolean {
  for (const outer of ancestorsOf(a)) {
    if (isInside(b, outer)) return outer.type === 'IfStatement';
  }
  return false;
}
