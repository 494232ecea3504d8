import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths, findValues, type Step } from '../values/access-path.ts';
import { findVariable } from '../source/bindings.ts';
import { indexOf } from '../source/file-index.ts';
import { FileMemory } from '../source/file-memory.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { isRace } from '../loops/pulled-loops.ts';
import type { Limit } from '../facts/stream-loop.ts';
import { findFunction, findPropertyName, isFunction, isInside, visit } from '../source/tree.ts';

/** A timer of the program's own, in the loop or beside it. */
export const findTimer = (source: ParsedSource, site: LoopSite): Limit | null =>
  findRace(source, site) ?? findIdleTimer(source, site) ?? findDeadline(source, site);

/**
 * `Promise.race([reader.read(), timer])`, `withTimeout(reader.read())`: a limit where a timer of this file runs in it,
 * and else perhaps.
 */
function findRace(source: ParsedSource, { pull, node: loop }: LoopSite): Limit | null {
  const rivals =
    pull?.arguments.flatMap((argument) => (argument.type === 'ArrayExpression' ? argument.elements : [argument])) ?? [];
  if (!pull || rivals.length === 0) return null;
  const values = [isRace(pull) ? null : pull.callee, ...rivals].flatMap((rival) =>
    rival ? findMakers(source, rival) : [],
  );
  const timers = values.filter((value) => hasTimer(source, value));
  // A timer that was set before the loop runs on from chunk to chunk.
  if (timers.length > 0)
    return {
      node: pull,
      bounds: timers.some((timer) => isInside(timer, loop) || isFunction(timer)) ? 'idle' : 'total',
    };
  return { node: pull, bounds: 'unknown' };
}

/** A function, or the `new Promise(…)` that made the value. */
const findMakers = (source: ParsedSource, value: TSESTree.Node): TSESTree.Node[] =>
  findAccessPaths(source, value).flatMap(({ root, steps }) => {
    const last = steps.at(-1);
    if (!last) return root.kind === 'node' ? [root.node] : [];
    return last.kind === 'new' && last.node ? [last.node] : [];
  });

const ENDS = /^(?:abort|cancel)$/;

/** `setTimeout(() => stream.controller.abort(), 30_000)` beside the loop. */
function findDeadline(source: ParsedSource, { node: loop }: LoopSite): Limit | null {
  const scope = findFunction(loop) ?? source.ast;
  const deadline = findDeadlines(source).find((call) => isInside(call, scope) && !isInside(call, loop));
  return deadline ? { node: deadline, bounds: 'total' } : null;
}

const deadlines = new FileMemory<readonly TSESTree.CallExpression[]>();

/** Every timer of the file that ends something, looked for once: a function may hold as many loops as timers. */
function findDeadlines(source: ParsedSource): readonly TSESTree.CallExpression[] {
  const known = deadlines.get(source.ast);
  if (known) return known;
  const found = indexOf(source).timeouts.filter(
    ({ arguments: [callback] }) =>
      callback !== undefined &&
      findAccessPaths(source, callback).some(
        ({ root, steps }) =>
          isEnd(steps.at(-1)) || (steps.length === 0 && root.kind === 'node' && ends(source, root.node)),
      ),
  );
  deadlines.set(source.ast, found);
  return found;
}

/** `controller.abort`, also bound. */
const isEnd = (step: Step | undefined): boolean => step?.kind === 'member' && ENDS.test(step.name);

/** Somewhere in the callback something is aborted. */
function ends(source: ParsedSource, callback: TSESTree.Node): boolean {
  let found = false;
  visit(callback, source.visitorKeys, (node) => {
    if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression')
      found ||= ENDS.test(findPropertyName(node.callee) ?? '');
  });
  return found;
}

function hasTimer(source: ParsedSource, value: TSESTree.Node): boolean {
  let found = false;
  visit(value, source.visitorKeys, (node) => {
    if (isCallOf(node, 'setTimeout')) found = true;
  });
  return found;
}

/**
 * A timer of the program's own: one that the loop sets anew with each chunk, or an interval that compares a time which
 * the loop writes with each chunk.
 */
function findIdleTimer(source: ParsedSource, { node: loop, bodies }: LoopSite): Limit | null {
  let set: TSESTree.Node | null = null;
  let cleared = false;
  const written = new Set<unknown>();
  const look = (node: TSESTree.Node): void => {
    // `restart()`, a function of this file
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.arguments.length === 0) {
      for (const callee of findValues(source, node.callee))
        if (isFunction(callee) && !isInside(loop, callee)) visit(callee.body, source.visitorKeys, lookAtTimers);
    }
    if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier' && isClock(node.right)) {
      const variable = findVariable(source, node.left);
      if (variable) written.add(variable);
    }
    lookAtTimers(node);
  };
  const lookAtTimers = (node: TSESTree.Node): void => {
    if (isCallOf(node, 'setTimeout')) set ??= node;
    if (isCallOf(node, 'clearTimeout')) cleared = true;
  };
  for (const body of bodies) visit(body, source.visitorKeys, look);
  if (set && cleared) return { node: set, bounds: 'idle' };
  const scope = findFunction(loop) ?? source.ast;
  const interval =
    written.size === 0
      ? undefined
      : indexOf(source).intervals.find(
          (call) => isInside(call, scope) && !isInside(call, loop) && mentionsVariable(source, call, written),
        );
  return interval ? { node: interval, bounds: 'idle' } : null;
}

function mentionsVariable(source: ParsedSource, node: TSESTree.Node, variables: ReadonlySet<unknown>): boolean {
  let found = false;
  visit(node, source.visitorKeys, (inner) => {
    if (inner.type === 'Identifier' && variables.has(findVariable(source, inner))) found = true;
  });
  return found;
}

const isCallOf = (node: TSESTree.Node, name: string): node is TSESTree.CallExpression =>
  node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === name;

/** `Date.now()`, `performance.now()`, `new Date()`, `Number(new Date())`, `+new Date()`. */
function isClock(value: TSESTree.Node): boolean {
  if (value.type === 'UnaryExpression') return isClock(value.argument);
  if (value.type === 'NewExpression') return value.callee.type === 'Identifier' && value.callee.name === 'Date';
  if (value.type !== 'CallExpression') return false;
  if (value.callee.type === 'MemberExpression')
    return value.callee.property.type === 'Identifier' && value.callee.property.name === 'now';
  return (
    value.callee.type === 'Identifier' &&
    value.callee.name === 'Number' &&
    value.arguments.some((argument) => isClock(argument))
  );
}
