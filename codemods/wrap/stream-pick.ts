import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { isInside, unwrap } from '../../src/analysis/source/tree.ts';
import type { Provider, StreamApi } from '../../src/providers/provider.ts';
import { findEvaluationObstacle } from '../again/evaluated-again.ts';
import type { Obstacle } from '../options/placement.ts';
import { skipBlanks } from '../text/style.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import type { StreamPick, StreamUses } from '../uses/stream-uses.ts';

/** How the helper gets the stream, where a request gives a result that holds it. */
export interface Reading {
  /** What the callback of the helper gives, around the request. */
  readonly before: string;
  readonly behind: string;
  readonly isAsync: boolean;
  /** The loop reads `.text()` of the helper's stream. */
  readonly isText: boolean;
  /** Where the program took the stream out of the result; to be applied behind those of the request. */
  readonly edits: readonly TextEdit[];
}

/**
 * 'whole': the helper takes the stream out of the result by itself. 'text': the loop reads strings, and `.text()` of
 * the helper's stream gives them without the faults that the SDK's strings hide. 'member': the callback takes the
 * stream out.
 */
type Kind = 'whole' | 'text' | 'member';

const obstacles = {
  commented: {
    obstacle: 'A comment stands where the stream is taken out of the result; move it, then run this again.',
  },
  withArguments: {
    obstacle:
      'The stream is made of the result with options of its own; make it where the request is made, without options, then run this again.',
  },
  inParentheses: {
    obstacle:
      'The method that makes the stream of the result stands in parentheses of its own; take them away, then run this again.',
  },
  chosen: {
    obstacle: 'The pattern takes the stream out of more than one result; give the result a name, then run this again.',
  },
} satisfies Record<string, Obstacle>;

const plain: Reading = { before: '', behind: '', isAsync: false, isText: false, edits: [] };

export function findReading(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  provider: Provider,
  api: StreamApi,
  { picks, isTested, response }: StreamUses,
): Reading | Obstacle {
  const [pick] = picks;
  if (!pick) return plain;
  const kind = response ? 'whole' : findKind(provider, api, pick.name);
  for (const each of picks) {
    const stays = kind === 'member' && isInside(call, each.node);
    if (!stays && /\/[/*]/.test(each.from ? findSuffix(source, each) : source.text.slice(...each.node.range)))
      return obstacles.commented;
    if (!stays && each.node.type === 'CallExpression' && each.node.arguments.length > 0) return obstacles.withArguments;
    if (
      each.from &&
      each.node.type === 'CallExpression' &&
      source.text[skipBlanks(source.text, each.node.callee.range[1])] === ')'
    )
      return obstacles.inParentheses;
    if (kind === 'text' && each.from === null && findInit(each.node) === null) return obstacles.chosen;
  }
  const evaluation = findArgumentObstacle(source, pick);
  if (evaluation !== null) return { obstacle: evaluation };
  const edits = picks.flatMap((each) => takeAway(source, kind, each));
  if (kind !== 'member') return { ...plain, isText: kind === 'text', edits };
  const guard =
    picks.map((each) => findGuard(source, each)?.text.trim() ?? '').find((text) => text !== '') ??
    (isTested ? '?? []' : '');
  const behind = findSuffix(source, pick) + (guard.startsWith('!') || guard === '' ? guard : ` ${guard}`);
  return api.awaited
    ? { before: '(await ', behind: `)${behind}`, isAsync: true, isText: false, edits }
    : { ...plain, behind, edits };
}

function findKind(provider: Provider, api: StreamApi, name: string): Kind {
  if (api.iterables.includes('') || api.foundByHelper.includes(name)) return 'whole';
  const isTold = provider.apis.some(
    (other) =>
      other.terminal !== null &&
      isSameCall(api, other) &&
      (other.iterables.includes('') || other.foundByHelper.length > 0),
  );
  return isTold && api.isTextOnly ? 'text' : 'member';
}

const isSameCall = (a: StreamApi, b: StreamApi): boolean =>
  a.name === b.name &&
  a.reach === b.reach &&
  String(a.of) === String(b.of) &&
  String(a.command?.classes) === String(b.command?.classes);

/** `toUIMessageStream({ … })` is called once per attempt too. */
function findArgumentObstacle(source: ParsedSource, { node }: StreamPick): string | null {
  if (node.type !== 'CallExpression') return null;
  for (const argument of node.arguments) {
    const obstacle = findEvaluationObstacle(source, argument, []);
    if (obstacle !== null) return obstacle;
  }
  return null;
}

// ── Where the stream is taken out ───────────────────────────────────────────────────────────────────────────────────

interface Place {
  /** Of the parentheses around the result. */
  readonly open: number;
  readonly close: number;
}

/** Where `result` ends in `result.fullStream` and in `(await result).fullStream`. */
function findPlace({ text }: ParsedSource, from: TSESTree.Node): Place {
  let [open, close] = from.range;
  for (let next = skipBlanks(text, close); text[next] === ')'; next = skipBlanks(text, close)) {
    const before = text.slice(0, open).trimEnd();
    if (!before.endsWith('(')) break;
    [open, close] = [before.length - 1, next + 1];
  }
  return { open, close };
}

/** `.fullStream`, `?.body`, `.toUIMessageStream()`. */
function findSuffix(source: ParsedSource, { from, node, name }: StreamPick): string {
  return from ? source.text.slice(findPlace(source, from).close, node.range[1]) : `.${name}`;
}

function takeAway(source: ParsedSource, kind: Kind, pick: StreamPick): TextEdit[] {
  const { from, node, variable } = pick;
  const guard = kind === 'member' ? findGuard(source, pick) : null;
  const guarded: TextEdit[] = guard ? [{ range: guard.range, text: '' }] : [];
  if (from === null)
    return [{ range: node.range, text: variable! }, ...(kind === 'text' ? readText(findInit(node)!) : []), ...guarded];
  const { open, close } = findPlace(source, from);
  if (kind === 'text')
    return [
      { range: [close, node.range[1]], text: `${/^\s*/.exec(source.text.slice(close, node.range[1]))![0]}.text()` },
    ];
  const end: TextEdit = { range: [close, node.range[1]], text: '' };
  if (open === from.range[0] || !standsAlone(guard ? pick.read! : node)) return [end, ...guarded];
  return [{ range: [open, from.range[0]], text: '' }, { range: [from.range[1], node.range[1]], text: '' }, ...guarded];
}

/** An expression that needs no parentheses where it stands. */
function standsAlone(node: TSESTree.Node): boolean {
  const user = node.parent;
  return (
    user?.type === 'VariableDeclarator' ||
    (user?.type === 'ForOfStatement' && user.right === node) ||
    (user?.type === 'AssignmentExpression' && user.right === node)
  );
}

/** What a pattern takes apart, where a member can be asked for behind it. */
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

interface Guard {
  readonly range: readonly [start: number, end: number];
  readonly text: string;
}

/** What keeps the loop from a stream that is not there: `stream ?? []`, `response.body!`. */
function findGuard({ text }: ParsedSource, { read }: StreamPick): Guard | null {
  if (!read) return null;
  let stream: TSESTree.Expression = read;
  while (stream.type === 'TSNonNullExpression' || (stream.type === 'LogicalExpression' && isEmpty(stream.right))) {
    stream = stream.type === 'TSNonNullExpression' ? stream.expression : stream.left;
  }
  const [start, end] = [stream.range[1], read.range[1]];
  // In parentheses it stays.
  return start < end && !text.slice(start, end).includes(')')
    ? { range: [start, end], text: text.slice(start, end) }
    : null;
}

const isEmpty = (node: TSESTree.Node): boolean => node.type === 'ArrayExpression' && node.elements.length === 0;
