import { findOption } from '../../src/analysis/values/call-options.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import { isNothing, unwrap } from '../../src/analysis/source/tree.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import type { Obstacle } from './placement.ts';

/**
 * The API's facts for this request. A signal needs an object of options at the call, and in some SDKs that object
 * replaces the options that the chat was made with, its instructions and tools included: there the request gets no
 * signal.
 */
export function withoutHidingSignal(source: ParsedSource, { api, call, makers }: StreamOrigin): StreamApi | Obstacle {
  const { signal, signalHides } = api;
  if (!call || !signal || !signalHides) return api;
  const maker = makers[signalHides.maker ?? 0];
  if (maker && findOption(source, maker, signalHides).kind === 'absent') return api;
  const path = signal.path.slice(0, -1);
  const atCall = findOption(source, call, { argument: signal.argument, path });
  if (atCall.kind === 'absent' || (atCall.kind === 'value' && isNothing(atCall.value))) return { ...api, signal: null };
  if (atCall.kind === 'value' && unwrap(atCall.value).type === 'ObjectExpression') return api;
  return {
    obstacle:
      `Where the request has no \`${path.join('.')}\` it has that of what it is made by, which a signal would take ` +
      `the place of; write \`${path.join('.')}\` as an object at the call, then run this again.`,
  };
}
