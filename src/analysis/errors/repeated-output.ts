import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../source/bindings.ts';
import { followersOf, leadersOf } from '../source/jumps.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { Output, StreamLoop } from '../facts/stream-loop.ts';
import {
  ancestorsOf,
  findFunction,
  findPropertyName,
  hasNode,
  isFunction,
  isInside,
  unwrap,
  visit,
} from '../source/tree.ts';
import { isRoutine } from '../source/words.ts';

/** Words for errors that come before the first chunk: HTTP statuses, and errors that have one. */
const BEFORE_CHUNKS =
  /\bstatus(?:_?code)?\b|\b[45]\d\d\b|rate_?limit|quota|auth|unsupported|not_?found|context_?length|too_?long|invalid_?request/i;
const DISCARDS = /^(?:reset|clear|undo|discard|rollback|restart|truncate|remove|replace|onR(?:etry|estart|eset))/;

/**
 * The outputs that a second request out of the `catch` clause repeats. None where the code on the way tests what was
 * output, discards it, reports the retry, or may do one of these out of sight. None where only errors before the first
 * chunk lead to the second request.
 */
export function listRepeatedOutputs(
  source: ParsedSource,
  { node: loop, outputs, retriedBy }: StreamLoop,
  clause: TSESTree.CatchClause,
  request: TSESTree.Node,
): Output[] {
  const round = retriedBy?.next === request && isInside(loop, retriedBy.node) ? retriedBy.node : null;
  const again = round
    ? outputs.filter((output) => isRepeatedIn(round, output))
    : outputs.filter(
        (output) =>
          output.adds && isOutsideOf(findFunction(clause), output) && isMadeAgain(source, clause, request, output),
      );
  if (again.length === 0 || isChosenByStatus(source, clause, request) || checksOutput(source, clause, loop)) return [];
  const tries = clause.parent;
  const outside = round ? [clause.body, ...followersOf(tries, round), ...leadersOf(tries, round)] : [clause.body];
  const inside = round ? leadersOf(loop, tries.block) : [];
  const reports =
    outside.some((place) => mayReport(source, place, request)) ||
    [...outside, ...inside].some((place) => discardsOutput(source, place, again));
  return reports || inside.some((place) => hasNode(place, source.visitorKeys, isPlainYield)) ? [] : again;
}

const isPlainYield = (node: TSESTree.Node): boolean => node.type === 'YieldExpression' && !node.delegate;

/** Each attempt adds to the output, or shows it again. */
const isRepeatedIn = (round: TSESTree.Node, output: Output): boolean => output.adds && isOutsideOf(round, output);

const isOutsideOf = (place: TSESTree.Node | null, { variable }: Output): boolean =>
  variable === null || (place !== null && !variable.defs.some(({ name }) => isInside(name, place)));

/**
 * The handler's own request passes its chunks to the same consumer: by `yield*`, or in a loop of its own that calls the
 * same function.
 */
function isMadeAgain(
  source: ParsedSource,
  clause: TSESTree.CatchClause,
  request: TSESTree.Node,
  output: Output,
): boolean {
  if (output.node.type === 'YieldExpression') {
    for (const outer of ancestorsOf(request)) {
      if (isFunction(outer)) break;
      if (outer.type === 'YieldExpression' && outer.delegate) return true;
    }
  }
  return hasNode(clause.body, source.visitorKeys, (node) => {
    if (node.type !== 'ForOfStatement' || !node.await) return false;
    return hasNode(
      node.body,
      source.visitorKeys,
      (inner) => inner.type === output.node.type && printTarget(source, inner) === printTarget(source, output.node),
    );
  });
}

/** The callee of a call, or the target of an assignment, as written. */
function printTarget(source: ParsedSource, node: TSESTree.Node): string {
  if (node.type === 'CallExpression') return source.text.slice(...node.callee.range);
  return node.type === 'AssignmentExpression' ? source.text.slice(...node.left.range) : node.type;
}

function isChosenByStatus(source: ParsedSource, clause: TSESTree.CatchClause, request: TSESTree.Node): boolean {
  return hasNode(clause.body, source.visitorKeys, (node) => {
    if (node.type !== 'IfStatement' || !BEFORE_CHUNKS.test(source.text.slice(...node.test.range))) return false;
    return (
      isInside(request, node) ||
      hasNode(
        node,
        source.visitorKeys,
        ({ type }) => type === 'ThrowStatement' || type === 'ReturnStatement' || type === 'ContinueStatement',
      )
    );
  });
}

/** The handler tests a variable that the `try` writes: `if (started) throw error`, `mayRetry(error, { delivered })`. */
function checksOutput(
  source: ParsedSource,
  { body, parent: { block } }: TSESTree.CatchClause,
  loop: TSESTree.Node,
): boolean {
  return hasNode(body, source.visitorKeys, (node) => {
    const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
    if (
      !variable ||
      variable.defs.every(({ name }) => isInside(name as TSESTree.Node, body)) ||
      isInLogLine(source, node)
    )
      return false;
    return variable.references.some(
      (reference) => reference.isWrite() && [block, loop].some((place) => isInside(reference.identifier, place)),
    );
  });
}

function isInLogLine(source: ParsedSource, node: TSESTree.Node): boolean {
  const call = [...ancestorsOf(node)].find(({ type }) => type === 'CallExpression' || type === 'IfStatement');
  return call?.type === 'CallExpression' && isRoutine(source, call);
}

/**
 * The code yields a message of its own, or calls a function out of sight for its effect; either may report the retry.
 */
function mayReport(source: ParsedSource, place: TSESTree.Node, request: TSESTree.Node): boolean {
  return hasNode(place, source.visitorKeys, (node) => {
    if (isPlainYield(node)) return !isInSecondLoop(node, place);
    const value = node.type === 'ExpressionStatement' ? unwrap(node.expression) : null;
    const called = value?.type === 'AwaitExpression' ? unwrap(value.argument) : value;
    return (
      called?.type === 'CallExpression' &&
      !isInside(request, called) &&
      !isRoutine(source, called) &&
      !isInSecondLoop(node, place)
    );
  });
}

/** The output is discarded: `setText('')`, `this.text = ''`, `onRetry()`. */
function discardsOutput(source: ParsedSource, place: TSESTree.Node, outputs: readonly Output[]): boolean {
  const shown = new Set(outputs.map(({ node }) => printTarget(source, node)));
  let found = false;
  visit(place, source.visitorKeys, (node) => {
    if (node.type === 'AssignmentExpression' && node.operator === '=' && shown.has(printTarget(source, node)))
      found = true;
    if (node.type === 'CallExpression') {
      const callee = unwrap(node.callee);
      const name =
        callee.type === 'MemberExpression'
          ? findPropertyName(callee)
          : callee.type === 'Identifier'
            ? callee.name
            : null;
      if (shown.has(printTarget(source, node)) || DISCARDS.test(name ?? '')) found = true;
    }
    return !found && !isFunction(node) && !isStreamLoop(node);
  });
  return found;
}

const isStreamLoop = (node: TSESTree.Node): boolean => node.type === 'ForOfStatement' && node.await;

/** A loop over the second answer, inside the handler: its statements are the repeated output, not a report. */
function isInSecondLoop(node: TSESTree.Node, place: TSESTree.Node): boolean {
  for (const outer of ancestorsOf(node)) {
    if (isStreamLoop(outer)) return true;
    if (outer === place) return false;
  }
  return false;
}
