import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import type { TextEdit } from '../contract/edits.ts';
import { withoutHidingSignal } from './signal-hides.ts';
import { isTypeScript } from '../text/language.ts';
import { placeSettings } from './place-options.ts';
import { isObstacle } from './placement.ts';

/**
 * Gives a request a signal that aborts it after `milliseconds`, where that makes its loop throw; null where it would
 * end the loop like the end of an answer, do nothing, or take the place of a signal that is there.
 */
export function findDeadlineEdits(
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
  const site = {
    source,
    call,
    modules: [...provider.modules, ...provider.typeModules],
    isTyped: isTypeScript(source, options),
  };
  const placement = placeSettings(site, [
    { place: api.signal, value: `AbortSignal.timeout(${printNumber(milliseconds)})`, becomes: 'signal' },
  ]);
  return isObstacle(placement) || placement.moved.length > 0 ? null : placement.edits;
}

/** `300_000` */
const printNumber = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, '_');
