import type { StreamLoop, StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findChange } from '../again/changed-inputs.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import { listDeclaredOptions } from '../options/stated-limits.ts';
import { type HelperOption, isObstacle, type Obstacle } from '../options/placement.ts';
import { printUndo } from '../options/undo-output.ts';
import { WIDE } from '../types/widen-types.ts';
import { printWrap, type Wrapping } from './print-wrap.ts';
import { findObstacle, planChecks, requestChecks } from './wrap-checks.ts';
import { planWrap, takesSignal, type WrapPlan } from './wrap-plan.ts';
import { readRequest } from './wrap-request.ts';

/** Puts a request into `resilientStream`, for the loop that reads its stream. */
export function wrapCall(
  source: ParsedSource,
  loop: StreamLoop,
  origin: StreamOrigin,
  options: CodemodOptions,
): Wrapping | Obstacle {
  const request = readRequest(source, loop, origin, options);
  if (isObstacle(request)) return request;
  const obstacle = findObstacle(requestChecks, request);
  if (obstacle) return obstacle;
  const plan = planWrap(request);
  if (isObstacle(plan)) return plan;
  return findObstacle(planChecks, plan) ?? printPlan(plan);
}

function printPlan(plan: WrapPlan): Wrapping {
  const { source, api, uses, wrapped, pick, signalName, placement, options } = plan;
  const moved = listHelperOptions(plan);
  const wrapping = printWrap(
    source,
    wrapped,
    {
      signal: takesSignal(api) ? signalName : null,
      placement: { ...placement, moved },
      pick,
      response: uses.response,
      undo: isRestartable(plan, moved) ? printUndo(source, plan.loop, plan.call) : null,
    },
    options,
  );
  const widening = uses.widened.map(({ range }) => ({ range, text: WIDE }));
  return { ...wrapping, edits: [...wrapping.edits, ...(uses.response?.edits ?? []), ...widening] };
}

/**
 * An outer call may wait its turn and retry by its own rules: there the helper neither limits the opening nor retries,
 * and only makes sure that the answer is complete.
 */
const optionsOfOuterCall: readonly HelperOption[] = [
  { name: 'openTimeoutMs', value: 'Infinity' },
  { name: 'maxRetries', value: '0' },
];

function listHelperOptions({ source, loop, origin, options, uses, passed, terminal }: WrapPlan): HelperOption[] {
  const fixed = uses.outerCall ? optionsOfOuterCall : [];
  const declared = listDeclaredOptions(source, loop, origin, passed, options.timeouts);
  return [...declared.filter(({ name }) => !isAmong(name, fixed)), ...fixed]
    .filter(({ name }) => !isAmong(name, terminal))
    .concat(terminal);
}

const isAmong = (name: string, options: readonly HelperOption[]): boolean =>
  options.some((option) => option.name === name);

/**
 * After a failure the helper may take back the loop's output and make the request again. It may not where
 * - several loops share the request: each has its own output;
 * - the helper cannot read the chunks: a tool may have run, which must not run twice;
 * - the chat keeps the truncated answer: another request would continue after it;
 * - there are no retries;
 * - the loop changes what the request is made of.
 */
function isRestartable(
  { source, call, node, api, uses, pick }: WrapPlan,
  helperOptions: readonly HelperOption[],
): boolean {
  return (
    !uses.outerCall &&
    uses.loops.length === 1 &&
    api.protocol !== null &&
    !api.remembersCut &&
    (api.terminal !== null || pick.isText) &&
    !helperOptions.some(({ name, value }) => name === 'maxRetries' && value === '0') &&
    findChange(source, call, node.body.range) === null
  );
}
