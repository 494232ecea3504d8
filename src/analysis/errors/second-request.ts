import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { catalog } from '../../providers/catalog.ts';
import { findAccessPaths, findValues } from '../values/access-path.ts';
import { matchNames } from '../origin/api-members.ts';
import { findVariable, variablesIn } from '../source/bindings.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { listRepeatedOutputs } from './repeated-output.ts';
import type { SecondRequest, StreamLoop } from '../facts/stream-loop.ts';
import {
  findFunction,
  findPropertyName,
  type FunctionNode,
  isFunction,
  isInside,
  unwrap,
  visit,
} from '../source/tree.ts';
import { isAddition } from '../source/words.ts';

/** A request behind more function calls than this is out of sight. */
const MAX_CALLS = 4;

/** Names of at least two members are enough without an import: `anything.chat.completions.create()`. */
const NAMES = [
  ...new Set(
    catalog.flatMap(({ apis }) =>
      apis.flatMap(({ reach, name, aliases }) => (reach === 'client' ? [name, ...aliases] : [])),
    ),
  ),
].filter((name) => name.includes('.'));

/** The functions of this file that request an answer: those around its stream loops and around their requests. */
export interface Requests {
  readonly source: ParsedSource;
  readonly functions: ReadonlySet<FunctionNode>;
  /** Functions that were searched already, with the result. */
  readonly known: Map<FunctionNode, boolean>;
}

export function toRequests(source: ParsedSource, loops: readonly StreamLoop[]): Requests {
  const nodes = loops.flatMap(({ node, origin }) => (origin.call ? [node, origin.call] : [node]));
  return {
    source,
    functions: new Set(nodes.flatMap((node) => (isFunction(node) ? [node] : (findFunction(node) ?? [])))),
    known: new Map(),
  };
}

/** The request that the handler makes: a call in it, or the next round of an attempt loop around it. */
export function findSecondRequest(
  requests: Requests,
  loop: StreamLoop,
  handler: TSESTree.Node,
  filled: ReadonlySet<Variable>,
): SecondRequest | null {
  const found = findCallAgain(requests, loop, handler, filled) ?? findNextRound(requests, loop, handler, filled);
  if (!found || found.checksOutput || handler.type !== 'CatchClause' || !isInside(loop.node, handler.parent.block))
    return found && { ...found, repeats: [] };
  return { ...found, repeats: listRepeatedOutputs(requests.source, loop, handler, found.node) };
}

type Found = Omit<SecondRequest, 'repeats'>;

function findCallAgain(
  requests: Requests,
  loop: StreamLoop,
  handler: TSESTree.Node,
  filled: ReadonlySet<Variable>,
): Found | null {
  const { source } = requests;
  const values = handler.type === 'CatchClause' ? [handler] : findValues(source, handler).filter(isFunction);
  for (const { body } of values) {
    const call = findRequestIn(requests, loop, body);
    if (call) return { node: call, checksOutput: checksFilled(source, body, filled) };
  }
  return null;
}

function findNextRound(
  { source }: Requests,
  { node, retriedBy: attempts }: StreamLoop,
  handler: TSESTree.Node,
  filled: ReadonlySet<Variable>,
): Found | null {
  if (
    handler.type !== 'CatchClause' ||
    !attempts ||
    isFunction(attempts.node) ||
    !isInside(attempts.next, handler) ||
    !isInside(node, attempts.node)
  )
    return null;
  return {
    node: attempts.next,
    checksOutput: checksFilled(source, handler.body, filled) || resetsFilled(source, attempts.node, node, filled),
  };
}

function findRequestIn(
  requests: Requests,
  { origin }: StreamLoop,
  body: TSESTree.Node,
): TSESTree.CallExpression | null {
  const { source } = requests;
  let found: TSESTree.CallExpression | null = null;
  visit(body, source.visitorKeys, (node) => {
    if (found) return false;
    if (node.type === 'CallExpression' && isRequest(requests, node, origin.api.name, MAX_CALLS)) found = node;
    return found === null;
  });
  return found;
}

const isRequest = (requests: Requests, call: TSESTree.CallExpression, name: string, calls: number): boolean =>
  isApiCall(requests.source, call, name) ||
  findCalledFunctions(requests.source, call).some((callee) => makesRequest(requests, callee, name, calls));

const findCalledFunctions = (source: ParsedSource, call: TSESTree.CallExpression): FunctionNode[] =>
  findValues(source, call.callee).filter(isFunction);

const isApiCall = (source: ParsedSource, { callee }: TSESTree.CallExpression, own: string): boolean =>
  findAccessPaths(source, callee).some(({ root, steps }) =>
    [...(root.kind === 'module' ? [own] : []), ...NAMES].some((name) =>
      [...steps.keys()].some((start) => matchNames(steps, start, name) === steps.length),
    ),
  );

function makesRequest(requests: Requests, fn: FunctionNode, name: string, calls: number): boolean {
  const { source, functions, known } = requests;
  if (functions.has(fn)) return true;
  const before = known.get(fn);
  if (before !== undefined || calls === 0) return before ?? false;
  known.set(fn, false);
  let found = false;
  visit(fn.body, source.visitorKeys, (node) => {
    if (isFunction(node) && functions.has(node)) found = true;
    if (!found && node.type === 'CallExpression') found = isRequest(requests, node, name, calls - 1);
    return !found;
  });
  known.set(fn, found);
  return found;
}

/** The code tests a variable that the loop writes (`if (!started)`), or resets one (`text = ''`). */
function checksFilled(source: ParsedSource, body: TSESTree.Node, filled: ReadonlySet<Variable>): boolean {
  let found = false;
  visit(body, source.visitorKeys, (node) => {
    const test =
      node.type === 'IfStatement' || node.type === 'ConditionalExpression'
        ? node.test
        : node.type === 'LogicalExpression'
          ? node.left
          : null;
    if (test && variablesIn(source, test).some((variable) => filled.has(variable))) found = true;
    if (isReset(source, node, filled)) found = true;
    return !found;
  });
  return found;
}

function isReset(source: ParsedSource, node: TSESTree.Node, filled: ReadonlySet<Variable>): boolean {
  const target = node.type === 'AssignmentExpression' && node.operator === '=' ? node.left : null;
  const owner = target?.type === 'MemberExpression' ? unwrap(target.object) : target; // `parts.length = 0`
  return owner?.type === 'Identifier' && filled.has(findVariable(source, owner)!);
}

function resetsFilled(
  source: ParsedSource,
  attempts: TSESTree.Node,
  loop: TSESTree.Node,
  filled: ReadonlySet<Variable>,
): boolean {
  let found = false;
  visit(attempts, source.visitorKeys, (node) => {
    if (node === loop || isFunction(node)) return false;
    if (isReset(source, node, filled) && node.range[1] <= loop.range[0]) found = true;
    return !found;
  });
  return found;
}

/** The variables from outside that the loop writes: `text += …`, `parts.push(…)`, `started = true`. */
export function listFilledVariables(source: ParsedSource, loop: TSESTree.Node): Set<Variable> {
  const filled = new Set<Variable>();
  const add = (target: TSESTree.Node): void => {
    const owner = unwrap(target);
    if (owner.type === 'MemberExpression') return add(owner.object);
    const variable = owner.type === 'Identifier' ? findVariable(source, owner) : null;
    if (variable && !variable.defs.every(({ name }) => isInside(name as TSESTree.Node, loop))) filled.add(variable);
  };
  visit(loop, source.visitorKeys, (node) => {
    if (node.type === 'AssignmentExpression') add(node.left);
    if (node.type === 'UpdateExpression') add(node.argument);
    if (
      node.type === 'CallExpression' &&
      node.callee.type === 'MemberExpression' &&
      isAddition(findPropertyName(node.callee))
    )
      add(node.callee.object);
  });
  return filled;
}
