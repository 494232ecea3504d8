import type { TSESTree } from '@typescript-eslint/utils';
import { catalog } from '../providers/catalog.ts';
import { findValues } from './access-path.ts';
import { findVariable } from './bindings.ts';
import type { LoopSite } from './loop-site.ts';
import type { ParsedSource } from './parsed-source.ts';
import { findFunction, findPropertyName, type FunctionNode, isClass, isFunction, unwrap, visit } from './tree.ts';

/** A parser behind more functions than this is out of sight. */
const MAX_CALLS = 3;

const terminals = catalog.flatMap(({ apis }) => apis.flatMap(({ terminal }) => (terminal ? [terminal] : [])));
/** Members that hold the reason for the end, in whoever's protocol. */
const NAMES = new Set(
  ['finish_reason', 'finishReason', 'stop_reason', 'stopReason', 'done_reason', 'is_finished', 'isFinished', 'done',
  ...terminals.flatMap(({ values, path }) => (values === null ? [String(path.at(-1))] : []))],
);
/** Words that say "finished": names of events, and the last line of OpenAI's. */
const WORDS = new Set(['[DONE]', ...terminals.flatMap(({ values }) => values ?? [])].filter((word) => word !== 'true' && word !== 'result'));

/** `isDone`, `finish_reason`, `isFinalChunk`. */
export const isEndName = (name: string): boolean => /done|finish|stop|(?:^|_)end|End|final|last|complete|terminal/i.test(name) && !/stopPropagation|endsWith|lastIndexOf/.test(name);

/**
 * Looks for the end of the answer in what the program parses itself: around the loop, and in the functions of this file that are called there.
 * Whose protocol it is nobody says, so that any of the catalog's markers will do. What runs until the request is made sees no answer:
 * `{ stop: [] }` of its options, `case 'stop':` of what it asks before. Functions that are written there may run later.
 */
export function findParsedMarkers(source: ParsedSource, { node }: LoopSite, request: TSESTree.Node | null): TSESTree.Node[] {
  const found: TSESTree.Node[] = [];
  const seen = new Set<FunctionNode>();
  const root = findFunction(node);
  const asked = request && findFunction(request) === root ? request.range[1] : 0;
  const isEarly = (inner: TSESTree.Node): boolean => inner.range[1] <= asked && findFunction(inner) === root;
  const look = (from: TSESTree.Node, calls: number): void =>
    visit(from, source.visitorKeys, (inner) => {
      if (from === source.ast && isElsewhere(inner)) return false;
      if (isMarker(source, inner) && !isEarly(inner)) found.push(inner);
      if (inner.type !== 'CallExpression' || calls === 0 || isEarly(inner)) return true;
      for (const callee of findValues(source, inner.callee)) {
        if (!isFunction(callee) || seen.has(callee)) continue;
        seen.add(callee);
        look(callee.body, calls - 1);
      }
      return true;
    });
  look(root ?? source.ast, MAX_CALLS);
  return found;
}

/** What a module declares runs when it is called. */
const isElsewhere = (node: TSESTree.Node): boolean => node.type === 'FunctionDeclaration' || isClass(node) || (isFunction(node) && node.parent.type === 'VariableDeclarator');

function isMarker(source: ParsedSource, node: TSESTree.Node): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' && (WORDS.has(node.value) || node.value.includes('[DONE]'));
    case 'MemberExpression': {
      const name = findPropertyName(node);
      return name !== null && NAMES.has(name) && !(name === 'done' && isPulled(source, node.object));
    }
    case 'Property': {
      const name = node.parent.type === 'ObjectPattern' ? findPropertyName(node) : null;
      return name !== null && NAMES.has(name) && !(name === 'done' && node.parent.type === 'ObjectPattern' && hasValue(node.parent));
    }
    default:
      return false;
  }
}

/** `{ done, value }` is what a reader gives. */
const hasValue = ({ properties }: TSESTree.ObjectPattern): boolean => properties.some((property) => property.type === 'Property' && findPropertyName(property) === 'value');

/** `result` of `const result = await reader.read()`. */
function isPulled(source: ParsedSource, object: TSESTree.Node): boolean {
  const owner = unwrap(object);
  const values = owner.type === 'Identifier' ? (findVariable(source, owner)?.defs ?? []).flatMap(({ node }) => (node.type === 'VariableDeclarator' && node.init ? [node.init] : [])) : [owner];
  return values.some((value) => {
    const call = unwrap(value.type === 'AwaitExpression' ? value.argument : value);
    const callee = call.type === 'CallExpression' ? unwrap(call.callee) : null;
    return callee?.type === 'MemberExpression' && /^(?:read|next)$/.test(findPropertyName(callee) ?? '');
  });
}

/** Members of texts and bytes, which are no look into what was parsed out of them. */
const OF_TEXT = /^(?:length|byteLength|buffer|toString|trim\w*|split|slice|subarray|startsWith|endsWith|includes|indexOf|replace\w*|match|at|charAt|substring|concat)$/;

/** The program looks into chunks that it, or a parser of its own, has made of the bytes; it does more than pump them. */
export function readsParsed(source: ParsedSource, { bodies, reads }: LoopSite): boolean {
  if (reads.some(({ path: [name] }) => name !== undefined && name !== '*' && !OF_TEXT.test(name))) return true;
  let parses = false;
  for (const body of bodies) {
    visit(body, source.visitorKeys, (node) => {
      const callee = node.type === 'CallExpression' ? unwrap(node.callee) : null;
      if (callee?.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'JSON' && findPropertyName(callee) === 'parse') parses = true;
      return !parses;
    });
  }
  return parses;
}
