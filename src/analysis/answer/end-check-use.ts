import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamApi } from '../../providers/provider.ts';
import { findVariable } from '../source/bindings.ts';
import { isLogCall } from '../source/words.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { childrenOf, findPropertyName, findUser, isFunction, unwrap } from '../source/tree.ts';

/** Longer chains of variables are not followed. */
const MAX_NAMES = 6;

/** Whether the result of an end check has any effect. */
export function isEndCheckUsed(source: ParsedSource, { finals }: StreamApi, look: TSESTree.Node): boolean {
  // A listener for the end, and an awaited member that rejects, have an effect by being there.
  if (look.type === 'CallExpression') return true;
  const final =
    look.type === 'MemberExpression' ? finals.find(({ name }) => name === findPropertyName(look)) : undefined;
  return final?.onCleanEnd === 'rejects' || isUsed(source, look, MAX_NAMES);
}

/** The value is more than logged, and more than written to a variable that nothing reads. */
function isUsed(source: ParsedSource, read: TSESTree.Node, names: number): boolean {
  if (names === 0) return true;
  if (read.type === 'Property' && read.parent.type === 'ObjectPattern') return isNameUsed(source, read.value, names);
  const user = findUser(read);
  switch (user?.type) {
    case 'ExpressionStatement':
      return false;
    case 'CallExpression':
      return unwrap(user.callee) === unwrap(read) || !isLogCall(user);
    case 'VariableDeclarator':
      return user.init === null || isNameUsed(source, user.id, names);
    case 'AssignmentExpression':
      return (
        unwrap(user.left) === unwrap(read) || user.left.type !== 'Identifier' || isNameUsed(source, user.left, names)
      );
    case 'IfStatement':
      return [user.consequent, user.alternate].some((branch) => branch !== null && doesMoreThanLog(source, branch));
    case 'Property':
    case 'TemplateLiteral':
    case 'ConditionalExpression':
    case 'LogicalExpression':
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'AwaitExpression':
    case 'MemberExpression':
    case 'ObjectExpression':
      return isUsed(source, user, names);
    default:
      return true;
  }
}

/** The variable is read somewhere else than in its own assignment. */
function isNameUsed(source: ParsedSource, given: TSESTree.Node, names: number): boolean {
  const name = given.type === 'AssignmentPattern' ? given.left : given;
  const variable = name.type === 'Identifier' ? findVariable(source, name) : null;
  if (!variable) return true;
  return variable.references.some((reference) => {
    if (!reference.isRead()) return false;
    // `reason = chunk.reason ?? reason` reads the variable only to write it.
    const write = findAssignment(reference.identifier);
    return (
      !(write?.left.type === 'Identifier' && findVariable(source, write.left) === variable) &&
      isUsed(source, reference.identifier, names - 1)
    );
  });
}

function findAssignment(node: TSESTree.Node): TSESTree.AssignmentExpression | null {
  let user = findUser(node);
  while (user?.type === 'LogicalExpression' || user?.type === 'ConditionalExpression') user = findUser(user);
  return user?.type === 'AssignmentExpression' && user.left !== node ? user : null;
}

function doesMoreThanLog(source: ParsedSource, statement: TSESTree.Node): boolean {
  switch (statement.type) {
    case 'BlockStatement':
      return statement.body.some((inner) => doesMoreThanLog(source, inner));
    case 'EmptyStatement':
      return false;
    case 'ExpressionStatement':
      return !isLogCall(unwrap(statement.expression));
    case 'IfStatement':
      return [statement.consequent, statement.alternate].some(
        (branch) => branch !== null && doesMoreThanLog(source, branch),
      );
    default:
      return (
        isFunction(statement) ||
        childrenOf(statement, source.visitorKeys).length > 0 ||
        /^(?:Break|Continue|Return)/.test(statement.type)
      );
  }
}
