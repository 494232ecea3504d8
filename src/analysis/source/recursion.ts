import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from './bindings.ts';
import { indexOf } from './file-index.ts';
import type { ParsedSource } from './parsed-source.ts';
import {
  ancestorsOf,
  findPropertyName,
  findUser,
  type FunctionNode,
  isClass,
  isFunction,
  isInside,
  unwrap,
} from './tree.ts';

export interface RecursionSearch {
  readonly source: ParsedSource;
  /** Where each function calls itself: one look at a function with a thousand reads is enough. */
  readonly ownCalls: Map<FunctionNode, TSESTree.CallExpression[]>;
}

interface Recursion {
  readonly node: FunctionNode;
  /** Where the function calls itself, or has itself called. */
  readonly calls: readonly TSESTree.CallExpression[];
}

/**
 * The function around the node that calls itself, or has itself called: `pump()`, `this.pump()`, `Pump.pump()`,
 * `.then(pump)`.
 */
export function findRecursion(search: RecursionSearch, node: TSESTree.Node): Recursion | null {
  for (const outer of ancestorsOf(node)) {
    if (!isFunction(outer)) continue;
    const calls = search.ownCalls.get(outer) ?? findRecursiveCalls(search.source, outer);
    search.ownCalls.set(outer, calls);
    if (calls.length > 0) return { node: outer, calls };
  }
  return null;
}

/**
 * The calls of a function by itself: of its name, or of a method of `this`, of its class, of the object that it is in.
 */
function findRecursiveCalls(source: ParsedSource, fn: FunctionNode): TSESTree.CallExpression[] {
  const owner = fn.parent;
  const method =
    owner.type === 'MethodDefinition' || owner.type === 'PropertyDefinition' || owner.type === 'Property'
      ? findPropertyName(owner)
      : null;
  if (method !== null) return [...findOwnMethodCalls(source, fn, method), ...findCallsOfOwner(source, fn, method)];
  const names = [fn.id, owner.type === 'VariableDeclarator' ? owner.id : null].filter((name) => name !== null);
  return names
    .flatMap((name) => findVariable(source, name)?.references ?? [])
    .flatMap(({ identifier }) => {
      const user = isInside(identifier, fn) ? findUser(identifier) : null;
      return user?.type === 'CallExpression' ? [user] : [];
    });
}

const findOwnMethodCalls = (source: ParsedSource, fn: FunctionNode, method: string): TSESTree.CallExpression[] =>
  indexOf(source).ownCalls.flatMap(({ call, name }) => (name === method && isInside(call, fn.body) ? [call] : []));

/** `Answers.ask(…)` in a static method, `api.ask(…)` in one of `const api = { … }`. */
function findCallsOfOwner(source: ParsedSource, fn: FunctionNode, method: string): TSESTree.CallExpression[] {
  return findOwners(source, fn.parent)
    .flatMap(({ references }) => references)
    .flatMap(({ identifier }) => {
      const member = isInside(identifier, fn.body) ? findUser(identifier) : null;
      const call =
        member?.type === 'MemberExpression' && member.object === identifier && findPropertyName(member) === method
          ? findUser(member)
          : null;
      return call?.type === 'CallExpression' && unwrap(call.callee) === member ? [call] : [];
    });
}

function findOwners({ scopeManager }: ParsedSource, member: TSESTree.Node): readonly Variable[] {
  if (member.type !== 'Property' && !('static' in member && member.static)) return [];
  const owner = member.type === 'Property' ? member.parent.parent : member.parent?.parent;
  const isNamed =
    owner &&
    (isClass(owner) ||
      (owner.type === 'VariableDeclarator' && owner.id.type === 'Identifier' && owner.parent.kind === 'const'));
  return isNamed ? (scopeManager?.getDeclaredVariables(owner) ?? []) : [];
}
