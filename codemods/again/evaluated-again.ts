import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import { isRound } from '../../src/analysis/source/jumps.ts';
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
import type { Obstacle } from '../options/placement.ts';
import type { Opening } from '../uses/stream-events.ts';
import { findRepeatedChange } from './changed-by-calls.ts';
import { findChange, isChangeable } from './changed-inputs.ts';
import { findReadOnce } from './read-once-files.ts';

const obstacles = {
  assignment: {
    obstacle:
      'The request changes a variable, which each attempt would do again; do that before the call, then run this ' +
      'again.',
  },
  deletion: {
    obstacle: 'The request deletes a property; do that before the call, then run this again.',
  },
  laterStart: {
    obstacle:
      'The request starts at the call, and in the helper it would start after other work; move the call next to the ' +
      'loop, then run this again.',
  },
} satisfies Record<string, Obstacle>;

/** Methods that take something away, which a second attempt would not find. */
const consumes = (method: string): boolean => isChange(method) || method === 'next' || method === 'read';
/** Methods that return a new list each time: to sort that list changes nothing else. */
const RETURNS_NEW: ReadonlySet<string> = new Set([
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
 * Why the request cannot be evaluated once per attempt; null where it can. Calls without a known effect pass: each
 * attempt may build its messages or read the clock.
 */
export function findEvaluationObstacle(
  source: ParsedSource,
  request: TSESTree.Node,
  exempt: readonly TSESTree.Node[],
): Obstacle | null {
  let obstacle: Obstacle | null = null;
  visit(request, source.visitorKeys, (node) => {
    if (obstacle !== null || isFunction(node) || exempt.includes(node)) return false;
    const isOfClient = isOfCallee(request, node);
    // The callback can await the client: `(await this.client).chat.completions.create(…)`.
    if (isOfClient && node.type === 'AwaitExpression') return true;
    obstacle = findNodeObstacle(source, node) ?? (isOfClient ? null : findRepetition(source, node));
    return obstacle === null;
  });
  return obstacle;
}

/** Why an outer call cannot stand in the helper's callback, which runs it once; null where it awaits nothing. */
export function findWaitObstacle(source: ParsedSource, root: TSESTree.Node): Obstacle | null {
  let obstacle: Obstacle | null = null;
  visit(root, source.visitorKeys, (node) => {
    if (node.type === 'AwaitExpression' || node.type === 'YieldExpression') obstacle ??= describeWait(node);
    return obstacle === null && !isFunction(node);
  });
  return obstacle;
}

const describeWait = ({ type }: TSESTree.AwaitExpression | TSESTree.YieldExpression): Obstacle => ({
  obstacle:
    `The request waits for something of its own (\`${type === 'AwaitExpression' ? 'await' : 'yield'}\`); give that a ` +
    'name before the call, then run this again.',
});

/** Each attempt may use another client or another key: `nextClient().chat.completions.create(…)`. */
const isOfCallee = (request: TSESTree.Node, node: TSESTree.Node): boolean =>
  node === request || (request.type === 'CallExpression' && isInside(node, request.callee));

/** A value that has to be the same for all attempts, and that each evaluation would make anew. */
function findRepetition(source: ParsedSource, node: TSESTree.Node): Obstacle | null {
  const changed = node.type === 'CallExpression' ? findRepeatedChange(source, node) : null;
  if (changed)
    return {
      obstacle:
        `What the request sends is made by code that changes \`${source.text.slice(...changed.range)}\`, which each ` +
        'attempt would do again; do that before the call, then run this again.',
    };
  const isKey =
    node.type === 'Property' &&
    /^idempotency-?key$/i.test(findPropertyName(node) ?? '') &&
    hasNode(node.value, source.visitorKeys, ({ type }) => type === 'CallExpression' || type === 'NewExpression');
  return isKey
    ? {
        obstacle:
          `The request makes its \`${findPropertyName(node)}\`, of which each attempt would have one of its own; ` +
          'give that a name before the call, then run this again.',
      }
    : null;
}

/** What evaluating one node again would do. */
function findNodeObstacle(source: ParsedSource, node: TSESTree.Node): Obstacle | null {
  switch (node.type) {
    case 'AwaitExpression':
    case 'YieldExpression':
      return describeWait(node);
    case 'AssignmentExpression':
    case 'UpdateExpression':
      return obstacles.assignment;
    case 'Identifier': {
      const opener = findReadOnce(source, node);
      return opener === null
        ? null
        : {
            obstacle:
              `The request sends \`${node.name}\`, which can be read once (\`${opener}\`), so that a second attempt ` +
              'would send nothing; open it inside the call, then run this again.',
          };
    }
    case 'UnaryExpression':
      return node.operator === 'delete' ? obstacles.deletion : null;
    case 'CallExpression': {
      const name = node.callee.type === 'MemberExpression' ? findPropertyName(node.callee) : null;
      if (name === null || !consumes(name) || isNew((node.callee as TSESTree.MemberExpression).object)) return null;
      return {
        obstacle:
          `The request calls \`.${name}()\`, which each attempt would do again; do that before the call, then run ` +
          'this again.',
      };
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
    RETURNS_NEW.has(findPropertyName(value.callee) ?? ''));

/** A second attempt starts inside the loop, after all statements between the request and the loop. */
export function findChangeObstacle(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  loop: TSESTree.Node,
): Obstacle | null {
  const changed = findChange(source, call, [call.range[1], loop.range[0]]);
  return changed === null
    ? null
    : {
        obstacle:
          `\`${changed}\` is changed between the request and the loop, and another attempt would send that; do it ` +
          'behind the loop, then run this again.',
      };
}

/**
 * The SDK starts the request at the call (`made`); the helper starts it where the program waits for the stream (`at`).
 * Why that is not the same; null where nothing between the two places waits, or uses what the request is made of.
 */
export function findDelayObstacle(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  { made, at }: Opening,
): Obstacle | null {
  const [start, end] = [made.range[1], at.range[0]];
  if (start > end) return obstacles.laterStart;
  const inputs = listInputs(source, call);
  let isDelayed = false;
  visit(findFunction(made) ?? source.ast, source.visitorKeys, (node) => {
    if (isDelayed || node.range[1] <= start || node.range[0] >= end || isOtherBranch(node, made, at)) return false;
    if (isFunction(node) && node.range[0] >= start && !isInside(at, node)) return false;
    if (node.range[0] >= start && node !== at) isDelayed = waits(node) || inputs.has(findInputKey(source, node));
    return !isDelayed;
  });
  return isDelayed ? obstacles.laterStart : null;
}

/**
 * `else` of the branch that makes the request: it does not run after the request, unless a loop around both comes round
 * again before `at`.
 */
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
    if (isRound(outer) && !isInside(at, outer)) return false;
  }
  return true;
}

const waits = (node: TSESTree.Node): boolean =>
  node.type === 'AwaitExpression' || node.type === 'YieldExpression' || (node.type === 'ForOfStatement' && node.await);

/** The changeable things that the request is made of: see `findInputKey`. */
function listInputs(source: ParsedSource, call: TSESTree.CallExpression): ReadonlySet<unknown> {
  const inputs = new Set<unknown>();
  for (const argument of call.arguments) {
    visit(argument, source.visitorKeys, (node) => {
      const key = findInputKey(source, node);
      if (key !== null) inputs.add(key);
    });
  }
  return inputs;
}

/** One key for all mentions of a variable, or of a field of `this`; null for what cannot change. */
function findInputKey(source: ParsedSource, node: TSESTree.Node): unknown {
  if (node.type === 'MemberExpression' && node.object.type === 'ThisExpression')
    return `this.${findPropertyName(node)}`;
  if (node.type !== 'Identifier') return null;
  const variable = findVariable(source, node);
  return variable?.defs.some(isChangeable) ? variable : null;
}
