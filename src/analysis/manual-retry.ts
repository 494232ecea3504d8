import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from './access-path.ts';
import { type AttemptLog, findAttemptLogs } from './attempt-logs.ts';
import { type AttemptTrial, runAttempts } from './attempt-trial.ts';
import { findVariable } from './bindings.ts';
import { findTarget, type RoundStatement } from './jumps.ts';
import type { ParsedSource } from './parsed-source.ts';
import { findFilled } from './second-request.ts';
import type { StreamLoop } from './stream-loop.ts';
import { ancestorsOf, findPropertyName, hasNode, isFunction, isInside, unwrap, visit } from './tree.ts';

/** A hand-written retry that says no more than options can: how often, after how long, and of which errors. Told by running it. */
export interface ManualRetry {
  readonly rounds: RoundStatement;
  readonly guard: TSESTree.TryStatement;
  /** What an attempt does, in order: the statements before its `try`, and those in it. */
  readonly before: readonly TSESTree.Statement[];
  readonly inside: readonly TSESTree.Statement[];
  /** Statements around it that are there for the attempts alone. */
  readonly gone: readonly TSESTree.Statement[];
  /** Attempts after the first one, as source text. */
  readonly retries: string;
  /** Milliseconds; `factor` and `most` are null where there is nothing to say. [] where nothing is waited for. */
  readonly backoff: Backoff;
  /** The question that an error must answer with yes or no to be tried again; null where each is. */
  readonly question: { readonly node: TSESTree.Expression; readonly error: TSESTree.BindingName; readonly expected: boolean } | null;
  /** Lines that are written of failed attempts. */
  readonly logs: readonly AttemptLog[];
  /** What the loop fills is declared anew in each attempt. */
  readonly startsAnew: boolean;
  /** The assignments by which each attempt sets back what the loop fills, which is all that it does; [] where that is not so. */
  readonly resets: readonly TSESTree.AssignmentExpression[];
}

export interface Backoff {
  readonly initial: string;
  readonly factor: number | null;
  readonly most: string | null;
}

/** For a number that nobody says. */
const PRESUMED = 3;

export type RetryObstacle =
  | { readonly kind: 'recursion' | 'shape' | 'other-work' | 'cap' | 'wait' | 'questions' | 'logs' | 'follow-up' | 'throws'; readonly at: TSESTree.Node | null }
  | { readonly kind: 'counter'; readonly at: null; readonly name: string };

export const isRetryObstacle = (retry: ManualRetry | RetryObstacle): retry is RetryObstacle => 'kind' in retry;

/** Null where the loop is in no attempts. */
export function findManualRetry(source: ParsedSource, loop: StreamLoop): ManualRetry | RetryObstacle | null {
  const { retriedBy, node } = loop;
  if (!retriedBy) return null;
  const rounds = retriedBy.node;
  if (isFunction(rounds)) return { kind: 'recursion', at: null };
  const guard = findGuard(node, rounds);
  const body = rounds.body.type === 'BlockStatement' ? rounds.body.body : [];
  if (!guard || guard.finalizer || !body.includes(guard) || !guard.block.body.includes(node as TSESTree.Statement)) return { kind: 'shape', at: null };
  if (!loop.origin.call || !isInside(loop.origin.call, guard.block)) return { kind: 'shape', at: null };
  const list = rounds.parent.type === 'BlockStatement' || rounds.parent.type === 'Program' ? (rounds.parent.body as readonly TSESTree.Statement[]) : null;
  if (!list || !retriedBy.asksTheSame) return { kind: 'shape', at: null };
  const behind = list.slice(list.indexOf(rounds) + 1);
  const run = (answer: boolean, number = PRESUMED): AttemptTrial => runAttempts(source, rounds, guard, behind, { answer, number });
  const [yes, no] = [run(true), run(false)];
  const expected = yes.attempts >= no.attempts;
  const trial = expected ? yes : no;
  if (trial.stopped !== null) return { kind: 'other-work', at: trial.stopped };
  const other = expected ? no : yes;
  const obstacle = findTrialObstacle(trial, other);
  if (obstacle) return obstacle;
  const logs = findAttemptLogs(source, { trial, other, rounds, handler: guard.handler! });
  if ('untold' in logs) return { kind: 'logs', at: logs.untold };
  const before = body.slice(0, body.indexOf(guard)).filter((statement) => !countsOnly(source, statement, trial.counters));
  const exit = findExit(guard.block, rounds);
  if (!exit) return { kind: 'shape', at: null };
  const inside = exit.type === 'BreakStatement' ? guard.block.body.slice(0, -1) : guard.block.body;
  const follow = [...before, ...inside].find((statement) => statement !== node && !isQuiet(source, statement, loop));
  if (follow) return { kind: 'follow-up', at: follow };
  const isJump = (inner: TSESTree.Node): boolean => (inner.type === 'BreakStatement' || inner.type === 'ContinueStatement') && findTarget(inner) === rounds;
  const jump = [...before, ...inside].find((statement) => hasNode(statement, source.visitorKeys, isJump));
  if (jump) return { kind: 'throws', at: jump };
  const thrown = findThrow(source, node);
  if (thrown) return { kind: 'throws', at: thrown };
  const [next] = behind;
  const unreachable = exit.type === 'ReturnStatement' && next?.type === 'ThrowStatement' ? next : null;
  const kept = [...before, ...inside];
  const counters = findCounters(trial, { rounds, kept, last: trial.last ?? unreachable });
  if ('kind' in counters) return counters;
  const retries = findRetries(source, trial, run(expected, PRESUMED + 2), [rounds, guard.handler!]);
  const backoff = findBackoff(source, trial, guard, rounds);
  if (retries === null) return { kind: 'cap', at: null };
  if (!backoff) return { kind: 'wait', at: null };
  const [question] = trial.questions;
  const param = guard.handler!.param;
  return {
    rounds,
    guard,
    before,
    inside,
    gone: [...counters.declarations, ...[trial.last ?? unreachable].filter((statement) => statement !== null)],
    retries,
    backoff,
    logs,
    question: question && param ? { node: question, error: param, expected } : null,
    startsAnew: loop.effects === 'accumulates' && loop.accumulators.length > 0 && loop.accumulators.every(({ variable }) => isOwn(variable, rounds)),
    resets: findResets(source, loop, kept),
  };
}

function findGuard(node: TSESTree.Node, rounds: TSESTree.Node): TSESTree.TryStatement | null {
  for (const outer of ancestorsOf(node)) {
    if (outer === rounds) return null;
    if (outer.type === 'TryStatement' && outer.handler && isInside(node, outer.block)) return outer;
  }
  return null;
}

/** `other`: what becomes of an error that gets the other answer. */
function findTrialObstacle(trial: AttemptTrial, other: AttemptTrial): RetryObstacle | null {
  if (trial.attempts < 2) return { kind: 'cap', at: null };
  const [question, second] = trial.questions;
  if (second) return { kind: 'questions', at: second };
  // What is asked decides whether there is another attempt, and nothing else.
  return question && (other.stopped !== null || other.attempts > 1 || other.waits.length > 0) ? { kind: 'questions', at: question } : null;
}

/** What leads out of the rounds behind a whole answer. */
function findExit({ body }: TSESTree.BlockStatement, rounds: TSESTree.Node): TSESTree.BreakStatement | TSESTree.ReturnStatement | null {
  const last = body.at(-1);
  if (last?.type === 'ReturnStatement') return last;
  return last?.type === 'BreakStatement' && findTarget(last) === rounds ? last : null;
}

/** `attempt++` */
function countsOnly(source: ParsedSource, statement: TSESTree.Statement, counters: ReadonlySet<Variable>): boolean {
  if (statement.type !== 'ExpressionStatement') return false;
  const { expression } = statement;
  const target = expression.type === 'UpdateExpression' ? expression.argument : expression.type === 'AssignmentExpression' ? expression.left : null;
  const variable = target ? findVariable(source, target) : null;
  return variable !== null && counters.has(variable) && variable.references.some(({ identifier }) => !isInside(identifier, statement) && !identifier.parent.type.startsWith('Assignment') && identifier.parent.type !== 'VariableDeclarator');
}

const QUIET = /^(?:now|join|trim|trimStart|trimEnd|slice|toString|at|concat|map|filter)$/;

/** Nothing that may fail, and none of the world's business: where it fails, the request was made anew too. */
function isQuiet(source: ParsedSource, statement: TSESTree.Statement, { origin }: StreamLoop): boolean {
  const { call } = origin;
  if (call && isInside(call, statement)) return statement.type === 'VariableDeclaration' || statement.type === 'ExpressionStatement';
  return !hasNode(statement, source.visitorKeys, (node) => {
    if (/^(?:Await|Yield|New)Expression$|^(?:Throw|For\w*|While|DoWhile|Try)Statement$/.test(node.type)) return true;
    const callee = node.type === 'CallExpression' ? unwrap(node.callee) : null;
    return callee !== null && !(callee.type === 'MemberExpression' && QUIET.test(findPropertyName(callee) ?? ''));
  });
}

function findThrow(source: ParsedSource, loop: TSESTree.Node): TSESTree.Node | null {
  let found: TSESTree.Node | null = null;
  visit(loop, source.visitorKeys, (node) => {
    if (node.type === 'ThrowStatement') found ??= node;
    return !isFunction(node);
  });
  return found;
}

interface Whole {
  readonly rounds: RoundStatement;
  readonly kept: readonly TSESTree.Statement[];
  readonly last: TSESTree.Statement | null;
}

/** The declarations that go with the attempts. */
function findCounters({ counters }: AttemptTrial, { rounds, kept, last }: Whole): { readonly declarations: readonly TSESTree.Statement[] } | RetryObstacle {
  const declarations: TSESTree.Statement[] = [];
  const keptVariables = new Set([...counters].filter((variable) => variable.defs.some(({ name }) => kept.some((statement) => isInside(name, statement)))));
  for (const variable of counters) {
    if (keptVariables.has(variable) || isWrittenOnlyIn(variable, kept)) continue;
    const used = variable.references.some(({ identifier, init }) => !init && (kept.some((statement) => isInside(identifier, statement)) || !(isInside(identifier, rounds) || (last !== null && isInside(identifier, last)))));
    if (used) return { kind: 'counter', at: null, name: variable.name };
    for (const { node } of variable.defs) {
      if (isInside(node, rounds)) continue;
      if (node.type !== 'VariableDeclarator' || node.parent.declarations.length > 1) return { kind: 'counter', at: null, name: variable.name };
      declarations.push(node.parent);
    }
  }
  return { declarations };
}

/** `text = ''` before each attempt makes no counter of it. */
const isWrittenOnlyIn = ({ references }: Variable, kept: readonly TSESTree.Statement[]): boolean =>
  references.filter((reference) => reference.isWrite() && !reference.init).every(({ identifier }) => kept.some((statement) => isInside(identifier, statement))) && references.some((reference) => reference.isWrite() && !reference.init);

/** As the program has it, where it has a name for it. */
function findRetries(source: ParsedSource, trial: AttemptTrial, other: AttemptTrial, places: readonly TSESTree.Node[]): string | null {
  const [unknown, ...others] = trial.unknown;
  if (others.length > 0) return null;
  if (unknown !== undefined) {
    if (other.stopped !== null || other.attempts - trial.attempts !== 2 || trial.waits.some((wait, index) => other.waits[index] !== wait)) return null;
    return print(unknown, trial.attempts - 1 - PRESUMED);
  }
  const count = trial.attempts - 1;
  const names = findConstants(source, places, places[0]!);
  const same = names.find(({ value }) => value === count) ?? names.find(({ value }) => value === count + 1);
  return same ? print(same.name, count - same.value) : String(count);
}

const print = (name: string, more: number): string => (more === 0 ? name : more < 0 ? `${name} - ${-more}` : `${name} + ${more}`);

/** Names of numbers in the tests; those of an attempt's own go with it. */
function findConstants(source: ParsedSource, roots: readonly TSESTree.Node[], rounds: TSESTree.Node): { readonly name: string; readonly value: number }[] {
  const found: { name: string; value: number }[] = [];
  for (const root of roots) {
    visit(root, source.visitorKeys, (node) => {
      const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
      if (node.type !== 'Identifier' || !variable || variable.defs.some(({ name }) => isInside(name, rounds))) return;
      const [value, ...others] = findValues(source, node);
      const isConstant = variable.references.every((reference) => reference.init || !reference.isWrite());
      if (value?.type === 'Literal' && typeof value.value === 'number' && others.length === 0 && isConstant) found.push({ name: node.name, value: value.value });
    });
  }
  return found;
}

const DEFAULT_MOST = 30_000;

/** The waits as a first one that is multiplied up to a most; null where they are something else. */
function findBackoff(source: ParsedSource, { waits: all, attempts }: AttemptTrial, guard: TSESTree.TryStatement, rounds: RoundStatement): Backoff | null {
  const constants = findConstants(source, [guard.handler!], rounds);
  const name = (value: number): string => constants.find((constant) => constant.value === value)?.name ?? String(value).replace(/\B(?=(?:\d{3})+$)/g, '_');
  // Some wait behind the last attempt too.
  const waits = all.length === attempts ? all.slice(0, -1) : all;
  const [first, second] = waits;
  if (waits.length === 0) return { initial: '0', factor: null, most: null };
  if (waits.length !== attempts - 1 || first === undefined) return null;
  const top = Math.max(...waits);
  const factor = second === undefined || first === 0 ? null : second / first;
  const isRight = waits.every((wait, index) => index === 0 || Math.min(top, first * factor! ** index) === wait || (first === 0 && wait === 0));
  if (!isRight || (factor !== null && factor < 1)) return null;
  const isCapped = factor !== null && factor > 1 && first * factor ** (waits.length - 1) > top;
  return { initial: name(first), factor: factor === 2 ? null : factor, most: isCapped || top > DEFAULT_MOST ? name(top) : null };
}

const isOwn = ({ defs }: Variable, rounds: TSESTree.Node): boolean => defs.some(({ name }) => isInside(name, rounds));

/** `text = ''`, for each variable that the loop fills. */
function findResets(source: ParsedSource, { node: loop }: StreamLoop, kept: readonly TSESTree.Statement[]): readonly TSESTree.AssignmentExpression[] {
  if (loop.type !== 'ForOfStatement' || hasNode(loop.body, source.visitorKeys, isSeenOutside)) return [];
  const filled = [...findFilled(source, loop)];
  const resets = filled.map((variable) => kept.slice(0, kept.indexOf(loop)).flatMap((statement) => findReset(source, statement, variable) ?? []).at(-1));
  return resets.every((reset) => reset !== undefined) ? resets : [];
}

function isSeenOutside(node: TSESTree.Node): boolean {
  if (/^(?:Await|Yield|New|Import|TaggedTemplate)Expression$/.test(node.type)) return true;
  if (node.type === 'AssignmentExpression') return node.left.type !== 'Identifier';
  const callee = node.type === 'CallExpression' ? unwrap(node.callee) : null;
  return callee !== null && !(callee.type === 'MemberExpression' && QUIET.test(findPropertyName(callee) ?? ''));
}

function findReset(source: ParsedSource, statement: TSESTree.Statement, variable: Variable): TSESTree.AssignmentExpression | null {
  const assignment = statement.type === 'ExpressionStatement' && statement.expression.type === 'AssignmentExpression' && statement.expression.operator === '=' ? statement.expression : null;
  const isPlain = assignment?.right.type === 'Literal' || (assignment?.right.type === 'ArrayExpression' && assignment.right.elements.length === 0);
  return assignment && isPlain && findVariable(source, assignment.left) === variable ? assignment : null;
}
