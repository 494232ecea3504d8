import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths, findValues } from '../values/access-path.ts';
import { findOption } from '../values/call-options.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { Retries, StreamOrigin } from '../facts/stream-loop.ts';
import { isNothing } from '../source/tree.ts';

/** The default of the helper: src/resilient-stream/loop/options.ts. */
const HELPER_RETRIES = 2;

/** How often the SDK and the helper repeat the request, according to the call, its client and the catalog. */
export const describeRetries = (source: ParsedSource, origin: StreamOrigin): Retries => ({
  ...describeSdkRetries(source, origin),
  helper: origin.wrapper && readCount(source, origin.wrapper, { argument: 1, path: ['maxRetries'] }, HELPER_RETRIES),
});

type SdkRetries = Omit<Retries, 'helper'>;
const unknown: SdkRetries = { sdk: null, isAssumed: false };

function describeSdkRetries(source: ParsedSource, origin: StreamOrigin): SdkRetries {
  const { api, call, evidence } = origin;
  // A client that only looks like this SDK's client may be another's.
  if (!call || !api.ownRetries || evidence === 'shape') return unknown;
  if (api.retries) {
    const atCall = readCount(source, call, api.retries, 'default');
    if (atCall !== 'default') return { sdk: atCall, isAssumed: false };
  }
  if (api.ownRetries.client !== null) return readClientRetries(source, origin, api.ownRetries.client);
  return api.retries ? { sdk: api.ownRetries.times, isAssumed: false } : unknown;
}

/** The number that the client was created with, or got by `withOptions()`; the last one counts. */
function readClientRetries(source: ParsedSource, { api, call, provider }: StreamOrigin, option: string): SdkRetries {
  const [path, ...others] = findAccessPaths(source, call!.callee);
  const { times, countsFirst } = api.ownRetries!;
  if (!path || others.length > 0) return unknown;
  for (const [index, step] of [...path.steps.entries()].reverse()) {
    const before = path.steps[index - 1];
    const isGiven = step.kind === 'call' && before?.kind === 'member' && provider.withOptions.includes(before.name);
    if (!isGiven && step.kind !== 'new') continue;
    if (!step.node) break;
    const number = readCount(source, step.node, { argument: 0, path: [option] }, 'default');
    if (number !== 'default')
      return { sdk: number === null ? null : Math.max(0, number - (countsFirst ? 1 : 0)), isAssumed: false };
    if (step.kind === 'new') return { sdk: times, isAssumed: false };
  }
  return { sdk: times, isAssumed: true };
}

/**
 * The number that an option is known to be; `otherwise` where nothing sets it; null where the value is out of sight.
 */
function readCount<T>(
  source: ParsedSource,
  call: TSESTree.CallExpression | TSESTree.NewExpression,
  option: Parameters<typeof findOption>[2],
  otherwise: T,
): number | T | null {
  const found = findOption(source, call, option);
  if (found.kind !== 'value') return found.kind === 'absent' ? otherwise : null;
  if (isNothing(found.value)) return otherwise;
  const [value, ...more] = findValues(source, found.value);
  return value?.type === 'Literal' && typeof value.value === 'number' && more.length === 0 ? value.value : null;
}
