import { catalog } from '../src/providers/catalog.ts';
import { fieldsOf, isNode, isType, listOf, nameOf, type Node, walk } from './babel.ts';
import type { Undone } from './contract/codemod.ts';

const PLAIN: Readonly<Record<string, string>> = {
  OptionalMemberExpression: 'MemberExpression',
  OptionalCallExpression: 'CallExpression',
};
const ELEMENT = '*';

/**
 * Takes out each `?.` that the original lacks at that place, and gives back the `!` that stood for it; but only where
 * it stands behind what some chunks lack, which is read from a chunk.
 */
export function undoOptional(original: Node, rewritten: Node): Undone {
  return { tree: withoutOptional(original, rewritten, new ChunkPaths(original)) as Node };
}

function withoutOptional(before: unknown, after: unknown, paths: ChunkPaths, isAsserted = false): unknown {
  if (Array.isArray(after))
    return after.map((item, index) => withoutOptional(Array.isArray(before) ? before[index] : null, item, paths));
  if (!isNode(after) || !isNode(before)) return after;
  if (isAsserted && before.type === 'TSNonNullExpression' && after.type !== 'TSNonNullExpression')
    return { ...before, expression: withoutOptional(before['expression'], after, paths) };
  const isAdded = after['optional'] === true && before['optional'] !== true && paths.mayLack(before['object']);
  const copy: Node = { ...after };
  for (const field of fieldsOf(after))
    copy[field] = withoutOptional(before[field], after[field], paths, isAdded && field === 'object');
  const isChain = after.type in PLAIN && (before.type === after.type || before.type === PLAIN[after.type]);
  // Taken away, a `?.` shows as a difference; so does one that was added where nothing is missing.
  const isSound = isAdded || (before['optional'] === true) === (after['optional'] === true);
  return isChain && isSound ? { ...copy, type: before.type, optional: before['optional'] } : copy;
}

/** What some chunks lack, in whoever's protocol: `choices.*`. */
const GAPS = catalog
  .flatMap(({ apis }) => apis.flatMap(({ gaps }) => gaps))
  .map(({ path }) => path.map((step) => (typeof step === 'number' ? ELEMENT : String(step))));
const CALLBACKS = /^(?:forEach|map|some|every|find|filter|flatMap)$/;
const MAX_HOPS = 8;

type Path = readonly string[];
interface Source {
  /** null: the name is a chunk. */
  readonly value: Node | null;
  readonly picks: Path;
}

/** Where in a chunk an expression of a file leads, by the names that the file gives to chunks and to parts of them. */
class ChunkPaths {
  readonly #sources = new Map<string, Source[]>();

  constructor(file: Node) {
    const functions = new Map<string, Node>();
    walk(file['program'], null, (node) => {
      if (node.type === 'FunctionDeclaration') functions.set(nameOf(node['id']), node);
      if (node.type === 'VariableDeclarator' && isNode(node['init']) && /Function/.test(node['init'].type))
        functions.set(nameOf(node['id']), node['init']);
      if (/^(?:Class|Object)Method$/.test(node.type)) functions.set(nameOf(node['key']), node);
    });
    walk(file['program'], null, (node) => this.#note(node, functions));
  }

  /** A part that is missing in some chunks, or something in it. */
  mayLack(value: unknown): boolean {
    return this.#find(value).some((path) =>
      GAPS.some((gap) => gap.length <= path.length && gap.every((step, index) => step === path[index])),
    );
  }

  #note(node: Node, functions: ReadonlyMap<string, Node>): void {
    if (node.type === 'ForOfStatement') {
      const isChunk = node['await'] === true;
      for (const { id } of listOf((node['left'] as Node)['declarations']) as unknown as { readonly id: Node }[])
        this.#bind(id, isChunk ? null : (node['right'] as Node), isChunk ? [] : [ELEMENT]);
    }
    if (node.type === 'VariableDeclarator' && isNode(node['init']))
      this.#bind(node['id'], isPull(node['init']) ? null : node['init'], []);
    if (node.type === 'AssignmentExpression' && node['operator'] === '=')
      this.#bind(node['left'], node['right'] as Node, []);
    if (!/CallExpression$/.test(node.type)) return;
    const callee = node['callee'] as Node;
    const name = nameOf(callee['property'] ?? callee);
    const given = listOf(node['arguments']);
    const [callback] = given;
    if (CALLBACKS.test(name) && callback && /Function/.test(callback.type))
      this.#bind(listOf(callback['params'])[0], callee['object'] as Node, [ELEMENT]);
    // `stream.on('chunk', (chunk) => …)`, `.then(({ value }) => …)`
    for (const each of given)
      if (/Function/.test(each.type) && !CALLBACKS.test(name))
        for (const param of listOf(each['params'])) this.#bind(param, null, []);
    for (const [index, param] of listOf(functions.get(name)?.['params']).entries())
      if (given[index]) this.#bind(param, given[index], []);
  }

  #bind(pattern: unknown, value: Node | null, picks: Path): void {
    if (isType(pattern, 'Identifier'))
      this.#sources.set(nameOf(pattern), [...(this.#sources.get(nameOf(pattern)) ?? []), { value, picks }]);
    if (isType(pattern, 'AssignmentPattern')) this.#bind(pattern['left'], value, picks);
    if (isType(pattern, 'ArrayPattern'))
      for (const element of listOf(pattern['elements'])) this.#bind(element, value, [...picks, ELEMENT]);
    if (!isType(pattern, 'ObjectPattern')) return;
    for (const property of listOf(pattern['properties'])) {
      const name = nameOf(property['key']);
      // What `read()` and `next()` give holds the chunk.
      this.#bind(property['value'], value, value === null && name === 'value' ? picks : [...picks, name]);
    }
  }

  #find(value: unknown, hops = MAX_HOPS): Path[] {
    if (!isNode(value) || hops === 0) return [];
    switch (value.type) {
      case 'Identifier':
        return (this.#sources.get(nameOf(value)) ?? []).flatMap(({ value: from, picks }) =>
          from === null ? [picks] : this.#find(from, hops - 1).map((path) => [...path, ...picks]),
        );
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const name =
          value['computed'] === true && !isType(value['property'], 'StringLiteral')
            ? ELEMENT
            : nameOf(value['property']);
        return this.#find(value['object'], hops).map((path) =>
          path.length === 0 && name === 'value' ? path : [...path, name],
        );
      }
      case 'CallExpression':
      case 'OptionalCallExpression': {
        const callee = value['callee'] as Node;
        const name = nameOf(callee['property']);
        if (name === 'at' || name === 'find')
          return this.#find(callee['object'], hops).map((path) => [...path, ELEMENT]);
        return /^(?:filter|slice)$/.test(name) ? this.#find(callee['object'], hops) : [];
      }
      case 'LogicalExpression':
        return [...this.#find(value['left'], hops), ...this.#find(value['right'], hops)];
      case 'ConditionalExpression':
        return [...this.#find(value['consequent'], hops), ...this.#find(value['alternate'], hops)];
      default:
        return /^TS\w+Expression$|^TSTypeAssertion$|^AwaitExpression$|^ParenthesizedExpression$/.test(value.type)
          ? this.#find(value['expression'] ?? value['argument'], hops)
          : [];
    }
  }
}

/** `await reader.read()`, `await iterator.next()` */
const isPull = (init: Node): boolean => {
  const call = isType(init, 'AwaitExpression') ? init['argument'] : init;
  return isType(call, 'CallExpression') && /^(?:read|next)$/.test(nameOf((call['callee'] as Node)['property']));
};
