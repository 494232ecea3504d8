import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from './bindings.ts';
import { indexOf } from './file-index.ts';
import { FileMemory } from './file-memory.ts';
import type { ParsedSource } from './parsed-source.ts';
import { ancestorsOf, findPropertyName, findUser, type FunctionNode, isClass, isFunction, unwrap } from './tree.ts';

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

function findCallsOfMethod(
  source: ParsedSource,
  owner: TSESTree.Node,
  name: string,
): readonly TSESTree.CallExpression[] {
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

function findClass(node: TSESTree.Node): TSESTree.ClassDeclaration | TSESTree.ClassExpression | null {
  for (const outer of ancestorsOf(node)) if (isClass(outer)) return outer;
  return null;
}

// ── The other way round ─────────────────────────────────────────────────────────────────────────────────────────────

export interface CalledFunction {
  readonly fn: FunctionNode;
  /** No assignment and no subclass may have put another in its place. */
  readonly isSure: boolean;
}

/**
 * The function of this file that a call runs: by its name, or as a method of `this`; null where that is out of sight.
 */
export function findCalledFunction(source: ParsedSource, call: TSESTree.CallExpression): CalledFunction | null {
  const callee = unwrap(call.callee);
  if (callee.type !== 'MemberExpression') return findNamedFunction(source, callee);
  const name = findPropertyName(callee);
  const members = callee.object.type === 'ThisExpression' && name !== null ? (findClass(call)?.body.body ?? []) : [];
  for (const member of members) {
    const isMethod = member.type === 'MethodDefinition';
    if ((!isMethod && member.type !== 'PropertyDefinition') || findPropertyName(member) !== name) continue;
    return member.value && isFunction(member.value)
      ? { fn: member.value, isSure: isMethod && isPrivate(member) }
      : null;
  }
  return null;
}

/** The function that a name stands for. */
export function findNamedFunction(source: ParsedSource, name: TSESTree.Node): CalledFunction | null {
  const variable = findVariable(source, name);
  const [def, ...others] = variable?.defs ?? [];
  if (!def || others.length > 0) return null;
  if (def.type === 'FunctionName')
    return isFunction(def.node)
      ? { fn: def.node, isSure: variable!.references.every((reference) => !reference.isWrite()) }
      : null;
  const init = def.type === 'Variable' && def.node.id === def.name ? def.node.init : null;
  return init && isFunction(init) ? { fn: init, isSure: def.type === 'Variable' && def.parent.kind === 'const' } : null;
}

/** A method that only its own class can call. */
export const isPrivate = ({ accessibility, key }: TSESTree.MethodDefinition): boolean =>
  accessibility === 'private' || key.type === 'PrivateIdentifier';
