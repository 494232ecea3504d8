import type { TSESTree } from '@typescript-eslint/utils';
import { catalog } from '../providers/catalog.ts';
import type { Provider, StreamApi } from '../providers/provider.ts';
import { type AccessPath, findAccessPaths, type Step } from './access-path.ts';
import { findOption, isLiteral } from './call-options.ts';
import { evokes, type ChunkRead } from './chunk-reads.ts';
import type { ParsedSource } from './parsed-source.ts';
import type { StreamOrigin } from './stream-loop.ts';

/** What the helper is called, in its package and in a copy of it. */
const HELPER = 'resilientStream';

interface Match {
  readonly origin: StreamOrigin;
  /** The steps behind the call. */
  readonly rest: readonly Step[];
}

/** The streams that the expression may be, one for each branch that gives one; `reads` tells apart what names alone do not. */
export function findOrigins(source: ParsedSource, iterated: TSESTree.Node, reads: readonly ChunkRead[]): StreamOrigin[] {
  const origins = findAccessPaths(source, iterated)
    .map((path) => matchClient(path, source) ?? matchShape(path, source, reads))
    .filter((match) => match !== null)
    .filter(({ origin, rest }) => givesStream(origin.api, rest) && streams(source, origin))
    .map(({ origin }) => origin);
  if (origins.length > 0) return origins.filter(({ call }, index) => origins.findIndex((other) => other.call === call) === index);
  const origin = matchChunks(reads);
  return origin ? [origin] : [];
}

/** `new OpenAI().chat.completions.create(…)`: the path starts at the SDK's module. */
function matchClient({ root, steps, through }: AccessPath, source: ParsedSource): Match | null {
  if (root.kind !== 'module') return null;
  const provider = catalog.find(({ modules }) => modules.some((name) => root.module === name || root.module.startsWith(`${name}/`)));
  if (!provider) return null;
  const made = steps.findIndex(({ kind }) => kind !== 'member');
  const construction = steps[made];
  if (construction?.kind !== 'new') return null;
  const exported = steps.slice(0, made).every((step) => step.kind === 'member' && (step.name === 'default' || provider.clients.includes(step.name)));
  if (!exported) return null;
  const called = matchCall(provider, steps, skipSameClient(provider, steps, made + 1));
  if (!called) return null;
  const wrapper = findWrapper(source, through);
  return { origin: { provider, client: construction.node, evidence: 'import', wrapper, ...called.found }, rest: called.rest };
}

/** `client.withOptions(…)` gives a client too. */
function skipSameClient(provider: Provider, steps: readonly Step[], start: number): number {
  const [member, call] = [steps[start], steps[start + 1]];
  const same = member?.kind === 'member' && provider.sameClient.includes(member.name) && call?.kind === 'call';
  return same ? skipSameClient(provider, steps, start + 2) : start;
}

/**
 * `anything.chat.completions.create({ stream: true })`: the client is out of sight, the members and the flag say what it is. Where the
 * name is a common one (`messages.stream`), the loop must read the chunk as this API's.
 */
function matchShape({ steps, through }: AccessPath, source: ParsedSource, reads: readonly ChunkRead[]): Match | null {
  const calls = steps.findIndex(({ kind }) => kind === 'call');
  for (const provider of catalog) {
    for (let start = 0; start < calls; start++) {
      const called = matchCall(provider, steps, start);
      if (!called) continue;
      const { api, call } = called.found;
      const flag = api.enabledBy ? findOption(source, call, api.enabledBy) : null;
      const isFlagged = flag?.kind === 'value' && isLiteral(source, flag.value, true);
      if (!isFlagged && !evokes(api, reads)) continue;
      return { origin: { provider, client: null, evidence: 'shape', wrapper: findWrapper(source, through), ...called.found }, rest: called.rest };
    }
  }
  return null;
}

/** The loop reads chunks as only this API's chunks are read. */
function matchChunks(reads: readonly ChunkRead[]): StreamOrigin | null {
  for (const provider of catalog) {
    const api = provider.apis.find((api) => evokes(api, reads));
    if (api) return { provider, api, call: null, client: null, evidence: 'shape', wrapper: null };
  }
  return null;
}

function matchCall(provider: Provider, steps: readonly Step[], start: number): { found: { api: StreamApi; call: TSESTree.CallExpression }; rest: readonly Step[] } | null {
  const end = steps.findIndex((step, index) => index >= start && step.kind !== 'member');
  const call = steps[end];
  if (call?.kind !== 'call') return null;
  const name = steps.slice(start, end).map((step) => (step.kind === 'member' ? step.name : '')).join('.');
  const api = provider.apis.find((api) => api.name === name || api.aliases.includes(name));
  return api ? { found: { api, call: call.node }, rest: steps.slice(end + 1) } : null;
}

/** What is done to the call's result leaves it a stream: `.withResponse()` and its `data`, `.on(…)`, the member that is iterated. */
function givesStream(api: StreamApi, steps: readonly Step[]): boolean {
  const [first, second, third] = steps;
  if (first?.kind === 'member' && second?.kind === 'call') {
    if (api.chainable.includes(first.name)) return givesStream(api, steps.slice(2));
    const unpacked = third?.kind === 'member' && third.name === 'data';
    return api.withResponse && first.name === 'withResponse' && unpacked && givesStream(api, steps.slice(3));
  }
  if (!first) return api.iterables.length === 0;
  return steps.length === 1 && first.kind === 'member' && api.iterables.includes(first.name);
}

/** The call streams: always, or by its flag, or by a flag out of sight that the loop proves. */
function streams(source: ParsedSource, { api, call }: StreamOrigin): boolean {
  if (!api.enabledBy || !call) return true;
  const flag = findOption(source, call, api.enabledBy);
  if (flag.kind !== 'value') return flag.kind === 'unknown';
  return !isLiteral(source, flag.value, false) || isLiteral(source, flag.value, true);
}

/** The call of the helper, under whatever name it was imported. */
const findWrapper = (source: ParsedSource, through: readonly TSESTree.CallExpression[]): TSESTree.CallExpression | null =>
  through.find(({ callee }) => findAccessPaths(source, callee).some(({ root, steps }) => root.kind === 'module' && isMember(steps.at(-1), HELPER))) ?? null;

const isMember = (step: Step | undefined, name: string): boolean => step?.kind === 'member' && step.name === name;
