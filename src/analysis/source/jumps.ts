import type { TSESTree } from '@typescript-eslint/utils';
import { ancestorsOf, isFunction, isInside } from './tree.ts';

/** A statement that goes round. */
export type RoundStatement =
  | TSESTree.WhileStatement
  | TSESTree.DoWhileStatement
  | TSESTree.ForStatement
  | TSESTree.ForOfStatement
  | TSESTree.ForInStatement;

export const isRound = (node: TSESTree.Node): node is RoundStatement =>
  /^(?:For(?:Of|In)?|While|DoWhile)Statement$/.test(node.type);

/** The loop or `switch` that a `break` leaves, the loop that a `continue` goes on with. */
export function findJumpTarget(jump: TSESTree.BreakStatement | TSESTree.ContinueStatement): TSESTree.Node | null {
  for (const outer of ancestorsOf(jump)) {
    if (isFunction(outer)) return null;
    if (jump.label) {
      if (outer.type === 'LabeledStatement' && outer.label.name === jump.label.name) return outer.body;
    } else if (isRound(outer) || (outer.type === 'SwitchStatement' && jump.type === 'BreakStatement')) {
      return outer;
    }
  }
  return null;
}

/** A `return`, or a jump whose target is the loop or stands around it. A `throw` may be caught inside. */
export function isLeaving(node: TSESTree.Node, loop: TSESTree.Node): boolean {
  if (node.type === 'ReturnStatement') return true;
  const target = node.type === 'BreakStatement' || node.type === 'ContinueStatement' ? findJumpTarget(node) : null;
  return target !== null && isInside(loop, target) && !(target === loop && node.type === 'ContinueStatement');
}

/** Whether control may come out at the end of a statement, or goes on with the next round of a loop from there. */
export function isRunToEnd(statement: TSESTree.Statement): boolean {
  switch (statement.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'BreakStatement':
      return false;
    case 'BlockStatement':
      return statement.body.every(isRunToEnd);
    case 'IfStatement':
      return !statement.alternate || isRunToEnd(statement.consequent) || isRunToEnd(statement.alternate);
    case 'TryStatement':
      return (
        (isRunToEnd(statement.block) || (statement.handler !== null && isRunToEnd(statement.handler.body))) &&
        (!statement.finalizer || isRunToEnd(statement.finalizer))
      );
    default:
      return true;
  }
}

/** The statements that come after `node`, on every level up to `outer`: those of its own block first. */
export function followersOf(node: TSESTree.Node, outer: TSESTree.Node): TSESTree.Statement[] {
  return siblingsOf(node, outer).flatMap(({ list, index }) => list.slice(index + 1));
}

/** Those that come before it. */
export function leadersOf(node: TSESTree.Node, outer: TSESTree.Node): TSESTree.Statement[] {
  return siblingsOf(node, outer).flatMap(({ list, index }) => list.slice(0, index));
}

interface Siblings {
  readonly list: readonly TSESTree.Statement[];
  readonly index: number;
}

function siblingsOf(node: TSESTree.Node, outer: TSESTree.Node): Siblings[] {
  const found: Siblings[] = [];
  let child = node;
  for (const parent of ancestorsOf(node)) {
    if (child === outer) break;
    const list = parent.type === 'BlockStatement' ? parent.body : parent.type === 'SwitchCase' ? parent.consequent : [];
    const index = list.indexOf(child as TSESTree.Statement);
    if (index !== -1) found.push({ list, index });
    child = parent;
  }
  return found;
}
