import { fieldsOf, findDifference, isNamed, isNode, isType, listOf, nameOf, type Node, walk } from './babel.ts';
import { countInScope, countMentions, findBound, findScopesOf, isScope } from './scopes.ts';
import { isCallOf, readBodies, type Streams } from './streams.ts';

// What a rewritten tree has instead of `const { data: stream, response, request_id } = await request.withResponse()`.

/** What a pattern takes under a name; '' for nothing. */
const findTaken = (pattern: Node, name: string): string =>
  nameOf(listOf(pattern['properties']).find(({ key }) => nameOf(key) === name)?.['value']);

/** Plain names for the parts of what `.withResponse()` gives, the stream among them. */
const isResponsePattern = (pattern: Node): boolean =>
  pattern.type === 'ObjectPattern' &&
  findTaken(pattern, 'data') !== '' &&
  listOf(pattern['properties']).every(
    ({ type, computed, value }) => type === 'ObjectProperty' && computed !== true && isType(value, 'Identifier'),
  );

/** `{ data: stream, … }` that has become `stream`. */
export const takesStream = (pattern: Node, name: unknown): boolean =>
  isResponsePattern(pattern) && isNamed(name, findTaken(pattern, 'data'));

/** Each name of the one pattern stands for the same in the other. */
export const isPartOf = (part: Node, pattern: Node): boolean =>
  listOf(part['properties']).every((own) =>
    listOf(pattern['properties']).some((other) => findDifference(own, other) === null),
  );

// ── The response, which the callback puts into a variable ───────────────────────────────────────────────────────────

/** The pattern of `stream = await resilientStream(async () => ({ response } = await request.withResponse()))`. */
export function findFilled({ init }: Node, helpers: readonly string[]): Node | null {
  const call = isType(init, 'AwaitExpression') ? init['argument'] : null;
  const [open] = isCallOf(call, helpers) ? listOf((call as Node)['arguments']) : [];
  return readBodies(open?.['body']).find(({ filled }) => filled !== null)?.filled ?? null;
}

/** `let response;` before the declaration whose callback fills just that. */
export function isFilledNext(declaration: unknown, next: unknown, helpers: readonly string[]): boolean {
  const [own, ...more] =
    isType(declaration, 'VariableDeclaration') && declaration['kind'] === 'let'
      ? listOf(declaration['declarations'])
      : [];
  const [declarator, ...others] = isType(next, 'VariableDeclaration') ? listOf(next['declarations']) : [];
  if (!own || isNode(own['init']) || more.length > 0 || !declarator || others.length > 0) return false;
  const filled = listOf(findFilled(declarator, helpers)?.['properties']);
  return filled.length === 1 && nameOf(filled[0]!['value']) === nameOf(own['id']);
}

// ── The request's id, which the helper's stream tells ───────────────────────────────────────────────────────────────

/** `stream.requestId` that was a name of the pattern, or `result.request_id`. */
export function putIdBack(before: Node, after: Node, original: Node, streams: Streams): Node | null {
  if (isShorthand(before) && after.type === 'ObjectProperty' && !isShorthand(after)) {
    const value = isNode(after['value']) ? putIdBack(before['value'] as Node, after['value'], original, streams) : null;
    return value && { ...after, value, shorthand: true };
  }
  if (
    !isId(after) ||
    !streams.names.has(nameOf(after['object'])) ||
    !streams.bodies.some(({ response }) => response !== null)
  )
    return null;
  if (before.type === 'MemberExpression')
    return isNamed(before['property'], 'request_id') ? { ...after, property: before['property'] } : null;
  const stream = nameOf(after['object']);
  return before.type === 'Identifier' &&
    findPatterns(original, () => true).some(
      (pattern) => findTaken(pattern, 'request_id') === nameOf(before) && findTaken(pattern, 'data') === stream,
    )
    ? before
    : null;
}

const isShorthand = (node: Node): boolean => node.type === 'ObjectProperty' && node['shorthand'] === true;
const isId = (node: Node): boolean =>
  node.type === 'MemberExpression' &&
  node['computed'] !== true &&
  isType(node['object'], 'Identifier') &&
  isNamed(node['property'], 'requestId');

function findPatterns(value: unknown, enters: (node: Node) => boolean): Node[] {
  if (Array.isArray(value)) return value.flatMap((item) => findPatterns(item, enters));
  if (!isNode(value) || !enters(value)) return [];
  return [
    ...(isResponsePattern(value) ? [value] : []),
    ...fieldsOf(value).flatMap((field) => findPatterns(value[field], enters)),
  ];
}

/**
 * A name of a pattern that is gone, of which the rewritten file still speaks, or which it has for something else; null
 * where there is none.
 */
export function findUnbound(original: Node, rewritten: Node, streams: ReadonlySet<string>): string | null {
  const names = new Set(findPatterns(original['program'], () => true).map((pattern) => findTaken(pattern, 'data')));
  for (const stream of names) {
    if (!streams.has(stream)) continue;
    const [before, after] = [findScopesOf(original, stream), findScopesOf(rewritten, stream)];
    if (before.length !== after.length) return stream;
    for (const [index, scope] of before.entries()) {
      const lost = findLost(scope, after[index]!, stream);
      if (lost !== null) return lost;
    }
  }
  return null;
}

function findLost(before: Node, after: Node, stream: string): string | null {
  const bound = findBound(after);
  const own = findPatterns(before, (node) => node === before || !isScope(node) || !findBound(node).has(stream)).filter(
    (pattern) => findTaken(pattern, 'data') === stream,
  );
  const gone = own.flatMap((pattern) => listOf(pattern['properties'])).filter(({ value }) => !bound.has(nameOf(value)));
  const moved = countIds(after, stream) - countIds(before, stream);
  const lost = gone.find(({ key, value }) => {
    // The pattern's own mention is one.
    const reads = countMentions(before, nameOf(value)) - 1;
    return countMentions(after, nameOf(value)) > 0 || reads !== (nameOf(key) === 'request_id' ? moved : 0);
  });
  return lost ? nameOf(lost['value']) : null;
}

/** How often a scope reads `stream.requestId` of the variable that it sees. */
const countIds = (scope: Node, stream: string): number =>
  countInScope(scope, stream, (root) => {
    let count = 0;
    walk(root, null, (node) => {
      if (isId(node) && isNamed(node['object'], stream)) count++;
    });
    return count;
  });
