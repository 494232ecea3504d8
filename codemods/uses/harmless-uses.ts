import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { ancestorsOf, findPropertyName, isInside } from '../../src/analysis/source/tree.ts';
import type { StreamApi } from '../../src/providers/provider.ts';

/** Other files may import the variable. */
export const isExported = ({ node }: Variable['defs'][number]): boolean => {
  const declaration = node.type === 'VariableDeclarator' ? node.parent : node;
  return (
    declaration.parent?.type === 'ExportNamedDeclaration' || declaration.parent?.type === 'ExportDefaultDeclaration'
  );
};

/** `user` only tests whether there is a stream. */
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

/** `x as unknown as T`: the inner cast accepts every type of `x`. */
export const isOpenCast = (value: TSESTree.Node): boolean =>
  value.type === 'TSAsExpression' &&
  (value.typeAnnotation.type === 'TSUnknownKeyword' || value.typeAnnotation.type === 'TSAnyKeyword');

/**
 * An abort by `stream.controller` ends the loop in the same way with the helper. The helper's loop throws at an abort:
 * that is the same where the SDK's loop throws too, or where the program leaves the loop right after the abort.
 */
export function isSafeAbort(member: TSESTree.MemberExpression, api: StreamApi): boolean {
  if (member.parent.type !== 'MemberExpression') return false;
  if (api.onAbort === 'throws' || findPropertyName(member.parent) === 'signal') return true;
  const statement = member.parent.parent.parent;
  if (statement?.type !== 'ExpressionStatement' || statement.parent.type !== 'BlockStatement') return false;
  const next = statement.parent.body[statement.parent.body.indexOf(statement) + 1];
  return next?.type === 'BreakStatement' || next?.type === 'ReturnStatement';
}

/** Only one of the two nodes runs: they stand in different branches of one `if`. */
export function areAlternatives(a: TSESTree.Node, b: TSESTree.Node): boolean {
  for (const outer of ancestorsOf(a)) {
    if (isInside(b, outer)) return outer.type === 'IfStatement';
  }
  return false;
}
