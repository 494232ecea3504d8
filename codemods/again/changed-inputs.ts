import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { HandedStream } from '../../src/analysis/facts/stream-loop.ts';
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

/** Something that a request is made of: `messages`, `this.history`, `state.model`. */
interface Place {
  readonly root: unknown;
  readonly names: readonly string[];
}

/**
 * The first place between two offsets where what the request is made of is changed, as source text; null where it is
 * not. An attempt after that would send something else.
 */
export function findChange(source: ParsedSource, call: TSESTree.CallExpression, range: Range): string | null {
  return findChangeIn(source, call, findFunction(call) ?? source.ast, range, (target) => findPlaces(source, target));
}

/**
 * Likewise, where a stream is handed to a function that reads it: in the function that hands it over, which may go on
 * in the meantime, and in the one that reads it, before its loop.
 */
export function findHandedChange(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  handed: HandedStream,
  loop: TSESTree.Node,
): string | null {
  const { at, reader } = handed;
  const caller = findFunction(at) ?? source.ast;
  const start = isInside(call, at) ? call.range[1] : at.range[0];
  const range: Range = isWaitedFor(at) ? [start, at.range[1]] : [findRounds(at)?.range[0] ?? start, caller.range[1]];
  return (
    findChangeIn(source, call, caller, range, (target) => findPlaces(source, target)) ??
    findChangeIn(source, call, reader, [reader.range[0], loop.range[0]], (target) =>
      findPlacesOfCaller(source, target, call, handed),
    )
  );
}

function findChangeIn(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  root: TSESTree.Node,
  [start, end]: Range,
  placesOf: (target: TSESTree.Node) => readonly Place[],
): string | null {
  if (start >= end) return null;
  let changed: string | null = null;
  const inputs = call.arguments.flatMap((argument) => findInputs(source, argument));
  visit(root, source.visitorKeys, (node) => {
    if (changed !== null || node.range[1] <= start || node.range[0] >= end) return false;
    if (isFunction(node) && node.range[0] >= start && node.range[1] <= end && node !== root) return false;
    if (node.range[0] < start) return true;
    for (const target of findTargets(node)) {
      if (placesOf(target).some((place) => inputs.some((input) => overlap(input, place))))
        changed ??= source.text.slice(...target.range);
    }
    return true;
  });
  return changed;
}

const findPlaces = (source: ParsedSource, target: TSESTree.Node): readonly Place[] =>
  [findPlace(source, target)].filter((place) => place !== null);

/**
 * A parameter holds what the caller's call has for it. A parameter that is but given another value changes nothing
 * there.
 */
function findPlacesOfCaller(
  source: ParsedSource,
  target: TSESTree.Node,
  call: TSESTree.CallExpression,
  { at, reader }: HandedStream,
): readonly Place[] {
  const place = findPlace(source, target);
  const index = place
    ? reader.params.findIndex((parameter) => findDeclared(source, reader, parameter).includes(place.root))
    : -1;
  if (!place || index === -1) return place ? [place] : [];
  if (unwrap(target).type === 'Identifier' && target.parent?.type !== 'MemberExpression') return [];
  const isSpread = at.arguments.slice(0, index + 1).some(({ type }) => type === 'SpreadElement');
  const given =
    isSpread || reader.params[index]!.type === 'RestElement' ? at.arguments : at.arguments.slice(index, index + 1);
  return given.flatMap((argument) => {
    const held = reader.params[index]!.type === 'Identifier' ? findPlace(source, argument) : null;
    if (held) return [{ root: held.root, names: [...held.names, ...place.names] }];
    return isInside(call, argument) ? [] : findInputs(source, argument);
  });
}

/** The variables that a parameter declares. */
const findDeclared = (source: ParsedSource, reader: FunctionNode, parameter: TSESTree.Parameter): unknown[] =>
  (source.scopeManager?.getDeclaredVariables(reader) ?? []).filter(({ defs }) =>
    defs.some(({ type, name }) => type === 'Parameter' && isInside(name, parameter)),
  );

/** The outermost loop of the function around a node. */
function findRounds(node: TSESTree.Node): TSESTree.Node | null {
  let rounds: TSESTree.Node | null = null;
  for (const outer of ancestorsOf(node)) {
    if (isFunction(outer)) break;
    if (/^(?:For|While|DoWhile)/.test(outer.type)) rounds = outer;
  }
  return rounds;
}

/** The function goes no further before the call has come to its end. */
function isWaitedFor(value: TSESTree.Node): boolean {
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
        isWaitedFor(chained)
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

function findInputs(source: ParsedSource, argument: TSESTree.Node): Place[] {
  const inputs: Place[] = [];
  visit(argument, source.visitorKeys, (node) => {
    if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return true;
    const place = findPlace(source, node);
    if (place) inputs.push(place);
    return !place;
  });
  return inputs;
}

/** What a node writes to. */
function findTargets(node: TSESTree.Node): TSESTree.Node[] {
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

/** Null for what does not change: imports, functions, constant primitives. */
function findPlace(source: ParsedSource, value: TSESTree.Node): Place | null {
  const node = unwrap(value);
  if (node.type === 'ThisExpression') return { root: 'this', names: [] };
  if (node.type === 'MemberExpression') {
    const object = findPlace(source, node.object);
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

const overlap = (a: Place, b: Place): boolean =>
  a.root === b.root && a.names.every((name, index) => index >= b.names.length || b.names[index] === name);
