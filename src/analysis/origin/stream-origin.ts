import type { TSESTree } from '@typescript-eslint/utils';
import { catalog } from '../../providers/catalog.ts';
import type { Provider, StreamApi } from '../../providers/provider.ts';
import { type AccessPath, findAccessPaths, type Step } from '../values/access-path.ts';
import {
  findByMethods,
  findByReads,
  findByTelling,
  findByTellingMethod,
  findByTellingType,
  findProvidersOf,
} from './api-index.ts';
import { givesStream, isModule, matchNames } from './api-members.ts';
import { findOption, isLiteral } from '../values/call-options.ts';
import { type ChunkRead, evokes, isReadAt } from '../loops/chunk-reads.ts';
import { type DeclaredApi, findDeclaredApis } from './typed-apis.ts';
import { hasFingerprint } from './fingerprint-text.ts';
import { type Hints, noHints } from '../facts/file-hints.ts';
import { findStreamingRequest } from './http-request.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { Evidence, StreamOrigin } from '../facts/stream-loop.ts';

/** What the helper is called, in its package and in a copy of it. */
const HELPER = 'resilientStream';

/** What is read of the chunks, where somebody asks: to find it takes longer than all else. */
interface Reads {
  readonly reads: readonly ChunkRead[];
}

/**
 * The streams that the expression may be, one for each branch that gives one; `chunks` tells apart what names alone do
 * not.
 */
export function findOrigins(
  source: ParsedSource,
  iterated: TSESTree.Node,
  chunks: Reads,
  { oracle, own }: Hints = noHints,
): StreamOrigin[] {
  const paths = findAccessPaths(source, iterated);
  const known = paths.map((path) => matchModule(path, source, own) ?? matchType(path, own));
  if (oracle && known.every((origin) => origin === null)) {
    const typed = matchDeclared(
      source,
      paths,
      findDeclaredApis(source, iterated, oracle, own.length > 0 ? [...own, ...catalog] : catalog),
    );
    if (typed) return [typed];
  }
  // Of `retry(() => request)` the request says more than what such a call might give.
  const wrappers = new Set(paths.flatMap(({ through }, index) => (known[index] ? through : [])));
  const isWrapper = ({ steps }: AccessPath): boolean =>
    steps.some((step) => step.kind === 'call' && wrappers.has(step.node));
  const origins = paths.flatMap(
    (path, index) =>
      known[index] ?? (isWrapper(path) ? null : (matchShape(path, source, chunks) ?? matchName(path))) ?? [],
  );
  // What an import proves goes before what a name suggests.
  origins.sort(
    (a, b) =>
      Number(a.evidence !== 'import') - Number(b.evidence !== 'import') ||
      Number(a.call === null) - Number(b.call === null),
  );
  if (origins.length > 0)
    return origins.filter(({ call }, index) => origins.findIndex((other) => other.call === call) === index);
  const origin = (hasKnownChunks(source) ? matchChunks(chunks.reads) : null) ?? matchRequest(source, iterated, chunks);
  return origin ? [origin] : [];
}

/** Those that have the module; the user's own go first. */
const providersOf = (module: string, own: readonly Provider[]): readonly Provider[] => [
  ...own.filter(({ modules }) => modules.some((name) => isModule(module, name))),
  ...findProvidersOf(module),
];

/** The path starts at an SDK's module: `new OpenAI().chat.completions.create(…)`, `streamText(…).textStream`. */
function matchModule(path: AccessPath, source: ParsedSource, own: readonly Provider[]): StreamOrigin | null {
  const { root, steps } = path;
  if (root.kind !== 'module') return null;
  for (const provider of providersOf(root.module, own)) {
    const exported = skipNamespace(steps);
    const client = findClient(provider, steps);
    for (const api of provider.apis) {
      if (api.of && client && !api.of.includes(client.name)) continue;
      const starts =
        api.reach === 'wrapper'
          ? [0, exported]
          : api.reach === 'module'
            ? [exported]
            : api.reach === 'any'
              ? steps.keys()
              : client
                ? [client.end]
                : [];
      for (const start of starts) {
        const origin = matchCall(source, api.reach === 'wrapper' ? skipNew(path) : path, {
          provider,
          api,
          start,
          client: client?.node ?? null,
          evidence: 'import',
        });
        if (origin) return origin;
      }
    }
  }
  return null;
}

/** A wrapper may be a method: 'Llm.ask' of `new Llm().ask()`. */
const skipNew = (path: AccessPath): AccessPath => ({ ...path, steps: path.steps.filter(({ kind }) => kind !== 'new') });

/**
 * The path is a declared type: `stream: AsyncIterable<ChatCompletionChunk>`, `result: StreamTextResult` and its member.
 */
function matchType({ root, steps, relayed }: AccessPath, own: readonly Provider[]): StreamOrigin | null {
  const typed = steps.findIndex(({ kind }) => kind === 'new');
  const [name, made] = [steps[typed - 1], steps[typed]];
  if (root.kind !== 'module' || name?.kind !== 'member') return null;
  const rest = skipTee(steps.slice(typed + 1).filter(({ kind }) => kind !== 'generic'));
  // A type that a module of the program's own passes on keeps its name.
  const named = providersOf(root.module, own).flatMap((provider) =>
    provider.apis.flatMap((api) => (api.types.includes(name.name) ? [{ provider, api }] : [])),
  );
  const known = named.length > 0 ? named : findByTellingType(name.name);
  const found = known.find(({ api }) => rest.length === 0 || givesStream(api, rest));
  // `new ResponsesWS(client)` is a stream itself.
  return found
    ? {
        ...found,
        call: null,
        client: null,
        clientCalls: [],
        makers: [],
        evidence: made?.kind === 'new' && made.node ? 'import' : 'annotation',
        wrapper: null,
        relayed,
      }
    : null;
}

/** `const [one, other] = stream.tee()` */
function skipTee(steps: readonly Step[]): readonly Step[] {
  const [tee, call, index] = steps;
  return isMember(tee, 'tee') && call?.kind === 'call' && index?.kind === 'member' && /^[01]$/.test(index.name)
    ? skipTee(steps.slice(3))
    : steps;
}

/** The APIs are what TypeScript says; the call, where it is in sight, is the one that fits. */
function matchDeclared(
  source: ParsedSource,
  paths: readonly AccessPath[],
  declared: readonly DeclaredApi[],
): StreamOrigin | null {
  for (const { provider, api } of declared) {
    for (const path of paths) {
      for (const start of path.steps.keys()) {
        const origin = matchCall(source, path, { provider, api, start, client: null, evidence: 'type' });
        if (origin) return origin;
      }
    }
  }
  const [first] = declared;
  return first
    ? {
        ...first,
        call: null,
        client: null,
        clientCalls: [],
        makers: [],
        evidence: 'type',
        wrapper: null,
        relayed: false,
      }
    : null;
}

/** `import sdk from 'sdk'; sdk.streamText()` for a CommonJS module. */
const skipNamespace = ([first]: readonly Step[]): number =>
  first?.kind === 'member' && first.name === 'default' ? 1 : 0;

interface Client {
  /** Where the steps that make it end. */
  readonly end: number;
  readonly node: TSESTree.NewExpression | null;
  readonly name: string;
}

/**
 * The steps that make a client: `new` on an export, a factory's call, an export that is one; and methods that give one
 * again.
 */
function findClient({ clients, factories, instances, sameClient }: Provider, steps: readonly Step[]): Client | null {
  const made = steps.findIndex(({ kind }) => kind !== 'member');
  const maker = steps[made];
  const names = steps.slice(0, made).flatMap((step) => (step.kind === 'member' ? [step.name] : []));
  const last = names.at(-1) ?? 'default';
  if (maker?.kind === 'new' && names.every((name) => name === 'default' || clients.includes(name))) {
    return { end: skipSame(sameClient, steps, made + 1), node: maker.node, name: last };
  }
  if (maker?.kind === 'call' && factories.includes(last))
    return { end: skipSame(sameClient, steps, made + 1), node: null, name: last };
  const instance = steps.findIndex((step) => step.kind === 'member' && instances.includes(step.name));
  return instance === 0 ? { end: skipSame(sameClient, steps, 1), node: null, name: names[0]! } : null;
}

/** `client.withOptions(…)` gives a client too. */
function skipSame(sameClient: readonly string[], steps: readonly Step[], start: number): number {
  const [member, call] = [steps[start], steps[start + 1]];
  const same = member?.kind === 'member' && sameClient.includes(member.name) && call?.kind === 'call';
  return same ? skipSame(sameClient, steps, start + 2) : start;
}

const findCalledMethods = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step, index) => (step.kind === 'member' && steps[index + 1]?.kind === 'call' ? [step.name] : []));

/**
 * `anything.chat.completions.create({ stream: true })`: the client is out of sight, the members and the flag say what
 * it is. Where the name is a common one (`messages.stream`), the loop must read the chunk as this API's. An API whose
 * chunks nothing tells apart copies one with a fingerprint (OpenAI's `chat.completions.create`), and yields to it.
 */
function matchShape(path: AccessPath, source: ParsedSource, chunks: Reads): StreamOrigin | null {
  const called = findCalledMethods(path.steps);
  const reads = ({ fingerprint }: StreamApi): readonly ChunkRead[] =>
    fingerprint.length > 0 && hasKnownChunks(source) ? chunks.reads : [];
  let copy: StreamOrigin | null = null;
  for (const { provider, api } of findByMethods(called)) {
    if (api.reach === 'any' && !evokes(api, reads(api))) continue;
    for (const start of path.steps.keys()) {
      const origin = matchCall(source, path, { provider, api, start, client: null, evidence: 'shape' });
      if (!origin || !(evokes(api, reads(api)) || (origin.call !== null && isRequest(source, api, origin.call))))
        continue;
      // A client of another package takes other options, whatever its methods are called.
      const found = isPackage(path.root) ? { ...origin, call: null } : origin;
      if (api.fingerprint.length > 0) return found;
      copy ??= found;
    }
  }
  return copy;
}

/**
 * `result.fullStream`, `anything.generateContentStream()`: what it belongs to is out of sight, the name says what it
 * is.
 */
function matchName({ steps, relayed }: AccessPath): StreamOrigin | null {
  const [last, called] = [steps.at(-1), steps.at(-2)];
  const isCallOf = (names: string): boolean =>
    [...steps.keys()].some((start) => matchNames(steps, start, names) === steps.length - 1);
  const isCall = last?.kind === 'call' && called?.kind === 'member';
  const [found] =
    last?.kind === 'member'
      ? findByTelling(last.name)
      : isCall
        ? findByTellingMethod(called.name).filter(({ api }) => api.nameTells.some(isCallOf))
        : [];
  if (!found) return null;
  // A method of that name may be a wrapper's, with chunks of its own.
  return {
    ...found,
    call: null,
    client: null,
    clientCalls: [],
    makers: [],
    evidence: 'shape',
    wrapper: null,
    relayed: relayed || last?.kind === 'call',
  };
}

const isPackage = (root: AccessPath['root']): boolean => root.kind === 'module' && !/^[./#~@]?[./]/.test(root.module);

/**
 * `chat.completions.create({ stream: true })`; two members are a common name, and ask for a model too:
 * `kafka.messages.create()` names none.
 */
function isRequest(source: ParsedSource, { name, enabledBy }: StreamApi, call: TSESTree.CallExpression): boolean {
  const members = name.split('.').length;
  const flag = members > 1 && enabledBy ? findOption(source, call, enabledBy) : null;
  if (!enabledBy || flag?.kind !== 'value' || !isLiteral(source, flag.value, true)) return false;
  return members > 2 || findOption(source, call, { argument: enabledBy.argument, path: ['model'] }).kind !== 'absent';
}

/**
 * The bytes of an HTTP response, or what the program's own parser makes of them: then the text's place says whose
 * chunks they are.
 */
function matchRequest(source: ParsedSource, iterated: TSESTree.Node, chunks: Reads): StreamOrigin | null {
  const request = findStreamingRequest(source, iterated);
  if (!request) return null;
  const { isFetch, relayed } = request;
  const shared = { client: null, clientCalls: [], makers: [], evidence: 'shape', wrapper: null, relayed } as const;
  const parsed = findApi(
    ({ reach, text }) =>
      reach === 'client' && text !== null && text.length > 1 && chunks.reads.some((read) => isReadAt(read, text)),
  );
  if (parsed) return { ...parsed, ...shared, call: null };
  const raw = findApi(({ reach }) => reach === 'request');
  return raw && { ...raw, ...shared, call: isFetch ? request.call : null };
}

function findApi(is: (api: StreamApi) => boolean): { provider: Provider; api: StreamApi } | null {
  for (const provider of catalog) {
    const api = provider.apis.find(is);
    if (api) return { provider, api };
  }
  return null;
}

/** Whether the text has what the chunks of some API are told by; of a text without it no loop need be read. */
export const hasKnownChunks = ({ text }: ParsedSource): boolean => hasFingerprint(text);

/** The loop reads chunks as only this API's chunks are read. */
function matchChunks(reads: readonly ChunkRead[]): StreamOrigin | null {
  const found = findByReads(reads).find(({ api }) => evokes(api, reads));
  return found
    ? {
        ...found,
        call: null,
        client: null,
        clientCalls: [],
        makers: [],
        evidence: 'shape',
        wrapper: null,
        relayed: false,
      }
    : null;
}

/** The loop takes bytes or lines, and reads what it parses out of them as only a model's chunks are read. */
export function findParsedOrigin(reads: readonly ChunkRead[]): StreamOrigin | null {
  const http = matchChunks(reads) && catalog.find(({ apis }) => apis.some(({ reach }) => reach === 'request'));
  const api = http ? http.apis.find(({ reach }) => reach === 'request') : undefined;
  return http && api
    ? {
        provider: http,
        api,
        call: null,
        client: null,
        clientCalls: [],
        makers: [],
        evidence: 'shape',
        wrapper: null,
        relayed: false,
      }
    : null;
}

interface Candidate {
  readonly provider: Provider;
  readonly api: StreamApi;
  readonly start: number;
  readonly client: TSESTree.NewExpression | null;
  readonly evidence: Evidence;
}

/** The steps from `start` on are the API's name, its call, and nothing that makes another thing of the stream. */
function matchCall(
  source: ParsedSource,
  { steps, through, relayed, given }: AccessPath,
  { provider, api, start, client, evidence }: Candidate,
): StreamOrigin | null {
  for (const name of [api.name, ...api.aliases]) {
    const end = matchNames(steps, start, name);
    const step = steps[end];
    if (step?.kind !== 'call' || !isCommand(source, api, step.node)) continue;
    const wrapper = findWrapper(source, through);
    const rest = skipTee(steps.slice(end + 1));
    if ((givesStream(api, rest) || (wrapper && isReadByHelper(api, rest))) && streams(source, api, step.node)) {
      const makers = steps.slice(start, end).flatMap((before) => (before.kind === 'call' ? [before.node] : []));
      // What a function is handed may come from other callers too.
      if (end < given)
        return { provider, api, call: null, client: null, clientCalls: [], makers: [], evidence, wrapper, relayed };
      return {
        provider,
        api,
        call: api.reach === 'wrapper' ? null : step.node,
        client,
        clientCalls: findClientCalls(provider, steps.slice(0, start)),
        makers,
        evidence,
        wrapper,
        relayed,
      };
    }
  }
  return null;
}

const findClientCalls = ({ withOptions }: Provider, steps: readonly Step[]): TSESTree.CallExpression[] =>
  steps
    .flatMap((step, index) =>
      step.kind === 'call' && withOptions.some((name) => isMember(steps[index - 1], name)) ? [step.node] : [],
    )
    .reverse();

function isCommand(source: ParsedSource, { command }: StreamApi, call: TSESTree.CallExpression): boolean {
  if (!command) return true;
  const argument = call.arguments[command.argument];
  if (!argument) return false;
  return findAccessPaths(source, argument).some(({ steps }) => {
    const [made, named] = [steps.at(-1), steps.at(-2)];
    return made?.kind === 'new' && named?.kind === 'member' && command.classes.includes(named.name);
  });
}

/**
 * The helper took the stream out of what the call, or its `.withResponse()`, gives, and gives its chunks or, by
 * `.text()`, their text.
 */
function isReadByHelper({ foundByHelper, withResponse }: StreamApi, steps: readonly Step[]): boolean {
  const end = withResponse ? Math.max(0, matchNames(steps, 0, 'withResponse()')) : 0;
  if (end === steps.length) return end > 0 || foundByHelper.length > 0;
  return matchNames(steps, end, 'text()') === steps.length;
}

/** The call streams: always, or by its flag, or by a flag out of sight that the loop proves. */
function streams(source: ParsedSource, { enabledBy }: StreamApi, call: TSESTree.CallExpression): boolean {
  if (!enabledBy) return true;
  const flag = findOption(source, call, enabledBy);
  if (flag.kind !== 'value') return flag.kind === 'unknown';
  return !isLiteral(source, flag.value, false) || isLiteral(source, flag.value, true);
}

/** The call of the helper, under whatever name it was imported. */
const findWrapper = (
  source: ParsedSource,
  through: readonly TSESTree.CallExpression[],
): TSESTree.CallExpression | null =>
  through.find(({ callee }) =>
    findAccessPaths(source, callee).some(({ root, steps }) => root.kind === 'module' && isMember(steps.at(-1), HELPER)),
  ) ?? null;

const isMember = (step: Step | undefined, name: string): boolean => step?.kind === 'member' && step.name === name;
