import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from './access-path.ts';
import { findRoles, findStarts, MANY, PRESUMED, type Starts } from './attempt-counters.ts';
import { type AttemptFrame, findFrame, type RetryObstacle } from './attempt-frame.ts';
import { type AttemptLog, findAttemptLogs } from './attempt-logs.ts';
import { type AttemptTrial, runAttempts } from './attempt-trial.ts';
import { findVariable, variablesIn } from './bindings.ts';
import { findTarget } from './jumps.ts';
import type { ParsedSource } from './parsed-source.ts';
import { findFilled } from './second-request.ts';
import type { StreamLoop } from './stream-loop.ts';
import { findFunction, findPropertyName, hasNode, isFunction, isInside, unwrap, visit } from './tree.ts';

/** A hand-written retry that says no more than options can: how often, after how long, and of which errors. Told by running it. */
export interface ManualRetry {
  readonly guard: AttemptFrame['guard'];
  /** The statement that what an attempt does takes the place of, and what its names are then seen in. */
  readonly place: TSESTree.Statement;
  readonly scope: TSESTree.Node;
  /** What an attempt does, in order, as far as it stands in the place: the statements before its `try`, and those in it. */
  readonly before: readonly TSESTree.Statement[];
  readonly inside: readonly TSESTree.Statement[];
  /** Statements around it that are there for the attempts alone. */
  readonly gone: readonly TSESTree.Statement[];
  /** Parameters that are there for the attempts alone; they end the list. */
  readonly dropped: readonly TSESTree.Parameter[];
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

export const isRetryObstacle = (retry: object): retry is RetryObstacle => 'kind' in retry;

/** Null where the loop is in no attempts. */
export function findManualRetry(source: ParsedSource, loop: StreamLoop): ManualRetry | RetryObstacle | null {
  const { retriedBy, node } = loop;
  if (!retriedBy) return null;
  const frame = findFrame(source, loop, retriedBy.node);
  if (isRetryObstacle(frame)) return frame;
  if (!retriedBy.asksTheSame) return { kind: 'shape', at: null };
  const { guard, inside, after } = frame;
  const ofFunction = isFunction(frame.node);
  const run = (answer: boolean, starts: Starts, number = PRESUMED): AttemptTrial => runAttempts(source, frame, { answer, number, starts });
  const given = findStarts(source, frame);
  const expected = run(true, given).attempts >= run(false, given).attempts;
  const roles = findRoles(source, frame, given, (starts) => run(expected, starts));
  const begun = (number: number): Starts => (isRetryObstacle(roles) || !roles.retries ? given : new Map([...given, [roles.retries.variable, number]]));
  // As often as the default of the parameter says, where that is often.
  const usual = run(expected, given);
  const starts = usual.unknown.size === 0 && usual.attempts > PRESUMED ? given : begun(PRESUMED);
  const [trial, other] = [run(expected, starts), run(!expected, starts)];
  const isUnsaid = frame.counters.some((counter) => counter.start === null && !given.has(counter.variable));
  if (trial.stopped !== null && !(isUnsaid && isRetryObstacle(roles))) return { kind: 'other-work', at: trial.stopped };
  if (isRetryObstacle(roles)) return roles;
  const obstacle = findTrialObstacle(trial, other);
  if (obstacle) return obstacle;
  const logs = findAttemptLogs(source, { trial, other, rounds: ofFunction ? frame.node.body : frame.node, handler: guard.handler, left: roles.retries?.variable ?? null });
  if ('untold' in logs) return { kind: 'logs', at: logs.untold };
  const before = ofFunction ? frame.before : frame.before.filter((statement) => !countsOnly(source, statement, trial.counters));
  const tried = [...before, ...inside];
  const follow = tried.find((statement) => statement !== node && !isQuiet(source, statement, loop));
  if (follow) return { kind: 'follow-up', at: follow };
  const isJump = (inner: TSESTree.Node): boolean => (inner.type === 'BreakStatement' || inner.type === 'ContinueStatement') && findTarget(inner) === frame.node;
  const jump = tried.find((statement) => hasNode(statement, source.visitorKeys, isJump));
  if (jump) return { kind: 'throws', at: jump };
  const thrown = findThrow(source, node);
  if (thrown) return { kind: 'throws', at: thrown };
  const unreachable = guard.block.body.at(-1)?.type === 'ReturnStatement' && frame.next?.type === 'ThrowStatement' ? frame.next : null;
  const kept = [...tried, ...after];
  const last = trial.last ?? unreachable;
  const counters = findCounters(trial, { frame, kept, last });
  if ('kind' in counters) return counters;
  const retries = roles.retries ? (trial.unknown.size === 0 ? roles.retries.name.name : null) : findRetries(source, frame, counters.declarations, (number) => run(expected, starts, number));
  const isOpen = roles.retries !== null || trial.unknown.size > 0;
  const waits = findBackoff(source, trial, frame, isOpen ? run(expected, begun(MANY), MANY) : null);
  if (retries === null) return { kind: 'cap', at: null };
  if (!waits || (roles.wait && waits.most !== null)) return { kind: 'wait', at: null };
  const [question] = trial.questions;
  const { param } = guard.handler;
  if (question && param && speaksOfAttempt(source, question, param, trial, [frame.node, ...kept])) return { kind: 'questions', at: question };
  return {
    guard,
    place: ofFunction ? guard : frame.node,
    scope: ofFunction ? frame.node : frame.node.parent,
    before: ofFunction ? [] : before,
    inside,
    gone: [...counters.declarations, ...(last ? [last] : [])],
    dropped: roles.dropped.map(({ parameter }) => parameter),
    retries,
    backoff: roles.wait ? { ...waits, initial: roles.wait.name.name } : waits,
    logs,
    question: question && param ? { node: question, error: param, expected } : null,
    startsAnew: loop.effects === 'accumulates' && loop.accumulators.length > 0 && loop.accumulators.every(({ variable }) => isOwn(variable, frame.node)),
    resets: findResets(source, loop, kept),
  };
}

/** `other`: what becomes of an error that gets the other answer. */
function findTrialObstacle(trial: AttemptTrial, other: AttemptTrial): RetryObstacle | null {
  if (trial.attempts < 2) return { kind: 'cap', at: null };
  const [question, second] = trial.questions;
  if (second) return { kind: 'questions', at: second };
  // What is asked decides whether there is another attempt, and nothing else.
  return question && (other.stopped !== null || other.attempts > 1 || other.waits.length > 0) ? { kind: 'questions', at: question } : null;
}

/** A question that is about more than the error: how often it was asked, or what the handler has a name for. */
function speaksOfAttempt(source: ParsedSource, question: TSESTree.Node, param: TSESTree.Node, { counters }: AttemptTrial, [rounds, ...kept]: readonly TSESTree.Node[]): boolean {
  const errors = variablesIn(source, param);
  return variablesIn(source, question).some((variable) => {
    if (errors.includes(variable) || variable.defs.every(({ name }) => isInside(name, question))) return false;
    const isOfParameters = variable.defs.some(({ type }) => type === 'Parameter');
    return counters.has(variable) || (!isOfParameters && variable.defs.some(({ name }) => isInside(name, rounds!) && !kept.some((statement) => isInside(name, statement))));
  });
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
  readonly frame: AttemptFrame;
  readonly kept: readonly TSESTree.Statement[];
  readonly last: TSESTree.Statement | null;
}

/** The declarations that go with the attempts. */
function findCounters({ counters }: AttemptTrial, { frame: { node: rounds }, kept, last }: Whole): { readonly declarations: readonly TSESTree.Statement[] } | RetryObstacle {
  const declarations: TSESTree.Statement[] = [];
  const keptVariables = new Set([...counters].filter((variable) => variable.defs.some(({ name }) => kept.some((statement) => isInside(name, statement)))));
  for (const variable of counters) {
    if (keptVariables.has(variable) || isWrittenOnlyIn(variable, kept)) continue;
    const used = variable.references.some(({ identifier, init }) => !init && (kept.some((statement) => isInside(identifier, statement)) || !(isInside(identifier, rounds) || (last !== null && isInside(identifier, last)))));
    if (used) return { kind: 'counter', at: null, name: variable.name };
    for (const { node } of variable.defs) {
      if (isInside(node, rounds)) continue;
      // What outlives a call counts the attempts of all calls.
      const isOfCall = !isFunction(rounds) && findFunction(node) === findFunction(rounds);
      if (node.type !== 'VariableDeclarator' || node.parent.declarations.length > 1 || !isOfCall) return { kind: 'counter', at: null, name: variable.name };
      declarations.push(node.parent);
    }
  }
  return { declarations };
}

/** `text = ''` before each attempt makes no counter of it. */
const isWrittenOnlyIn = ({ references }: Variable, kept: readonly TSESTree.Statement[]): boolean =>
  references.filter((reference) => reference.isWrite() && !reference.init).every(({ identifier }) => kept.some((statement) => isInside(identifier, statement))) && references.some((reference) => reference.isWrite() && !reference.init);

/** As the program has it, where it has a name for it. */
function findRetries(source: ParsedSource, frame: AttemptFrame, declarations: readonly TSESTree.Statement[], run: (number: number) => AttemptTrial): string | null {
  const trial = run(PRESUMED);
  const [unknown, ...others] = trial.unknown;
  if (others.length > 0) return null;
  if (unknown !== undefined) return findSaid(unknown, trial, run);
  const count = trial.attempts - 1;
  const names = findConstants(source, isFunction(frame.node) ? [...frame.counters.map(({ parameter }) => parameter), frame.guard.handler] : [...declarations, frame.node], frame);
  const same = [count, count + 1, count - 1].map((value) => names.find((name) => name.value === value)).find((name) => name !== undefined);
  return same ? print(same.name, count - same.value) : String(count);
}

/** As somebody else says it: one attempt more for one more. */
function findSaid(unknown: string, trial: AttemptTrial, run: (number: number) => AttemptTrial): string | null {
  const more = run(PRESUMED + 2);
  if (more.stopped !== null || more.attempts - trial.attempts !== 2 || trial.waits.some((wait, index) => more.waits[index] !== wait)) return null;
  const count = trial.attempts - 1 - PRESUMED;
  const said = print(unknown, count);
  // Who says 0 gets an attempt all the same.
  return count < 0 && run(0).attempts > 0 ? `Math.max(${said}, 0)` : said;
}

function print(name: string, more: number): string {
  const term = /\?\?|\|\|/.test(name) ? `(${name})` : name;
  return more === 0 ? name : more < 0 ? `${term} - ${-more}` : `${term} + ${more}`;
}

/** Names of numbers in the tests, and not in what is tried; those of an attempt's own go with it. */
function findConstants(source: ParsedSource, roots: readonly TSESTree.Node[], { node: rounds, guard }: AttemptFrame): { readonly name: string; readonly value: number }[] {
  const found: { name: string; value: number }[] = [];
  for (const root of roots) {
    visit(root, source.visitorKeys, (node) => {
      if (node === guard.block) return false;
      const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
      if (node.type !== 'Identifier' || !variable || variable.defs.some(({ name }) => isInside(name, rounds))) return true;
      const [value, ...others] = findValues(source, node);
      const isConstant = variable.references.every((reference) => reference.init || !reference.isWrite());
      if (value?.type === 'Literal' && typeof value.value === 'number' && others.length === 0 && isConstant) found.push({ name: node.name, value: value.value });
      return true;
    });
  }
  return found;
}

const DEFAULT_MOST = 30_000;

/**
 * The waits as a first one that is multiplied up to a most; null where they are something else. Where somebody else says how many there are,
 * `many` has more of them, which go on likewise.
 */
function findBackoff(source: ParsedSource, trial: AttemptTrial, frame: AttemptFrame, many: AttemptTrial | null): Backoff | null {
  const own = findGrowth(trial);
  const growth = many ? findGrowth(many) : own;
  if (!growth || !own || growth.first === null) return growth && own && { initial: '0', factor: null, most: null };
  const constants = findConstants(source, [frame.guard.handler], frame);
  const name = (value: number): string => constants.find((constant) => constant.value === value)?.name ?? String(value).replace(/\B(?=(?:\d{3})+$)/g, '_');
  const most = growth.isCapped ? growth.top : own.top > DEFAULT_MOST ? own.top : null;
  return { initial: name(growth.first), factor: growth.factor === 2 ? null : growth.factor, most: most === null ? null : name(most) };
}

interface Growth {
  /** null: nothing is waited for. */
  readonly first: number | null;
  /** null: there is no second. */
  readonly factor: number | null;
  readonly top: number;
  readonly isCapped: boolean;
}

function findGrowth({ waits: all, attempts }: AttemptTrial): Growth | null {
  // Some wait behind the last attempt too.
  const waits = all.length === attempts ? all.slice(0, -1) : all;
  const [first, second] = waits;
  if (waits.length === 0) return { first: null, factor: null, top: 0, isCapped: false };
  if (waits.length !== attempts - 1 || first === undefined) return null;
  const top = Math.max(...waits);
  const factor = second === undefined || first === 0 ? null : second / first;
  const isRight = waits.every((wait, index) => index === 0 || Math.min(top, first * factor! ** index) === wait || (first === 0 && wait === 0));
  if (!isRight || (factor !== null && factor < 1)) return null;
  return { first, factor, top, isCapped: factor !== null && factor > 1 && first * factor ** (waits.length - 1) > top };
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
