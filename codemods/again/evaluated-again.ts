import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import {
  ancestorsOf,
  findFunction,
  findPropertyName,
  hasNode,
  isFunction,
  isInside,
  visit,
} from '../../src/analysis/source/tree.ts';
import { isChange } from '../../src/analysis/source/words.ts';
import { findChange, isChangeable } from './changed-inputs.ts';
import { findRepeatedChange } from './changed-by-calls.ts';
import { findReadOnce } from './read-once-files.ts';
import type { Opening } from '../uses/stream-uses.ts';

/** Methods that take something away which a second attempt would not find. */
const takesAway = (method: string): boolean => isChange(method) || method === 'next' || method === 'read';
/** What they give is new each time: to sort it changes nothing else. */
const GIVES_NEW: ReadonlySet<string> = new Set([
  'map',
  'filter',
  'slice',
  'concat',
  'flat',
  'flatMap',
  'from',
  'of',
  'keys',
  'values',
  'entries',
  'split',
  'toSorted',
  'toReversed',
]);

/**
 * Why the request cannot stand in a callback that runs once per attempt; null where it can. Other calls are let pass:
 * building messages or reading a clock again is what an attempt is about.
 */
export function findEvaluationObstacle(
  source: ParsedSource,
  request: TSESTree.Node,
  exempt: readonly TSESTree.Node[],
): string | null {
  let obstacle: string | null = null;
  visit(request, source.visitorKeys, (node) => {
    if (obstacle !== null || isFunction(node) || exempt.includes(node)) return false;
    const isOfClient = isOfCallee(request, node);
    // The callback can wait for the client: `(await this.client).chat.completions.create(…)`.
    if (isOfClient && node.type === 'AwaitExpression') return true;
    obstacle = findObstacle(source, node) ?? (isOfClient ? null : findRepetition(source, node));
    return obstacle === null;
  });
  return obstacle;
}

/** Likewise, of a callback that runs once: null where it does not wait. */
export function findWaitObstacle(source: ParsedSource, root: TSESTree.Node): string | null {
  let obstacle: string | null = null;
  visit(root, source.visitorKeys, (node) => {
    if (node.type === 'AwaitExpression' || node.type === 'YieldExpression') obstacle ??= waitsItself(node);
    return obstacle === null && !isFunction(node);
  });
  return obstacle;
}

const waitsItself = ({ type }: TSESTree.AwaitExpression | TSESTree.YieldExpression): string =>
  `The request waits for something of its own (\`${type === 'AwaitExpression' ? 'await' : 'yield'}\`); give that a name before the call, then run this again.`;

/** Whose request it is, and with which key, may be another one each time: `nextClient().chat.completions.create(…)`. */
const isOfCallee = (request: TSESTree.Node, node: TSESTree.Node): boolean =>
  node === request || (request.type === 'CallExpression' && isInside(node, request.callee));

/** What is made anew, and is to be the same for all attempts. */
function findRepetition(source: ParsedSource, node: TSESTree.Node): string | null {
  const changed = node.type === 'CallExpression' ? findRepeatedChange(source, node) : null;
  if (changed)
    return `What the request sends is made by code that changes \`${source.text.slice(...changed.range)}\`, which each attempt would do again; do that before the call, then run this again.`;
  const isKey =
    node.type === 'Property' &&
    /^idempotency-?key$/i.test(findPropertyName(node) ?? '') &&
    hasNode(node.value, source.visitorKeys, ({ type }) => type === 'CallExpression' || type === 'NewExpression');
  return isKey
    ? `The request makes its \`${findPropertyName(node)}\`, of which each attempt would have one of its own; give that a name before the call, then run this again.`
    : null;
}

function findObstacle(source: ParsedSource, node: TSESTree.Node): string | null {
  switch (node.type) {
    case 'AwaitExpression':
    case 'YieldExpression':
      return waitsItself(node);
    case 'AssignmentExpression':
    case 'UpdateExpression':
      return 'The request changes a variable, which each attempt would do again; do that before the call, then run this again.';
    case 'Identifier': {
      const reader = findReadOnce(source, node);
      return reader === null
        ? null
        : `The request sends \`${node.name}\`, which can be read once (\`${reader}\`), so that a second attempt would send nothing; open it inside the call, then run this again.`;
    }
    case 'UnaryExpression':
      return node.operator === 'delete'
        ? 'The request deletes a property; do that before the call, then run this again.'
        : null;
    case 'CallExpression': {
      const name = node.callee.type === 'MemberExpression' ? findPropertyName(node.callee) : null;
      if (name === null || !takesAway(name) || isNew((node.callee as TSESTree.MemberExpression).object)) return null;
      return `The request calls \`.${name}()\`, which each attempt would do again; do that before the call, then run this again.`;
    }
    default:
      return null;
  }
}

const isNew = (value: TSESTree.Node): boolean =>
  value.type === 'ArrayExpression' ||
  value.type === 'NewExpression' ||
  (value.type === 'CallExpression' &&
    value.callee.type === 'MemberExpression' &&
    GIVES_NEW.has(findPropertyName(value.callee) ?? ''));

/** A second attempt is made in the loop's first wait, by then with all that stands between the two. */
export function findChangeObstacle(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  loop: TSESTree.Node,
): string | null {
  const changed = findChange(source, call, [call.range[1], loop.range[0]]);
  return changed === null
    ? null
    : `\`${changed}\` is changed between the request and the loop, and another attempt would send that; do it behind the loop, then run this again.`;
}

const startsLater =
  'The request starts at the call, and in the helper it would start after other work; move the call next to the loop, then run this again.';

/**
 * The helper starts a request when it is waited for. Where that is not at the call, nothing of note may happen in
 * between; null where it does not.
 */
export function findDelayObstacle(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  { made, at }: Opening,
): string | null {
  const [start, end] = [made.range[1], at.range[0]];
  if (start > end) return startsLater;
  const inputs = findInputs(source, call);
  let isDelayed = false;
  visit(findFunction(made) ?? source.ast, source.visitorKeys, (node) => {
    if (isDelayed || node.range[1] <= start || node.range[0] >= end || isOtherBranch(node, made, at)) return false;
    if (isFunction(node) && node.range[0] >= start && !isInside(at, node)) return false;
    if (node.range[0] >= start && node !== at) isDelayed = waits(node) || inputs.has(findKey(source, node));
    return !isDelayed;
  });
  return isDelayed ? startsLater : null;
}

/** What is done instead of it runs in no program that has done it, but for the next round of a loop. */
function isOtherBranch(node: TSESTree.Node, made: TSESTree.Node, at: TSESTree.Node): boolean {
  const { parent } = node;
  if (
    (parent?.type !== 'IfStatement' && parent?.type !== 'ConditionalExpression') ||
    parent.alternate !== node ||
    !isInside(made, parent.consequent)
  )
    return false;
  for (const outer of ancestorsOf(parent)) {
    if (isFunction(outer)) break;
    if (/^(?:For|While|DoWhile)/.test(outer.type) && !isInside(at, outer)) return false;
  }
  return true;
}

const waits = (node: TSESTree.Node): boolean =>
  node.type === 'AwaitExpression' || node.type === 'YieldExpression' || (node.type === 'ForOfStatement' && node.await);

/**
 * What the request is made of and may change: variables but for imports, functions and constant primitives; fields of
 * `this`.
 */
function findInputs(source: ParsedSource, call: TSESTree.CallExpression): ReadonlySet<unknown> {
  const inputs = new Set<unknown>();
  for (const argument of call.arguments) {
    visit(argument, source.visitorKeys, (node) => {
      const key = findKey(source, node);
      if (key !== null) inputs.add(key);
    });
  }
  return inputs;
}

/** The same for each mention of the same thing; null for what does not change. */
function findKey(source: ParsedSource, node: TSESTree.Node): unknown {
  if (node.type === 'MemberExpression' && node.object.type === 'ThisExpression')
    return `this.${findPropertyName(node)}`;
  if (node.type !== 'Identifier') return null;
  const variable = findVariable(source, node);
  return variable?.defs.some(isChangeable) ? variable : null;
}
