import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from './bindings.ts';
import { followersOf, findTarget, type RoundStatement } from './jumps.ts';
import type { ParsedSource } from './parsed-source.ts';
import { findOwnCalls } from './recursion.ts';
import type { StreamLoop } from './stream-loop.ts';
import { ancestorsOf, findFunction, findUser, type FunctionNode, hasNode, isFunction, isInside, unwrap } from './tree.ts';

/** Attempts as they are written: by a loop, or by a function that calls itself. */
export interface AttemptFrame {
  readonly node: RoundStatement | FunctionNode;
  readonly guard: TSESTree.TryStatement & { readonly handler: TSESTree.CatchClause };
  /** What an attempt does, in order: the statements before its `try`, those in it, and those behind it. */
  readonly before: readonly TSESTree.Statement[];
  readonly inside: readonly TSESTree.Statement[];
  readonly after: readonly TSESTree.Statement[];
  /** What stands right behind a loop of attempts; null where nothing does, and behind a function. */
  readonly next: TSESTree.Statement | null;
  /** The parameters by which a function tells its call of itself what is another in each attempt. */
  readonly counters: readonly AttemptCounter[];
  /** The function's calls of itself. */
  readonly calls: readonly TSESTree.CallExpression[];
}

/** `attempt = 0` */
export interface AttemptCounter {
  readonly parameter: TSESTree.Parameter;
  readonly index: number;
  readonly name: TSESTree.Identifier;
  readonly variable: Variable;
  /** null: it has no default. */
  readonly start: TSESTree.Expression | null;
}

export type RetryObstacle =
  | { readonly kind: 'recursion' | 'shape' | 'other-work' | 'cap' | 'wait' | 'questions' | 'logs' | 'follow-up' | 'throws'; readonly at: TSESTree.Node | null }
  | { readonly kind: 'counter' | 'parameter'; readonly at: null; readonly name: string };

const shapeless: RetryObstacle = { kind: 'shape', at: null };

export const findFrame = (source: ParsedSource, loop: StreamLoop, node: RoundStatement | FunctionNode): AttemptFrame | RetryObstacle =>
  isFunction(node) ? findCallFrame(source, loop, node) : findRoundFrame(loop, node);

function findGuardIn(body: TSESTree.Node, { node, origin }: StreamLoop, outer: TSESTree.Node): AttemptFrame['guard'] | null {
  const guard = findGuard(node, outer);
  if (!guard?.handler || guard.finalizer || body.type !== 'BlockStatement' || !body.body.includes(guard)) return null;
  if (!guard.block.body.includes(node as TSESTree.Statement)) return null;
  return origin.call && isInside(origin.call, guard.block) ? (guard as AttemptFrame['guard']) : null;
}

function findGuard(node: TSESTree.Node, outermost: TSESTree.Node): TSESTree.TryStatement | null {
  for (const outer of ancestorsOf(node)) {
    if (outer === outermost) return null;
    if (outer.type === 'TryStatement' && outer.handler && isInside(node, outer.block)) return outer;
  }
  return null;
}

// ── A loop ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function findRoundFrame(loop: StreamLoop, rounds: RoundStatement): AttemptFrame | RetryObstacle {
  const guard = findGuardIn(rounds.body, loop, rounds);
  const list = rounds.parent.type === 'BlockStatement' || rounds.parent.type === 'Program' ? (rounds.parent.body as readonly TSESTree.Statement[]) : null;
  const exit = guard && findExit(guard.block, rounds);
  if (!guard || !list || !exit) return shapeless;
  const body = (rounds.body as TSESTree.BlockStatement).body;
  const inside = exit.type === 'BreakStatement' ? guard.block.body.slice(0, -1) : guard.block.body;
  return { node: rounds, guard, before: body.slice(0, body.indexOf(guard)), inside, after: [], next: list[list.indexOf(rounds) + 1] ?? null, counters: [], calls: [] };
}

/** What leads out of the rounds behind a whole answer. */
function findExit({ body }: TSESTree.BlockStatement, rounds: TSESTree.Node): TSESTree.BreakStatement | TSESTree.ReturnStatement | null {
  const last = body.at(-1);
  if (last?.type === 'ReturnStatement') return last;
  return last?.type === 'BreakStatement' && findTarget(last) === rounds ? last : null;
}

// ── A function that calls itself ────────────────────────────────────────────────────────────────────────────────────

function findCallFrame(source: ParsedSource, loop: StreamLoop, fn: FunctionNode): AttemptFrame | RetryObstacle {
  const guard = findGuardIn(fn.body, loop, fn);
  if (!guard || !fn.async) return shapeless;
  const { body } = fn.body as TSESTree.BlockStatement;
  const index = body.indexOf(guard);
  const calls = findOwnCalls(source, fn);
  const elsewhere = calls.find((call) => !isInside(call, guard.handler) || findFunction(call) !== fn);
  if (elsewhere) return { kind: 'throws', at: elsewhere };
  const counters = findCounters(source, fn, calls);
  const odd = calls.find((call) => !isLast(source, fn, call)) ?? (counters ? undefined : calls[0]);
  if (odd || !counters) return { kind: 'recursion', at: odd ?? null };
  return { node: fn, guard, before: body.slice(0, index), inside: guard.block.body, after: body.slice(index + 1), next: null, counters, calls };
}

/** What a call of itself gives is what the function gives, and nothing is done behind it. */
function isLast(source: ParsedSource, fn: FunctionNode, call: TSESTree.CallExpression): boolean {
  const statement = findStatement(call);
  const { isWaitedFor } = findAgain(statement);
  if (fn.generator ? !isWaitedFor || !isDelegated(call) : isDelegated(call)) return false;
  if (statement?.type === 'ReturnStatement') return true;
  if (statement?.type !== 'ExpressionStatement' || !isWaitedFor) return false;
  const [next] = followersOf(statement, fn);
  const givesValue = hasNode(fn.body, source.visitorKeys, (node) => node.type === 'ReturnStatement' && node.argument !== null);
  return !givesValue && (next === undefined || (next.type === 'ReturnStatement' && next.argument === null));
}

const isDelegated = (call: TSESTree.Node): boolean => findUser(call)?.type === 'YieldExpression';

function findStatement(node: TSESTree.Node): TSESTree.Statement | null {
  for (const outer of ancestorsOf(node)) if (/Statement$|Declaration$/.test(outer.type)) return outer as TSESTree.Statement;
  return null;
}

/** `return ask(…)`, `return await ask(…)`, `await ask(…)`, and `yield* ask(…)` of a generator: the whole statement is the call. */
export function findAgain(statement: TSESTree.Node | null): { readonly call: TSESTree.CallExpression | null; readonly isWaitedFor: boolean } {
  const whole = statement?.type === 'ReturnStatement' ? statement.argument : statement?.type === 'ExpressionStatement' ? statement.expression : null;
  const value = whole && unwrap(whole);
  const isWaitedFor = value?.type === 'AwaitExpression' || (value?.type === 'YieldExpression' && value.delegate);
  const call = isWaitedFor ? unwrap(value.argument) : value;
  return { call: call?.type === 'CallExpression' ? call : null, isWaitedFor };
}

/** Null where a call hands on something else than what it got and what it counts. */
function findCounters(source: ParsedSource, fn: FunctionNode, calls: readonly TSESTree.CallExpression[]): AttemptCounter[] | null {
  const counters: AttemptCounter[] = [];
  for (const [index, parameter] of fn.params.entries()) {
    const name = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
    const variable = name.type === 'Identifier' ? findVariable(source, name) : null;
    if (name.type !== 'Identifier' || !variable) return null;
    const isWritten = variable.references.some((reference) => reference.isWrite() && !reference.init);
    const isHandedOn = (call: TSESTree.CallExpression): boolean => {
      const argument = call.arguments[index] && unwrap(call.arguments[index]);
      return argument?.type === 'Identifier' && findVariable(source, argument) === variable;
    };
    if (isWritten || !calls.every(isHandedOn)) counters.push({ parameter, index, name, variable, start: parameter.type === 'AssignmentPattern' ? parameter.right : null });
  }
  const isComplete = ({ arguments: given }: TSESTree.CallExpression): boolean => given.length === fn.params.length && given.every(({ type }) => type !== 'SpreadElement');
  return calls.every(isComplete) && calls.every((call) => findAgain(findStatement(call)).call === call) ? counters : null;
}
