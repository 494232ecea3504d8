import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import type { TextEdit } from '../contract/edits.ts';
import { withoutHidingSignal } from './signal-hides.ts';
import { readSite } from './option-presence.ts';
import { placeSettings } from './place-options.ts';
import { isObstacle } from './placement.ts';

/**
 * Adds a signal to a request that aborts it after `milliseconds`. Null where the abort would not make the loop throw,
 * or where the request has a signal already.
 */
export function printDeadline(
  source: ParsedSource,
  { form, origin, alternatives }: StreamLoop,
  milliseconds: number,
  options: CodemodOptions,
): readonly TextEdit[] | null {
  const { provider, call } = origin;
  const api = withoutHidingSignal(source, origin);
  if (isObstacle(api)) return null;
  const isSignal =
    api.signal !== null && /signal$/i.test(api.signal.path.at(-1) ?? '') && api.signal.maker === undefined;
  if (!call || form === 'events' || api.onAbort !== 'throws' || !api.signal || !isSignal || alternatives.length > 0)
    return null;
  if (source.scopeManager?.scopes.some(({ set }) => (set.get('AbortSignal')?.defs.length ?? 0) > 0)) return null;
  const placement = placeSettings(readSite(source, call, provider, options), [
    { place: api.signal, value: `AbortSignal.timeout(${printMilliseconds(milliseconds)})`, becomes: 'signal' },
  ]);
  return isObstacle(placement) || placement.moved.length > 0 ? null : placement.edits;
}

/** `300_000` */
const printMilliseconds = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, '_');
