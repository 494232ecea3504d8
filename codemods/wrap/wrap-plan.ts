import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { isInside, visit } from '../../src/analysis/source/tree.ts';
import type { OptionPath, StreamApi } from '../../src/providers/provider.ts';
import { findControllerSignal } from '../options/move-value.ts';
import { placeSettings } from '../options/place-options.ts';
import { type HelperOption, isObstacle, type Obstacle, type Placement, type Setting } from '../options/placement.ts';
import { movePick, type MovedPick } from './stream-pick.ts';
import type { WrapRequest } from './wrap-request.ts';

/** How a request is to be wrapped, where nothing is in the way yet. */
export interface WrapPlan extends WrapRequest {
  readonly terminal: readonly HelperOption[];
  readonly pick: MovedPick;
  /** The variable that holds the attempt's signal. */
  readonly signalName: string;
  readonly placement: Placement;
  /** The program's own values that go to options of the helper. */
  readonly passed: readonly HelperOption[];
}

export function planWrap(request: WrapRequest): WrapPlan | Obstacle {
  const { source, call, api, origin, site, uses, wrapped, terminal } = request;
  if (isObstacle(terminal)) return terminal;
  const pick = movePick(source, wrapped, origin.provider, uses.outerCall ? { ...api, awaited: true } : api, uses);
  if (isObstacle(pick)) return pick;
  const signalName = chooseSignalName(request);
  if (typeof signalName !== 'string') return signalName;
  const placement = placeSettings(site, listSettings(request, signalName));
  if (isObstacle(placement)) return placement;
  const controllerSignal = api.signal && isController(api.signal) ? findControllerSignal(source, call, api.signal) : [];
  return { ...request, terminal, pick, signalName, placement, passed: [...placement.moved, ...controllerSignal] };
}

/** The path ends in an `AbortController`: an attempt has a signal, and no controller that could be passed there. */
const isController = ({ path }: OptionPath): boolean => /controller$/i.test(path.at(-1) ?? '');

/** The API has a place for a signal. VS Code's token, which is an argument of its own, is none. */
export const takesSignal = ({ signal }: StreamApi): boolean =>
  signal !== null && signal.path.length > 0 && !isController(signal);

/** The options that the request gets: the attempt's signal, and no retries by the SDK. */
function listSettings({ api, uses }: WrapRequest, signal: string): Setting[] {
  const settings: Setting[] = [];
  if (api.signal && takesSignal(api)) settings.push({ place: api.signal, value: signal, becomes: 'signal' });
  if (api.retries && !api.staysOpen && !uses.outerCall)
    settings.push({ place: api.retries, value: '0', becomes: 'maxRetries' });
  return settings;
}

/**
 * A name for the attempt's signal that hides no variable of the request: `signal`, unless the request still uses a
 * variable `signal` once its own signal has moved to the helper.
 */
function chooseSignalName(request: WrapRequest): string | Obstacle {
  const { source, site, uses, wrapped } = request;
  const placement = placeSettings(site, listSettings(request, 'signal'));
  if (isObstacle(placement)) return placement;
  const used = listNames(source, [wrapped, ...uses.picks.map(({ node }) => node)], placement);
  if (!used.has('signal')) return 'signal';
  for (let name = 'attemptSignal', count = 2; ; name = `attemptSignal${count++}`) if (!used.has(name)) return name;
}

/** The variables that the nodes name, without what moves to the helper. */
function listNames(
  source: ParsedSource,
  nodes: readonly TSESTree.Node[],
  { replaced }: Placement,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const root of nodes) {
    visit(root, source.visitorKeys, (node) => {
      if (replaced.some((moved) => isInside(node, moved))) return false;
      if (node.type === 'Identifier' && !isMemberName(node)) names.add(node.name);
      return true;
    });
  }
  return names;
}

/** The name of a member or a property, which is no variable. */
function isMemberName(node: TSESTree.Identifier): boolean {
  const { parent } = node;
  if (parent.type === 'MemberExpression') return parent.property === node && !parent.computed;
  return parent.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand;
}
