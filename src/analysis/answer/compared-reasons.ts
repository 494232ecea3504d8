import type { TSESTree } from '@typescript-eslint/utils';
import { type ChunkRead, findChunkReads, findExpressionReads } from '../loops/chunk-reads.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findUser, unwrap } from '../source/tree.ts';

/**
 * The finish reasons that a program tells from others, of all that it does with what it saw of the end: `if (reason ===
 * 'length')`. null where what it saw goes to code out of sight.
 */
export function listComparedReasons(source: ParsedSource, looks: readonly TSESTree.Node[]): readonly string[] | null {
  const reads = looks.flatMap((look) =>
    look.type === 'Property' ? findChunkReads(source, look.value) : findExpressionReads(source, look),
  );
  return reads.some(isOutOfSight) ? null : [...new Set(reads.flatMap(({ comparedWith }) => comparedWith))];
}

/** It is neither compared nor tested nor printed, nor put where its further reads are listed too. */
function isOutOfSight({ node, comparedWith, followed }: ChunkRead): boolean {
  if (comparedWith.length > 0 || followed) return false;
  const user = findUser(node);
  switch (user?.type) {
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'IfStatement':
    case 'TemplateLiteral':
    case 'ExpressionStatement':
      return false;
    case 'ConditionalExpression':
      return unwrap(user.test) !== unwrap(node);
    case 'VariableDeclarator':
      return user.id.type !== 'Identifier';
    case 'AssignmentExpression':
      return user.operator !== '=' || user.left.type !== 'Identifier';
    case 'LogicalExpression':
      return user.operator !== '&&' && !isItsOwnDefault(node, user);
    default:
      return true;
  }
}

/** `reason = chunk.reason ?? reason` */
const isItsOwnDefault = (node: TSESTree.Node, { parent }: TSESTree.LogicalExpression): boolean =>
  parent.type === 'AssignmentExpression' &&
  parent.left.type === 'Identifier' &&
  node.type === 'Identifier' &&
  node.name === parent.left.name;
