import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths, findValues } from '../values/access-path.ts';
import { findVariable } from '../source/bindings.ts';
import { findChunkReads } from './chunk-reads.ts';
import { indexOf, type MethodCall } from '../source/file-index.ts';
import { FileMemory } from '../source/file-memory.ts';
import { type LoopSite, nowhere } from './loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { StreamLoop } from '../facts/stream-loop.ts';
import { findPropertyName, findUser, isFunction, unwrap } from '../source/tree.ts';

/** What a stream says of itself, and of the answer as a whole; all else is a piece of it. */
const NO_CHUNK =
  /^(?:connect|ready|open|start|readable|pause|resume|end|close|finish|done|error|abort|timeout|message|final\w*|totalUsage|response|request)$/;
/** What Node's streams and `readline` call a piece. */
const BODY_CHUNK = /^(?:data|line)$/;

export const eventOf = ({
  call: {
    arguments: [event],
  },
}: MethodCall): string => (event?.type === 'Literal' ? String(event.value) : '');
export const hasBodyChunks = ({ listeners }: LoopSite): boolean =>
  listeners.some((listener) => BODY_CHUNK.test(eventOf(listener)));

const known = new FileMemory<readonly LoopSite[]>();

/** Streams that listeners take the chunks of, each once: `.on('text', show).on('inputJson', collect)`. */
export function findListenedLoops(source: ParsedSource): readonly LoopSite[] {
  const sites = known.get(source.ast) ?? groupListeners(source);
  known.set(source.ast, sites);
  return sites;
}

function groupListeners(source: ParsedSource): LoopSite[] {
  const groups = new Map<unknown, Map<string, MethodCall[]>>();
  for (const listener of indexOf(source).listeners) {
    const { anchor, members } = keyOf(source, findEmitter(listener.object));
    const group = groups.get(anchor) ?? new Map<string, MethodCall[]>();
    const listeners = group.get(members);
    if (listeners) listeners.push(listener);
    else groups.set(anchor, group.set(members, [listener]));
  }
  return [...groups.values()]
    .flatMap((group) => [...group.values()])
    .flatMap((listeners) => toSite(source, listeners) ?? []);
}

function toSite(source: ParsedSource, listeners: readonly MethodCall[]): LoopSite | null {
  // The outermost call of a chain is met first; the first listener is the one that was added first.
  const inOrder = [...listeners].sort((a, b) => a.call.range[1] - b.call.range[1]);
  const takers = inOrder.filter((listener) => !NO_CHUNK.test(eventOf(listener)));
  const [first] = takers;
  if (!first) return null;
  const functions = takers.flatMap(({ call }) => findValues(source, call.arguments[1]!).filter(isFunction));
  const parameters = functions.flatMap(({ params: [parameter] }) => (parameter ? [parameter] : []));
  return {
    ...nowhere,
    form: 'events',
    node: first.call,
    stream: findEmitter(first.object),
    bodies: functions.map(({ body }) => body),
    chunk: parameters.find((parameter) => parameter.type === 'Identifier') ?? null,
    get reads() {
      return parameters.flatMap((parameter) => findChunkReads(source, parameter));
    },
    listeners: inOrder,
  };
}

/** `stream` of `stream.on(…).once(…)`. */
export function findEmitter(object: TSESTree.Node): TSESTree.Node {
  const value = unwrap(object);
  const callee = value.type === 'CallExpression' ? unwrap(value.callee) : null;
  const isListening =
    callee?.type === 'MemberExpression' && /^(?:on|once|off|addListener)$/.test(findPropertyName(callee) ?? '');
  return isListening ? findEmitter(callee.object) : value;
}

/**
 * Two expressions with one anchor and the same members after it are one stream: the same call's result, or the same
 * variable.
 */
function keyOf(source: ParsedSource, emitter: TSESTree.Node): { anchor: unknown; members: string } {
  const [path] = findAccessPaths(source, emitter);
  const calls = (path?.steps ?? []).filter((step) => step.kind === 'call' && !isListening(step.node));
  const anchor = calls.at(-1);
  if (path && anchor) {
    const rest = path.steps.slice(path.steps.lastIndexOf(anchor) + 1);
    return {
      anchor: anchor.kind === 'call' ? anchor.node : null,
      members: rest
        .flatMap((step) =>
          step.kind === 'member' && !/^(?:on|once|off|addListener)$/.test(step.name) ? [step.name] : [],
        )
        .join('.'),
    };
  }
  const variable = findVariable(source, emitter);
  return { anchor: variable ?? source.ast, members: variable ? '' : source.text.slice(...emitter.range) };
}

const isListening = (call: TSESTree.CallExpression): boolean => findEmitter(call) !== call;

/**
 * Members that take a promise of the end, at which an SDK's helper rejects instead of emitting an `error` to nobody.
 */
const ENDS = /^(?:done|final\w*|emitted|totalUsage)$/;

interface Uses {
  /** `stream.finalMessage()` */
  readonly promises: readonly TSESTree.CallExpression[];
  /** Somebody else has the stream. */
  readonly isGivenAway: boolean;
}

/** What is done with the stream but to listen to it. */
export function describeUses(source: ParsedSource, { listeners }: LoopSite): Uses {
  const values = new Set<TSESTree.Node>();
  const pending: TSESTree.Node[] = listeners.flatMap(({ call, object }) => [call, findEmitter(object)]);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (values.has(node)) continue;
    values.add(node);
    const user = findUser(node);
    if (user?.type === 'AwaitExpression') pending.push(user);
    const name =
      user?.type === 'VariableDeclarator' ? user.id : user?.type === 'AssignmentExpression' ? user.left : node;
    const variable = findVariable(source, name);
    if (variable)
      pending.push(
        ...variable.references.filter((reference) => reference.isRead()).map(({ identifier }) => identifier),
      );
  }
  const users = [...values].map((value) => ({ value, user: findUser(value) }));
  return {
    promises: users.flatMap(({ user }) => {
      const call = user?.type === 'MemberExpression' && ENDS.test(findPropertyName(user) ?? '') ? findUser(user) : null;
      return call?.type === 'CallExpression' ? [call] : [];
    }),
    isGivenAway:
      [...values].some((value) => isForeign(source, value)) ||
      users.some(({ value, user }) => user !== null && isGiving(user, value)),
  };
}

/**
 * Promises of the end that are taken where the listener is added: `await stream.finalMessage()`. They reject where the
 * stream fails.
 */
export function findPromisesOfEnd(source: ParsedSource, { node }: StreamLoop): readonly TSESTree.CallExpression[] {
  const site = findListenedLoops(source).find((other) => other.node === node);
  return site ? describeUses(source, site).promises : [];
}

/** It was somebody else's before: a parameter, but for that of `then`; an import; a member of `this`. */
function isForeign(source: ParsedSource, value: TSESTree.Node): boolean {
  if (value.type === 'MemberExpression') return isForeign(source, unwrap(value.object));
  if (value.type === 'ThisExpression') return true;
  const [def] = findVariable(source, value)?.defs ?? [];
  if (def?.type !== 'Parameter') return def?.type === 'ImportBinding';
  const taker = findUser(def.node);
  const callee = taker?.type === 'CallExpression' ? unwrap(taker.callee) : null;
  return callee?.type !== 'MemberExpression' || findPropertyName(callee) !== 'then';
}

function isGiving(user: TSESTree.Node, value: TSESTree.Node): boolean {
  switch (user.type) {
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
    case 'Property':
    case 'ArrayExpression':
    case 'YieldExpression':
      return true;
    case 'AssignmentExpression':
      return user.left.type !== 'Identifier';
    case 'CallExpression':
    case 'NewExpression':
      return user.arguments.some((argument) => unwrap(argument) === value);
    default:
      return false;
  }
}
