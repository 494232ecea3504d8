import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamLoop, StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findAccessPaths } from '../../src/analysis/values/access-path.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import { readSite, type RequestSite } from '../options/option-presence.ts';
import { type HelperOption, isObstacle, type Obstacle } from '../options/placement.ts';
import { withoutHidingSignal } from '../options/signal-hides.ts';
import { listTerminalOptions } from '../options/terminal-option.ts';
import { findUses, type StreamUses } from '../uses/stream-uses.ts';
import { describeUnknownClient, obstacles } from './obstacles.ts';

/** A request and the loop that reads its stream: what the checks of a wrapping share. */
export interface WrapRequest {
  readonly source: ParsedSource;
  readonly loop: StreamLoop;
  readonly node: TSESTree.ForOfStatement;
  readonly origin: StreamOrigin;
  readonly call: TSESTree.CallExpression;
  /** The catalog's facts, as far as they hold for this call. */
  readonly api: StreamApi;
  readonly site: RequestSite;
  readonly options: CodemodOptions;
  /** What the program does with the stream. */
  readonly uses: StreamUses;
  /** The call to wrap: the outer call that makes the request in a callback, or the request itself. */
  readonly wrapped: TSESTree.CallExpression;
  /** The options that describe the end of the stream to the helper. */
  readonly terminal: readonly HelperOption[] | Obstacle;
}

export function readRequest(
  source: ParsedSource,
  loop: StreamLoop,
  origin: StreamOrigin,
  options: CodemodOptions,
): WrapRequest | Obstacle {
  const { provider, call } = origin;
  const { node } = loop;
  if (!call) return findUnknownClient(source, loop) ?? obstacles.requestedElsewhere;
  if (node.type !== 'ForOfStatement') return obstacles.otherForm;
  const api = withoutHidingSignal(source, origin);
  if (isObstacle(api)) return api;
  const site = readSite(source, call, provider, options);
  const uses = findUses({ source, call, api, modules: site.modules, widens: options.widenTypes === true });
  return {
    source,
    loop,
    node,
    origin,
    call,
    api,
    site,
    options,
    uses,
    wrapped: uses.outerCall ?? call,
    terminal: listTerminalOptions(source, loop, origin),
  };
}

/** The client only looks like the provider's: it comes from a package that the catalog does not know. */
function findUnknownClient(source: ParsedSource, { node, origin }: StreamLoop): Obstacle | null {
  if (origin.evidence !== 'shape' || node.type !== 'ForOfStatement') return null;
  for (const { root, steps } of findAccessPaths(source, node.right)) {
    if (root.kind === 'module' && !/^[./#~@]?[./]/.test(root.module) && steps.some(({ kind }) => kind === 'call'))
      return describeUnknownClient(root.module);
  }
  return null;
}
