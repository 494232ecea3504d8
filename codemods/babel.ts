/** Babel's tree, as jscodeshift's parsers give it, with nothing taken for granted about it. */
export interface Node {
  type: string;
  [field: string]: unknown;
}

/** What makes up the tree is the rest; these say where a node stands and how it was written. */
const ASIDE = new Set([
  'loc',
  'start',
  'end',
  'range',
  'extra',
  'tokens',
  'comments',
  'leadingComments',
  'trailingComments',
  'innerComments',
  'errors',
  'type',
]);

export const fieldsOf = (node: Node): string[] => Object.keys(node).filter((field) => !ASIDE.has(field));
export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
export const isType = (value: unknown, type: string): value is Node => isNode(value) && value.type === type;
export const isNamed = (value: unknown, name: string): boolean => isType(value, 'Identifier') && value['name'] === name;
export const listOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
export const bodyOf = (file: Node): Node[] => (file['program'] as Node)['body'] as Node[];

export const isFunction = ({ type }: Node): boolean =>
  type.includes('Function') || /^(?:Object|Class)(?:Private)?Method$/.test(type);

/** The name of an identifier, or what a string says; '' for anything else. */
export const nameOf = (node: unknown): string =>
  isType(node, 'Identifier') ? String(node['name']) : isType(node, 'StringLiteral') ? String(node['value']) : '';

type Enter = (node: Node, parent: Node | null) => void;

export function walk(value: unknown, parent: Node | null, enter: Enter): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, parent, enter);
    return;
  }
  if (!isNode(value)) return;
  enter(value, parent);
  // Each node of each tree comes by here several times: nothing is made on the way.
  for (const field of Object.keys(value)) {
    const child = value[field];
    if (typeof child !== 'object' || child === null || ASIDE.has(field)) continue;
    if (value.type === 'Program' && field === 'body')
      for (const statement of listOf(child)) walkStatement(statement, value, enter);
    else walk(child, value, enter);
  }
}

interface Flat {
  readonly nodes: readonly Node[];
  readonly parents: readonly (Node | null)[];
}

const flat = new Map<Node, Flat>();

/**
 * To be told when a tree is done with: a `WeakMap` would keep it too, until the garbage collector has the time for it.
 */
export const forgetNodes = (): void => flat.clear();

/**
 * What a statement at the top of a file holds, itself included, in the order of a walk. Whole trees are walked many
 * times, and never change.
 */
export const nodesIn = (statement: Node): readonly Node[] => flatten(statement).nodes;

function flatten(statement: Node): Flat {
  const known = flat.get(statement);
  if (known) return known;
  const nodes: Node[] = [];
  const parents: (Node | null)[] = [];
  walk(statement, null, (node, parent) => {
    nodes.push(node);
    parents.push(parent);
  });
  const made = { nodes, parents };
  flat.set(statement, made);
  return made;
}

/** The statement may stand in two trees, of which each is a parent. */
function walkStatement(statement: Node, program: Node, enter: Enter): void {
  const { nodes, parents } = flatten(statement);
  for (let index = 0; index < nodes.length; index++) enter(nodes[index]!, parents[index] ?? program);
}

/** How often code below `root` speaks of a variable of that name. */
export function countReads(root: unknown, name: string): number {
  let count = 0;
  walk(root, null, (node, parent) => {
    if (isNamed(node, name) && !(parent && isLabel(node, parent))) count++;
  });
  return count;
}

/** A name that is no variable's: of a member, a key, a label, an export of another module. */
function isLabel(node: Node, parent: Node): boolean {
  if (parent['property'] === node || parent['key'] === node) return parent['computed'] !== true;
  if (parent['imported'] === node || parent['exported'] === node) return true;
  return parent['label'] === node || (parent.type === 'TSQualifiedName' && parent['right'] === node);
}

/** Where two trees differ, as the names on the way there; null where they are the same. Absent is the same as false. */
export function findDifference(a: unknown, b: unknown): string | null {
  if (a === b) return null;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return 'length';
    return first(a.keys(), (index) => within(index, findDifference(a[index], b[index])));
  }
  if (!isNode(a) || !isNode(b)) return isSameValue(a, b) ? null : '';
  if (a.type !== b.type) return 'type';
  for (const field of Object.keys(a)) {
    const found = ASIDE.has(field) ? null : findDifference(a[field], b[field]);
    if (found !== null) return within(field, found);
  }
  for (const field of Object.keys(b)) {
    const found = ASIDE.has(field) || Object.hasOwn(a, field) ? null : findDifference(a[field], b[field]);
    if (found !== null) return within(field, found);
  }
  return null;
}

function first<T>(items: Iterable<T>, find: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

const within = (name: string | number, rest: string | null): string | null =>
  rest === null ? null : rest === '' ? String(name) : `${name}.${rest}`;

function isSameValue(a: unknown, b: unknown): boolean {
  if (!a && !b) return (a === '' || a === 0) === (b === '' || b === 0);
  // `{ raw, cooked }` of a template's text.
  return typeof a === 'object' && typeof b === 'object' ? JSON.stringify(a) === JSON.stringify(b) : a === b;
}
