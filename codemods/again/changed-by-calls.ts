import type { TSESTree } from '@typescript-eslint/utils';
import { bindingsOf, findVariable } from '../../src/analysis/source/bindings.ts';
import { findCalled, findNamedFunction } from '../../src/analysis/source/calls-of-function.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import {
  findPropertyName,
  type FunctionNode,
  hasNode,
  isFunction,
  isInside,
  unwrap,
  visit,
} from '../../src/analysis/source/tree.ts';
import { isRepeatedChange } from '../../src/analysis/source/words.ts';

/** Methods that run the function they are given, at once. */
const RUNS: ReadonlySet<string> = new Set([
  'map',
  'flatMap',
  'filter',
  'forEach',
  'some',
  'every',
  'find',
  'findIndex',
  'findLast',
  'sort',
  'toSorted',
  'from',
  'reduce',
  'reduceRight',
]);
/** Calls of calls of calls are followed so deep. */
const MAX_DEPTH = 3;

/**
 * What a call changes outside of the function that it runs, such that a second call would change it once more: it
 * counts, or adds to a list. Null where the function is out of sight, or changes no such thing; what is set but once
 * (`client ??= new Client()`) is not changed.
 */
export function findRepeatedChange(source: ParsedSource, call: TSESTree.CallExpression): TSESTree.Node | null {
  const changed = findChange(source, call, 0);
  return changed && isPlace(changed) ? changed : null;
}

/** A parameter that is changed is what the call hands over, such as a list of its own. */
function findChange(source: ParsedSource, call: TSESTree.CallExpression, depth: number): TSESTree.Node | null {
  if (depth === MAX_DEPTH) return null;
  for (const run of findRun(source, call)) {
    const changed = findChangeIn(source, run, depth);
    if (changed) return changed;
  }
  return null;
}

const isPlace = (value: TSESTree.Node): boolean =>
  /^(?:Identifier|MemberExpression|ThisExpression|Super)$/.test(unwrap(value).type);

/** A function that is called, with what its parameters take. */
interface Run {
  readonly fn: FunctionNode;
  readonly given: (index: number) => TSESTree.Node | null;
}

function findRun(source: ParsedSource, call: TSESTree.CallExpression): Run[] {
  const callee = unwrap(call.callee);
  const toRuns = (fn: FunctionNode | null): Run[] =>
    fn ? [{ fn, given: (index) => call.arguments[index] ?? null }] : [];
  if (isFunction(callee)) return toRuns(callee);
  const name =
    callee.type === 'MemberExpression' && callee.object.type !== 'ThisExpression' ? findPropertyName(callee) : null;
  if (callee.type !== 'MemberExpression' || name === null) return toRuns(findCalled(source, call)?.fn ?? null);
  if (!RUNS.has(name)) return [];
  const [first, second] = call.arguments;
  const callback = name === 'from' ? second : first;
  const fn = !callback ? null : isFunction(callback) ? callback : (findNamedFunction(source, callback)?.fn ?? null);
  // `reduce` fills what it begins with; the others take what stands in the list.
  return fn
    ? [
        {
          fn,
          given: (index) =>
            name.startsWith('reduce') && index === 0
              ? (second ?? null)
              : name === 'from'
                ? (first ?? null)
                : callee.object,
        },
      ]
    : [];
}

function findChangeIn(source: ParsedSource, { fn, given }: Run, depth: number): TSESTree.Node | null {
  let changed: TSESTree.Node | null = null;
  visit(fn.body, source.visitorKeys, (node) => {
    if (changed || isFunction(node)) return false;
    const target =
      findChanged(source, node) ?? (node.type === 'CallExpression' ? findChange(source, node, depth + 1) : null);
    changed = target && isPlace(target) ? findOutside(source, target, fn, given) : null;
    return !changed;
  });
  return changed;
}

function findChanged({ text, visitorKeys }: ParsedSource, node: TSESTree.Node): TSESTree.Node | null {
  switch (node.type) {
    case 'UpdateExpression':
      return node.argument;
    case 'AssignmentExpression': {
      if (/^(?:\?\?|\|\||&&)=$/.test(node.operator)) return null;
      if (node.operator !== '=') return node.left;
      const left = text.slice(...node.left.range);
      return hasNode(
        node.right,
        visitorKeys,
        (each) => each.type === node.left.type && text.slice(...each.range) === left,
      )
        ? node.left
        : null;
    }
    case 'CallExpression':
      return node.callee.type === 'MemberExpression' && isRepeatedChange(findPropertyName(node.callee))
        ? node.callee.object
        : null;
    default:
      return null;
  }
}

/** What is changed, as the caller knows it; null where it was made in the function. */
function findOutside(
  source: ParsedSource,
  target: TSESTree.Node,
  fn: FunctionNode,
  given: Run['given'],
  hops = 0,
): TSESTree.Node | null {
  const node = unwrap(target);
  if (hops > 5) return node;
  if (node.type === 'MemberExpression') {
    const holder = findOutside(source, node.object, fn, given, hops);
    return holder === unwrap(node.object) ? node : holder;
  }
  if (node.type !== 'Identifier') return isPlace(node) ? node : null;
  const variable = findVariable(source, node);
  const [def] = variable?.defs ?? [];
  if (!variable || !def || !isInside(def.name, fn)) return node;
  // The name alone is the function's; what it holds is not, where it came from outside.
  if (node.parent.type === 'UpdateExpression' || node.parent.type === 'AssignmentExpression') return null;
  if (def.type !== 'Parameter')
    return (
      bindingsOf(variable)
        .map(({ value }) => findOutside(source, value, fn, given, hops + 1))
        .find((found) => found !== null) ?? null
    );
  if (variable.references.some((reference) => reference.isWrite() && !reference.init)) return null;
  const index = fn.params.findIndex((parameter) => isInside(def.name, parameter));
  return given(index) ?? node;
}
