import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from './values/access-path.ts';
import { findAttempts } from './retries/attempts.ts';
import { bindingsOf, findVariable } from './source/bindings.ts';
import { findOption } from './values/call-options.ts';
import { findAbortChecks, findEndChecks, describeEndSign } from './answer/completion.ts';
import { describeHandlers } from './errors/describe-handlers.ts';
import { findPassedArguments } from './values/passed-arguments.ts';
import { describeChunkExits } from './answer/chunk-exits.ts';
import { isEndCheckUsed } from './answer/end-check-use.ts';
import { followError } from './errors/coverage.ts';
import { describeEffects, listJumps } from './answer/chunk-effects.ts';
import { FileMemory } from './source/file-memory.ts';
import { type Hints, isSame, noHints } from './facts/file-hints.ts';
import { describeLoopCoverage } from './errors/loop-coverage.ts';
import { describeLimits } from './limits/limits.ts';
import { findSites } from './loops/find-sites.ts';
import { hasBodyChunks } from './loops/listened-loops.ts';
import { findParsedReads, type LoopSite } from './loops/loop-site.ts';
import { findOutputs } from './answer/outputs.ts';
import type { ParsedSource } from './source/parsed-source.ts';
import { mayHoldStreamLoop } from './origin/prefilter.ts';
import { describeRetries } from './retries/sdk-retries.ts';
import type { ArgumentStream, StreamLoop, StreamOrigin } from './facts/stream-loop.ts';
import { findOrigins, findParsedOrigin, hasKnownChunks } from './origin/stream-origin.ts';
import { findFunction, isFunction, isInside, unwrap } from './source/tree.ts';
import type { StreamApi } from '../providers/provider.ts';

export { mayHoldStreamLoop };

/** What was found, by what was known beside the text: one file may be looked at with types and without. */
const found = new FileMemory<{ readonly hints: Hints; readonly loops: readonly StreamLoop[] }[]>();

/** Every place of the file that takes the chunks of a language model's stream, in the order of the text. */
export function findStreamLoops(source: ParsedSource, hints: Hints = noHints): readonly StreamLoop[] {
  if (!mayHoldStreamLoop(source.text, hints.own, hints.oracle !== null)) return [];
  const known = found.get(source.ast) ?? [];
  found.set(source.ast, known);
  const before = known.find((other) => isSame(other.hints, hints));
  if (before) return before.loops;
  const loops = describeHandlers(
    source,
    withGuards(
      source,
      withConsumers(
        source,
        withoutRepetitions(findSites(source).flatMap((site) => describeLoop(source, site, hints) ?? [])),
      ),
    ),
  );
  known.push({ hints, loops });
  return loops;
}

/**
 * A helper that is listened to and iterated has its errors, its end and its limits in the loop; of a stream of streams
 * the loop inside reads what the loop around it waits for.
 */
function withoutRepetitions(loops: readonly StreamLoop[]): StreamLoop[] {
  const iterated = new Set(
    loops.flatMap(({ form, origin }) => (form !== 'events' && origin.call ? [origin.call] : [])),
  );
  const isInner = ({ node, origin }: StreamLoop): boolean =>
    loops.some(
      (outer) =>
        outer.node !== node &&
        outer.form === 'for-await' &&
        outer.origin.call === origin.call &&
        outer.origin.api.iterables.includes('[]') &&
        isInside(node, outer.node),
    );
  return loops.filter(
    (loop) =>
      (loop.form !== 'events' || !loop.origin.call || !iterated.has(loop.origin.call)) &&
      !(loop.origin.api.iterables.includes('[]') && isInner(loop)),
  );
}

function describeLoop(source: ParsedSource, site: LoopSite, hints: Hints): StreamLoop | null {
  const { form, node, chunk } = site;
  const [known, ...alternatives] = findSiteOrigins(source, site, hints);
  if (!known) return null;
  const argumentStreams = known.call === null ? findArgumentStreams(source, site, hints) : [];
  // What the helper gives to every caller, it gives to the loop.
  const wrapper = argumentStreams.length > 0 ? findSharedWrapper(source, argumentStreams) : known.wrapper;
  const origin: StreamOrigin = { ...known, wrapper };
  const iterating = describeLoopCoverage(source, site);
  const endChecks = findEndChecks(source, site, origin);
  return {
    form,
    node,
    origin,
    alternatives,
    argumentStreams,
    chunk,
    coverage: { opening: origin.call ? followError(source, origin.call).handler : null, iterating: iterating.handler },
    errorGoesTo: iterating.errorGoesTo,
    limits: describeLimits(source, site, [origin, ...alternatives]),
    endChecks,
    usedEndChecks: endChecks.filter((read) => isEndCheckUsed(source, origin.api, read)),
    abortChecks: findAbortChecks(source, node),
    endSign: describeEndSign(source, site, origin),
    ...describeChunkExits(source, site, origin.api),
    ...describeEffects(source, site),
    outputs: findOutputs(source, site, origin.api),
    controlFlow: listJumps(source, site),
    retries: describeRetries(source, origin),
    retriedBy: findAttempts(source, node, origin.call),
    resilient: origin.wrapper !== null,
    provenByHelper: (argumentStreams.length > 0 ? argumentStreams.map((each) => each.origin) : [origin]).every((each) =>
      isProven(source, each),
    ),
  };
}

/**
 * The helper's call for all callers: the first that does not know how the answer ends, for a cut one passes there; null
 * where one hands over what is not of the helper.
 */
function findSharedWrapper(source: ParsedSource, handed: readonly ArgumentStream[]): TSESTree.CallExpression | null {
  const origins = handed.map(({ origin }) => origin);
  if (origins.some(({ wrapper }) => wrapper === null)) return null;
  return (origins.find((origin) => !isProven(source, origin)) ?? origins[0]!).wrapper;
}

/**
 * The request of each caller that hands its stream to the function with the loop; [] where one of them is not known.
 */
function findArgumentStreams(source: ParsedSource, { form, stream, reads }: LoopSite, hints: Hints): ArgumentStream[] {
  const handings = form === 'for-await' ? (findPassedArguments(source, stream) ?? []) : [];
  const handed = handings.flatMap(({ call, argument, reader }) => {
    const [origin, ...others] = findOrigins(source, argument, { reads }, hints);
    return origin?.call && others.length === 0
      ? [{ origin, at: call, reader, retriedBy: findAttempts(source, call, origin.call) }]
      : [];
  });
  return handed.length === handings.length ? handed : [];
}

const isProven = (source: ParsedSource, { api, wrapper }: StreamOrigin): boolean =>
  wrapper !== null && (isEndKnown(api) || knowsEnd(source, wrapper));

/** The helper knows the end by itself. It recognises the protocol of what `sse` and `ndjson` make of a body's bytes. */
const isEndKnown = ({ protocol, reach }: StreamApi): boolean => protocol !== null || reach === 'request';

/** The options of the helper say how the chunks tell the end. */
const knowsEnd = (source: ParsedSource, wrapper: TSESTree.CallExpression): boolean =>
  ['protocol', 'terminal'].some(
    (option) => findOption(source, wrapper, { argument: 1, path: [option] }).kind !== 'absent',
  );

/** Where a generator's consumer in this file looks for the end, the generator need not. */
function withConsumers(source: ParsedSource, loops: readonly StreamLoop[]): StreamLoop[] {
  const consumers = new Map<TSESTree.Node, StreamLoop>();
  for (const loop of loops) {
    if (!loop.origin.relayed || loop.endChecks.length === 0) continue;
    if (loop.origin.call) consumers.set(loop.origin.call, loop);
    for (const generator of findGenerators(source, loop)) consumers.set(generator, loop);
  }
  return loops.map((loop) => {
    if (loop.yieldedChunks.length === 0 || loop.endChecks.length > 0) return loop;
    const generator = findFunction(loop.node);
    const consumer = (loop.origin.call && consumers.get(loop.origin.call)) ?? (generator && consumers.get(generator));
    return consumer ? { ...loop, endChecks: consumer.endChecks, usedEndChecks: consumer.usedEndChecks } : loop;
  });
}

/**
 * A generator that watches the time between the chunks it hands on watches it for its consumer too: `for await (const
 * chunk of guarded(stream))`.
 */
function withGuards(source: ParsedSource, loops: readonly StreamLoop[]): StreamLoop[] {
  const guards = new Map(
    loops.flatMap(({ node, limits }) =>
      limits.idleTimeout ? [[findFunction(node) as TSESTree.Node | null, limits.idleTimeout] as const] : [],
    ),
  );
  return loops.map((loop) => {
    const guard =
      loop.origin.relayed && !loop.limits.idleTimeout
        ? findGenerators(source, loop).find((generator) => guards.has(generator))
        : undefined;
    return guard ? { ...loop, limits: { ...loop.limits, idleTimeout: guards.get(guard)! } } : loop;
  });
}

/** `words` of `for await (const word of words(stream))`, also by way of a variable. */
function findGenerators(source: ParsedSource, { node }: StreamLoop): TSESTree.Node[] {
  if (node.type !== 'ForOfStatement') return [];
  const variable = findVariable(source, unwrap(node.right));
  const values = variable ? bindingsOf(variable).map(({ value }) => value) : [node.right];
  return values
    .map(unwrap)
    .flatMap((value) => (value.type === 'CallExpression' ? findValues(source, value.callee).filter(isFunction) : []));
}

/**
 * Anything may have listeners: a stream is told by its request, by the SDK's helper, or by what the listeners parse.
 */
function findSiteOrigins(source: ParsedSource, site: LoopSite, hints: Hints): StreamOrigin[] {
  const origins = findOrigins(source, site.stream, site, hints).filter(
    ({ api }) =>
      site.form !== 'events' || api.chainable.includes('on') || (api.reach === 'request' && hasBodyChunks(site)),
  );
  if (origins.length > 0 || (site.form === 'events' && !hasBodyChunks(site))) return origins;
  const origin = hasKnownChunks(source) ? findParsedOrigin(findParsedReads(source, site)) : null;
  return origin ? [origin] : [];
}
