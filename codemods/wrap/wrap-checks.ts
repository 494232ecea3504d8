import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { isInside } from '../../src/analysis/source/tree.ts';
import { findReaderChange } from '../again/changed-inputs.ts';
import {
  findChangeObstacle,
  findDelayObstacle,
  findEvaluationObstacle,
  findWaitObstacle,
} from '../again/evaluated-again.ts';
import { isObstacle, type Obstacle } from '../options/placement.ts';
import { findAbortObstacle, findNamedAbortObstacle } from '../options/quiet-aborts.ts';
import { findNarrowingObstacle } from '../types/lost-narrowing.ts';
import { describeCallback } from '../uses/use-obstacles.ts';
import { findResultObstacle } from './lost-result.ts';
import { describeReaderChange, obstacles } from './obstacles.ts';
import type { WrapPlan } from './wrap-plan.ts';
import type { WrapRequest } from './wrap-request.ts';

/** One reason not to wrap; null where it does not apply. */
type Check<Subject> = (subject: Subject) => Obstacle | null;

/** The first obstacle, in the order of the checks. */
export function findObstacle<Subject>(checks: readonly Check<Subject>[], subject: Subject): Obstacle | null {
  for (const check of checks) {
    const obstacle = check(subject);
    if (obstacle) return obstacle;
  }
  return null;
}

// ── Of the request ──────────────────────────────────────────────────────────────────────────────────────────────────

const withoutSdk: Check<WrapRequest> = ({ api }) => (api.reach === 'request' ? obstacles.withoutSdk : null);

const streamPerTurn: Check<WrapRequest> = ({ api }) => (api.iterables.includes('[]') ? obstacles.streamPerTurn : null);

/** `client?.chat.completions.create(…)`. */
const optionalCall: Check<WrapRequest> = ({ call }) => {
  for (let node: TSESTree.Node = call; ;) {
    if (node.type === 'CallExpression' && !node.optional) node = node.callee;
    else if (node.type === 'MemberExpression' && !node.optional) node = node.object;
    else if (node.type === 'TSNonNullExpression') node = node.expression;
    else return node.type === 'CallExpression' || node.type === 'MemberExpression' ? obstacles.optionalCall : null;
  }
};

const unsupportedUse: Check<WrapRequest> = ({ uses }) => uses.obstacle;

const untracedLoop: Check<WrapRequest> = ({ node, origin, uses }) =>
  uses.loops.includes(node) || (origin.relayed && uses.isDelegated) ? null : obstacles.untraced;

const unknownEnd: Check<WrapRequest> = ({ terminal }) => (isObstacle(terminal) ? terminal : null);

/** The outer call is wrapped: a stream that is taken out of the result inside its callback would stay unwrapped. */
const pickedInCallback: Check<WrapRequest> = ({ source, uses, wrapped }) =>
  uses.outerCall && (uses.response || uses.picks.some(({ node }) => isInside(node, wrapped)))
    ? describeCallback(source, uses.outerCall)
    : null;

const laterStart: Check<WrapRequest> = ({ source, uses, wrapped }) => {
  for (const opening of uses.openedLater) {
    const obstacle = findDelayObstacle(source, wrapped, opening);
    if (obstacle) return obstacle;
  }
  return null;
};

const mixedResult: Check<WrapRequest> = ({ source, loop, uses }) => {
  const requests = [loop.origin, ...loop.alternatives].flatMap(({ call }) => call ?? []);
  return findResultObstacle(source, [...requests, ...(uses.outerCall ? [uses.outerCall] : [])], uses);
};

/** In the order in which their obstacles are reported. */
export const requestChecks: readonly Check<WrapRequest>[] = [
  withoutSdk,
  streamPerTurn,
  optionalCall,
  unsupportedUse,
  untracedLoop,
  unknownEnd,
  pickedInCallback,
  laterStart,
  mixedResult,
];

// ── Of the plan ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** The limit of one attempt, in a callback that is called for each, would become the limit of all. */
const limitPerAttempt: Check<WrapPlan> = ({ uses, placement }) =>
  uses.outerCall && placement.moved.some(({ name }) => name === 'totalTimeoutMs') ? obstacles.limitPerAttempt : null;

/** The helper evaluates the request once per attempt; an outer call is evaluated once. */
const unrepeatableRequest: Check<WrapPlan> = ({ source, call, uses, placement }) =>
  uses.outerCall ? findWaitObstacle(source, uses.outerCall) : findEvaluationObstacle(source, call, placement.replaced);

const valueOfCallback: Check<WrapPlan> = ({ source, uses, passed }) => {
  const { outerCall } = uses;
  return outerCall && passed.some(({ value }) => namesVariableOf(source, outerCall, value))
    ? describeCallback(source, outerCall)
    : null;
};

/** The value, as source text, names a variable that is declared inside the outer call and unknown outside. */
function namesVariableOf({ scopeManager }: ParsedSource, outerCall: TSESTree.CallExpression, value: string): boolean {
  const names = new Set(
    (scopeManager?.scopes ?? [])
      .filter(({ block }) => isInside(block, outerCall))
      .flatMap(({ variables }) => variables.map(({ name }) => name)),
  );
  return value.split(/[^\w$]+/).some((word) => names.has(word));
}

/** The function that gets the stream as an argument reads it at `passedStream.at`. */
const findPassedStream = ({ loop, origin }: WrapRequest): WrapRequest['loop']['argumentStreams'][number] | null =>
  loop.argumentStreams.find((each) => each.origin === origin) ?? null;

const changedBeforeLoop: Check<WrapPlan> = (plan) =>
  findChangeObstacle(plan.source, plan.wrapped, findPassedStream(plan)?.at ?? plan.node);

const changedByReader: Check<WrapPlan> = (plan) => {
  const passedStream = findPassedStream(plan);
  const changed = passedStream ? findReaderChange(plan.source, plan.wrapped, passedStream, plan.node) : null;
  return changed === null ? null : describeReaderChange(changed);
};

const namedAbort: Check<WrapPlan> = ({ source, loop, passed }) => findNamedAbortObstacle(source, loop, passed);

const quietAbort: Check<WrapPlan> = ({ loop, api, passed }) => findAbortObstacle(loop, api, passed);

const lostNarrowing: Check<WrapPlan> = ({ source, site, wrapped, placement }) =>
  site.isTyped ? findNarrowingObstacle(source, wrapped, placement.replaced) : null;

/** `limit(() => open())`, where `open` makes the request: the attempt's signal is not visible in `open`. */
const requestOutsideCallback: Check<WrapPlan> = ({ source, call, uses, placement }) =>
  uses.outerCall && placement.edits.length > 0 && !isInside(call, uses.outerCall)
    ? describeCallback(source, uses.outerCall)
    : null;

/** In the order in which their obstacles are reported. */
export const planChecks: readonly Check<WrapPlan>[] = [
  limitPerAttempt,
  unrepeatableRequest,
  valueOfCallback,
  changedBeforeLoop,
  changedByReader,
  namedAbort,
  quietAbort,
  lostNarrowing,
  requestOutsideCallback,
];
