import {
  countReads,
  fieldsOf,
  findDifference,
  isFunction,
  isNamed,
  isNode,
  isType,
  listOf,
  nameOf,
  type Node,
  nodesIn,
  walk,
} from './babel.ts';
import type { CodemodOptions, Undone } from './contract/codemod.ts';
import { findNameFacts, findOptionValues } from './names.ts';
import { findFilled, findUnbound, isFilledNext, isPartOf, putIdBack, takesStream } from './responded.ts';
import { cannotHold, type Moved, restoreRequest, type Settings } from './restoring.ts';
import {
  type Body,
  findGuard,
  findLostMember,
  findMember,
  findStreams,
  guarded,
  isCallOf,
  isHolder,
  readBodies,
  standsFor,
  type Streams,
} from './streams.ts';
import { findCapture, findHelperNames, type HelperNames, withDroppedImports, withoutAddedImports } from './taken.ts';

/**
 * Takes rewritten trees apart again. Knows what a wrapped request looks like and nothing of how it was made: what it
 * does not know stays, and shows as a difference.
 */
export function undoWrapping(original: Node, rewritten: Node, { helper, widenTypes = false }: CodemodOptions): Undone {
  const captured = findCapture(original, rewritten, helper);
  if (captured !== null) return { fault: `the file used the name \`${captured}\` for something else.` };
  const names = findHelperNames(rewritten, helper);
  const lost = findLostMember(rewritten, names.open);
  if (lost !== null) return { fault: `the helper's stream has no \`${lost}\`, which the file reads.` };
  const streams = findStreams(rewritten, names.open);
  const unbound = streams.bodies.some(({ response }) => response !== null)
    ? findUnbound(original, rewritten, streams.names)
    : null;
  if (unbound !== null) return { fault: `the file reads \`${unbound}\`, which nothing gives any more.` };
  const own = withoutAddedImports(original, rewritten, helper);
  const undone: Node = {
    ...rewritten,
    program: {
      ...(rewritten['program'] as Node),
      body: widenTypes ? withDroppedImports(original, rewritten, own) : own,
    },
  };
  return { tree: unwrap(original, undone, { original, names, streams, widenTypes, filled: null }) as Node };
}

interface Context {
  readonly original: Node;
  readonly names: HelperNames;
  readonly streams: Streams;
  readonly widenTypes: boolean;
  /** The pattern that the callback may fill: that of the declaration around it. */
  readonly filled: Node | null;
}

/**
 * A copy, as far as it differs, in which each helper call that the original lacks at that place is replaced by the
 * request in it.
 */
function unwrap(before: unknown, after: unknown, context: Context): unknown {
  if (before === after) return after;
  if (Array.isArray(after)) {
    const kept =
      Array.isArray(before) && before.length < after.length
        ? after.filter((item, index) => !isFilledNext(item, after[index + 1], context.names.open))
        : after;
    const items = kept.map((item, index) => unwrap(Array.isArray(before) ? before[index] : null, item, context));
    return items.length < after.length || items.some((item, index) => item !== after[index]) ? items : after;
  }
  if (!isNode(after)) return after;
  const old = isNode(before) ? before : null;
  const isNew = isHelperCall(after, context) && !(old && isHelperCall(old, context));
  const request = isNew
    ? takeApart(after, context).find((candidate) => findDifference(old, candidate) === null)
    : undefined;
  if (request) return request;
  const putBack = old && putStreamBack(old, after, context);
  if (putBack || isNew) return putBack ?? after;
  // `Stream<Chunk>` that has become `AsyncIterable<Chunk>`: the chunks are compared like anything else.
  if (context.widenTypes && old && isType(old, 'TSTypeReference') && isNamed(after['typeName'], 'AsyncIterable'))
    return { ...after, typeName: old['typeName'] };
  let copy = after;
  for (const field of fieldsOf(after)) {
    const child = after[field];
    const undone = unwrap(old?.[field], child, context);
    if (undone === child) continue;
    if (copy === after) copy = { ...after };
    copy[field] = undone;
  }
  return copy;
}

const isHelperCall = (node: Node, { names }: Context): boolean => isCallOf(node, names.open);

/** Each way in which the request can have been written; [] where the call is none of ours. */
function takeApart(node: Node, context: Context): Node[] {
  const [open, options, ...more] = listOf(node['arguments']);
  if (!isType(open, 'ArrowFunctionExpression') || more.length > 0) return [];
  const signal = findSignalName(listOf(open['params']));
  const moved = readMoved(options, context);
  if (signal === null || moved === null || (open['async'] === true) !== waits(open['body'])) return [];
  // Anything else that speaks of the attempt's signal spoke of another variable before.
  if (signal !== '' && countReads(open['body'], signal) !== 1) return [];
  const total = moved.get('totalTimeoutMs');
  // It was the limit of a signal, or is the SDK's own, which is still there.
  const ways =
    total && isLimit(total, context)
      ? [moved, new Map([...moved].filter(([name]) => name !== 'totalTimeoutMs'))]
      : [moved];
  return readBodies(open['body'])
    .filter(({ filled }) => filled === context.filled)
    .flatMap((body) =>
      ways.flatMap((way) => restoreBody(body, signal, way, context).map((request) => withResponse(body, request))),
    );
}

/** The code waits for something itself, and not only in functions in it. */
function waits(code: unknown): boolean {
  if (Array.isArray(code)) return code.some(waits);
  return (
    isNode(code) &&
    !isFunction(code) &&
    (code.type === 'AwaitExpression' || fieldsOf(code).some((field) => waits(code[field])))
  );
}

/** The request with the `.withResponse()` that it still has. */
const withResponse = ({ response }: Body, request: Node): Node =>
  response ? { ...response, callee: { ...(response['callee'] as Node), object: request } } : request;

/** The request alone, and with what takes the stream out of it where it stands. */
function restoreBody({ request }: Body, signal: string, moved: Moved, context: Context): Node[] {
  if (signal === '')
    return [...moved].every(([name, value]) =>
      name === 'maxRetries' ? isCount(value, context) : name === 'signal' && isKeptController(value, request),
    )
      ? [request]
      : [];
  // In `limit(() => request)` a call in the callback was handed the signal.
  const inside = listOf(request['arguments'])
    .filter(isFunction)
    .flatMap(nodesIn)
    .filter(({ type }) => type === 'CallExpression');
  return [request, ...inside].flatMap((call) =>
    restoreRequest(call, settingsOf(call, signal, moved, context)).map((restored) =>
      replaceNode(request, call, restored),
    ),
  );
}

function settingsOf({ callee }: Node, signal: string, moved: Moved, context: Context): Settings {
  const method = nameOf((callee as Node)['property'] ?? callee);
  return {
    signal,
    moved,
    canLose: (spread, name) => cannotHold(context.original, spread, name, method),
    isStated: (retries) => isNode(retries) && isCount(retries, context),
  };
}

/** A copy, as far as it differs. */
function replaceNode<Tree>(tree: Tree, old: Node, now: Node): Tree | Node {
  if ((tree as unknown) === old) return now;
  if (Array.isArray(tree)) {
    const items: unknown[] = tree.map((item: unknown) => replaceNode(item, old, now));
    return items.some((item, index) => item !== tree[index]) ? (items as Tree) : tree;
  }
  if (!isNode(tree)) return tree;
  const changed = fieldsOf(tree)
    .map((field) => [field, replaceNode(tree[field], old, now)] as const)
    .filter(([field, value]) => value !== tree[field]);
  return changed.length > 0 ? { ...tree, ...Object.fromEntries(changed) } : tree;
}

/**
 * Where the original takes the stream out of a result, and the rewritten tree has the helper's stream; null where it
 * does not.
 */
function putStreamBack(before: Node, after: Node, context: Context): Node | null {
  if (before.type === 'VariableDeclarator') return putPatternBack(before, after, context);
  // A parameter of `.then()`.
  if (before.type === 'ObjectPattern')
    return takesStream(before, after) && context.streams.names.has(nameOf(after)) ? before : null;
  const id = putIdBack(before, after, context.original, context.streams);
  if (id) return id;
  const guard = findGuard(before);
  if (guard !== null && findGuard(after) !== guard && context.streams.bodies.some((body) => body.guard === guard)) {
    return isHolder(after, context.streams)
      ? { ...before, [guarded(before)]: unwrap(before[guarded(before)], after, context) }
      : null;
  }
  const member = findMember(before);
  if (!member || !isHolder(after, context.streams)) return null;
  const name = nameOf(member['property']);
  const text = findText(after);
  if (nameOf(findMember(after)?.['property']) === name || !standsFor(name, text !== null, context.streams)) return null;
  const restored = { ...member, object: unwrap(member['object'], text ?? after, context) };
  return member === before ? restored : { ...before, callee: restored };
}

/** `stream` of `stream.text()`. */
function findText(node: unknown): Node | null {
  const member = isType(node, 'CallExpression') && listOf(node['arguments']).length === 0 ? findMember(node) : null;
  return member && isNamed(member['property'], 'text') ? (member['object'] as Node) : null;
}

/** `const { stream } = …` that has become `const stream = …`. */
function putPatternBack(before: Node, after: Node, context: Context): Node | null {
  const pattern = isType(before['id'], 'ObjectPattern') ? before['id'] : null;
  const [property, ...others] = listOf(pattern?.['properties']);
  if (!pattern || !property || !isType(after['id'], 'Identifier')) return null;
  const isOfResponse = takesStream(pattern, after['id']);
  if (!isOfResponse && (others.length > 0 || nameOf(property['value']) !== nameOf(after['id']))) return null;
  const name = isOfResponse ? 'data' : nameOf(property['key']);
  const text = findText(after['init']);
  if (!isHolder(after['init'], context.streams) || !standsFor(name, text !== null, context.streams)) return null;
  const filled = isOfResponse ? findFilled(after, context.names.open) : null;
  if (filled && !isPartOf(filled, pattern)) return null;
  return { ...after, id: pattern, init: unwrap(before['init'], text ?? after['init'], { ...context, filled }) };
}

/** `controller.signal`, where the request still has the controller. */
function isKeptController(signal: Node, request: Node): boolean {
  if (!/MemberExpression$/.test(signal.type) || !isNamed(signal['property'], 'signal')) return false;
  let isKept = false;
  walk(request['arguments'], null, (node) => {
    const value = isType(node, 'ObjectProperty') && /controller$/i.test(nameOf(node['key'])) ? node['value'] : null;
    const controller = signal['object'];
    isKept ||= value !== null && findDifference(value, controller) === null;
    // `options?.abortController` of `options` that are passed as they are.
    isKept ||=
      isNode(controller) &&
      /controller$/i.test(nameOf(controller['property'])) &&
      findDifference(node, controller['object']) === null;
  });
  return isKept;
}

/** The local name in `({ signal }) =>`; '' where the callback takes nothing, null where it is none of ours. */
function findSignalName(params: readonly Node[]): string | null {
  const [param, ...more] = params;
  if (!param) return '';
  const [property, ...others] = listOf(param['properties']);
  if (more.length > 0 || others.length > 0 || param.type !== 'ObjectPattern' || nameOf(property?.['key']) !== 'signal')
    return null;
  return nameOf(property!['value']) || null;
}

function readMoved(options: Node | undefined, context: Context): Moved | null {
  const moved = new Map<string, Node>();
  if (options === undefined) return moved;
  if (options.type !== 'ObjectExpression') return null;
  for (const property of listOf(options['properties'])) {
    const name = nameOf(property['key']);
    const value = property['value'] as Node;
    if (property.type !== 'ObjectProperty' || property['computed'] === true) return null;
    if ((name === 'recover' && isUndo(value, context)) || (name === 'terminal' && isLook(value))) continue;
    const isStated =
      name === 'openTimeoutMs'
        ? isLimit(value, context) || isNamed(value, 'Infinity')
        : name === 'maxRetries' && isCount(value, context);
    if (!isStated && !['signal', 'totalTimeoutMs', 'maxRetries'].includes(name)) return null;
    if (!isStated || name === 'maxRetries') moved.set(name, value);
  }
  return moved;
}

/** The original has an option of that name and value: of the request, or of its client. */
const isValueOf = (name: string, value: Node, { original }: Context): boolean =>
  findOptionValues(original, name).some((known) => findDifference(known, value) === null);

/** A limit of the SDK's own, by either of its names. */
const isLimit = (value: Node, context: Context): boolean =>
  ['timeout', 'timeoutMs'].some((name) => isValueOf(name, value, context));

/** A number that the client was made with, or none at all in a loop that tries again by itself. */
const isCount = (value: Node, context: Context): boolean =>
  value.type === 'NumericLiteral' && (value['value'] === 0 || isValueOf('maxRetries', value, context));

/**
 * `(chunk) => chunk.type === 'done'`, `(chunk) => ['done', 'failed'].includes(chunk.type)`: looks at its chunk, and
 * does nothing else.
 */
function isLook(value: Node): boolean {
  const [param, ...more] = listOf(value['params']);
  const body = value['body'];
  if (value.type !== 'ArrowFunctionExpression' || !isType(param, 'Identifier') || more.length > 0) return false;
  const isOfChunk = (node: unknown): boolean =>
    isNamed(node, nameOf(param)) ||
    (isType(node, 'MemberExpression') && node['computed'] !== true && isOfChunk(node['object']));
  if (isType(body, 'BinaryExpression'))
    return body['operator'] === '===' && isOfChunk(body['left']) && isType(body['right'], 'StringLiteral');
  const member = isType(body, 'CallExpression') ? body['callee'] : null;
  const [asked, ...others] = isType(body, 'CallExpression') ? listOf(body['arguments']) : [];
  if (
    !isType(member, 'MemberExpression') ||
    !isNamed(member['property'], 'includes') ||
    !isType(member['object'], 'ArrayExpression')
  )
    return false;
  return (
    others.length === 0 &&
    isOfChunk(asked) &&
    (member['object']['elements'] as unknown[]).every((element) => isType(element, 'StringLiteral'))
  );
}

/** `restart(() => { text = ''; })`, where `text` was declared with just that value. */
function isUndo(value: Node, { original, names }: Context): boolean {
  const [callback, ...more] = listOf(value['arguments']);
  if (value.type !== 'CallExpression' || !names.restart.includes(nameOf(value['callee'])) || more.length > 0)
    return false;
  if (
    !isType(callback, 'ArrowFunctionExpression') ||
    listOf(callback['params']).length > 0 ||
    !isType(callback['body'], 'BlockStatement')
  )
    return false;
  const statements = listOf(callback['body']['body']);
  return (
    statements.length > 0 &&
    statements.every(({ expression }) => isType(expression, 'AssignmentExpression') && isReset(expression, original))
  );
}

function isReset({ operator, left, right }: Node, original: Node): boolean {
  const isEmptying =
    isType(left, 'MemberExpression') &&
    isNamed(left['property'], 'length') &&
    isType(right, 'NumericLiteral') &&
    right['value'] === 0;
  const { inits } = findNameFacts(original, nameOf(isEmptying ? left['object'] : left));
  if (operator !== '=') return false;
  return inits.some((init) =>
    isEmptying
      ? isType(init, 'ArrayExpression') && listOf(init['elements']).length === 0
      : findDifference(init, right) === null,
  );
}
