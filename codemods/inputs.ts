import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../src/analysis/bindings.ts';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import { findFunction, findPropertyName, isFunction, unwrap, visit } from '../src/analysis/tree.ts';

/** Methods that change what they are called on, so that a second attempt would find something else. */
export const CHANGES: ReadonlySet<string> = new Set(['pop', 'shift', 'splice', 'push', 'unshift', 'reverse', 'sort', 'fill', 'copyWithin', 'set', 'add', 'delete', 'clear']);

/** Something that a request is made of: `messages`, `this.history`, `state.model`. */
interface Place {
  readonly root: unknown;
  readonly names: readonly string[];
}

/**
 * The first place between two offsets where what the request is made of is changed, as source text; null where it is not. An attempt
 * after that would send something else.
 */
export function findChange(source: ParsedSource, call: TSESTree.CallExpression, [start, end]: readonly [number, number]): string | null {
  if (start >= end) return null;
  let changed: string | null = null;
  const inputs = call.arguments.flatMap((argument) => findInputs(source, argument));
  visit(findFunction(call) ?? source.ast, source.visitorKeys, (node) => {
    if (changed !== null || node.range[1] <= start || node.range[0] >= end) return false;
    if (node.range[0] < start) return true;
    if (isFunction(node)) return false;
    for (const target of findTargets(node)) {
      const place = findPlace(source, target);
      if (place && inputs.some((input) => overlap(input, place))) changed ??= source.text.slice(...target.range);
    }
    return true;
  });
  return changed;
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
      return node.callee.type === 'MemberExpression' && CHANGES.has(findPropertyName(node.callee) ?? '') ? [node.callee.object] : [];
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

const overlap = (a: Place, b: Place): boolean => a.root === b.root && a.names.every((name, index) => index >= b.names.length || b.names[index] === name);
