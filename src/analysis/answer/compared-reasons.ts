import type { TSESTree } from '@typescript-eslint/utils';
import { type ChunkRead, findChunkReads, findExpressionReads } from '../loops/chunk-reads.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findUser, unwrap } from '../source/tree.ts';

/**
 * The finish reasons that a program distinguishes, of all that it does with the end marker: `if (reason === 'length')`.
 * Null where the marker goes to code out of sight.
 */
export function listComparedReasons(source: ParsedSource, looks: readonly TSESTree.Node[]): readonly string[] | null {
  const reads = looks.flatMap((look) =>
    look.type === 'Property' ? findChunkReads(source, look.value) : findExpressionReads(source, look),
  );
  return reads.some(isOutOfSight) ? null : [...new Set(reads.flatMap(({ comparedWith }) => comparedWith))];
}

/** The read is not compared, tested or printed, and does not go into a variable whose reads are listed separately. */
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
