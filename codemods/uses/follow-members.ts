import type { TSESTree } from '@typescript-eslint/utils';
import { findPropertyName, findUser, isAsyncIterator, isFunction } from '../../src/analysis/source/tree.ts';
import { skipBlanks } from '../text/style.ts';
import { isSafeAbort, isTest } from './harmless-uses.ts';
import { isMemberOfHelper } from './helper-members.ts';
import {
  follow,
  type FollowedRequest,
  isStream,
  iterablesOf,
  open,
  type Reach,
  type Step,
  stop,
  type StreamPick,
  type Use,
  type Walk,
} from './stream-events.ts';
import {
  describeListener,
  describePassing,
  describeResponseMember,
  describeResultMember,
  describeStreamMember,
  obstacles,
} from './use-obstacles.ts';
import { isDeclaredByRequest, readResponsePattern, renameRequestId } from './with-response.ts';

// ── `result.member` ─────────────────────────────────────────────────────────────────────────────────────────────────

export function followMember({ walk, user: member, reach }: Use<TSESTree.MemberExpression>): Step[] {
  const { source, api } = walk;
  const name = findPropertyName(member);
  const call = member.parent.type === 'CallExpression' && member.parent.callee === member ? member.parent : null;
  if (name === null)
    return isAsyncIterator(member) && isTest(findUser(member)!, member) ? [] : stop(obstacles.usedOtherwise);
  const pick = findPick(walk, member, name, call, reach);
  if (pick) return [{ kind: 'picked', pick }, follow(pick.node, { ...reach, pick })];
  if (isMemberOfHelper(source, api, member, reach)) return [];
  if (name === 'withResponse') return followResponse(walk, member.object, call, reach);
  if (reach.response && reach.isOpened && !reach.pick) return followResponseMember(member, name);
  if (api.chainable.includes(name)) return stop(describeListener(name));
  if (name === 'controller') return isSafeAbort(member, api) ? [] : stop(obstacles.abortedQuietly);
  return reach.isOpened || !call
    ? stop(describeMember(walk, name, reach))
    : followPromise({ walk, user: call, value: member, reach }, name);
}

/** `result.fullStream`, `result.toTextStream()`. */
function findPick(
  walk: Walk,
  member: TSESTree.MemberExpression,
  name: string,
  call: TSESTree.CallExpression | null,
  reach: Reach,
): StreamPick | null {
  if (!reach.isOpened || reach.pick) return null;
  const iterables = iterablesOf(walk, reach);
  if (call && !call.optional && iterables.includes(`${name}()`))
    return { name: `${name}()`, from: member.object, node: call, variable: null };
  return iterables.includes(name) ? { name, from: member.object, node: member, variable: null } : null;
}

const describeMember = (
  request: FollowedRequest,
  name: string,
  reach: Reach,
): ReturnType<typeof describeStreamMember> =>
  isStream(request, reach) ? describeStreamMember(name) : describeResultMember(name);

// ── `const { … } = result` ──────────────────────────────────────────────────────────────────────────────────────────

/** `const { fullStream: stream } = result`, with nothing else in the pattern. */
export function followPattern(walk: Walk, pattern: TSESTree.DestructuringPattern, reach: Reach): Step[] {
  if (pattern.type !== 'ObjectPattern' || reach.pick || !reach.isOpened) return stop(obstacles.destructured);
  if (pattern.typeAnnotation) return stop(obstacles.typed);
  if (reach.response) return followResponsePattern(walk, pattern, reach);
  const names = pattern.properties.map((property) =>
    property.type === 'Property' ? findPropertyName(property) : null,
  );
  const other = names.find((name) => name !== null && !walk.api.iterables.includes(name)) ?? null;
  if (other !== null) return stop(describeMember(walk, other, reach));
  const [property] = pattern.properties;
  if (names.length !== 1 || property?.type !== 'Property' || property.computed || property.value.type !== 'Identifier')
    return stop(obstacles.destructured);
  return pickByPattern(pattern, names[0]!, property.value, reach);
}

function pickByPattern(
  pattern: TSESTree.ObjectPattern,
  name: string,
  variable: TSESTree.Identifier,
  reach: Reach,
): Step[] {
  const pick: StreamPick = { name, from: null, node: pattern, variable: variable.name };
  return [
    { kind: 'picked', pick },
    { kind: 'variable', name: variable, reach: { ...reach, pick } },
  ];
}

// ── `.withResponse()` ───────────────────────────────────────────────────────────────────────────────────────────────

/** The helper accepts the result of `.withResponse()`, where that is called on the request itself. */
function followResponse(
  { source, api, call: request }: Walk,
  object: TSESTree.Expression,
  call: TSESTree.CallExpression | null,
  reach: Reach,
): Step[] {
  const isPlain =
    call !== null &&
    !call.optional &&
    call.arguments.length === 0 &&
    source.text[skipBlanks(source.text, object.range[1])] !== ')';
  if (!api.withResponse || object !== request || !isPlain) return stop(obstacles.withResponseElsewhere);
  return [{ kind: 'with-response', call }, follow(call, { ...reach, isOpened: false, response: call })];
}

function followResponseMember(member: TSESTree.MemberExpression, name: string): Step[] {
  const edit = renameRequestId(member);
  if (edit) return [{ kind: 'response-used', property: null, edits: [edit] }];
  return stop(name === 'response' ? obstacles.responseNotInPattern : describeResponseMember(name));
}

function followResponsePattern({ source }: Walk, pattern: TSESTree.ObjectPattern, reach: Reach): Step[] {
  const read = readResponsePattern(source, pattern);
  if ('obstacle' in read) return stop(read);
  if (read.response && !isDeclaredByRequest(pattern, reach.response!)) return stop(obstacles.responseNotInPattern);
  return [
    { kind: 'response-used', property: read.response, edits: read.edits },
    ...pickByPattern(pattern, 'data', read.stream, reach),
  ];
}

// ── `promise.then()` ────────────────────────────────────────────────────────────────────────────────────────────────

/** `.then()`, `.catch()` and `.finally()` of a promise of the stream. */
function followPromise({ walk, user: call, reach }: Use<TSESTree.CallExpression>, name: string): Step[] {
  const [first, second] = call.arguments;
  const toErrorCallback = (node: TSESTree.Node | undefined): Step[] => (node ? [{ kind: 'error-callback', node }] : []);
  switch (name) {
    case 'then':
      return [open(reach, call), ...toErrorCallback(second), ...followThen(walk, first, { ...reach, isOpened: true })];
    case 'catch':
      return [...toErrorCallback(first), open(reach, call), follow(call, reach)];
    case 'finally':
      return [open(reach, call), follow(call, reach)];
    default:
      return stop(describeStreamMember(name));
  }
}

/** `.then((stream) => …)`: the callback's result is followed where its function is left. */
function followThen(walk: Walk, callback: TSESTree.Node | undefined, reach: Reach): Step[] {
  if (!callback || !isFunction(callback)) return stop(describePassing('.then'));
  const [parameter] = callback.params;
  if (!parameter) return [];
  if (parameter.type === 'Identifier') return [{ kind: 'variable', name: parameter, reach }];
  return parameter.type === 'ObjectPattern' && reach.response
    ? followPattern(walk, parameter, reach)
    : stop(obstacles.destructured);
}
