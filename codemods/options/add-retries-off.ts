import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import type { TextEdit } from '../contract/edits.ts';
import { readSite } from './option-presence.ts';
import { placeSettings } from './place-options.ts';
import { isObstacle } from './placement.ts';

/** Switches off the SDK's own retries by an option of the call; null where the call has no place for that option. */
export function printRetriesOff(
  source: ParsedSource,
  { provider, api, call }: StreamOrigin,
  options: CodemodOptions,
): readonly TextEdit[] | null {
  if (!call || !api.retries) return null;
  const placement = placeSettings(readSite(source, call, provider, options), [
    { place: api.retries, value: '0', becomes: 'maxRetries' },
  ]);
  return isObstacle(placement) ? null : placement.edits;
}
