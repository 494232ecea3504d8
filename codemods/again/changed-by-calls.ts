import type { TSESTree } from '@typescript-eslint/utils';
import { bindingsOf, findVariable } from '../../src/analysis/source/bindings.ts';
import { findCalledFunction, findNamedFunction } from '../../src/analysis/source/calls-of-function.ts';
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

/** Methods that call their callback at once. */
const CALLS_BACK: ReadonlySet<string> = new Set([
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
/** The depth to which calls inside of called functions are followed. */
const MAX_DEPTH = 3;

/**
 * What a second call of the function would change once more, outside of the function: a counter, or a list that grows.
 * Null where the function is out of sight or changes nothing like that; what is set only once
 * (`client ??= new Client()`) does not count.
 */
export function findRepeatedChange(source: ParsedSource, call: TSESTree.CallExpression): TSESTree.Node | null {
  const changed = findChangeByCall(source, call, 0);
  return changed && isReference(changed) ? changed : null;
}

/** Where the function changes a parameter, that is the call's argument: perhaps a list that the call itself makes. */
function findChangeByCall(source: ParsedSource, call: TSESTree.CallExpression, depth: number): TSESTree.Node | null {
  if (depth === MAX_DEPTH) return null;
  for (const run of findRuns(source, call)) {
    const changed = findChangeInRun(source, run, depth);
    if (changed) return changed;
  }
  return null;
}

/** A variable, a member, `this`: not a value that is made here. */
const isReference = (value: TSESTree.Node): boolean =>
  /^(?:Identifier|MemberExpression|ThisExpression|Super)$/.test(unwrap(value).type);

/** A function that a call runs, and the argument that each parameter gets. */
interface Run {
  readonly fn: FunctionNode;
  readonly argumentAt: (index: number) => TSESTree.Node | null;
}

function findRuns(source: ParsedSource, call: TSESTree.CallExpression): Run[] {
  const callee = unwrap(call.callee);
  const toRuns = (fn: FunctionNode | null): Run[] =>
    fn ? [{ fn, argumentAt: (index) => call.arguments[index] ?? null }] : [];
  if (isFunction(callee)) return toRuns(callee);
  const name =
    callee.type === 'MemberExpression' && callee.object.type !== 'ThisExpression' ? findPropertyName(callee) : null;
  if (callee.type !== 'MemberExpression' || name === null) return toRuns(findCalledFunction(source, call)?.fn ?? null);
  if (!CALLS_BACK.has(name)) return [];
  const [first, second] = call.arguments;
  const callback = name === 'from' ? second : first;
  const fn = !callback ? null : isFunction(callback) ? callback : (findNamedFunction(source, callback)?.fn ?? null);
  // The first parameter of `reduce` gets the initial value; all others get items of the list.
  return fn
    ? [
        {
          fn,
          argumentAt: (index) =>
            name.startsWith('reduce') && index === 0
              ? (second ?? null)
              : name === 'from'
                ? (first ?? null)
                : callee.object,
        },
      ]
    : [];
}

function findChangeInRun(source: ParsedSource, run: Run, depth: number): TSESTree.Node | null {
  let changed: TSESTree.Node | null = null;
  visit(run.fn.body, source.visitorKeys, (node) => {
    if (changed || isFunction(node)) return false;
    const target =
      findRepeatedTarget(source, node) ??
      (node.type === 'CallExpression' ? findChangeByCall(source, node, depth + 1) : null);
    changed = target && isReference(target) ? findInCaller(source, target, run) : null;
    return !changed;
  });
  return changed;
}

/** What a node changes once more each time it runs. */
function findRepeatedTarget({ text, visitorKeys }: ParsedSource, node: TSESTree.Node): TSESTree.Node | null {
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

/** The target as the caller knows it; null where the function made it. */
function findInCaller(source: ParsedSource, target: TSESTree.Node, run: Run, hops = 0): TSESTree.Node | null {
  const { fn, argumentAt } = run;
  const node = unwrap(target);
  if (hops > 5) return node;
  if (node.type === 'MemberExpression') {
    const object = findInCaller(source, node.object, run, hops);
    return object === unwrap(node.object) ? node : object;
  }
  if (node.type !== 'Identifier') return isReference(node) ? node : null;
  const variable = findVariable(source, node);
  const [def] = variable?.defs ?? [];
  if (!variable || !def || !isInside(def.name, fn)) return node;
  // The variable is the function's own; its value is not, where it came from outside.
  if (node.parent.type === 'UpdateExpression' || node.parent.type === 'AssignmentExpression') return null;
  if (def.type !== 'Parameter')
    return (
      bindingsOf(variable)
        .map(({ value }) => findInCaller(source, value, run, hops + 1))
        .find((found) => found !== null) ?? null
    );
  if (variable.references.some((reference) => reference.isWrite() && !reference.init)) return null;
  const index = fn.params.findIndex((parameter) => isInside(def.name, parameter));
  return argumentAt(index) ?? node;
}
