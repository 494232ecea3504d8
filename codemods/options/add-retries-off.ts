import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import type { TextEdit } from '../contract/edits.ts';
import { isTypeScript } from '../text/language.ts';
import { placeSettings } from './place-options.ts';
import { isObstacle } from './placement.ts';

/**
 * Switches the SDK's own retries off where its call takes an option for them; null where there is none, or no place for
 * it.
 */
export function findRetriesOffEdits(
  source: ParsedSource,
  { provider, api, call }: StreamOrigin,
  options: CodemodOptions,
): readonly TextEdit[] | null {
  if (!call || !api.retries) return null;
  const site = {
    source,
    call,
    modules: [...provider.modules, ...provider.typeModules],
    isTyped: isTypeScript(source, options),
  };
  const placement = placeSettings(site, [{ place: api.retries, value: '0', becomes: 'maxRetries' }]);
  return isObstacle(placement) ? null : placement.edits;
}
