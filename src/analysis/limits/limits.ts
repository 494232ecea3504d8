import type { TSESTree } from '@typescript-eslint/utils';
import type { OptionPath, StreamApi, TimeoutFact } from '../../providers/provider.ts';
import { findAccessPaths } from '../values/access-path.ts';
import { findOption, type OptionLookup } from '../values/call-options.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { Limit, Limits, StreamOrigin } from '../facts/stream-loop.ts';
import { findTimer } from './hand-made-timers.ts';
import { isNothing } from '../source/tree.ts';

/** What bounds the stream, and how far: on the request, on the client, by a timer in or around the loop. */
export function describeLimits(source: ParsedSource, site: LoopSite, origins: readonly StreamOrigin[]): Limits {
  return {
    signal: first(origins, (origin) => describeSignal(source, origin)),
    requestTimeout: first(origins, (origin) =>
      first(origin.api.timeouts, (fact) => describeTimeout(source, origin, fact)),
    ),
    idleTimeout: findTimer(source, site),
  };
}

function first<T, R>(items: readonly T[], find: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function describeSignal(source: ParsedSource, { api, call }: StreamOrigin): Limit | null {
  if (!api.signal || !call) return null;
  const found = findOption(source, call, api.signal);
  if (found.kind !== 'value') return unknownLimit(found);
  if (isNothing(found.value)) return null;
  return { node: found.value, bounds: isTimer(source, found.value) ? signalBound(api) : 'cancellation' };
}

const signalBound = ({ onAbort }: StreamApi): Limit['bounds'] => (onAbort === 'ignored' ? 'nothing' : 'total');

/** `AbortSignal.timeout(…)`, alone or in `AbortSignal.any([…])`. */
function isTimer(source: ParsedSource, value: TSESTree.Node): boolean {
  return findAccessPaths(source, value).some(({ root, steps }) => {
    const [member, call] = steps;
    if (root.kind !== 'node' || root.node.type !== 'Identifier' || root.node.name !== 'AbortSignal') return false;
    if (member?.kind !== 'member' || call?.kind !== 'call') return false;
    if (member.name === 'timeout') return true;
    const [list] = call.node.arguments;
    return (
      member.name === 'any' &&
      list?.type === 'ArrayExpression' &&
      list.elements.some((element) => element !== null && isTimer(source, element))
    );
  });
}

function describeTimeout(
  source: ParsedSource,
  { call, client, clientCalls, makers }: StreamOrigin,
  { option, bounds }: TimeoutFact,
): Limit | null {
  if (!call) return null;
  if ('client' in option) {
    // What was said last holds.
    return first([...clientCalls, ...(client ? [client] : [])], (holder) =>
      readTimeout(source, holder, { argument: 0, path: option.client.split('.') }, bounds),
    );
  }
  const holder = option.maker === undefined ? call : makers[option.maker];
  return holder ? readTimeout(source, holder, option, bounds) : { node: call, bounds: 'unknown' };
}

function readTimeout(
  source: ParsedSource,
  holder: TSESTree.CallExpression | TSESTree.NewExpression,
  option: OptionPath,
  bounds: TimeoutFact['bounds'],
): Limit | null {
  const found = findOption(source, holder, option);
  if (found.kind !== 'value') return unknownLimit(found);
  return isNothing(found.value) ? null : { node: found.value, bounds };
}

const unknownLimit = (found: OptionLookup): Limit | null =>
  found.kind === 'unknown' ? { node: found.node, bounds: 'unknown' } : null;
