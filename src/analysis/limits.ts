import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamApi, TimeoutFact } from '../providers/provider.ts';
import { findAccessPaths } from './access-path.ts';
import { findVariable } from './bindings.ts';
import { findOption, type OptionLookup } from './call-options.ts';
import type { ParsedSource } from './parsed-source.ts';
import type { Limit, Limits, StreamOrigin } from './stream-loop.ts';
import { findFunction, isInside, visit } from './tree.ts';

/** What bounds the stream, and how far: on the request, on the client, by a timer in or around the loop. */
export function findLimits(source: ParsedSource, loop: TSESTree.ForOfStatement, origins: readonly StreamOrigin[]): Limits {
  return {
    signal: first(origins, (origin) => findSignal(source, origin)),
    requestTimeout: first(origins, (origin) => first(origin.api.timeouts, (fact) => findTimeout(source, origin, fact))),
    idleTimeout: findIdleTimer(source, loop),
  };
}

function first<T, R>(items: readonly T[], find: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function findSignal(source: ParsedSource, { api, call }: StreamOrigin): Limit | null {
  if (!api.signal || !call) return null;
  const found = findOption(source, call, api.signal);
  if (found.kind !== 'value') return unknownLimit(found);
  if (isNothing(found.value)) return null;
  return { node: found.value, bounds: isTimer(source, found.value) ? signalBound(api) : 'cancellation' };
}

const signalBound = ({ onAbort }: StreamApi): Limit['bounds'] => (onAbort === 'ignored' ? 'nothing' : 'total');

/** `AbortSignal.timeout(…)`, alone or in `AbortSignal.any([…])`. */
function isTimer(source: ParsedSource, value: TSESTree.Node): boolean {
  return findAccessPaths(source, value).some(({ root, steps }) => {
    const [member, call] = steps;
    if (root.kind !== 'node' || root.node.type !== 'Identifier' || root.node.name !== 'AbortSignal') return false;
    if (member?.kind !== 'member' || call?.kind !== 'call') return false;
    if (member.name === 'timeout') return true;
    const [list] = call.node.arguments;
    return member.name === 'any' && list?.type === 'ArrayExpression' && list.elements.some((element) => element !== null && isTimer(source, element));
  });
}

function findTimeout(source: ParsedSource, { call, client }: StreamOrigin, { option, bounds }: TimeoutFact): Limit | null {
  const holder = 'client' in option ? client : call;
  if (!holder) return null;
  const found = findOption(source, holder, 'client' in option ? { argument: 0, path: [option.client] } : option);
  if (found.kind !== 'value') return unknownLimit(found);
  return isNothing(found.value) ? null : { node: found.value, bounds };
}

const unknownLimit = (found: OptionLookup): Limit | null => (found.kind === 'unknown' ? { node: found.node, bounds: 'unknown' } : null);
const isNothing = (value: TSESTree.Node): boolean =>
  (value.type === 'Literal' && value.value === null) || (value.type === 'Identifier' && value.name === 'undefined');

/**
 * A timer of the program's own: one that the loop sets anew with each chunk, or an interval that compares a time which the loop
 * writes with each chunk.
 */
function findIdleTimer(source: ParsedSource, loop: TSESTree.ForOfStatement): Limit | null {
  let set: TSESTree.Node | null = null;
  let cleared = false;
  const written = new Set<unknown>();
  visit(loop.body, source.visitorKeys, (node) => {
    if (isCallOf(node, 'setTimeout')) set ??= node;
    if (isCallOf(node, 'clearTimeout')) cleared = true;
    if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier' && isClock(node.right)) {
      const variable = findVariable(source, node.left);
      if (variable) written.add(variable);
    }
  });
  if (set && cleared) return { node: set, bounds: 'idle' };
  const scope = findFunction(loop) ?? source.ast;
  let interval: TSESTree.Node | null = null;
  if (written.size > 0) {
    visit(scope, source.visitorKeys, (node) => {
      if (!isCallOf(node, 'setInterval') || isInside(node, loop)) return;
      visit(node, source.visitorKeys, (inner) => {
        if (inner.type === 'Identifier' && written.has(findVariable(source, inner))) interval ??= node;
      });
    });
  }
  return interval ? { node: interval, bounds: 'idle' } : null;
}

const isCallOf = (node: TSESTree.Node, name: string): node is TSESTree.CallExpression =>
  node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === name;

/** `Date.now()`, `performance.now()`, `new Date()`, `Number(new Date())`, `+new Date()`. */
function isClock(value: TSESTree.Node): boolean {
  if (value.type === 'UnaryExpression') return isClock(value.argument);
  if (value.type === 'NewExpression') return value.callee.type === 'Identifier' && value.callee.name === 'Date';
  if (value.type !== 'CallExpression') return false;
  if (value.callee.type === 'MemberExpression') return value.callee.property.type === 'Identifier' && value.callee.property.name === 'now';
  return value.callee.type === 'Identifier' && value.callee.name === 'Number' && value.arguments.some((argument) => isClock(argument));
}
