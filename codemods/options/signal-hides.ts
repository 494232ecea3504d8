import { findOption } from '../../src/analysis/values/call-options.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import { isNothing, unwrap } from '../../src/analysis/source/tree.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import type { Obstacle } from './placement.ts';

/**
 * The API as this request can have it: without a place for a signal where one at the call would take the place of all
 * that the chat was made with, its instructions and tools included.
 */
export function withoutHidingSignal(source: ParsedSource, { api, call, makers }: StreamOrigin): StreamApi | Obstacle {
  const { signal, signalHides } = api;
  if (!call || !signal || !signalHides) return api;
  const maker = makers[signalHides.maker ?? 0];
  if (maker && findOption(source, maker, signalHides).kind === 'absent') return api;
  const holder = signal.path.slice(0, -1);
  const given = findOption(source, call, { argument: signal.argument, path: holder });
  if (given.kind === 'absent' || (given.kind === 'value' && isNothing(given.value))) return { ...api, signal: null };
  if (given.kind === 'value' && unwrap(given.value).type === 'ObjectExpression') return api;
  return {
    obstacle: `Where the request has no \`${holder.join('.')}\` it has that of what it is made by, which a signal would take the place of; write \`${holder.join('.')}\` as an object at the call, then run this again.`,
  };
}
