import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { AttemptTrial, LogLine } from './attempt-trial.ts';
import { findVariable } from './bindings.ts';
import type { ParsedSource } from './parsed-source.ts';
import { isFunction, isInside, visit } from './tree.ts';

/** A log line of the handler of failed attempts, in words of the helper's events. */
export interface AttemptLog {
  readonly statement: TSESTree.ExpressionStatement;
  /** The events at which it is written. */
  readonly events: readonly ('retry' | 'fail')[];
  /** What speaks of the attempt, and what the event has in its place. */
  readonly mentions: readonly Mention[];
}

export interface Mention {
  readonly node: TSESTree.Node;
  readonly field: 'attempt' | 'delayMs' | 'error';
  /** What the field is taken from: a parameter that counts down; null: it is not. */
  readonly from: string | null;
  /** To be added. */
  readonly more: number;
}

interface Attempts {
  readonly trial: AttemptTrial;
  /** What becomes of an error that is not tried again. */
  readonly other: AttemptTrial;
  readonly rounds: TSESTree.Node;
  readonly handler: TSESTree.CatchClause;
  /** The variable that is the number of attempts that are left, and stays; null where none is. */
  readonly left: Variable | null;
}

/** Null where an event cannot stand for a log line: the first such line is `untold`. */
export function findAttemptLogs(source: ParsedSource, attempts: Attempts): readonly AttemptLog[] | { readonly untold: TSESTree.Node } {
  const logs: AttemptLog[] = [];
  for (const line of attempts.trial.logs) {
    const log = findLog(source, line, attempts);
    if (!log) return { untold: line.statement };
    logs.push(log);
  }
  const unseen = attempts.other.logs.find(({ statement }) => !logs.some((log) => log.statement === statement));
  return unseen ? { untold: unseen.statement } : logs;
}

function findLog(source: ParsedSource, line: LogLine, attempts: Attempts): AttemptLog | null {
  const events = isInside(line.statement, attempts.handler) ? findEvents(line, attempts) : null;
  const mentions = events && findMentions(source, line, attempts);
  return mentions && { statement: line.statement, events: events, mentions };
}

/** After the last attempt the helper tells of a failure, before that of another attempt. */
function findEvents({ statement, runs }: LogLine, { trial, other }: Attempts): AttemptLog['events'] | null {
  const numbers = runs.map(({ attempt }) => attempt);
  if (new Set(numbers).size !== numbers.length) return null;
  const isLast = numbers.includes(trial.attempts);
  const before = numbers.filter((number) => number < trial.attempts).length;
  if (before !== 0 && before !== trial.attempts - 1) return null;
  // An error that is not tried again fails at once.
  if (trial.questions.size > 0 && other.logs.some((line) => line.statement === statement) !== isLast) return null;
  return [...(before > 0 ? (['retry'] as const) : []), ...(isLast ? (['fail'] as const) : [])];
}

function findMentions(source: ParsedSource, line: LogLine, attempts: Attempts): Mention[] | null {
  const { param } = attempts.handler;
  const error = param?.type === 'Identifier' ? findVariable(source, param) : null;
  const mentions: Mention[] = [];
  let isKnown = true;
  visit(line.statement, source.visitorKeys, (node) => {
    if (isFunction(node) || /^(?:Await|Yield|Assignment|Update)Expression$/.test(node.type)) isKnown = false;
    const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
    if (!variable) return isKnown;
    const mention = variable === error ? { node, field: 'error' as const, from: null, more: 0 } : findNumber(node, variable, line, attempts);
    if (mention) mentions.push(mention);
    else if (variable.defs.some(({ name }) => isInside(name, attempts.rounds)) || attempts.trial.counters.has(variable)) isKnown = false;
    return isKnown;
  });
  return isKnown ? mentions : null;
}

/** What counts the attempts, or says how long is waited, at each time that the line is written. */
function findNumber(node: TSESTree.Node, variable: Variable, { runs }: LogLine, { trial: { waits, attempts }, left }: Attempts): Mention | null {
  const values = runs.map((run) => ({ attempt: run.attempt, value: run.values.get(variable) }));
  const [first] = values;
  if (typeof first?.value !== 'number') return null;
  const { value: start, attempt: number } = first;
  // The parameter holds what it began with; behind each attempt one less of it was left.
  if (variable === left && values.every(({ value, attempt }) => value === start + number - attempt)) return withSum(node, variable.name, start + number - attempts + 1);
  if (values.length > 1 && values.every(({ value, attempt }) => value === start - number + attempt)) return withSum(node, null, start - number);
  const isWait = values.every(({ value, attempt }) => attempt < attempts && value === waits[attempt - 1]);
  return isWait ? { node, field: 'delayMs', from: null, more: 0 } : null;
}

/** `attempt + 1`, where the first has the number 0, is the helper's number. */
function withSum(node: TSESTree.Node, from: string | null, more: number): Mention {
  const sum = node.parent?.type === 'BinaryExpression' && node.parent.left === node && node.parent.right.type === 'Literal' && typeof node.parent.right.value === 'number' ? node.parent : null;
  if (!sum || !/^[+-]$/.test(sum.operator)) return { node, field: 'attempt', from, more };
  const added = Number((sum.right as TSESTree.Literal).value);
  return { node: sum, field: 'attempt', from, more: sum.operator === '+' ? more + added : more - added };
}
