import type { TSESTree } from '@typescript-eslint/utils';
import { catalog } from '../../providers/catalog.ts';
import { findValues } from '../values/access-path.ts';
import { findVariable } from '../source/bindings.ts';
import { FileMemory } from '../source/file-memory.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import {
  findFunction,
  findPropertyName,
  type FunctionNode,
  isClass,
  isFunction,
  unwrap,
  visit,
} from '../source/tree.ts';

/** A parser behind more functions than this is out of sight. */
const MAX_CALLS = 3;

const terminals = catalog.flatMap(({ apis }) => apis.flatMap(({ terminal }) => (terminal ? [terminal] : [])));
/** Members that hold the finish reason, in any protocol. */
const NAMES = new Set([
  ...catalog.flatMap(({ finishNames }) => finishNames),
  ...terminals.flatMap(({ values, path }) => (values === null ? [String(path.at(-1))] : [])),
]);
/** A word that is the end by itself: '[DONE]'. */
const LAST_WORDS = catalog.flatMap(({ finishWords }) => finishWords);
/** Words that mark the end: names of events, and the last line of OpenAI's protocol. */
const WORDS = new Set([
  ...LAST_WORDS,
  ...terminals.flatMap(({ values, isCommon }) => (isCommon ? [] : (values ?? []))),
]);

/** `isDone`, `finish_reason`, `isFinalChunk`. */
export const isEndName = (name: string): boolean =>
  /done|finish|stop|(?:^|_)end|End|final|last|complete|terminal/i.test(name) &&
  !/stopPropagation|endsWith|lastIndexOf/.test(name);

/** What one function contains: markers, and calls of functions of this file. */
interface Look {
  readonly markers: readonly Reached<TSESTree.Node>[];
  readonly callees: readonly Reached<FunctionNode>[];
}

interface Reached<T> {
  readonly node: T;
  /** Offset of its end in the text; Infinity inside a nested function, which may run later. */
  readonly until: number;
}

const looks = new FileMemory<Map<TSESTree.Node, Look>>();
/** More markers add no information. */
const MAX_MARKERS = 50;

/**
 * Finds end markers in code that parses the answer itself: around the loop, and in the functions of this file that are
 * called there. The protocol is unknown, so every marker of the catalog counts. Code that runs before the request
 * cannot see the answer: `{ stop: [] }` in the options of the request, or a `case 'stop':` before it. Nested functions
 * may run later, and count.
 */
export function findParsedMarkers(
  source: ParsedSource,
  { node }: LoopSite,
  request: TSESTree.Node | null,
): TSESTree.Node[] {
  const root = findFunction(node);
  const requestEnd = request && findFunction(request) === root ? request.range[1] : 0;
  const { markers, callees } = lookInto(source, root ?? source.ast);
  const found = markers.filter(({ until }) => until > requestEnd).map((marker) => marker.node);
  const seen = new Set<FunctionNode>();
  let called = callees.filter(({ until }) => until > requestEnd).map((callee) => callee.node);
  for (let calls = MAX_CALLS; calls > 0 && called.length > 0; calls--) {
    const fresh = called.filter((callee) => !seen.has(callee));
    for (const callee of fresh) seen.add(callee);
    const inner = fresh.map((callee) => lookInto(source, callee.body));
    found.push(...inner.flatMap((look) => look.markers.map((marker) => marker.node)));
    called = inner.flatMap((look) => look.callees.map((callee) => callee.node));
  }
  return found.slice(0, MAX_MARKERS);
}

/** Cached for each function: many loops may stand in one function, and many functions may call it. */
function lookInto(source: ParsedSource, root: TSESTree.Node): Look {
  const known = looks.get(source.ast) ?? new Map<TSESTree.Node, Look>();
  looks.set(source.ast, known);
  let look = known.get(root);
  if (!look) {
    look = gather(source, root);
    known.set(root, look);
  }
  return look;
}

function gather(source: ParsedSource, root: TSESTree.Node): Look {
  const markers: Reached<TSESTree.Node>[] = [];
  const callees = new Map<FunctionNode, number>();
  const runs = isFunction(root) ? root : findFunction(root);
  const isModule = root.type === 'Program';
  visit(root, source.visitorKeys, (node) => {
    if (isModule && isElsewhere(node)) return false;
    if (isMarker(source, node)) markers.push({ node, until: endOf(node, runs) });
    if (node.type !== 'CallExpression') return true;
    for (const callee of findValues(source, node.callee)) {
      if (isFunction(callee)) callees.set(callee, Math.max(callees.get(callee) ?? 0, endOf(node, runs)));
    }
    return true;
  });
  return { markers, callees: [...callees].map(([node, until]) => ({ node, until })) };
}

const endOf = (node: TSESTree.Node, runs: FunctionNode | null): number =>
  findFunction(node) === runs ? node.range[1] : Infinity;

/** A function or class that a module declares runs only when it is called. */
const isElsewhere = (node: TSESTree.Node): boolean =>
  node.type === 'FunctionDeclaration' ||
  isClass(node) ||
  (isFunction(node) && node.parent.type === 'VariableDeclarator');

const isEndWord = (text: string): boolean => WORDS.has(text) || LAST_WORDS.some((word) => text.includes(word));

function isMarker(source: ParsedSource, node: TSESTree.Node): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' && isEndWord(node.value);
    case 'MemberExpression': {
      const name = findPropertyName(node);
      return name !== null && NAMES.has(name) && !(name === 'done' && isPulled(source, node.object));
    }
    case 'Property': {
      const name = node.parent.type === 'ObjectPattern' ? findPropertyName(node) : null;
      return (
        name !== null &&
        NAMES.has(name) &&
        !(name === 'done' && node.parent.type === 'ObjectPattern' && hasValue(node.parent))
      );
    }
    default:
      return false;
  }
}

/** `{ done, value }` is the result of a reader, whose `done` is no end marker. */
const hasValue = ({ properties }: TSESTree.ObjectPattern): boolean =>
  properties.some((property) => property.type === 'Property' && findPropertyName(property) === 'value');

/** The object is the result of a reader: `result` of `const result = await reader.read()`. */
function isPulled(source: ParsedSource, object: TSESTree.Node): boolean {
  const owner = unwrap(object);
  const values =
    owner.type === 'Identifier'
      ? (findVariable(source, owner)?.defs ?? []).flatMap(({ node }) =>
          node.type === 'VariableDeclarator' && node.init ? [node.init] : [],
        )
      : [owner];
  return values.some((value) => {
    const call = unwrap(value.type === 'AwaitExpression' ? value.argument : value);
    const callee = call.type === 'CallExpression' ? unwrap(call.callee) : null;
    return callee?.type === 'MemberExpression' && /^(?:read|next)$/.test(findPropertyName(callee) ?? '');
  });
}

/** Members of strings and of byte arrays; reading one of them is no look into parsed JSON. */
const OF_TEXT =
  /^(?:length|byteLength|buffer|toString|trim\w*|split|slice|subarray|startsWith|endsWith|includes|indexOf|replace\w*|match|at|charAt|substring|concat)$/;

/** The program reads fields of the JSON that it has parsed out of the bytes; it does more than copy the bytes. */
export function readsParsed(source: ParsedSource, { bodies, reads }: LoopSite): boolean {
  if (reads.some(({ path: [name] }) => name !== undefined && name !== '*' && !OF_TEXT.test(name))) return true;
  let parses = false;
  for (const body of bodies) {
    visit(body, source.visitorKeys, (node) => {
      const callee = node.type === 'CallExpression' ? unwrap(node.callee) : null;
      if (
        callee?.type === 'MemberExpression' &&
        callee.object.type === 'Identifier' &&
        callee.object.name === 'JSON' &&
        findPropertyName(callee) === 'parse'
      )
        parses = true;
      return !parses;
    });
  }
  return parses;
}
