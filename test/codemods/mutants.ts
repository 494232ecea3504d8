/** Corruptions of a rewrite, all that follow from its text: none of them may be proven. */
import { createRequire } from 'node:module';
import type { Corruption } from './made.ts';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Token {
  readonly type: string | { readonly label: string };
  readonly start: number;
  readonly end: number;
}

interface Parsed extends Node {
  readonly tokens: readonly Token[];
  readonly comments: readonly Node[];
  readonly program: Node;
}

const load = createRequire(import.meta.url);
const parser = createRequire(load.resolve('jscodeshift'))('@babel/parser') as {
  parse(text: string, options: object): Parsed;
};
const options = load('jscodeshift/parser/tsOptions') as object;

/** Null where it does not parse. */
function parse(text: string): Parsed | null {
  try {
    return parser.parse(text, options);
  } catch {
    return null;
  }
}

/** A text as the proof may not tell it from others; null where it does not parse. */
export function readTree(text: string): string | null {
  const tree = parse(text);
  return (
    tree &&
    JSON.stringify([tree.program, tree.comments.map(({ value }) => value)], (field, value: unknown) =>
      ASIDE.has(field) ? undefined : field === 'extra' ? (value as { raw?: string } | undefined)?.raw : value,
    )
  );
}

const ASIDE = new Set([
  'start',
  'end',
  'loc',
  'leadingComments',
  'trailingComments',
  'innerComments',
  'tokens',
  'errors',
  'shorthand',
]);

export interface Mutant extends Corruption {
  readonly kind: string;
}

/** All corruptions of a text, in its order. */
export function findMutants(text: string): Mutant[] {
  const tree = parse(text)!;
  const tokens = tree.tokens.filter(({ type, start, end }) => typeof type !== 'string' && end > start);
  const nodes = [...nodesIn(tree.program)];
  const drop = (kind: string, { start, end }: { readonly start: number; readonly end: number }): Mutant => ({
    kind,
    range: [start, end],
    text: '',
  });
  return [
    ...tokens.map((token) => drop('a token dropped', token)),
    ...tokens.flatMap((token) => insertions(text, token)),
    ...tokens.flatMap((token) => changes(text, token)),
    ...tree.comments.map((comment) => drop('a comment lost', comment)),
    ...nodes.flatMap((node) => [...swaps(text, node), ...shadows(text, node), ...moves(text, node)]),
  ];
}

function insertions(text: string, { start, end }: Token): Mutant[] {
  const word = text.slice(start, end);
  const behind = (kind: string, added: string): Mutant => ({ kind, range: [end, end], text: added });
  return [
    ...(/^[\w$]+$|^[)\]]$/.test(word) ? [behind('`!` inserted', '!')] : []),
    ...(/^(?:return|async|throw|await|yield)$/.test(word) ? [behind('a line break inserted', '\n')] : []),
    ...(/^[\w$]+$/.test(word) ? [{ kind: '`await` inserted', range: [start, start] as const, text: 'await ' }] : []),
    ...(word === '(' ? [behind('an argument inserted', 'undefined, ')] : []),
    ...(word === '{' || word === ';'
      ? [behind('a statement inserted', ' other();'), behind('a property inserted', ' other: 1,')]
      : []),
  ];
}

function changes(text: string, { start, end }: Token): Mutant[] {
  const word = text.slice(start, end);
  const change = (kind: string, now: string): Mutant => ({ kind, range: [start, end], text: now });
  if (/^\d/.test(word)) return [change('a number changed', `${word}1`), change('a number changed', '7')];
  if (/^['"]/.test(word))
    return [change('a string changed', `${word.slice(0, -1)}x${word.slice(-1)}`), change('a string changed', "''")];
  if (/^(?:===|!==|\+=|\?\?|\|\|=|=|\?\.|&&|\|\|)$/.test(word))
    return ['===', '!==', '+=', '??', '=', '||', '&&', '.']
      .filter((other) => other !== word)
      .map((other) => change('an operator changed', other));
  if (/^(?:const|let)$/.test(word)) return [change('a kind of variable changed', word === 'let' ? 'const' : 'var')];
  if (/^[A-Za-z_$][\w$]*$/.test(word))
    return [
      change('a name changed', `${word}x`),
      change('a name changed to another', 'stream'),
      change('a name changed to another', 'client'),
      change('a name changed to another', 'undefined'),
    ];
  return [];
}

function swaps(text: string, node: Node): Mutant[] {
  const swap = (kind: string, list: readonly Node[]): Mutant[] =>
    list.slice(1).map((second, index) => {
      const first = list[index]!;
      const between = text.slice(first.end, second.start);
      return {
        kind,
        range: [first.start, second.end],
        text: text.slice(second.start, second.end) + between + text.slice(first.start, first.end),
      };
    });
  const list = (value: unknown): readonly Node[] => (Array.isArray(value) ? (value as readonly Node[]) : []);
  if (node.type === 'CallExpression') return swap('arguments swapped', list(node['arguments']));
  return node.type === 'BlockStatement' || node.type === 'Program'
    ? [
        ...swap('a statement moved', list(node['body'])),
        ...list(node['body']).map(({ start, end }) => ({
          kind: 'a statement dropped',
          range: [start, end] as const,
          text: '',
        })),
      ]
    : [];
}

/** A parameter or a variable more, of a name that is used there. */
function shadows(text: string, node: Node): Mutant[] {
  const names = [...nodesIn(node['body'])].flatMap(({ type, name }) => (type === 'Identifier' ? [String(name)] : []));
  const put = (offset: number, print: (name: string) => string): Mutant[] =>
    [...new Set(names)].map((name) => ({ kind: 'a name shadowed', range: [offset, offset], text: print(name) }));
  if (node.type === 'BlockStatement') return put(node.start + 1, (name) => ` const ${name} = 0;`);
  if (node.type !== 'ArrowFunctionExpression') return [];
  const open = text.indexOf('(', node.start);
  const pattern = /^\(\{ ?/.exec(text.slice(open))?.[0].length;
  return pattern === undefined ? put(open + 1, (name) => name) : put(open + pattern, (name) => `${name}, `);
}

/** `await f(() => g())` becomes `f(async () => await g())`, and the other way round. */
function moves(text: string, node: Node): Mutant[] {
  const call = node.type === 'AwaitExpression' ? (node['argument'] as Node) : node;
  const [callback] = call.type === 'CallExpression' ? (call['arguments'] as readonly Node[]) : [];
  if (callback?.type !== 'ArrowFunctionExpression') return [];
  const body = callback['body'] as Node;
  const move = (now: string): Mutant => ({ kind: 'an `await` moved', range: [node.start, body.end], text: now });
  const [head, inner] = [text.slice(call.start, callback.start), text.slice(callback.start, body.start)];
  const own = text.slice(body.start, body.end);
  if (node.type === 'AwaitExpression' && body.type !== 'BlockStatement')
    return [move(`${head}${inner.startsWith('async') ? '' : 'async '}${inner}await ${own}`)];
  if (node.type !== 'CallExpression' || !own.includes('await ')) return [];
  return [
    move(`await ${head}${inner}${own.replace('await ', '')}`),
    move(`await ${head}${inner.replace('async ', '')}${own.replaceAll('await ', '')}`),
  ];
}

function* nodesIn(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const each of value) yield* nodesIn(each);
  if (typeof (value as Node | null)?.type !== 'string') return;
  yield value as Node;
  for (const field of Object.keys(value as Node)) if (!ASIDE.has(field)) yield* nodesIn((value as Node)[field]);
}
