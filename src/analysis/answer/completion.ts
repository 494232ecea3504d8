import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamApi } from '../../providers/provider.ts';
import { findValues } from '../values/access-path.ts';
import { bindingsOf, findVariable } from '../source/bindings.ts';
import { findOption } from '../values/call-options.ts';
import { type ChunkRead, evokesInside, isReadAt, isTest } from '../loops/chunk-reads.ts';
import { indexOf } from '../source/file-index.ts';
import { findStreamingRequest } from '../origin/http-request.ts';
import { eventOf } from '../loops/listened-loops.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import { findParsedMarkers, readsParsed } from './parsed-end-marks.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { StreamLoop, StreamOrigin } from '../facts/stream-loop.ts';
import { findFunction, findPropertyName, findUser, isFunction, isInside, unwrap, visit } from '../source/tree.ts';

/**
 * Every check of the terminal marker: in the chunks, in an event, or by a member of the stream that rejects when the
 * answer was truncated.
 */
export function findEndChecks(source: ParsedSource, site: LoopSite, origin: StreamOrigin): TSESTree.Node[] {
  const { api } = origin;
  const inChunks = site.reads.filter((read) => isTerminalRead(api, read)).map(({ node }) => node);
  const inEvents = site.listeners.filter((listener) => isTerminalEvent(api, eventOf(listener))).map(({ call }) => call);
  const inParsed = isParsedHere(api)
    ? findParsedMarkers(source, site, origin.call ?? findStreamingRequest(source, site.stream)?.call ?? null)
    : [];
  return [
    ...inChunks,
    ...inEvents,
    ...inParsed,
    ...findFinals(source, site.stream, api),
    ...findEndCallbacks(source, origin),
  ];
}

/** The marker is inside bytes that the program parses itself. */
const isParsedHere = ({ terminal, text }: StreamApi): boolean => terminal === null && text === null;

/**
 * Where an end check would have to look. Null where the API has no end marker, or where the marker does not appear in
 * this loop.
 */
export function describeEndSign(
  source: ParsedSource,
  site: LoopSite,
  { api, call, relayed }: StreamOrigin,
): StreamLoop['endSign'] {
  // A generator or a wrapper between the stream and the loop may change the chunks. Where the loop reads fields that
  // only this API has, they are its chunks.
  if (relayed && !isParsedHere(api) && !evokesInside(api, site.reads)) return null;
  if (api.terminal) return 'chunk';
  if (isParsedHere(api)) return readsParsed(source, site) ? 'parsed' : null;
  return api.finals.length > 0 &&
    call &&
    findFunction(call) === findFunction(site.node) &&
    !isGivenAway(source, site.stream, api)
    ? 'member'
    : null;
}

/** The result that the stream is a member of also goes to other code, which may await its end. */
const isGivenAway = (source: ParsedSource, stream: TSESTree.Node, api: StreamApi): boolean =>
  findResults(source, stream, api).some((variable) =>
    variable.references.some((reference) => {
      const { identifier } = reference;
      const user = reference.isRead() ? findUser(identifier) : null;
      if (user?.type === 'CallExpression') return unwrap(user.callee) !== unwrap(identifier);
      return (
        user !== null &&
        /^(?:ReturnStatement|Property|SpreadElement|ArrayExpression|AssignmentExpression|YieldExpression|ArrowFunctionExpression)$/.test(
          user.type,
        )
      );
    }),
  );

/**
 * `streamText({ onFinish({ finishReason }) {} })`: a callback for the end, which reads the finish reason or is out of
 * sight.
 */
function findEndCallbacks(source: ParsedSource, { api, call }: StreamOrigin): TSESTree.Node[] {
  if (!call) return [];
  return api.endCallbacks.flatMap((option) => {
    const found = findOption(source, call, option);
    if (found.kind !== 'value') return [];
    const functions = findValues(source, found.value).filter(isFunction);
    return functions.length === 0 ||
      functions.some((callback) => api.finals.some(({ name }) => names(source, callback, name)))
      ? [found.value]
      : [];
  });
}

function names({ visitorKeys }: ParsedSource, node: TSESTree.Node, name: string): boolean {
  let found = false;
  visit(node, visitorKeys, (inner) => {
    if (inner.type === 'Identifier' && inner.name === name) found = true;
    return !found;
  });
  return found;
}

/**
 * An event that only a complete answer emits: `response.completed`, or the event of a member that rejects on a
 * truncated answer.
 */
const isTerminalEvent = ({ terminal, finals }: StreamApi, event: string): boolean =>
  (terminal?.values?.includes(event) ?? false) ||
  finals.some(({ name, onCleanEnd }) => name === event && onCleanEnd === 'rejects');

function isTerminalRead({ terminal }: StreamApi, read: ChunkRead): boolean {
  if (!terminal) return false;
  if (terminal.finishReason && isReadAt(read, terminal.finishReason)) return true;
  // `chunk.finish_reason`: a compatible host may put the marker elsewhere.
  if (terminal.values === null && read.path.includes(String(terminal.path.at(-1)))) return true;
  return isTest(read, terminal);
}

/**
 * `await stream.finalMessage()`: awaited members of the iterated stream, or of the result that the stream is a member
 * of (`result.textStream`, `result.finishReason`).
 */
function findFinals(source: ParsedSource, stream: TSESTree.Node, api: StreamApi): TSESTree.Node[] {
  return api.finals.length === 0
    ? []
    : findResults(source, stream, api).flatMap((variable) => [
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

/** The variables that hold the iterated stream, and the results that it is a member of. */
export function findResults(source: ParsedSource, iterated: TSESTree.Node, api: StreamApi): Variable[] {
  const variables: Variable[] = [];
  const pending = [iterated];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const variable = findVariable(source, unwrapMember(node, api));
    if (!variable || variables.includes(variable)) continue;
    variables.push(variable);
    pending.push(...bindingsOf(variable).map(({ value }) => value));
  }
  return variables;
}

/** The result itself: `result` of `result.textStream` and of `result.toUIMessageStream()`. */
function unwrapMember(node: TSESTree.Node, { iterables }: StreamApi): TSESTree.Node {
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

/** The reads of `finishReason` after `const { textStream, finishReason } = streamText(…)`. */
function findPickedFinals(source: ParsedSource, variable: Variable, { finals }: StreamApi): TSESTree.Node[] {
  return variable.defs.flatMap(({ node }) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'ObjectPattern') return [];
    return node.id.properties.flatMap((property) => {
      const final =
        property.type === 'Property' ? finals.find(({ name }) => name === findPropertyName(property)) : undefined;
      if (!final || final.onCleanEnd === 'resolves') return [];
      const picked = findVariable(source, property.value!);
      return (picked?.references ?? []).filter((reference) => reference.isRead()).map(({ identifier }) => identifier);
    });
  });
}

/**
 * `const { status } = await stream.finalResponse()`: the member resolves on a truncated answer too, and `status` shows
 * it.
 */
function readsStatus(source: ParsedSource, member: TSESTree.MemberExpression, { terminal }: StreamApi): boolean {
  const status = terminal?.finishReason?.at(-1);
  const call = findUser(member);
  const awaited = call ? findUser(call) : null;
  const user = awaited?.type === 'AwaitExpression' ? findUser(awaited) : null;
  if (user?.type === 'MemberExpression') return findPropertyName(user) === status;
  if (user?.type !== 'VariableDeclarator') return false;
  if (user.id.type === 'ObjectPattern')
    return user.id.properties.some((property) => property.type === 'Property' && findPropertyName(property) === status);
  const result = findVariable(source, user.id);
  return (result?.references ?? []).some(({ identifier }) => {
    const read = findUser(identifier);
    return read?.type === 'MemberExpression' && findPropertyName(read) === status;
  });
}

/** Every test whether the stream was aborted, in the loop or after it: `signal.aborted`, `signal.throwIfAborted()`. */
export function findAbortChecks(source: ParsedSource, loop: TSESTree.Node): TSESTree.Node[] {
  const scope = findFunction(loop) ?? source.ast;
  return indexOf(source).abortChecks.filter((check) => check.range[1] >= loop.range[0] && isInside(check, scope));
}
