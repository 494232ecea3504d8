import type { TSESTree } from '@typescript-eslint/utils';
import { findCap, findDelay, type Rounds } from './attempt-limits.ts';
import { findVariable, variablesIn } from '../source/bindings.ts';
import {
  findJumpTarget,
  followersOf,
  isLeaving,
  isRound,
  isRunToEnd,
  leadersOf,
  type RoundStatement,
} from '../source/jumps.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findRecursion } from '../source/recursion.ts';
import { changesRequest, passesOtherArguments } from './same-request.ts';
import type { Attempts } from '../facts/stream-loop.ts';
import { ancestorsOf, findFunction, hasNode, isFunction, isInside, visit } from '../source/tree.ts';
import { isWaitName } from '../source/words.ts';

/** The program's own retry of a request: around the loop that reads the answer, or around the call alone. */
export function findAttempts(
  source: ParsedSource,
  loop: TSESTree.Node,
  call: TSESTree.CallExpression | null,
): Attempts | null {
  for (const request of call && !isInside(call, loop) ? [loop, call] : [loop]) {
    for (const clause of findClauses(request)) {
      const attempts =
        describeLoopAttempts(source, request, clause, call) ?? describeRecursiveAttempts(source, request, clause, call);
      if (attempts) return attempts;
    }
  }
  return null;
}

/** The `catch` clauses of the function around `node` that may see its error, the nearest first. */
function findClauses(node: TSESTree.Node): TSESTree.CatchClause[] {
  const clauses: TSESTree.CatchClause[] = [];
  let child = node;
  for (const outer of ancestorsOf(node)) {
    if (isFunction(outer)) break;
    if (outer.type === 'TryStatement' && outer.block === child && outer.handler) clauses.push(outer.handler);
    child = outer;
  }
  return clauses;
}

// ── A loop ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function describeLoopAttempts(
  source: ParsedSource,
  request: TSESTree.Node,
  clause: TSESTree.CatchClause,
  call: TSESTree.CallExpression | null,
): Attempts | null {
  const loop = findLoopAround(clause);
  const next = loop && findNext(source, clause, loop);
  const wayOut = next && describeWayOut(source, loop, request, call);
  if (!next || !wayOut) return null;
  const repeatsRequest = !walksList(source, loop) && !changesRequest(source, clause.body, call);
  // A loop over steps or questions goes round after an answer too, and each step adds to the request.
  if (wayOut === 'perhaps' && (!repeatsRequest || changesRequest(source, loop.body, call))) return null;
  const rounds: Rounds = { source, node: loop, clause, request, next };
  return { node: loop, next, repeatsRequest, cap: findCap(rounds), delay: findDelay(rounds) };
}

function findLoopAround(clause: TSESTree.CatchClause): RoundStatement | null {
  for (const outer of ancestorsOf(clause)) {
    if (isFunction(outer)) return null;
    if (isRound(outer)) return outer;
  }
  return null;
}

/** What leads from the handler to the next round. */
function findNext(source: ParsedSource, clause: TSESTree.CatchClause, loop: RoundStatement): TSESTree.Node | null {
  const jump = findContinue(source, clause.body, loop);
  if (jump) return jump;
  for (const statement of [clause.body, ...followersOf(clause.parent, loop)]) {
    if (findContinue(source, statement, loop)) return clause;
    if (!isRunToEnd(statement)) return null;
  }
  return clause;
}

function findContinue(source: ParsedSource, root: TSESTree.Node, loop: RoundStatement): TSESTree.Node | null {
  let found: TSESTree.Node | null = null;
  visit(root, source.visitorKeys, (node) => {
    if (node.type === 'ContinueStatement' && findJumpTarget(node) === loop) found ??= node;
    return !isFunction(node);
  });
  return found;
}

/**
 * The loop makes another request each time: `for (const model of models)`, or `for (let i = 0; …)` with `models[i]`.
 */
function walksList(source: ParsedSource, loop: RoundStatement): boolean {
  if (loop.type === 'ForOfStatement' || loop.type === 'ForInStatement') return true;
  const declarations =
    loop.type === 'ForStatement' && loop.init?.type === 'VariableDeclaration' ? loop.init.declarations : [];
  return declarations.some(({ id }) =>
    (findVariable(source, id)?.references ?? []).some(({ identifier }) => {
      const user = identifier.parent;
      return (
        user?.type === 'MemberExpression' &&
        user.computed &&
        user.property === identifier &&
        !isWaitName(source.text.slice(...user.object.range))
      );
    }),
  );
}

/**
 * Whether a complete answer leaves the loop. 'perhaps': only some answers leave it, so that it is a loop over steps or
 * questions. Then it is a retry only where nothing new is awaited before the request, so that each round is the same.
 */
function describeWayOut(
  source: ParsedSource,
  loop: RoundStatement,
  request: TSESTree.Node,
  call: TSESTree.CallExpression | null,
): 'surely' | 'perhaps' | null {
  const tested = new Set('test' in loop && loop.test ? variablesIn(source, loop.test) : []);
  const isFlagged = (node: TSESTree.Node): boolean =>
    node.type === 'AssignmentExpression' &&
    node.left.type === 'Identifier' &&
    tested.has(findVariable(source, node.left)!);
  const isExit = (node: TSESTree.Node): boolean => isLeaving(node, loop) || isFlagged(node);
  const surely = (statement: TSESTree.Statement): boolean => {
    if (statement.type === 'BlockStatement') return statement.body.some(surely);
    if (statement.type === 'TryStatement') return surely(statement.block);
    if (statement.type === 'IfStatement')
      return statement.alternate !== null && surely(statement.consequent) && surely(statement.alternate);
    return isExit(statement) || (statement.type === 'ExpressionStatement' && isFlagged(statement.expression));
  };
  for (const outer of ancestorsOf(request)) {
    if (outer === loop || isFunction(outer)) break;
    if (isExit(outer)) return 'surely';
  }
  const followers = followersOf(request, loop);
  if (followers.some(surely)) return 'surely';
  const may = [...followers, request].some((node) => hasNode(node, source.visitorKeys, isExit));
  const waits =
    call === null ||
    leadersOf(request, loop).some(
      (leader) =>
        !isInside(call, leader) && hasNode(leader, source.visitorKeys, ({ type }) => type === 'AwaitExpression'),
    );
  return may && !waits ? 'perhaps' : null;
}

// ── A function that calls itself ────────────────────────────────────────────────────────────────────────────────────

function describeRecursiveAttempts(
  source: ParsedSource,
  request: TSESTree.Node,
  clause: TSESTree.CatchClause,
  call: TSESTree.CallExpression | null,
): Attempts | null {
  const recursion = findRecursion({ source, ownCalls: new Map() }, request);
  const next = recursion?.calls.find((again) => isInside(again, clause.body));
  if (!recursion || !next || recursion.node !== findFunction(clause)) return null;
  const repeatsRequest =
    !passesOtherArguments(source, recursion.node.params, next) && !changesRequest(source, clause.body, call);
  const rounds: Rounds = { source, node: recursion.node, clause, request, next };
  return { node: recursion.node, next, repeatsRequest, cap: findCap(rounds), delay: findDelay(rounds) };
}
