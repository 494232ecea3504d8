import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../source/bindings.ts';
import { findCallsOf } from '../source/calls-of-function.ts';
import { FileMemory } from '../source/file-memory.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { ErrorHandler, ErrorDestination } from '../facts/stream-loop.ts';
import {
  findPropertyName,
  findFunction,
  findUser,
  type FunctionNode,
  isFunction,
  isInside,
  unwrap,
} from '../source/tree.ts';

/**
 * Where an error ends up that is thrown at a node or rejects a promise. The reaction of the handler is described later.
 */
export interface Coverage {
  readonly handler: ErrorHandler | null;
  readonly errorGoesTo: ErrorDestination;
}

export const lost: Coverage = { handler: null, errorGoesTo: 'to-nobody' };
export const toCaller: Coverage = { handler: null, errorGoesTo: 'to-caller' };
const toConsumer: Coverage = { handler: null, errorGoesTo: 'to-consumer' };
export const handledBy = (kind: ErrorHandler['kind'], node: TSESTree.Node): Coverage => ({
  handler: { kind, node, reaction: 'unknown', continuation: null, loggers: [], secondRequest: null },
  errorGoesTo: 'handled',
});

/** An error that passes through more functions than this is not followed. */
const MAX_CALLERS = 200;

/** Functions that ignore the promise of an async callback. */
const DROPS_PROMISE = new Set([
  'on',
  'once',
  'addListener',
  'addEventListener',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'nextTick',
  'queueMicrotask',
  'forEach',
  'createServer',
]);

const known = new FileMemory<Map<TSESTree.Node, Coverage>>();

/**
 * Follows an error from where it is thrown to the first `catch`: within the function, then through its callers in this
 * file.
 */
export function followError(source: ParsedSource, thrower: TSESTree.Node): Coverage {
  // Many loops may share one request, whose function may have as many callers.
  const coverages = known.get(source.ast) ?? new Map<TSESTree.Node, Coverage>();
  known.set(source.ast, coverages);
  const coverage = coverages.get(thrower) ?? climb(source, thrower, new Set());
  coverages.set(thrower, coverage);
  return coverage;
}

/** Follows the rejection of the promise that a call returns, in the same way. */
export const followRejection = (source: ParsedSource, call: TSESTree.Node): Coverage =>
  followPromise(source, call, new Set());

function climb(source: ParsedSource, thrower: TSESTree.Node, seen: Set<TSESTree.Node>): Coverage {
  let child = thrower;
  for (let node = thrower.parent; node; child = node, node = node.parent) {
    // A `finally` that returns or breaks drops the error. That is rare, and then intended.
    if (node.type === 'TryStatement' && node.block === child && node.handler) return handledBy('try', node.handler);
    if (isFunction(node)) return leaveFunction(source, node, seen);
    if (node.type === 'PropertyDefinition' || node.type === 'StaticBlock') return toCaller;
  }
  return lost;
}

/**
 * An error that leaves an async function rejects the promise of the call. An error that leaves a generator reaches its
 * consumer.
 */
function leaveFunction(source: ParsedSource, fn: FunctionNode, seen: Set<TSESTree.Node>): Coverage {
  if (fn.generator) return toConsumer;
  if (seen.has(fn) || seen.size > MAX_CALLERS) return toCaller;
  seen.add(fn);
  if (fn.type === 'FunctionDeclaration') return followCallers(source, fn, fn.id, seen);
  const user = findUser(fn);
  switch (user?.type) {
    case 'CallExpression':
      return unwrap(user.callee) === fn ? followPromise(source, user, seen) : followCallback(source, user, seen);
    case 'NewExpression':
      // The rejection of an async executor reaches nobody: the promise that it builds stays pending.
      return user.callee.type === 'Identifier' && user.callee.name === 'Promise' ? lost : toCaller;
    case 'VariableDeclarator':
      return followCallers(source, user, user.id, seen);
    case 'JSXExpressionContainer':
      return isEventProp(fn) ? lost : toCaller;
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return followOwnCalls(source, fn, user, seen);
    case 'Property':
      // A rejection of `start()` or `pull()` errors the stream (WHATWG Streams, SetUpReadableStreamDefaultController).
      return isStreamSource(user) ? toConsumer : toCaller;
    default:
      return toCaller;
  }
}

function isStreamSource(property: TSESTree.Property): boolean {
  const owner = property.parent.parent;
  return owner?.type === 'NewExpression' && owner.callee.type === 'Identifier' && owner.callee.name.endsWith('Stream');
}

function followCallback(source: ParsedSource, call: TSESTree.CallExpression, seen: Set<TSESTree.Node>): Coverage {
  const callee = unwrap(call.callee);
  const name =
    callee.type === 'MemberExpression' ? findPropertyName(callee) : callee.type === 'Identifier' ? callee.name : null;
  if (name === 'then' || name === 'finally' || name === 'catch') return followPromise(source, call, seen);
  if (name === 'map') return followPromises(source, call, seen);
  return name !== null && DROPS_PROMISE.has(name) ? lost : toCaller;
}

/** Who sees the rejection of the promise that this call returns. */
function followPromise(source: ParsedSource, call: TSESTree.Node, seen: Set<TSESTree.Node>): Coverage {
  const user = findUser(call);
  switch (user?.type) {
    case 'AwaitExpression':
      return climb(source, user, seen);
    case 'YieldExpression':
      return toConsumer;
    case 'MemberExpression': {
      const chained = findUser(user);
      if (chained?.type !== 'CallExpression' || unwrap(chained.callee) !== user) return toCaller;
      const name = findPropertyName(user);
      const handler = name === 'catch' ? chained.arguments[0] : name === 'then' ? chained.arguments[1] : undefined;
      if (handler) return handledBy('promise', handler);
      return name === 'then' || name === 'finally' ? followPromise(source, chained, seen) : toCaller;
    }
    case 'ExpressionStatement':
      return lost;
    case 'ArrayExpression':
      return followPromises(source, user, seen);
    case 'VariableDeclarator':
      return followVariable(source, user, seen, (use) => followPromise(source, use, seen));
    case 'UnaryExpression':
      return user.operator === 'void' ? lost : toCaller;
    case 'ReturnStatement':
    case 'ArrowFunctionExpression': {
      const outer = user.type === 'ReturnStatement' ? findFunction(user) : user;
      return outer ? leaveFunction(source, outer, seen) : toCaller;
    }
    default:
      return toCaller;
  }
}

/** Who sees the rejection of one promise of a list: `await Promise.all(questions.map(async (question) => …))`. */
function followPromises(source: ParsedSource, list: TSESTree.Node, seen: Set<TSESTree.Node>): Coverage {
  const user = findUser(list);
  switch (user?.type) {
    case 'CallExpression': {
      const callee = unwrap(user.callee);
      const isJoined =
        callee.type === 'MemberExpression' &&
        callee.object.type === 'Identifier' &&
        callee.object.name === 'Promise' &&
        /^(?:all|race)$/.test(findPropertyName(callee) ?? '');
      return isJoined ? followPromise(source, user, seen) : toCaller;
    }
    case 'ExpressionStatement':
      return lost;
    case 'SpreadElement':
      return user.parent.type === 'ArrayExpression' ? followPromises(source, user.parent, seen) : toCaller;
    case 'VariableDeclarator':
      return followVariable(source, user, seen, (use) => followPromises(source, use, seen));
    default:
      return toCaller;
  }
}

/** A promise in a variable is covered where one use of it is; the other uses see the same rejection. */
function followVariable(
  source: ParsedSource,
  declarator: TSESTree.VariableDeclarator,
  seen: Set<TSESTree.Node>,
  follow: (use: TSESTree.Node) => Coverage,
): Coverage {
  const { id, parent } = declarator;
  const variable = parent.kind === 'const' ? findVariable(source, id) : null;
  if (!variable || seen.has(declarator) || seen.size > MAX_CALLERS || parent.parent.type === 'ExportNamedDeclaration')
    return toCaller;
  seen.add(declarator);
  const coverages = variable.references
    .filter((reference) => reference.isRead())
    .map(({ identifier }) => follow(identifier));
  return (
    coverages.find(({ errorGoesTo }) => errorGoesTo === 'handled') ??
    (coverages.every(({ errorGoesTo }) => errorGoesTo === 'to-nobody') ? lost : toCaller)
  );
}

/** `this.ask();` without `await` loses the error. Other callers of a method are out of sight, unless it is private. */
function followOwnCalls(
  source: ParsedSource,
  fn: FunctionNode,
  member: TSESTree.MethodDefinition | TSESTree.PropertyDefinition,
  seen: Set<TSESTree.Node>,
): Coverage {
  const coverages = findCallsOf(source, fn)
    .filter((call) => !isInside(call, fn))
    .map((call) => followPromise(source, call, seen));
  const missing = coverages.find(({ errorGoesTo }) => errorGoesTo === 'to-nobody');
  if (missing) return missing;
  const isPrivate = member.key.type === 'PrivateIdentifier' || member.accessibility === 'private';
  const [covered] = coverages;
  return isPrivate && covered?.handler && coverages.every(({ errorGoesTo }) => errorGoesTo === 'handled')
    ? handledBy('caller', covered.handler.node)
    : toCaller;
}

/**
 * One caller in this file that drops the error is enough to lose it. The callers cover the error only where there is no
 * other use of the function: an export, or a function that is passed to other code, has callers out of sight.
 */
function followCallers(
  source: ParsedSource,
  declaration: TSESTree.Node,
  name: TSESTree.Node | null,
  seen: Set<TSESTree.Node>,
): Coverage {
  const variable = name ? findVariable(source, name) : null;
  if (!variable) return toCaller;
  const reads = variable.references.filter((reference) => reference.isRead()).map(({ identifier }) => identifier);
  const uses = reads.filter((identifier) => !isInside(identifier, declaration)); // recursion adds no caller
  if (uses.some((use) => isEventProp(use))) return lost;
  const calls = uses
    .map((use) => findUser(use))
    .filter((user, index) => user?.type === 'CallExpression' && unwrap(user.callee) === uses[index]);
  const coverages = calls.map((call) => followPromise(source, call!, seen));
  const missing = coverages.find(({ errorGoesTo }) => errorGoesTo === 'to-nobody');
  if (missing) return missing;
  if (calls.length === 0 || calls.length < uses.length || isExported(declaration)) return toCaller;
  const other = coverages.find(({ errorGoesTo }) => errorGoesTo !== 'handled');
  if (other) return other;
  const [covered] = coverages;
  return covered?.handler ? handledBy('caller', covered.handler.node) : toCaller;
}

/** `<form onSubmit={send}>`: the framework calls it and drops its promise. */
function isEventProp(use: TSESTree.Node): boolean {
  const attribute = use.parent?.type === 'JSXExpressionContainer' ? use.parent.parent : null;
  return (
    attribute?.type === 'JSXAttribute' &&
    attribute.name.type === 'JSXIdentifier' &&
    /^on[A-Z]/.test(attribute.name.name)
  );
}

function isExported(declaration: TSESTree.Node): boolean {
  const statement = declaration.type === 'VariableDeclarator' ? declaration.parent : declaration;
  return statement?.parent?.type === 'ExportNamedDeclaration' || statement?.parent?.type === 'ExportDefaultDeclaration';
}
