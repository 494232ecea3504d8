import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { AttemptCounter, AttemptFrame, RetryObstacle } from './attempt-frame.ts';
import type { AttemptTrial } from './attempt-trial.ts';
import { findCallsOf } from './callers.ts';
import { findArgument, isClosed } from './handed-streams.ts';
import type { ParsedSource } from './parsed-source.ts';
import { type FunctionNode, hasNode, isFunction, isInside } from './tree.ts';

/** What becomes of the parameters by which a function counts its attempts. */
export interface CounterRoles {
  /** A parameter that is the number of attempts after the first one, for whatever number a caller says. */
  readonly retries: AttemptCounter | null;
  /** A parameter that is the first wait, of which the others are multiples. */
  readonly wait: AttemptCounter | null;
  /** Those that no caller says anything of; they end the list of parameters. */
  readonly dropped: readonly AttemptCounter[];
}

export type Starts = ReadonlyMap<Variable, number>;

/** For a number that nobody says. */
export const PRESUMED = 3;
/** So many that one sees how the waits go on. */
export const MANY = 8;
const LONG = 7_000;

/** What parameters without a default begin with, where each caller says it. */
export const findStarts = (source: ParsedSource, frame: AttemptFrame): Starts =>
  new Map(frame.counters.filter((counter) => counter.start === null && isAlwaysSaid(source, frame, counter)).map(({ variable }) => [variable, PRESUMED]));

/** `run` tries with parameters that begin with other numbers. */
export function findRoles(source: ParsedSource, frame: AttemptFrame, starts: Starts, run: (starts: Starts) => AttemptTrial): CounterRoles | RetryObstacle {
  const roles: { retries: AttemptCounter | null; wait: AttemptCounter | null } = { retries: null, wait: null };
  const rest: AttemptCounter[] = [];
  for (const counter of frame.counters) {
    const runWith = (number: number): AttemptTrial => run(new Map([...starts, [counter.variable, number]]));
    const isSaid = counter.start !== null || isAlwaysSaid(source, frame, counter);
    if (isSaid && !roles.retries && isRetries(runWith)) roles.retries = counter;
    else if (isSaid && !roles.wait && isWait(runWith)) roles.wait = counter;
    else rest.push(counter);
  }
  const kept = rest.find((counter) => !isDroppable(source, frame, counter, rest));
  return kept ? { kind: 'parameter', at: null, name: kept.name.name } : { ...roles, dropped: rest };
}

/** As many attempts more as the number is higher, with the same waits as far as both go. */
function isRetries(runWith: (number: number) => AttemptTrial): boolean {
  const [none, ...trials] = [0, PRESUMED, MANY].map((number) => ({ number, trial: runWith(number) }));
  const waits = trials.at(-1)!.trial.waits;
  return none!.trial.stopped === null && none!.trial.attempts === 1 && trials.every(({ number, trial }) => trial.stopped === null && trial.attempts === number + 1 && trial.waits.every((wait, index) => wait === waits[index]));
}

/** The first wait is the number, and the others stay the same multiples of it. */
function isWait(runWith: (number: number) => AttemptTrial): boolean {
  const [short, long] = [runWith(PRESUMED), runWith(LONG)];
  if (short.stopped !== null || long.stopped !== null || short.attempts !== long.attempts || short.waits.length !== long.waits.length) return false;
  return short.waits[0] === PRESUMED && short.waits.every((wait, index) => wait * LONG === long.waits[index]! * PRESUMED);
}

const callersOf = (source: ParsedSource, fn: FunctionNode): TSESTree.CallExpression[] => findCallsOf(source, fn).filter((call) => !isInside(call, fn));

function isAlwaysSaid(source: ParsedSource, { node }: AttemptFrame, { index }: AttemptCounter): boolean {
  const callers = isFunction(node) && isClosed(source, node) ? callersOf(source, node) : [];
  return callers.length > 0 && callers.every((call) => findArgument(call, index) !== null);
}

/** Each caller is in sight and says nothing of it, and it has no followers but others that go. */
function isDroppable(source: ParsedSource, { node }: AttemptFrame, { index }: AttemptCounter, others: readonly AttemptCounter[]): boolean {
  if (!isFunction(node) || !isClosed(source, node)) return false;
  const callers = callersOf(source, node);
  const isQuiet = callers.length > 0 && callers.every(({ arguments: given }) => given.length <= index && given.every(({ type }) => type !== 'SpreadElement'));
  const isLast = node.params.every((_, at) => at <= index || others.some((other) => other.index === at));
  return isQuiet && isLast && !hasNode(node.body, source.visitorKeys, (inner) => inner.type === 'Identifier' && inner.name === 'arguments');
}
