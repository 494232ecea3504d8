import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { ChunkPath, ChunkTest, StreamApi } from '../../providers/provider.ts';
import { findAccessPaths, findValues } from '../values/access-path.ts';
import { findVariable } from '../source/bindings.ts';
import { FileMemory } from '../source/file-memory.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findPropertyName, findUser, isFunction, unwrap } from '../source/tree.ts';
import { isListAddition } from '../source/words.ts';

/** One look at a part of the chunk. Indexes are '*': which of the choices is read makes no difference here. */
export interface ChunkRead {
  readonly path: readonly string[];
  /** The expression that ends at `path`. */
  readonly node: TSESTree.Node;
  /** Strings that it is compared with. */
  readonly comparedWith: readonly string[];
  /** It is handed to a function of this file, whose own reads are listed too. */
  readonly followed: boolean;
}

/** A helper that is handed the chunk is followed this far. */
const MAX_CALLS = 4;
const MAX_PATH = 12;
/** A list with more uses is shared by more than one loop. */
const MAX_USES = 50;
/** As long a chain of names nobody writes by hand. */
const MAX_NAMES = 200;
const ELEMENT = '*';
/**
 * The last step of the way to a list that the program has made of what stands there: `chunks` of `chunks.push(chunk)`.
 */
const LISTED = '+';
/** Methods of lists by the parameter of their callback that takes an element. */
const ELEMENT_PARAMETER = new Map([
  ...['forEach', 'map', 'some', 'every', 'find', 'findLast', 'filter', 'flatMap'].map((name) => [name, 0] as const),
  ['reduce', 1],
  ['reduceRight', 1],
]);
const GIVES_ELEMENT = new Set(['at', 'find', 'findLast', 'pop', 'shift']);
const GIVES_LIST = new Set(['filter', 'slice', 'concat', 'reverse', 'toReversed', 'sort', 'toSorted']);

const known = new FileMemory<Map<TSESTree.Node, readonly ChunkRead[]>>();

/**
 * Every read of the variable that a pattern binds, through aliases, destructuring, `for…of` and helpers of the same
 * file.
 */
export function findChunkReads(source: ParsedSource, pattern: TSESTree.Node): readonly ChunkRead[] {
  const ofFile = known.get(source.ast) ?? new Map<TSESTree.Node, readonly ChunkRead[]>();
  known.set(source.ast, ofFile);
  const reads = ofFile.get(pattern) ?? readsOfPattern({ source, seen: new Map(), names: 0 }, pattern, [], 0);
  ofFile.set(pattern, reads);
  return reads;
}

/** Every read of what an expression gives: `await reader.read()`, `JSON.parse(line)`. */
export function findExpressionReads(source: ParsedSource, expression: TSESTree.Node): ChunkRead[] {
  return readsOfExpression({ source, seen: new Map(), names: 0 }, expression, [], 0);
}

/** What it is compared with takes longer to find than the read, and is asked of few. */
class Look implements ChunkRead {
  readonly path: readonly string[];
  readonly node: TSESTree.Node;
  readonly followed: boolean;
  readonly #source: ParsedSource;
  #comparedWith: readonly string[] | null = null;

  constructor(source: ParsedSource, path: readonly string[], node: TSESTree.Node, followed = false) {
    this.#source = source;
    this.path = path;
    this.node = node;
    this.followed = followed;
  }

  get comparedWith(): readonly string[] {
    const user = this.#comparedWith ? null : findUser(this.node);
    return (this.#comparedWith ??= user ? findComparands(this.#source, user) : []);
  }
}

interface Search {
  readonly source: ParsedSource;
  /** The paths under which each variable was read already: `var a = b; var b = a` is a cycle. */
  readonly seen: Map<Variable, Set<string>>;
  /** So many names deep: `a = chunk; b = a; c = b`. */
  names: number;
}

function readsOfPattern(search: Search, pattern: TSESTree.Node, path: readonly string[], calls: number): ChunkRead[] {
  switch (pattern.type) {
    case 'Identifier': {
      const variable = findVariable(search.source, pattern);
      return variable ? readsOfVariable(search, variable, path, calls) : [];
    }
    case 'AssignmentPattern':
      return readsOfPattern(search, pattern.left, path, calls);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? readsOfPattern(search, element, into(path), calls) : []));
    case 'ObjectPattern':
      return isListed(path)
        ? []
        : pattern.properties.flatMap((property) => {
            if (property.type !== 'Property') return [];
            const inner = [...path, findPropertyName(property) ?? ELEMENT];
            return [
              { path: inner, node: property, comparedWith: [], followed: false },
              ...readsOfPattern(search, property.value, inner, calls),
            ];
          });
    default:
      return [];
  }
}

function readsOfVariable(search: Search, variable: Variable, path: readonly string[], calls: number): ChunkRead[] {
  const paths = search.seen.get(variable) ?? new Set();
  if (paths.has(path.join('.')) || path.length > MAX_PATH || search.names > MAX_NAMES) return [];
  search.seen.set(variable, paths.add(path.join('.')));
  search.names++;
  const reads = variable.references
    .filter((reference) => reference.isRead())
    .flatMap(({ identifier }) => readsOfExpression(search, identifier, path, calls));
  search.names--;
  return reads;
}

/** A place in the code that has a part of the chunk: `node`, which stands at `path` in the chunk. */
interface Part {
  readonly node: TSESTree.Node;
  readonly path: readonly string[];
  /** So many functions deep. */
  readonly calls: number;
  /** The read of the part itself. */
  readonly read: ChunkRead;
}

function readsOfExpression(search: Search, node: TSESTree.Node, path: readonly string[], calls: number): ChunkRead[] {
  const user = findUser(node);
  const read = new Look(search.source, isListed(path) ? path.slice(0, -1) : path, node);
  const part: Part = { node, path, calls, read };
  switch (user?.type) {
    case 'MemberExpression':
      return readsOfMember(search, user, part);
    case 'CallExpression':
      return readsOfArgument(search, user, part);
    case 'VariableDeclarator':
      return [read, ...readsOfPattern(search, user.id, path, calls)];
    case 'AssignmentExpression':
      return unwrap(user.right) === unwrap(node) && user.operator === '='
        ? [read, ...readsOfPattern(search, user.left, path, calls)]
        : [read];
    case 'ForOfStatement':
      return user.right === node && user.left.type === 'VariableDeclaration'
        ? [read, ...readsOfPattern(search, user.left.declarations[0].id, into(path), calls)]
        : [read];
    case 'ConditionalExpression':
      return unwrap(user.test) === unwrap(node) ? [read] : readsOfExpression(search, user, path, calls);
    case 'LogicalExpression':
      // `(chunk.choices ?? [])[0]`
      return unwrap(user.left) === unwrap(node) && user.operator !== '&&'
        ? readsOfExpression(search, user, path, calls)
        : [read];
    case 'BinaryExpression':
      return [read, ...readsOfKeyTest(user, part)];
    default:
      return [read];
  }
}

/** `'messageStop' in chunk` */
const readsOfKeyTest = (test: TSESTree.BinaryExpression, { node, path }: Part): ChunkRead[] =>
  test.operator === 'in' && test.left.type === 'Literal' && unwrap(test.right) === unwrap(node)
    ? [readOfKey(test, [...path, String(test.left.value)])]
    : [];

/** It is asked whether the key is there; nothing is read on from it. */
const readOfKey = (node: TSESTree.Node, path: readonly string[]): ChunkRead => ({
  path,
  node,
  comparedWith: [],
  followed: false,
});

/** `chunk.choices`, `chunk[0]`, `chunk.parts.filter(…)`, `chunk.hasOwnProperty('delta')` */
function readsOfMember(search: Search, member: TSESTree.MemberExpression, part: Part): ChunkRead[] {
  const { node, path, calls, read } = part;
  if (unwrap(member.object) !== unwrap(node)) return [read];
  const name = findPropertyName(member);
  const user = findUser(member);
  const call = user?.type === 'CallExpression' && unwrap(user.callee) === member ? user : null;
  if (call && name !== null && isListMethod(name))
    return [
      ...(name === 'at' ? [] : [read]),
      ...readsOfCallback(search, call, name, path, calls),
      ...readsOfGiven(search, call, name, path, calls),
    ];
  if (name === 'hasOwnProperty' && user?.type === 'CallExpression' && user.arguments[0]?.type === 'Literal')
    return [readOfKey(user, [...path, String(user.arguments[0].value)])];
  if (name === null || /^\d+$/.test(name)) return readsOfExpression(search, member, into(path), calls);
  return isListed(path) ? [read] : readsOfExpression(search, member, [...path, name], calls);
}

const isListMethod = (name: string): boolean =>
  ELEMENT_PARAMETER.has(name) || GIVES_ELEMENT.has(name) || GIVES_LIST.has(name);

/** `show(chunk)`, `chunks.push(chunk)` */
function readsOfArgument(search: Search, call: TSESTree.CallExpression, part: Part): ChunkRead[] {
  const { node, path, calls, read } = part;
  const inner = readsInCallee(search, call, node, path, calls) ?? readsInList(search, call, node, path, calls);
  return inner ? [new Look(search.source, read.path, node, true), ...inner] : [read];
}

const isListed = (path: readonly string[]): boolean => path.at(-1) === LISTED;
const into = (path: readonly string[]): readonly string[] => (isListed(path) ? path.slice(0, -1) : [...path, ELEMENT]);

/** Of a callback that is out of sight, its name: it is handed each element. */
function readsOfCallback(
  search: Search,
  call: TSESTree.CallExpression,
  method: string,
  path: readonly string[],
  calls: number,
): ChunkRead[] {
  const index = ELEMENT_PARAMETER.get(method);
  const [given] = call.arguments;
  if (index === undefined || !given || calls >= MAX_CALLS) return [];
  const callbacks = findValues(search.source, given).filter(isFunction);
  if (callbacks.length === 0) return [{ path: into(path), node: given, comparedWith: [], followed: false }];
  return callbacks.flatMap(({ params }) =>
    params[index] ? readsOfPattern(search, params[index], into(path), calls + 1) : [],
  );
}

/** Reads of what a method of a list gives: an element, or a list of some of them. */
function readsOfGiven(
  search: Search,
  call: TSESTree.CallExpression,
  method: string,
  path: readonly string[],
  calls: number,
): ChunkRead[] {
  if (GIVES_ELEMENT.has(method)) return readsOfExpression(search, call, into(path), calls);
  return GIVES_LIST.has(method) ? readsOfExpression(search, call, path, calls) : [];
}

/** `chunk.parts.filter(isText)` stands where `chunk.parts` does. */
export const givesList = ({ callee }: TSESTree.CallExpression): boolean =>
  callee.type === 'MemberExpression' && GIVES_LIST.has(findPropertyName(callee) ?? '');

/** The reads of a list of this file that takes a part of the chunk, `chunks.push(chunk)`; null for any other call. */
function readsInList(
  search: Search,
  call: TSESTree.CallExpression,
  node: TSESTree.Node,
  path: readonly string[],
  calls: number,
): ChunkRead[] | null {
  const callee = unwrap(call.callee);
  if (
    callee.type !== 'MemberExpression' ||
    !isListAddition(findPropertyName(callee)) ||
    !call.arguments.some((argument) => unwrap(argument) === unwrap(node)) ||
    isListed(path)
  )
    return null;
  const list = findVariable(search.source, unwrap(callee.object));
  const isOwn =
    list?.defs.every((def) => def.type === 'Variable' && def.parent.parent.type !== 'ExportNamedDeclaration') ?? false;
  return list && isOwn && list.references.length <= MAX_USES
    ? readsOfVariable(search, list, [...path, LISTED], calls)
    : null;
}

/** The reads in a function of this file that is handed a part of the chunk; null where the function is out of sight. */
function readsInCallee(
  search: Search,
  call: TSESTree.CallExpression,
  node: TSESTree.Node,
  path: readonly string[],
  calls: number,
): ChunkRead[] | null {
  const index = call.arguments.findIndex((argument) => unwrap(argument) === unwrap(node));
  if (index === -1 || calls >= MAX_CALLS) return null;
  const callees = findValues(search.source, call.callee).filter(isFunction);
  if (callees.length === 0) return null;
  return callees.flatMap(({ params }) => (params[index] ? readsOfPattern(search, params[index], path, calls + 1) : []));
}

function findComparands(source: ParsedSource, user: TSESTree.Node): string[] {
  const texts = (values: readonly (TSESTree.Node | null)[]): string[] =>
    values
      .flatMap((value) => (value ? findValues(source, value) : []))
      .flatMap((value) => (value.type === 'Literal' && typeof value.value === 'string' ? [value.value] : []));
  if (user.type === 'BinaryExpression' && /^[!=]==?$/.test(user.operator)) return texts([user.left, user.right]);
  if (user.type === 'SwitchStatement')
    return texts(user.cases.filter((_, index) => isActedOn(user, index)).map(({ test }) => test));
  if (user.type === 'CallExpression' && user.callee.type === 'MemberExpression')
    return texts(findListed(source, user.callee));
  return [];
}

const normalise = (path: ChunkPath): string =>
  path.map((step) => (typeof step === 'number' ? ELEMENT : step)).join('.');

/** The elements of `[…].includes` and `new Set([…]).has`, also of a constant. */
function findListed(source: ParsedSource, callee: TSESTree.MemberExpression): readonly (TSESTree.Node | null)[] {
  const name = findPropertyName(callee);
  if (name !== 'includes' && name !== 'has') return [];
  const lists = findAccessPaths(source, callee.object).flatMap(({ root, steps: [step] }) => {
    if (!step) return root.kind === 'node' ? [root.node] : [];
    return step.kind === 'new' && step.node?.arguments[0] ? findValues(source, step.node.arguments[0]) : [];
  });
  return lists.flatMap((list) => (list.type === 'ArrayExpression' ? list.elements : []));
}

/** `case 'message_stop': break;` names the marker and does nothing about it. */
function isActedOn({ cases }: TSESTree.SwitchStatement, index: number): boolean {
  const consequent = cases.slice(index).find(({ consequent }) => consequent.length > 0)?.consequent ?? [];
  return consequent.some(
    ({ type }) => type !== 'BreakStatement' && type !== 'ContinueStatement' && type !== 'EmptyStatement',
  );
}

const texts = new WeakMap<ChunkPath, string>();

/**
 * The path as a text that starts with the text of every path it leads through; every loop is held against all paths of
 * the catalog.
 */
function textOf(path: ChunkPath): string {
  let text = texts.get(path);
  if (text === undefined) {
    text = `${normalise(path)}.`;
    texts.set(path, text);
  }
  return text;
}

/** The read looks at what stands at `path` or inside it. */
export const isReadAt = ({ path }: ChunkRead, at: ChunkPath): boolean => textOf(path).startsWith(textOf(at));

/** The read takes a part of the chunk in which `at` stands. */
export const isOnTheWay = ({ path }: ChunkRead, at: ChunkPath): boolean =>
  path.length < at.length && textOf(at).startsWith(textOf(path));

/** The read does what the test does. */
export const isTest = (read: ChunkRead, { path, values }: ChunkTest): boolean =>
  isReadAt(read, path) && (values === null || read.comparedWith.some((value) => values.includes(value)));

/** The loop looks for what only this API's chunks have. */
export const evokes = ({ fingerprint }: StreamApi, reads: readonly ChunkRead[]): boolean =>
  reads.some((read) => fingerprint.some((test) => isTest(read, test)));

/**
 * Likewise, where a wrapper of the program's own has put the chunk inside another:
 * `event.value.candidates[0].content.parts`.
 */
export const evokesInside = (api: StreamApi, reads: readonly ChunkRead[]): boolean =>
  reads.some((read) => read.path.some((_, start) => evokes(api, [readInside(read, start)])));

/** The read, of what stands so many steps inside the chunk. */
export const readInside = (read: ChunkRead, steps: number): ChunkRead => ({
  path: read.path.slice(steps),
  node: read.node,
  followed: read.followed,
  get comparedWith() {
    return read.comparedWith;
  },
});
