import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../source/bindings.ts';
import { followersOf, isRound, leadersOf } from '../source/jumps.ts';
import { mayChange, type Round } from './round-state.ts';
import { ancestorsOf, isFunction, isInside, unwrap, visit } from '../source/tree.ts';
import { isRoutine, isWait } from '../source/words.ts';

/** The loop or recursion that goes round when the request fails. */
export interface Rounds extends Round {
  readonly clause: TSESTree.CatchClause;
  /** The node that fails: the loop over the stream, or the call. */
  readonly request: TSESTree.Node;
}

// ── The cap ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What may end the attempts although each one fails. A test of the error alone selects the errors that are retried, and
 * is no cap. A test whose outcome may differ in the next round may be a count. A function out of sight that is called
 * on the way may throw, and may be a cap too.
 */
export const findCap = (rounds: Rounds): TSESTree.Node | null =>
  findHeadTest(rounds) ?? findDecidingTest(rounds) ?? findUnknownCall(rounds);

/** The test in the head of the loop: `attempt < 3`. A variable that only an answer sets (`!done`) is no limit. */
function findHeadTest(rounds: Rounds): TSESTree.Node | null {
  const { source, node } = rounds;
  if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') return node.right;
  const test = isFunction(node) ? null : node.test;
  if (!test || (test.type === 'Literal' && test.value)) return null;
  let limits = false;
  visit(test, source.visitorKeys, (inner) => {
    if (inner.type === 'CallExpression' || inner.type === 'MemberExpression' || inner.type === 'UpdateExpression')
      limits = true;
    const variable = inner.type === 'Identifier' && inner.name !== 'undefined' ? findVariable(source, inner) : null;
    if (inner.type === 'Identifier' && inner.name !== 'undefined' && !(variable && isSetByAnswer(rounds, variable)))
      limits = true;
  });
  return limits ? test : null;
}

function isSetByAnswer({ source, node, request, clause }: Rounds, variable: Variable): boolean {
  const answered = [request, ...followersOf(request, clause.parent), ...statementOf(request)];
  const writes = variable.references.filter(
    (reference) => reference.isWrite() && isInside(reference.identifier as TSESTree.Node, node),
  );
  return (
    source !== null &&
    writes.length > 0 &&
    writes.every(({ identifier }) => answered.some((place) => isInside(identifier, place)))
  );
}

/** The statement that a call is part of: `stream = await open()`. */
function statementOf(request: TSESTree.Node): TSESTree.Node[] {
  const statement =
    request.type === 'CallExpression'
      ? [...ancestorsOf(request)].find(({ type }) => /Statement$|Declaration$/.test(type))
      : undefined;
  return statement ? [statement] : [];
}

/** A test between two attempts that decides whether the rounds go on. */
function findDecidingTest(rounds: Rounds): TSESTree.Node | null {
  const { source, request, next } = rounds;
  let found: TSESTree.Node | null = null;
  for (const place of placesOf(rounds)) {
    visit(place, source.visitorKeys, (node) => {
      if (found || node === request || (isFunction(node) && !isInside(next, node))) return false;
      const test = findDecisionAt(rounds, node);
      if (test && mayChange(rounds, test)) found = test;
      return;
    });
  }
  return found;
}

/** The code that runs between two attempts. */
function placesOf({ node, clause, request }: Rounds): TSESTree.Node[] {
  return [...leadersOf(request, node), clause.body, ...followersOf(clause.parent, node)];
}

function findDecisionAt(rounds: Rounds, node: TSESTree.Node): TSESTree.Node | null {
  const { next } = rounds;
  switch (node.type) {
    case 'IfStatement':
      return [node.consequent, node.alternate].some((branch) => branch !== null && decides(rounds, branch))
        ? node.test
        : null;
    case 'SwitchStatement':
      return node.cases.some(({ consequent }) => consequent.some((statement) => decides(rounds, statement)))
        ? node.discriminant
        : null;
    case 'ConditionalExpression':
      return isInside(next, node) ? node.test : null;
    case 'LogicalExpression':
      return isInside(next, node.right) ? node.left : null;
    default:
      return isRound(node) && 'test' in node && isInside(next, node.body) ? node.test : null;
  }
}

function decides({ source, next, clause }: Rounds, branch: TSESTree.Node): boolean {
  let found = isInside(next, branch);
  // An error that is thrown beside the request comes to the same handler, and ends nothing.
  const exits = isInside(branch, clause.parent.block)
    ? /^(?:Return|Break|Continue)Statement$/
    : /^(?:Throw|Return|Break|Continue)Statement$/;
  visit(branch, source.visitorKeys, (node) => {
    if (exits.test(node.type)) found = true;
    // `done = true`, for another test to see.
    if (node.type === 'AssignmentExpression' && unwrap(node.right).type === 'Literal') found = true;
    return !found && !isFunction(node);
  });
  return found;
}

/** A function that may throw or count: any call except a log line, a wait, tidying up, and the next attempt itself. */
function findUnknownCall({ source, clause, node, next }: Rounds): TSESTree.Node | null {
  let found: TSESTree.Node | null = null;
  for (const place of [clause.body, ...followersOf(clause.parent, node)]) {
    visit(place, source.visitorKeys, (inner) => {
      if (found || inner === next || (isFunction(inner) && !isInside(next, inner))) return false;
      const value = inner.type === 'ExpressionStatement' ? unwrap(inner.expression) : null;
      const called = value?.type === 'AwaitExpression' ? unwrap(value.argument) : value;
      if (called?.type === 'CallExpression' && !isInside(next, called) && !isRoutine(source, called)) found = called;
      return;
    });
  }
  return found;
}

// ── The pause ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What may wait before the next attempt: any `await` between two attempts, and any call that is named for a wait. */
export function findDelay(rounds: Rounds): TSESTree.Node | null {
  const { source, node, clause, request } = rounds;
  let found: TSESTree.Node | null = null;
  const between = [
    clause.body,
    ...followersOf(clause.parent, node),
    ...leadersOf(clause.parent, node),
    ...headOf(node),
  ];
  for (const place of between) {
    visit(place, source.visitorKeys, (inner) => {
      if (inner.type === 'AwaitExpression' && !isInside(rounds.next, inner)) found ??= inner;
      if (inner.type === 'YieldExpression' && inner.delegate) found ??= inner;
      return !isFunction(inner);
    });
  }
  visit(node, source.visitorKeys, (inner) => {
    if (inner === request && isRound(inner)) return false;
    if (inner.type === 'CallExpression' && isWait(source, inner)) found ??= inner;
    return;
  });
  return found;
}

const headOf = (node: Rounds['node']): TSESTree.Node[] =>
  ['test' in node ? node.test : null, 'update' in node ? node.update : null].filter((part) => part !== null);
