import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { isInside, unwrap } from '../../src/analysis/source/tree.ts';
import type { Provider, StreamApi } from '../../src/providers/provider.ts';
import { findEvaluationObstacle } from '../again/evaluated-again.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import type { Obstacle } from '../options/placement.ts';
import { skipBlanks } from '../text/style.ts';
import type { ReadPick, StreamUses } from '../uses/stream-uses.ts';

/** What becomes of the places where the program takes the stream out of the request's result. */
export interface MovedPick {
  /** What stands around the request in the helper's callback. */
  readonly before: string;
  readonly behind: string;
  readonly isAsync: boolean;
  /** The loop reads `.text()` of the helper's stream. */
  readonly isText: boolean;
  /** The edits at those places, to be applied after the edits of the request. */
  readonly edits: readonly TextEdit[];
}

/**
 * 'whole': the helper takes the stream out of the result by itself. 'text': the loop reads strings, and `.text()` of
 * the helper's stream returns them without the faults that the SDK's strings hide. 'member': the helper's callback
 * takes the stream out.
 */
type Kind = 'whole' | 'text' | 'member';

const obstacles = {
  commented: {
    obstacle: 'A comment stands where the stream is taken out of the result; move it, then run this again.',
  },
  withArguments: {
    obstacle:
      'The stream is made of the result with options of its own; make it where the request is made, without options, ' +
      'then run this again.',
  },
  inParentheses: {
    obstacle:
      'The method that makes the stream of the result stands in parentheses of its own; take them away, then run ' +
      'this again.',
  },
  chosen: {
    obstacle: 'The pattern takes the stream out of more than one result; give the result a name, then run this again.',
  },
} satisfies Record<string, Obstacle>;

const unmoved: MovedPick = { before: '', behind: '', isAsync: false, isText: false, edits: [] };

/** `call`: what is put into the helper's callback. */
export function movePick(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  provider: Provider,
  api: StreamApi,
  { picks, isTested, response }: StreamUses,
): MovedPick | Obstacle {
  const [pick] = picks;
  if (!pick) return unmoved;
  const kind = response ? 'whole' : chooseKind(provider, api, pick.name);
  for (const each of picks) {
    const obstacle = findPickObstacle(source, call, kind, each);
    if (obstacle) return obstacle;
  }
  const evaluation = findArgumentObstacle(source, pick);
  if (evaluation) return evaluation;
  const edits = picks.flatMap((each) => removePick(source, kind, each));
  if (kind !== 'member') return { ...unmoved, isText: kind === 'text', edits };
  const guard =
    picks.map((each) => findNullGuard(source, each)?.text.trim() ?? '').find((text) => text !== '') ??
    (isTested ? '?? []' : '');
  const behind = printAccess(source, pick) + (guard.startsWith('!') || guard === '' ? guard : ` ${guard}`);
  return api.awaited
    ? { before: '(await ', behind: `)${behind}`, isAsync: true, isText: false, edits }
    : { ...unmoved, behind, edits };
}

function chooseKind(provider: Provider, api: StreamApi, name: string): Kind {
  if (api.iterables.includes('') || api.foundByHelper.includes(name)) return 'whole';
  const hasTerminal = provider.apis.some(
    (other) =>
      other.terminal !== null &&
      isSameCall(api, other) &&
      (other.iterables.includes('') || other.foundByHelper.length > 0),
  );
  return hasTerminal && api.isTextOnly ? 'text' : 'member';
}

const isSameCall = (a: StreamApi, b: StreamApi): boolean =>
  a.name === b.name &&
  a.reach === b.reach &&
  String(a.of) === String(b.of) &&
  String(a.command?.classes) === String(b.command?.classes);

function findPickObstacle(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  kind: Kind,
  pick: ReadPick,
): Obstacle | null {
  const { node, from } = pick;
  const stays = kind === 'member' && isInside(call, node);
  const removed = from ? printAccess(source, pick) : source.text.slice(...node.range);
  if (!stays && /\/[/*]/.test(removed)) return obstacles.commented;
  if (!stays && node.type === 'CallExpression' && node.arguments.length > 0) return obstacles.withArguments;
  if (from && node.type === 'CallExpression' && source.text[skipBlanks(source.text, node.callee.range[1])] === ')')
    return obstacles.inParentheses;
  return kind === 'text' && from === null && findInit(node) === null ? obstacles.chosen : null;
}

/** `toUIMessageStream({ … })` is called once per attempt too. */
function findArgumentObstacle(source: ParsedSource, { node }: ReadPick): Obstacle | null {
  if (node.type !== 'CallExpression') return null;
  for (const argument of node.arguments) {
    const obstacle = findEvaluationObstacle(source, argument, []);
    if (obstacle) return obstacle;
  }
  return null;
}

// ── The edits where the stream is taken out ─────────────────────────────────────────────────────────────────────────

/** The offsets of `(await result)` in `(await result).fullStream`, with the parentheses. */
function findBounds({ text }: ParsedSource, from: TSESTree.Node): { readonly open: number; readonly close: number } {
  let [open, close] = from.range;
  for (let next = skipBlanks(text, close); text[next] === ')'; next = skipBlanks(text, close)) {
    const before = text.slice(0, open).trimEnd();
    if (!before.endsWith('(')) break;
    [open, close] = [before.length - 1, next + 1];
  }
  return { open, close };
}

/** `.fullStream`, `?.body`, `.toUIMessageStream()`. */
const printAccess = (source: ParsedSource, { from, node, name }: ReadPick): string =>
  from ? source.text.slice(findBounds(source, from).close, node.range[1]) : `.${name}`;

/** The result itself becomes the stream: its member, or the pattern around it, goes. */
function removePick(source: ParsedSource, kind: Kind, pick: ReadPick): TextEdit[] {
  const { from, node, variable } = pick;
  const guard = kind === 'member' ? findNullGuard(source, pick) : null;
  const unguarded: TextEdit[] = guard ? [{ range: guard.range, text: '' }] : [];
  if (from === null) {
    const reading = kind === 'text' ? readText(findInit(node)!) : [];
    return [{ range: node.range, text: variable! }, ...reading, ...unguarded];
  }
  const { open, close } = findBounds(source, from);
  if (kind === 'text') {
    const [blanks] = /^\s*/.exec(source.text.slice(close, node.range[1])) as unknown as [string];
    return [{ range: [close, node.range[1]], text: `${blanks}.text()` }];
  }
  const end: TextEdit = { range: [close, node.range[1]], text: '' };
  if (open === from.range[0] || !standsAlone(guard ? pick.iterated! : node)) return [end, ...unguarded];
  return [
    { range: [open, from.range[0]], text: '' },
    { range: [from.range[1], node.range[1]], text: '' },
    ...unguarded,
  ];
}

/** The expression needs no parentheses where it stands. */
function standsAlone(node: TSESTree.Node): boolean {
  const user = node.parent;
  return (
    user?.type === 'VariableDeclarator' ||
    (user?.type === 'ForOfStatement' && user.right === node) ||
    (user?.type === 'AssignmentExpression' && user.right === node)
  );
}

/** The value of a pattern, where `.text()` can be written behind it. */
function findInit({ parent }: TSESTree.Node): TSESTree.Expression | null {
  const init = parent?.type === 'VariableDeclarator' ? parent.init : null;
  return init &&
    ['Identifier', 'CallExpression', 'AwaitExpression'].includes(unwrap(init).type) &&
    unwrap(init) === init
    ? init
    : null;
}

const readText = (init: TSESTree.Expression): TextEdit[] =>
  init.type === 'AwaitExpression'
    ? [insertAt(init.range[0], '('), insertAt(init.range[1], ').text()')]
    : [insertAt(init.range[1], '.text()')];

interface NullGuard {
  readonly range: readonly [start: number, end: number];
  readonly text: string;
}

/** What protects the loop from a missing stream: `?? []` of `stream ?? []`, `!` of `response.body!`. */
function findNullGuard({ text }: ParsedSource, { iterated }: ReadPick): NullGuard | null {
  if (!iterated) return null;
  let stream = iterated;
  while (stream.type === 'TSNonNullExpression' || (stream.type === 'LogicalExpression' && isEmptyList(stream.right))) {
    stream = stream.type === 'TSNonNullExpression' ? stream.expression : stream.left;
  }
  const [start, end] = [stream.range[1], iterated.range[1]];
  // A guard in parentheses stays.
  return start < end && !text.slice(start, end).includes(')')
    ? { range: [start, end], text: text.slice(start, end) }
    : null;
}

const isEmptyList = (node: TSESTree.Node): boolean => node.type === 'ArrayExpression' && node.elements.length === 0;
