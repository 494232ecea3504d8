import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import { isRound } from '../../src/analysis/source/jumps.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { ArgumentStream } from '../../src/analysis/facts/stream-loop.ts';
import {
  ancestorsOf,
  findFunction,
  findPropertyName,
  findUser,
  type FunctionNode,
  isFunction,
  isInside,
  unwrap,
  visit,
} from '../../src/analysis/source/tree.ts';
import { isChange } from '../../src/analysis/source/words.ts';

type Range = readonly [number, number];

/** Something that a request is made of, by the variable (or `this`) and the members: `messages`, `this.history`. */
interface Input {
  readonly root: unknown;
  readonly names: readonly string[];
}

/**
 * The first thing, as source text, that the request is made of and that is changed in a range of its function; null
 * where nothing is. An attempt after the change would send something else.
 */
export function findChange(source: ParsedSource, call: TSESTree.CallExpression, range: Range): string | null {
  return findChangeIn(source, call, findFunction(call) ?? source.ast, range, (target) => readInputs(source, target));
}

/**
 * The same for a stream that is passed as an argument to a function that reads it: a change in the caller, which may
 * continue while the reader reads, or in the reader before its loop.
 */
export function findReaderChange(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  passed: ArgumentStream,
  loop: TSESTree.Node,
): string | null {
  const { at, reader } = passed;
  const caller = findFunction(at) ?? source.ast;
  const start = isInside(call, at) ? call.range[1] : at.range[0];
  const range: Range = isAwaited(at)
    ? [start, at.range[1]]
    : [findOutermostLoop(at)?.range[0] ?? start, caller.range[1]];
  return (
    findChangeIn(source, call, caller, range, (target) => readInputs(source, target)) ??
    findChangeIn(source, call, reader, [reader.range[0], loop.range[0]], (target) =>
      readInputsOfCaller(source, target, call, passed),
    )
  );
}

function findChangeIn(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  root: TSESTree.Node,
  [start, end]: Range,
  inputsOf: (target: TSESTree.Node) => readonly Input[],
): string | null {
  if (start >= end) return null;
  let changed: string | null = null;
  const inputs = call.arguments.flatMap((argument) => listInputs(source, argument));
  visit(root, source.visitorKeys, (node) => {
    if (changed !== null || node.range[1] <= start || node.range[0] >= end) return false;
    if (isFunction(node) && node.range[0] >= start && node.range[1] <= end && node !== root) return false;
    if (node.range[0] < start) return true;
    for (const target of targetsOf(node)) {
      if (inputsOf(target).some((changedInput) => inputs.some((input) => overlap(input, changedInput))))
        changed ??= source.text.slice(...target.range);
    }
    return true;
  });
  return changed;
}

const readInputs = (source: ParsedSource, target: TSESTree.Node): readonly Input[] =>
  [readInput(source, target)].filter((input) => input !== null);

/**
 * What a target in the reader is in the caller: a parameter of the reader is the caller's argument. An assignment to
 * the parameter itself changes nothing in the caller.
 */
function readInputsOfCaller(
  source: ParsedSource,
  target: TSESTree.Node,
  call: TSESTree.CallExpression,
  { at, reader }: ArgumentStream,
): readonly Input[] {
  const input = readInput(source, target);
  const index = input
    ? reader.params.findIndex((parameter) => variablesOf(source, reader, parameter).includes(input.root))
    : -1;
  if (!input || index === -1) return input ? [input] : [];
  if (unwrap(target).type === 'Identifier' && target.parent?.type !== 'MemberExpression') return [];
  const isSpread = at.arguments.slice(0, index + 1).some(({ type }) => type === 'SpreadElement');
  const passed =
    isSpread || reader.params[index]!.type === 'RestElement' ? at.arguments : at.arguments.slice(index, index + 1);
  return passed.flatMap((argument) => {
    const own = reader.params[index]!.type === 'Identifier' ? readInput(source, argument) : null;
    if (own) return [{ root: own.root, names: [...own.names, ...input.names] }];
    return isInside(call, argument) ? [] : listInputs(source, argument);
  });
}

/** The variables that a parameter declares. */
const variablesOf = (source: ParsedSource, reader: FunctionNode, parameter: TSESTree.Parameter): unknown[] =>
  (source.scopeManager?.getDeclaredVariables(reader) ?? []).filter(({ defs }) =>
    defs.some(({ type, name }) => type === 'Parameter' && isInside(name, parameter)),
  );

/** The outermost loop around a node, in its function. */
function findOutermostLoop(node: TSESTree.Node): TSESTree.Node | null {
  let loop: TSESTree.Node | null = null;
  for (const outer of ancestorsOf(node)) {
    if (isFunction(outer)) break;
    if (isRound(outer)) loop = outer;
  }
  return loop;
}

/** The caller does not continue before the call has ended. */
function isAwaited(value: TSESTree.Node): boolean {
  const user = findUser(value);
  switch (user?.type) {
    case 'AwaitExpression':
    case 'ArrowFunctionExpression':
      return true;
    case 'YieldExpression':
      return user.delegate;
    case 'ForOfStatement':
      return unwrap(user.right) === value;
    case 'ReturnStatement':
      return !hasFinalizer(user);
    case 'MemberExpression': {
      const chained = findUser(user);
      return (
        unwrap(user.object) === value &&
        chained?.type === 'CallExpression' &&
        unwrap(chained.callee) === user &&
        isAwaited(chained)
      );
    }
    default:
      return false;
  }
}

function hasFinalizer(statement: TSESTree.Node): boolean {
  for (const outer of ancestorsOf(statement)) {
    if (isFunction(outer)) return false;
    if (outer.type === 'TryStatement' && outer.finalizer) return true;
  }
  return false;
}

/** The changeable things that an argument is made of. */
function listInputs(source: ParsedSource, argument: TSESTree.Node): Input[] {
  const inputs: Input[] = [];
  visit(argument, source.visitorKeys, (node) => {
    if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return true;
    const input = readInput(source, node);
    if (input) inputs.push(input);
    return !input;
  });
  return inputs;
}

/** The expressions that a node changes. */
function targetsOf(node: TSESTree.Node): TSESTree.Node[] {
  switch (node.type) {
    case 'AssignmentExpression':
      return [node.left];
    case 'UpdateExpression':
      return [node.argument];
    case 'UnaryExpression':
      return node.operator === 'delete' ? [node.argument] : [];
    case 'CallExpression':
      return node.callee.type === 'MemberExpression' && isChange(findPropertyName(node.callee))
        ? [node.callee.object]
        : [];
    default:
      return [];
  }
}

/** Null for what cannot change: imports, functions, constant primitives. */
function readInput(source: ParsedSource, value: TSESTree.Node): Input | null {
  const node = unwrap(value);
  if (node.type === 'ThisExpression') return { root: 'this', names: [] };
  if (node.type === 'MemberExpression') {
    const object = readInput(source, node.object);
    const name = findPropertyName(node);
    return object && name !== null ? { root: object.root, names: [...object.names, name] } : object;
  }
  const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
  return variable?.defs.some(isChangeable) ? { root: variable, names: [] } : null;
}

/** A variable that is no import, function or constant primitive. */
export function isChangeable({ type, node }: { readonly type: string; readonly node: TSESTree.Node }): boolean {
  if (type === 'Parameter') return true;
  if (type !== 'Variable' || node.type !== 'VariableDeclarator') return false;
  return !(node.parent.kind === 'const' && (node.init?.type === 'Literal' || node.init?.type === 'TemplateLiteral'));
}

/** One is the other, or a member of the other. */
const overlap = (a: Input, b: Input): boolean =>
  a.root === b.root && a.names.every((name, index) => index >= b.names.length || b.names[index] === name);
