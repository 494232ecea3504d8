import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths } from '../../src/analysis/values/access-path.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { HandedStream, StreamLoop, StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import { hasNode, isInside, visit } from '../../src/analysis/source/tree.ts';
import type { OptionPath, StreamApi } from '../../src/providers/provider.ts';
import { findAbortObstacle, findNamedAbortObstacle } from '../options/quiet-aborts.ts';
import { type Codemod, type CodemodOptions, HELPER, RESTART, type Rewrite, type Skip } from '../contract/codemod.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import { findEnding } from '../options/terminal-option.ts';
import {
  findChangeObstacle,
  findDelayObstacle,
  findEvaluationObstacle,
  findWaitObstacle,
} from '../again/evaluated-again.ts';
import { withoutHidingSignal } from '../options/signal-hides.ts';
import type { Site } from '../options/option-presence.ts';
import { findLocalName } from '../text/imports.ts';
import { findChange, findHandedChange } from '../again/changed-inputs.ts';
import { isTypeScript } from '../text/language.ts';
import { findNarrowingObstacle } from '../types/lost-narrowing.ts';
import { findControllerSignal } from '../options/move-value.ts';
import { placeSettings } from '../options/place-options.ts';
import { type HelperOption, isObstacle, type Obstacle, type Placement, type Setting } from '../options/placement.ts';
import { findReading, type Reading } from './stream-pick.ts';
import { findUndo } from '../options/undo-output.ts';
import { findResultObstacle } from './lost-result.ts';
import { findStatedOptions } from '../options/stated-limits.ts';
import { findIndentation, findStyle } from '../text/style.ts';
import { findUses, findWrapperObstacle, type ResponseUse, type StreamUses } from '../uses/stream-uses.ts';
import { WIDE } from '../types/widen-types.ts';

/** Edits without the imports. */
export type Wrapping = Pick<Rewrite, 'edits' | 'imports'>;

/** What becomes of each loop; null where there is nothing to do. */
export function rewriteEach(
  codemod: string,
  loops: readonly StreamLoop[],
  rewriteLoop: (loop: StreamLoop) => Wrapping | Obstacle | null,
): ReturnType<Codemod['findRewrites']> {
  const rewrites: Rewrite[] = [];
  const skipped: Skip[] = [];
  for (const loop of loops) {
    const result = rewriteLoop(loop);
    const { line } = loop.node.loc.start;
    if (result === null) continue;
    if (isObstacle(result)) skipped.push({ line, reason: result.obstacle, loop });
    else rewrites.push({ line, codemod, loop, ...result });
  }
  return { rewrites, skipped };
}

/**
 * A function that makes the request in a callback may wait its turn, or try again, by rules of its own: the helper
 * makes sure of the end of what comes out.
 */
const watched: readonly HelperOption[] = [
  { name: 'openTimeoutMs', value: 'Infinity' },
  { name: 'maxRetries', value: '0' },
];

const elsewhere: Obstacle = { obstacle: 'The request is made elsewhere; wrap it there in `resilientStream`.' };
const untraced: Obstacle = {
  obstacle: 'The way of the stream from the request to this loop is out of sight; wrap the request by hand.',
};
const optional: Obstacle = {
  obstacle: 'The request is skipped where `?.` finds nothing; test for that before the call, then run this again.',
};
const inTurns: Obstacle = {
  obstacle:
    'The request gives a stream for each turn of a run, which cannot be made again one by one; give each turn a request of its own, or leave this loop.',
};
const otherForm: Obstacle = {
  obstacle: 'The chunks are not read by a `for await`; read them by one, then run this again.',
};
const ownLimits: Obstacle = {
  obstacle:
    'Each attempt has a limit of its own (`AbortSignal.timeout()`), and is made again behind it; the helper’s limit ends all of them. Say by `idleTimeoutMs` or `totalTimeoutMs` which is meant, and wrap the request by hand.',
};
const withoutSdk: Obstacle = {
  obstacle:
    'The response is read without an SDK; wrap the request by hand in `resilientStream`, with `sse(response)` or `ndjson(response)` to read it.',
};

/** Puts a request into `resilientStream`, for the loop that reads its stream. */
export function wrapCall(
  source: ParsedSource,
  loop: StreamLoop,
  origin: StreamOrigin,
  options: CodemodOptions,
): Wrapping | Obstacle {
  const { provider, call, relayed } = origin;
  const api = withoutHidingSignal(source, origin);
  const stranger = call ? null : findStranger(source, loop);
  if (stranger !== null)
    return {
      obstacle: `The client comes from \`${stranger}\`, whose streams are not known; wrap the request by hand if the helper reads them.`,
    };
  if (!call) return elsewhere;
  if (loop.node.type !== 'ForOfStatement') return otherForm;
  if (isObstacle(api)) return api;
  if (api.reach === 'request') return withoutSdk;
  if (api.iterables.includes('[]')) return inTurns;
  if (isOptional(call)) return optional;
  const modules = [...provider.modules, ...provider.typeModules];
  const uses = findUses(source, call, api, modules, options.widenTypes === true);
  const [obstacle] = uses.obstacles;
  if (obstacle !== undefined) return { obstacle };
  if (!uses.loops.includes(loop.node) && !(relayed && uses.delegated)) return untraced;
  const ending = findEnding(source, loop, origin);
  if (isObstacle(ending)) return ending;
  const { around } = uses;
  const whole = around ?? call;
  const inWrapper: Obstacle | null = around && { obstacle: findWrapperObstacle(source, around) };
  if (inWrapper && (uses.response || uses.picks.some(({ node }) => isInside(node, whole)))) return inWrapper;
  for (const opening of uses.openedLater) {
    const delay = findDelayObstacle(source, whole, opening);
    if (delay !== null) return { obstacle: delay };
  }
  const requests = [loop.origin, ...loop.alternatives].flatMap((each) => each.call ?? []);
  const result = findResultObstacle(source, around ? [...requests, around] : requests, uses);
  if (result !== null) return { obstacle: result };
  const reading = findReading(source, whole, provider, around ? { ...api, awaited: true } : api, uses);
  if (isObstacle(reading)) return reading;
  const site: Site = { source, call, modules, isTyped: isTypeScript(source, options) };
  const signal = findSignalName(site, api, uses);
  if (typeof signal !== 'string') return signal;
  const placement = placeSettings(site, findSettings(api, signal, around));
  if (isObstacle(placement)) return placement;
  if (around && placement.moved.some(({ name }) => name === 'totalTimeoutMs')) return ownLimits;
  const evaluation = around
    ? findWaitObstacle(source, around)
    : findEvaluationObstacle(source, call, placement.replaced);
  if (evaluation !== null) return { obstacle: evaluation };
  const given =
    api.signal && isController(api.signal)
      ? [...placement.moved, ...findControllerSignal(source, call, api.signal)]
      : placement.moved;
  if (inWrapper && given.some(({ value }) => isMadeInside(source, whole, value))) return inWrapper;
  const handed = loop.handed.find((each) => each.origin === origin);
  const hindrance =
    findChangeObstacle(source, whole, handed?.at ?? loop.node) ??
    (handed ? findHandedObstacle(source, whole, handed, loop.node) : null) ??
    findNamedAbortObstacle(source, loop, given) ??
    findAbortObstacle(loop, api, given) ??
    (site.isTyped ? findNarrowingObstacle(source, whole, placement.replaced) : null);
  if (hindrance !== null) return { obstacle: hindrance };
  const attempts = around ? watched : [];
  const stated = findStatedOptions(source, loop, origin, given, options.timeouts).filter(
    ({ name }) => !around || (name !== 'maxRetries' && !isAmong(name, attempts)),
  );
  const moved = [...stated, ...attempts].filter(({ name }) => !isAmong(name, ending)).concat(ending);
  // Loops that share a request do not share what is to be taken back, and without retries nothing is. In chunks that
  // the helper cannot read a tool may have run, which must not run twice. A chat that has kept a cut answer would be
  // asked behind it.
  const isReadable =
    uses.loops.length === 1 &&
    api.protocol !== null &&
    !api.remembersCut &&
    (api.terminal !== null || reading.isText) &&
    !moved.some(({ name, value }) => name === 'maxRetries' && value === '0');
  const undo =
    !around && isReadable && findChange(source, call, loop.node.body.range) === null
      ? findUndo(source, loop, call)
      : null;
  const widening = uses.widened.map(({ range }) => ({ range, text: WIDE }));
  const wrapping = print(
    source,
    whole,
    {
      signal: takesSignal(api) ? signal : null,
      placement: { ...placement, moved },
      reading,
      response: uses.response,
      undo,
    },
    options,
  );
  return { ...wrapping, edits: [...wrapping.edits, ...(uses.response?.edits ?? []), ...widening] };
}

const isAmong = (name: string, options: readonly HelperOption[]): boolean =>
  options.some((option) => option.name === name);

/** The value speaks of what is declared in the wrapper's callback, and has no meaning outside. */
function isMadeInside({ scopeManager }: ParsedSource, wrapper: TSESTree.CallExpression, value: string): boolean {
  const names = new Set(
    (scopeManager?.scopes ?? [])
      .filter(({ block }) => isInside(block, wrapper))
      .flatMap(({ variables }) => variables.map(({ name }) => name)),
  );
  return value.split(/[^\w$]+/).some((word) => names.has(word));
}

/**
 * What another attempt is made of is changed by the function that reads the stream, or by the one that hands it over
 * and goes on.
 */
function findHandedObstacle(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  handed: HandedStream,
  loop: TSESTree.Node,
): string | null {
  const changed = findHandedChange(source, call, handed, loop);
  return changed === null
    ? null
    : `\`${changed}\` is changed before the function that reads the stream has read it, and another attempt would send that; do it behind the loop, then run this again.`;
}

/** The package of a client that only looks like the provider's; null where the request is not in sight. */
function findStranger(source: ParsedSource, { node, origin }: StreamLoop): string | null {
  if (origin.evidence !== 'shape' || node.type !== 'ForOfStatement') return null;
  for (const { root, steps } of findAccessPaths(source, node.right)) {
    if (root.kind === 'module' && !/^[./#~@]?[./]/.test(root.module) && steps.some(({ kind }) => kind === 'call'))
      return root.module;
  }
  return null;
}

/** `client?.chat.completions.create(…)`. */
function isOptional(call: TSESTree.CallExpression): boolean {
  for (let node: TSESTree.Node = call; ;) {
    if (node.type === 'CallExpression' && !node.optional) node = node.callee;
    else if (node.type === 'MemberExpression' && !node.optional) node = node.object;
    else if (node.type === 'TSNonNullExpression') node = node.expression;
    else return node.type === 'CallExpression' || node.type === 'MemberExpression';
  }
}

/**
 * What an attempt has is a signal: no controller to cancel it by, and no token of an editor, which is an argument of
 * its own.
 */
const isController = ({ path }: OptionPath): boolean => /controller$/i.test(path.at(-1) ?? '');
const takesSignal = ({ signal }: StreamApi): boolean =>
  signal !== null && signal.path.length > 0 && !isController(signal);

function findSettings(api: StreamApi, signal: string, around: TSESTree.CallExpression | null): Setting[] {
  const settings: Setting[] = [];
  if (api.signal && takesSignal(api)) settings.push({ place: api.signal, value: signal, becomes: 'signal' });
  if (api.retries && !api.staysOpen && !around)
    settings.push({ place: api.retries, value: '0', becomes: 'maxRetries' });
  return settings;
}

/**
 * A name for the attempt's signal that nothing in the request uses: `signal`, where what has that name there is moved
 * out.
 */
function findSignalName(site: Site, api: StreamApi, { around, picks }: StreamUses): string | Obstacle {
  const placement = placeSettings(site, findSettings(api, 'signal', around));
  if (isObstacle(placement)) return placement;
  const taken = findUsedNames(site.source, [around ?? site.call, ...picks.map(({ node }) => node)], placement);
  if (!taken.has('signal')) return 'signal';
  for (let name = 'attemptSignal', count = 2; ; name = `attemptSignal${count++}`) if (!taken.has(name)) return name;
}

function findUsedNames(
  source: ParsedSource,
  nodes: readonly TSESTree.Node[],
  { replaced }: Placement,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const root of nodes) {
    visit(root, source.visitorKeys, (node) => {
      if (replaced.some((gone) => isInside(node, gone))) return false;
      if (node.type === 'Identifier' && !isMemberName(node)) names.add(node.name);
      return true;
    });
  }
  return names;
}

/** The name of a member or a property, and of no variable. */
function isMemberName(node: TSESTree.Identifier): boolean {
  const { parent } = node;
  if (parent.type === 'MemberExpression') return parent.property === node && !parent.computed;
  return parent.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand;
}

interface Parts {
  readonly signal: string | null;
  readonly placement: Placement;
  readonly reading: Reading;
  readonly response: ResponseUse | null;
  readonly undo: string | null;
}

function print(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  { signal, placement, reading, response, undo }: Parts,
  options: CodemodOptions,
): Wrapping {
  const { padding } = findStyle(source);
  const helper = findLocalName(source, HELPER, options);
  const restart = findLocalName(source, RESTART, options);
  const recover: HelperOption[] = undo === null ? [] : [{ name: 'recover', value: `${restart}(() => ${undo})` }];
  const parameter =
    signal === null ? '' : `{${padding}${signal === 'signal' ? signal : `signal: ${signal}`}${padding}}`;
  const helperOptions = [...placement.moved, ...recover].map(({ name, value }) =>
    name === value ? name : `${name}: ${value}`,
  );
  const tail = helperOptions.length === 0 ? '' : `, {${padding}${helperOptions.join(', ')}${padding}}`;
  // `=> {` would open a block.
  const [open, close] =
    reading.before === '' && !response?.property && source.text[call.range[0]] === '{' ? ['(', ')'] : ['', ''];
  const taken = response?.property ? takeResponse(source, response.property, options) : null;
  const [before, behind] = taken
    ? [`({${padding}${taken.property}${padding}} = await `, ')']
    : [reading.before, reading.behind];
  const head = `${helper}(${reading.isAsync || taken || waits(source, call.callee) ? 'async ' : ''}(${parameter}) => ${open}${before}`;
  const [, end] = (response?.call ?? call).range;
  const edits: TextEdit[] = [
    ...(taken ? [taken.declaration] : []),
    insertAt(call.range[0], head),
    ...placement.edits,
    insertAt(end, `${behind}${close}${tail})`),
    ...reading.edits,
  ];
  return { edits, imports: undo === null ? [HELPER] : [HELPER, RESTART] };
}

const waits = (source: ParsedSource, code: TSESTree.Node): boolean =>
  hasNode(code, source.visitorKeys, ({ type }) => type === 'AwaitExpression');

/** The response of the newest attempt, as a variable in front of the request, which each attempt fills. */
function takeResponse(
  source: ParsedSource,
  { key, value, parent, range }: TSESTree.Property,
  options: CodemodOptions,
): { readonly declaration: TextEdit; readonly property: string } {
  const { text } = source;
  const { newline, semicolon } = findStyle(source);
  const start = parent.parent.parent!.range[0];
  const name = text.slice(...value.range);
  const type = isTypeScript(source, options)
    ? `!: ${isBound(source, 'Response') ? 'globalThis.Response' : 'Response'}`
    : '';
  const declaration = insertAt(start, `let ${name}${type}${semicolon}${newline}${findIndentation(text, start)}`);
  return { declaration, property: key.range[0] === value.range[0] ? name : text.slice(...range) };
}

const isBound = ({ scopeManager }: ParsedSource, name: string): boolean =>
  scopeManager?.scopes.some(({ set }) => (set.get(name)?.defs.length ?? 0) > 0) === true;
