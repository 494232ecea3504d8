import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamApi, TerminalSignal } from '../providers/provider.ts';
import { bindingsOf, findVariable } from './bindings.ts';
import { type ChunkRead, isOnTheWay, isReadAt, isTest } from './chunk-reads.ts';
import { indexOf } from './file-index.ts';
import { eventOf } from './listened-loops.ts';
import type { LoopSite } from './loop-site.ts';
import type { ParsedSource } from './parsed-source.ts';
import { findFunction, findPropertyName, findUser, isInside, unwrap } from './tree.ts';

/** Looks at the terminal marker: in the chunks, or at a member of the stream that rejects where the answer was cut. */
export function findCompletion(source: ParsedSource, site: LoopSite, api: StreamApi): TSESTree.Node[] {
  const inChunks = site.reads.filter((read) => isTerminalRead(api, read)).map(({ node }) => node);
  const inEvents = site.listeners.filter((listener) => isTerminalEvent(api, eventOf(listener))).map(({ call }) => call);
  return [...inChunks, ...inEvents, ...findFinals(source, site.stream, api)];
}

/** An event that only a whole answer has: `response.completed`, and what the members that reject on a cut one are named for. */
const isTerminalEvent = ({ terminal, finals }: StreamApi, event: string): boolean =>
  (terminal?.values?.includes(event) ?? false) || finals.some(({ name, onCleanEnd }) => name === event && onCleanEnd === 'rejects');

function isTerminalRead({ terminal }: StreamApi, read: ChunkRead): boolean {
  if (!terminal) return false;
  if (terminal.finishReason && isReadAt(read, terminal.finishReason)) return true;
  // `chunk.finish_reason`: a host of one's own may put it elsewhere.
  if (terminal.values === null && read.path.includes(String(terminal.path.at(-1)))) return true;
  return isTest(read, terminal);
}

/** `await stream.finalMessage()`, on what the loop iterates or on the result that it is a member of: `result.textStream`, `result.finishReason`. */
function findFinals(source: ParsedSource, stream: TSESTree.Node, api: StreamApi): TSESTree.Node[] {
  return api.finals.length === 0 ? [] : findResults(source, stream, api).flatMap((variable) => [
    ...variable.references.flatMap(({ identifier }) => {
      const member = findUser(identifier);
      if (member?.type !== 'MemberExpression') return [];
      const final = api.finals.find(({ name }) => name === findPropertyName(member));
      if (!final) return [];
      return final.onCleanEnd !== 'resolves' || readsStatus(source, member, api) ? [member] : [];
    }),
    ...findPickedFinals(source, variable, api),
  ]);
}

/** The variables that hold what is iterated, and the results that it is a member of. */
function findResults(source: ParsedSource, iterated: TSESTree.Node, api: StreamApi): Variable[] {
  const variables: Variable[] = [];
  const pending = [iterated];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const variable = findVariable(source, findHolder(node, api));
    if (!variable || variables.includes(variable)) continue;
    variables.push(variable);
    pending.push(...bindingsOf(variable).map(({ value }) => value));
  }
  return variables;
}

/** `result` of `result.textStream` and `result.toUIMessageStream()`. */
function findHolder(node: TSESTree.Node, { iterables }: StreamApi): TSESTree.Node {
  const value = unwrapAwait(node);
  const member = value.type === 'CallExpression' ? unwrap(value.callee) : value;
  if (member.type !== 'MemberExpression') return value;
  const name = `${findPropertyName(member)}${member === value ? '' : '()'}`;
  return iterables.includes(name) ? unwrapAwait(member.object) : value;
}

function unwrapAwait(node: TSESTree.Node): TSESTree.Node {
  const value = unwrap(node);
  return value.type === 'AwaitExpression' ? unwrapAwait(value.argument) : value;
}

/** `finishReason` of `const { textStream, finishReason } = streamText(…)`, where it is read. */
function findPickedFinals(source: ParsedSource, variable: Variable, { finals }: StreamApi): TSESTree.Node[] {
  return variable.defs.flatMap(({ node }) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'ObjectPattern') return [];
    return node.id.properties.flatMap((property) => {
      const final = property.type === 'Property' ? finals.find(({ name }) => name === findPropertyName(property)) : undefined;
      if (!final || final.onCleanEnd === 'resolves') return [];
      const picked = findVariable(source, property.value!);
      return (picked?.references ?? []).filter((reference) => reference.isRead()).map(({ identifier }) => identifier);
    });
  });
}

/** `const { status } = await stream.finalResponse()`: the member resolves on a cut answer, what it gives tells. */
function readsStatus(source: ParsedSource, member: TSESTree.MemberExpression, { terminal }: StreamApi): boolean {
  const status = terminal?.finishReason?.at(-1);
  const call = findUser(member);
  const awaited = call ? findUser(call) : null;
  const user = awaited?.type === 'AwaitExpression' ? findUser(awaited) : null;
  if (user?.type === 'MemberExpression') return findPropertyName(user) === status;
  if (user?.type !== 'VariableDeclarator') return false;
  if (user.id.type === 'ObjectPattern') return user.id.properties.some((property) => property.type === 'Property' && findPropertyName(property) === status);
  const result = findVariable(source, user.id);
  return (result?.references ?? []).some(({ identifier }) => {
    const read = findUser(identifier);
    return read?.type === 'MemberExpression' && findPropertyName(read) === status;
  });
}

/** Looks at whether the stream was aborted, in the loop or after it: `signal.aborted`, `signal.throwIfAborted()`. */
export function findAbortChecks(source: ParsedSource, loop: TSESTree.Node): TSESTree.Node[] {
  const scope = findFunction(loop) ?? source.ast;
  return indexOf(source).abortChecks.filter((check) => check.range[1] >= loop.range[0] && isInside(check, scope));
}

/** Functions that show a chunk or turn it into text; nobody looks at the marker there. */
const SHOWS = /^(?:console|process|JSON|String|res|response|out|output)$|^(?:log|write|stringify|send|enqueue|print)$/;

/** Places where a part of the chunk that may hold the marker goes to code out of sight. */
export const findHandedOn = (reads: readonly ChunkRead[], api: StreamApi): TSESTree.Node[] =>
  reads.filter((read) => !read.followed && mayHoldMarker(api, read) && isHandedOn(api, read)).map(({ node }) => node);

/** The chunk itself, what is on the way to the marker (`chunk.choices[0]`), and the discriminant whose value is the marker. */
function mayHoldMarker({ terminal }: StreamApi, read: ChunkRead): boolean {
  if (read.path.length === 0) return true;
  return terminal !== null && (isOnTheWay(read, terminal.path) || isDiscriminant(terminal, read) || (terminal.finishReason !== null && isOnTheWay(read, terminal.finishReason)));
}

const isDiscriminant = ({ path, values }: TerminalSignal, read: ChunkRead): boolean => values !== null && isReadAt(read, path);

function isHandedOn({ terminal }: StreamApi, read: ChunkRead): boolean {
  const user = findUser(read.node);
  switch (user?.type) {
    case 'CallExpression':
      // `chunk.type.endsWith('_stop')`
      return !shows(user) || unwrap(user.callee) === unwrap(read.node);
    case 'YieldExpression':
    case 'ReturnStatement':
    case 'AssignmentExpression':
    case 'ArrayExpression':
    case 'Property':
    case 'SpreadElement':
      return true;
    case 'BinaryExpression':
    case 'MemberExpression':
      // Compared with a value out of sight; a key: `handlers[chunk.type]`.
      return terminal !== null && isDiscriminant(terminal, read) && read.comparedWith.length === 0;
    default:
      return false;
  }
}

function shows({ callee }: TSESTree.CallExpression): boolean {
  const target = unwrap(callee);
  if (target.type === 'Identifier') return SHOWS.test(target.name);
  if (target.type !== 'MemberExpression') return false;
  return SHOWS.test(findPropertyName(target) ?? '') || (target.object.type === 'Identifier' && SHOWS.test(target.object.name));
}
