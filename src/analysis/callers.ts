import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from './bindings.ts';
import { indexOf } from './file-index.ts';
import { FileMemory } from './file-memory.ts';
import type { ParsedSource } from './parsed-source.ts';
import { ancestorsOf, findPropertyName, findUser, isClass, unwrap } from './tree.ts';

/** The calls of a function in this file: by its name, `ask(…)`, or of a method, `this.ask(…)`. */
export function findCallsOf(source: ParsedSource, fn: TSESTree.Node): readonly TSESTree.CallExpression[] {
  const owner = fn.parent;
  if (owner?.type === 'MethodDefinition' || owner?.type === 'PropertyDefinition') {
    const name = findPropertyName(owner);
    return name === null || owner.value !== fn ? [] : findCallsOfMethod(source, owner.parent.parent, name);
  }
  const name = fn.type === 'FunctionDeclaration' ? fn.id : owner?.type === 'VariableDeclarator' ? owner.id : null;
  const variable = name && findVariable(source, name);
  return (variable?.references ?? []).flatMap(({ identifier }) => {
    const call = findUser(identifier);
    return call?.type === 'CallExpression' && unwrap(call.callee) === identifier ? [call] : [];
  });
}

/** By class, then by name. */
type Calls = ReadonlyMap<TSESTree.Node, ReadonlyMap<string, readonly TSESTree.CallExpression[]>>;

const known = new FileMemory<Calls>();

function findCallsOfMethod(source: ParsedSource, owner: TSESTree.Node, name: string): readonly TSESTree.CallExpression[] {
  const calls = known.get(source.ast) ?? gatherCalls(source);
  known.set(source.ast, calls);
  return calls.get(owner)?.get(name) ?? [];
}

function gatherCalls(source: ParsedSource): Calls {
  const calls = new Map<TSESTree.Node, Map<string, TSESTree.CallExpression[]>>();
  for (const { call, name } of indexOf(source).ownCalls) {
    const owner = findClass(call);
    if (!owner) continue;
    const ofClass = calls.get(owner) ?? new Map<string, TSESTree.CallExpression[]>();
    const ofName = ofClass.get(name);
    if (ofName) ofName.push(call);
    else ofClass.set(name, [call]);
    calls.set(owner, ofClass);
  }
  return calls;
}

function findClass(node: TSESTree.Node): TSESTree.Node | null {
  for (const outer of ancestorsOf(node)) if (isClass(outer)) return outer;
  return null;
}
