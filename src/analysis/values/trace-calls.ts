import type { TSESTree } from '@typescript-eslint/utils';
import { type AccessPath, extend, findRootNode, startAt, startAtModule, type Tracing } from './access-steps.ts';
import { bindingsOf, findParameter, findVariable } from '../source/bindings.ts';
import { findCallsOf } from '../source/calls-of-function.ts';
import { indexOf } from '../source/file-index.ts';
import { findParents, returned, traceMember } from './trace-members.ts';
import { isPromise, traceAnnotation, traceTypes } from './trace-types.ts';
import {
  findPropertyName,
  type FunctionNode,
  isAsyncIterator,
  isClass,
  isFunction,
  isNothing,
  unwrap,
} from '../source/tree.ts';

/** Callers beyond this number are not followed. */
const MAX_CALLERS = 20;
/** A reader, a decoder and a name or two stand between a parameter and what a generator reads. */
const MAX_HOPS = 8;
const READS = /^(?:getReader|pipeThrough)$/;

/** The value of a call. */
export function traceCall(tracing: Tracing, node: TSESTree.CallExpression, depth: number): readonly AccessPath[] {
  const [first] = node.arguments;
  if (
    node.callee.type === 'Identifier' &&
    node.callee.name === 'require' &&
    first?.type === 'Literal' &&
    !findVariable(tracing.source, node.callee)
  ) {
    return [startAtModule(String(first.value))];
  }
  return (
    traceKnown(tracing, node, depth) ??
    tracing.trace(node.callee, depth).flatMap((path) => {
      const inner = node.arguments
        .flatMap((argument) => findCallbacks(tracing, argument, depth))
        .flatMap((callback) => returned(tracing, callback, depth));
      // Where the function calls its own parameter, its value is the value of the callback.
      const results = traceResult(tracing, path, node, depth).filter(
        ({ root }) => inner.length === 0 || !isParameter(tracing, root, findRootNode(path)),
      );
      // A function that callers pass in makes the whole value.
      const isGiven = path.given > 0 && path.steps.length === 0;
      return [
        ...(isGiven ? results.map((result) => ({ ...result, given: result.steps.length })) : results),
        ...inner.map((path) => ({ ...path, through: [...path.through, node] })),
      ];
    })
  );
}

function isParameter({ source }: Tracing, root: AccessPath['root'], owner: TSESTree.Node | null): boolean {
  const variable = root.kind === 'node' ? findVariable(source, root.node) : null;
  return owner !== null && (variable?.defs.some(({ type, node }) => type === 'Parameter' && node === owner) ?? false);
}

/** The value of a call of the function that the path leads to. */
function traceResult(
  tracing: Tracing,
  path: AccessPath,
  call: TSESTree.CallExpression,
  depth: number,
): readonly AccessPath[] {
  const callee = findRootNode(path);
  if (callee && isFunction(callee)) return resultOf(tracing, callee, call, depth);
  // A method without a body, of an abstract class or of an interface.
  const declared =
    callee && 'returnType' in callee ? traceAnnotation(tracing, callee.returnType?.typeAnnotation, depth) : [];
  return declared.length > 0
    ? declared
    : [extend(path, { kind: 'call', node: call }), ...traceTypes(tracing, call.typeArguments, depth)];
}

/** The value of a call of a function of this file. */
function resultOf(
  tracing: Tracing,
  callee: FunctionNode,
  call: TSESTree.CallExpression,
  depth: number,
): readonly AccessPath[] {
  const index = indexOf(tracing.source);
  const declared = traceAnnotation(tracing, callee.returnType?.typeAnnotation, depth);
  const values = callee.generator
    ? index.relaysOf(callee)
    : index.returnsOf(callee).filter((value) => !isNothing(value));
  const given = tracing.once(callee, () =>
    values.flatMap(
      (value) => traceArgument(tracing, value, callee, call, depth) ?? tracing.trace(value, depth).map(withoutReader),
    ),
  );
  return [...given, ...declared].map((path) => (callee.generator ? { ...path, relayed: true } : path));
}

/** `stream` for `stream.getReader()`: the chunks are the stream's. */
function withoutReader(path: AccessPath): AccessPath {
  const [named, made] = path.steps.slice(-2);
  return named?.kind === 'member' && named.name === 'getReader' && made?.kind === 'call'
    ? { ...path, steps: path.steps.slice(0, -2) }
    : path;
}

/**
 * The value of a function that passes its argument through, as in `pass(stream)`: the argument itself, or a reader of
 * it, `body.getReader()`. Null where the function gives something else. It depends on the call, and not only on the
 * function.
 */
function traceArgument(
  tracing: Tracing,
  value: TSESTree.Node,
  callee: FunctionNode,
  call: TSESTree.CallExpression,
  depth: number,
  hops = MAX_HOPS,
): readonly AccessPath[] | null {
  const node = unwrap(value);
  const follow = (inner: TSESTree.Node): readonly AccessPath[] | null =>
    hops > 0 ? traceArgument(tracing, inner, callee, call, depth, hops - 1) : null;
  switch (node.type) {
    case 'AwaitExpression':
      return follow(node.argument);
    case 'Identifier': {
      const variable = findVariable(tracing.source, node);
      const def = variable?.defs[0];
      const parameter = def?.type === 'Parameter' && def.node === callee ? findParameter(def.name) : null;
      if (parameter) return pickArgument(tracing, call.arguments[parameter.index], parameter.picks, depth);
      const [binding, another] = variable && def?.type === 'Variable' ? bindingsOf(variable) : [];
      const bound = binding && !another ? follow(binding.value) : null;
      return bound && binding!.picks.reduce((paths, pick) => traceMember(tracing, paths, pick, depth), bound);
    }
    case 'MemberExpression': {
      const name = findPropertyName(node);
      const object = name === null ? null : follow(node.object);
      return object && traceMember(tracing, object, name!, depth);
    }
    case 'CallExpression': {
      const member = unwrap(node.callee);
      if (member.type !== 'MemberExpression') return null;
      return isAsyncIterator(member) || READS.test(findPropertyName(member) ?? '') ? follow(member.object) : null;
    }
    default:
      return null;
  }
}

function pickArgument(
  tracing: Tracing,
  argument: TSESTree.Node | undefined,
  picks: readonly string[],
  depth: number,
): readonly AccessPath[] {
  if (!argument || argument.type === 'SpreadElement') return [];
  return picks.reduce((paths, pick) => traceMember(tracing, paths, pick, depth), tracing.trace(argument, depth));
}

/** The values that callers in this file pass for a parameter. */
export function traceCallers(
  tracing: Tracing,
  owner: TSESTree.Node,
  { index, picks }: { readonly index: number; readonly picks: readonly string[] },
  depth: number,
): readonly AccessPath[] {
  const calls = findCallsOf(tracing.source, owner);
  if (calls.length === 0) return [];
  return tracing.once(owner, () =>
    calls.slice(0, MAX_CALLERS).flatMap((call) =>
      pickArgument(tracing, call.arguments[index], picks, depth).map((path) => ({
        ...path,
        given: Math.max(path.steps.length, 1),
      })),
    ),
  );
}

/** The functions that the call gets as arguments: inline, by name, or in its options, `retry({ fn: () => … })`. */
function findCallbacks(tracing: Tracing, argument: TSESTree.Node, depth: number): FunctionNode[] {
  if (isFunction(argument)) return argument.generator ? [] : [argument];
  if (argument.type === 'ObjectExpression')
    return argument.properties.flatMap((property) =>
      property.type === 'Property' && isFunction(property.value) && !property.value.generator ? [property.value] : [],
    );
  if (argument.type !== 'Identifier') return [];
  return tracing.trace(argument, depth).flatMap((path) => {
    const callback = findRootNode(path);
    return callback && isFunction(callback) && !callback.generator ? [callback] : [];
  });
}

/** The value of the language's own methods; null for any other call. */
function traceKnown(
  tracing: Tracing,
  { callee, arguments: [first, second] }: TSESTree.CallExpression,
  depth: number,
): readonly AccessPath[] | null {
  const member = unwrap(callee);
  if (member.type !== 'MemberExpression') return null;
  // An iterator stands for the value that it iterates.
  if (isAsyncIterator(member)) return tracing.trace(member.object, depth);
  const name = findPropertyName(member);
  if (!first) return null;
  switch (name) {
    // `promise.catch(…)` and `.finally(…)` resolve to the value of the promise, `.then(callback)` to the value of the
    // callback.
    case 'catch':
    case 'finally':
      return tracing.trace(member.object, depth);
    case 'then':
      return isFunction(first) ? returned(tracing, first, depth) : null;
    case 'bind':
      return second ? null : tracing.trace(member.object, depth);
    case 'all':
    case 'resolve':
      return isPromise(tracing, member.object) ? tracing.trace(first, depth) : null;
    case 'any':
    case 'race': {
      const list = isPromise(tracing, member.object) ? unwrap(first) : null;
      return list?.type === 'ArrayExpression'
        ? list.elements.flatMap((element) =>
            element && element.type !== 'SpreadElement' ? tracing.trace(element, depth) : [],
          )
        : null;
    }
    default:
      return null;
  }
}

/** The value of `new`: an instance of a class of this file, or of a module. */
export function traceNew(tracing: Tracing, node: TSESTree.NewExpression, depth: number): readonly AccessPath[] {
  return tracing.trace(node.callee, depth).flatMap((path) => {
    const made = findRootNode(path);
    if (!made || !isClass(made))
      return [extend(path, { kind: 'new', node }), ...traceTypes(tracing, node.typeArguments, depth)];
    return [startAt(node), ...findParents(tracing, made, depth).map((parent) => extend(parent, { kind: 'new', node }))];
  });
}
