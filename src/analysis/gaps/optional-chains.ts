import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { ChunkPath, StreamApi } from '../../providers/provider.ts';
import { findVariable } from '../source/bindings.ts';
import { type Guarded, isGuarded } from './gap-guards.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findPropertyName, findUser, isInside, unwrap } from '../source/tree.ts';

/** The whole of the chain that goes on from a member; a pair of parentheses ends one. */
export function findChain({ text }: ParsedSource, member: TSESTree.Node): TSESTree.Node {
  let node = member;
  for (let { parent } = node; parent; { parent } = node) {
    const goesOn =
      (parent.type === 'MemberExpression' && parent.object === node) ||
      (parent.type === 'CallExpression' && parent.callee === node) ||
      parent.type === 'TSNonNullExpression';
    const isClosed = /^\s*\)/.test(text.slice(node.range[1])) && parent.type === 'MemberExpression';
    if (!goesOn || isClosed) break;
    node = parent;
  }
  return node;
}

export const readsOf = (variable: Variable): TSESTree.Node[] =>
  variable.references.filter((reference) => reference.isRead()).map(({ identifier }) => identifier);

/**
 * What the chain ends at is a member that a whole chunk may lack as well: `delta.content`. Then the code knows what to
 * do without it.
 */
export function isOptionalInside(
  { text }: StreamApi,
  gap: ChunkPath,
  chain: TSESTree.Node,
  missing: TSESTree.Node,
): boolean {
  if (text === null || text.length - 1 <= gap.length || missing.type === 'Identifier') return false;
  const names: string[] = [];
  for (let node = chain; node !== missing && isInside(missing, node);) {
    if (node.type === 'MemberExpression') names.unshift(findPropertyName(node) ?? '');
    node = node.type === 'MemberExpression' ? node.object : node.type === 'CallExpression' ? node.callee : unwrap(node);
  }
  const inner = text.slice(gap.length, -1);
  return names.length > inner.length && inner.every((step, index) => names[index] === String(step));
}

/**
 * Members that need a `?.` once the chain may give `undefined`; null where that goes somewhere it would be something
 * new.
 */
export function findLaterMembers(
  search: Guarded,
  chain: TSESTree.Node,
  isKnown: boolean,
): TSESTree.MemberExpression[] | null {
  const user = findUser(chain);
  if (!user || !takesOptional(user, chain)) return null;
  if (isKnown) return [];
  switch (user.type) {
    case 'ExpressionStatement':
    case 'SwitchStatement':
    case 'IfStatement':
    case 'WhileStatement':
      return [];
    case 'UnaryExpression':
      return user.operator === '!' || user.operator === 'typeof' ? [] : null;
    case 'ConditionalExpression':
      return unwrap(user.test) === unwrap(chain) ? [] : findLaterMembers(search, user, false);
    case 'LogicalExpression':
      return unwrap(user.left) === unwrap(chain) && user.operator !== '&&' ? [] : findLaterMembers(search, user, false);
    case 'BinaryExpression': {
      const other = unwrap(user.left) === unwrap(chain) ? user.right : user.left;
      // `finish_reason !== null` would take a chunk without one for the last.
      const isStrictNull = /^[!=]==$/.test(user.operator) && other.type === 'Literal' && other.value === null;
      return /^[!=]==?$/.test(user.operator) && !isStrictNull ? [] : null;
    }
    case 'VariableDeclarator':
      return user.id.type === 'Identifier' ? findMembersOf(search, user.id) : null;
    default:
      return null;
  }
}

function findMembersOf(search: Guarded, name: TSESTree.Identifier): TSESTree.MemberExpression[] | null {
  const variable = findVariable(search.source, name);
  if (!variable) return null;
  const reads = readsOf(variable);
  const guards = new Set(reads);
  const members: TSESTree.MemberExpression[] = [];
  for (const read of reads) {
    if (isGuarded({ ...search, guards }, read)) continue;
    const user = findUser(read);
    const isRead = user?.type === 'MemberExpression' && unwrap(user.object) === read;
    const later = findLaterMembers(search, isRead ? findChain(search.source, user) : read, false);
    if (!later) return null;
    members.push(...(isRead && !user.optional ? [user] : []), ...later);
  }
  return members;
}

/** `a?.b = c`, `` a?.b`c` `` and `new a?.b()` are no code. */
function takesOptional(user: TSESTree.Node, chain: TSESTree.Node): boolean {
  switch (user.type) {
    case 'AssignmentExpression':
      return unwrap(user.right) === unwrap(chain);
    case 'UpdateExpression':
    case 'TaggedTemplateExpression':
    case 'ArrayPattern':
    case 'Property':
      return user.type === 'Property' && user.parent.type === 'ObjectExpression';
    case 'NewExpression':
      return unwrap(user.callee) !== unwrap(chain);
    case 'ForOfStatement':
    case 'ForInStatement':
      return user.left !== chain;
    default:
      return true;
  }
}
