import type { Protocol, ResilientStreamOptions } from 'resilient-stream';
import { catalog } from '../../src/providers/catalog.ts';
import { isTrue } from './chunk-path.ts';
import { findClaimed } from './claimed.ts';
import type { EntryPoint } from './sdk.ts';

/**
 * The protocol that a program writes for chunks of which the helper knows none, by what the catalog says of their end.
 */
export function findOwnProtocol({ findText, helper, proves }: EntryPoint): Pick<ResilientStreamOptions, 'protocol'> {
  if (!helper?.ownProtocol) return {};
  const find = helper.findText ?? findText;
  const { findFailure } = helper;
  const terminal = proves && (findClaimed(catalog, proves)?.terminal ?? null);
  const protocol: Protocol = {
    name: 'own',
    matches: () => true,
    start: () => (chunk, progress) => {
      const failure = findFailure?.(chunk) ?? null;
      if (failure !== null) progress.failure = { code: 'server_error', message: failure };
      progress.delta = find(chunk) ?? '';
      progress.hasContent ||= progress.delta !== '';
      // Of chunks that never say so, an end is an end.
      if (terminal === null) progress.mayEnd = true;
      else progress.terminal ||= isTrue(chunk, terminal);
    },
  };
  return { protocol };
}
