import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths, findValues } from '../values/access-path.ts';
import { bindingsOf, findVariable } from '../source/bindings.ts';
import { type ChunkRead, findChunkReads, findExpressionReads, readInside } from './chunk-reads.ts';
import { indexOf, type MethodCall } from '../source/file-index.ts';
import { type LoopSite, nowhere } from './loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findRecursion, type RecursionSearch } from '../source/recursion.ts';
import {
  ancestorsOf,
  findPropertyName,
  findUser,
  type FunctionNode,
  isAsyncIterator,
  isFunction,
  unwrap,
} from '../source/tree.ts';

type PullLoop = TSESTree.WhileStatement | TSESTree.DoWhileStatement | TSESTree.ForStatement;

/** Loops and recursions over `reader.read()` and `iterator.next()`. */
export function findPulledLoops(source: ParsedSource): LoopSite[] {
  const sites = new Map<TSESTree.Node, LoopSite>();
  const objects = new Map<TSESTree.Node, string>();
  const search: RecursionSearch = { source, ownCalls: new Map() };
  for (const pull of indexOf(source).pulls) {
    const site = toPulledSite(search, pull);
    if (!site || sites.has(site.node)) continue;
    sites.set(site.node, site);
    objects.set(site.node, source.text.slice(...pull.object.range));
  }
  // The first `next()`, before a loop that pulls the rest, may stand in a loop over something else.
  for (const { node } of [...sites.values()]) {
    for (const outer of ancestorsOf(node))
      if (sites.has(outer) && objects.get(outer) === objects.get(node)) sites.delete(outer);
  }
  return [...sites.values()];
}

function toPulledSite(search: RecursionSearch, method: MethodCall): LoopSite | null {
  const { source } = search;
  const pull = findPromise(method.call);
  const pulled = pull && describePulled(source, pull);
  if (!pulled || !pulled.reads.some(({ path: [name] }) => name === 'value' || name === 'done')) return null;
  const parts = {
    ...nowhere,
    pull,
    stream: method.name === 'read' ? findReadable(source, method.object) : findIterable(source, method.object),
    chunk: findChunk(pulled.reads),
    reads: pulled.reads.flatMap((read) => (read.path[0] === 'value' ? [readInside(read, 1)] : [])),
    ends: new Set(pulled.reads.flatMap(({ path, node }) => (path[0] === 'done' ? [node] : []))),
  };
  const loop = findPullLoop(method.call);
  if (loop)
    return {
      ...parts,
      form: method.name === 'read' ? 'reader' : 'iterator',
      node: loop,
      bodies: [loop.body],
      drive: new Set(pulled.drive),
    };
  const recursion = findRecursion(search, method.call);
  if (!recursion) return null;
  const { node, calls } = recursion;
  return {
    ...parts,
    form: 'recursion',
    node,
    bodies: [pulled.callback?.body ?? node.body],
    recursions: calls,
    drive: new Set([...pulled.drive, ...calls]),
  };
}

/** The promise of the chunk: the call itself, or what a race or a wrapper makes of it. */
function findPromise(call: TSESTree.CallExpression, hops = 4): TSESTree.CallExpression | null {
  const user = findUser(call);
  if (hops === 0) return null;
  if (user?.type === 'ArrayExpression') {
    const race = findUser(user);
    return race?.type === 'CallExpression' && isRace(race) ? findPromise(race, hops - 1) : null;
  }
  if (user?.type === 'CallExpression' && user.callee !== call) return findPromise(user, hops - 1);
  return call;
}

export const isRace = ({ callee }: TSESTree.CallExpression): boolean =>
  callee.type === 'MemberExpression' &&
  callee.object.type === 'Identifier' &&
  callee.object.name === 'Promise' &&
  findPropertyName(callee) === 'race';

interface Pulled {
  readonly reads: readonly ChunkRead[];
  readonly drive: readonly TSESTree.Node[];
  /** The function that `then` calls with the result. */
  readonly callback: FunctionNode | null;
}

/**
 * What is done with the result: `const { done, value } = await …`, `while (!(result = await …).done)`, `.then(({ done,
 * value }) => …)`.
 */
function describePulled(source: ParsedSource, promise: TSESTree.CallExpression): Pulled | null {
  const user = findUser(promise);
  if (user?.type === 'AwaitExpression') {
    const taker = findUser(user);
    return {
      reads: findExpressionReads(source, user),
      drive: [user, ...(taker?.type === 'AssignmentExpression' ? [taker] : [])],
      callback: null,
    };
  }
  const chained = user?.type === 'MemberExpression' ? findUser(user) : null;
  if (user?.type !== 'MemberExpression' || chained?.type !== 'CallExpression') return null;
  const name = findPropertyName(user);
  if (name === 'catch' || name === 'finally') return describePulled(source, chained);
  const [given] = name === 'then' ? chained.arguments : [];
  const callback = given ? findValues(source, given).find(isFunction) : undefined;
  const [parameter] = callback?.params ?? [];
  return callback && parameter ? { reads: findChunkReads(source, parameter), drive: [promise], callback } : null;
}

/** `value` of `{ done, value }`, where it has a name of its own. */
function findChunk(reads: readonly ChunkRead[]): TSESTree.Identifier | null {
  for (const { path, node } of reads) {
    if (path.length !== 1 || path[0] !== 'value' || node.type !== 'Property') continue;
    const name = node.value.type === 'AssignmentPattern' ? node.value.left : node.value;
    if (name.type === 'Identifier') return name;
  }
  return null;
}

/** The loop that makes the pull in each round. */
function findPullLoop(node: TSESTree.Node): PullLoop | null {
  for (const outer of ancestorsOf(node)) {
    if (isFunction(outer) || outer.type === 'ForOfStatement' || outer.type === 'ForInStatement') return null;
    if (outer.type === 'WhileStatement' || outer.type === 'DoWhileStatement' || outer.type === 'ForStatement')
      return outer;
  }
  return null;
}

/** `stream` of a reader that `stream.getReader()` gave; a reader from elsewhere stands for its stream. */
function findReadable(source: ParsedSource, reader: TSESTree.Node): TSESTree.Node {
  for (const { steps } of findAccessPaths(source, reader)) {
    const [named, made] = steps.slice(-2);
    const callee =
      named?.kind === 'member' && named.name === 'getReader' && made?.kind === 'call' ? unwrap(made.node.callee) : null;
    if (callee?.type === 'MemberExpression') return callee.object;
  }
  return reader;
}

/** `stream` of an iterator that `stream[Symbol.asyncIterator]()` gave; a generator is its own. */
function findIterable(source: ParsedSource, iterator: TSESTree.Node): TSESTree.Node {
  const variable = findVariable(source, unwrap(iterator));
  for (const value of variable ? bindingsOf(variable).map((binding) => binding.value) : [iterator]) {
    const call = unwrap(value);
    const callee = call.type === 'CallExpression' ? unwrap(call.callee) : null;
    if (callee?.type === 'MemberExpression' && isAsyncIterator(callee)) return callee.object;
  }
  return iterator;
}
