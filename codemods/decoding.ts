import {
  bodyOf,
  countReads,
  fieldsOf,
  findDifference,
  isNamed,
  isNode,
  isType,
  listOf,
  nameOf,
  type Node,
  walk,
} from './babel.ts';
import type { Undone } from './contract/codemod.ts';

/**
 * Takes the added decoders, their option and `setEncoding` out again, and puts back what stood for
 * `decoder.decode(chunk, { stream: true })`.
 */
export function undoDecoding(original: Node, rewritten: Node): Undone {
  const decoders = findAddedDecoders(original, rewritten);
  return { tree: { ...rewritten, program: restore(original['program'], rewritten['program'], decoders) } };
}

/** What each new name was declared with. */
type Decoders = ReadonlyMap<string, Node>;

function findAddedDecoders(original: Node, rewritten: Node): Decoders {
  const decoders = new Map<string, Node>();
  walk(bodyOf(rewritten), null, (node) => {
    const [name, init] = readDecoder(node) ?? [];
    if (name !== undefined && init && countReads(original, name) === 0) decoders.set(name, init);
  });
  return decoders;
}

/** `const decoder = new TextDecoder()` */
function readDecoder(node: Node): readonly [name: string, init: Node] | null {
  const [declarator, ...others] =
    node.type === 'VariableDeclaration' && node['kind'] === 'const' ? listOf(node['declarations']) : [];
  if (!declarator || others.length > 0) return null;
  const { id, init } = declarator as { id?: unknown; init?: unknown };
  return isType(id, 'Identifier') && isType(init, 'NewExpression') && isTextDecoder(init['callee'])
    ? [nameOf(id), init]
    : null;
}

const isTextDecoder = (callee: unknown): boolean =>
  isNamed(callee, 'TextDecoder') || (isType(callee, 'MemberExpression') && isNamed(callee['property'], 'TextDecoder'));

/** `response.setEncoding('utf8');` */
function isEncoding(node: Node): boolean {
  const call = node.type === 'ExpressionStatement' ? node['expression'] : null;
  const callee = isType(call, 'CallExpression') ? call['callee'] : null;
  if (
    !isType(callee, 'MemberExpression') ||
    !isType(callee['object'], 'Identifier') ||
    !isNamed(callee['property'], 'setEncoding')
  )
    return false;
  const [encoding, ...more] = listOf((call as Node)['arguments']);
  return isType(encoding, 'StringLiteral') && encoding['value'] === 'utf8' && more.length === 0;
}

function restore(before: unknown, after: unknown, decoders: Decoders): unknown {
  if (Array.isArray(after)) return restoreList(Array.isArray(before) ? (before as unknown[]) : [], after, decoders);
  if (!isNode(after) || !isNode(before)) return after;
  const call = restoreCall(before, after, decoders);
  if (call) return call;
  const copy: Node = { ...after };
  for (const field of fieldsOf(after)) copy[field] = restore(before[field], after[field], decoders);
  return copy;
}

function restoreList(before: readonly unknown[], after: readonly unknown[], decoders: Decoders): unknown[] {
  const restored: unknown[] = [];
  for (const item of after) {
    const old = before[restored.length];
    if (isNode(item) && isAdded(item, decoders) && findDifference(old, item) !== null) continue;
    restored.push(restore(old, item, decoders));
  }
  return restored;
}

const isAdded = (node: Node, decoders: Decoders): boolean =>
  isEncoding(node) || decoders.has(readDecoder(node)?.[0] ?? '');

/** What may have stood for `decoder.decode(chunk, { stream: true })`; null where it is none, or stood there already. */
function restoreCall(before: Node, after: Node, decoders: Decoders): Node | null {
  if (after.type !== 'CallExpression' || findDifference(before, after) === null) return null;
  const { callee } = after as { callee?: unknown };
  const [chunk, option, ...more] = listOf(after['arguments']);
  if (
    !isType(callee, 'MemberExpression') ||
    !isNamed(callee['property'], 'decode') ||
    !chunk ||
    !option ||
    more.length > 0 ||
    !isTold(option)
  )
    return null;
  const decoder = decoders.get(nameOf(callee['object']));
  const told = listOf(before['arguments']).length === 2;
  const candidates: Node[] = [
    {
      ...after,
      callee: decoder ? { ...callee, object: decoder } : callee,
      arguments: told ? [chunk, option] : [chunk],
    },
  ];
  // A decoder of UTF-8 does what a buffer's own `toString()` does.
  const isPlain = decoder !== undefined && listOf(decoder['arguments']).length === 0;
  if (isPlain) candidates.push(chunk, ...findStrings(before, chunk));
  return candidates.find((candidate) => findDifference(before, candidate) === null) ?? null;
}

/** `chunk.toString()`, `String(chunk)`. */
function findStrings(before: Node, chunk: Node): Node[] {
  const { callee } = before as { callee?: unknown };
  if (before.type !== 'CallExpression') return [];
  if (isNamed(callee, 'String')) return [{ ...before, arguments: [chunk] }];
  const [encoding] = listOf(before['arguments']);
  const isUtf8 =
    encoding === undefined || (isType(encoding, 'StringLiteral') && /^utf-?8$/i.test(String(encoding['value'])));
  return isType(callee, 'MemberExpression') && isNamed(callee['property'], 'toString') && isUtf8
    ? [{ ...before, callee: { ...callee, object: chunk } }]
    : [];
}

function isTold(option: Node): boolean {
  const [property, ...others] = listOf(option['properties']);
  return (
    option.type === 'ObjectExpression' &&
    others.length === 0 &&
    nameOf(property?.['key']) === 'stream' &&
    isType(property?.['value'], 'BooleanLiteral') &&
    property['value']['value'] === true
  );
}
