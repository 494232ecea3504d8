import type { TSESTree } from '@typescript-eslint/utils';
import fc from 'fast-check';
import { codemods } from '../../codemods/all.ts';
import { rules } from '../../rules/all.ts';
import { parseSource, SourceSyntaxError } from '../../src/analysis/source/parse-source.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { visit } from '../../src/analysis/source/tree.ts';
import { catalog } from '../../src/providers/catalog.ts';

/** Programs that are about streams, each right in its way. */
const programs: readonly string[] = [
  ...catalog.flatMap(({ apis }) => apis.map(({ example }) => example)),
  ...rules.flatMap(({ examples }) => [...examples.incorrect, ...examples.correct].map(({ code }) => code)),
  ...codemods.flatMap(({ examples }) => examples.flatMap(({ before, after }) => [before, after])),
];

export const PATH = 'example.ts';

export function parse(text: string): ParsedSource | null {
  try {
    return parseSource(PATH, text);
  } catch (error) {
    if (error instanceof SourceSyntaxError) return null;
    throw error;
  }
}

type Range = readonly [start: number, end: number];

/** Words, numbers and signs. */
const tokensOf = (text: string): Range[] =>
  [...text.matchAll(/\w+|[^\s\w]/g)].map(({ index, 0: token }) => [index, index + token.length]);

function nodesOf(text: string): TSESTree.Node[] {
  const source = parse(text);
  const nodes: TSESTree.Node[] = [];
  if (source) visit(source.ast, source.visitorKeys, (node) => void nodes.push(node));
  return nodes;
}

const pick = <T>(items: readonly T[], at: number): T | undefined => items[at % items.length];
const splice = (text: string, [start, end]: Range, other: string): string =>
  text.slice(0, start) + other + text.slice(end);

/** Of a program: what is at `one` changes, by what is at `other` in the same or in another program. */
const mutations: readonly ((text: string, one: number, other: number, donor: string) => string)[] = [
  function dropTokens(text, one, other) {
    const tokens = tokensOf(text);
    const from = pick(tokens, one);
    const to = tokens[(one % tokens.length) + (other % 4)] ?? tokens.at(-1);
    return from && to ? splice(text, [from[0], to[1]], ' ') : text;
  },
  function doubleToken(text, one) {
    const token = pick(tokensOf(text), one);
    return token ? splice(text, token, `${text.slice(...token)} ${text.slice(...token)}`) : text;
  },
  function swapTokens(text, one, other) {
    const [a, b] = [pick(tokensOf(text), one), pick(tokensOf(text), other)].sort(
      (x, y) => (x?.[0] ?? 0) - (y?.[0] ?? 0),
    );
    return a && b && a[1] <= b[0] ? splice(splice(text, b, text.slice(...a)), a, text.slice(...b)) : text;
  },
  function dropNode(text, one) {
    const node = pick(nodesOf(text), one);
    return node ? splice(text, node.range, '') : text;
  },
  function replaceNode(text, one, other, donor) {
    const [node, given] = [pick(nodesOf(text), one), pick(nodesOf(donor), other)];
    return node && given ? splice(text, node.range, donor.slice(...given.range)) : text;
  },
  function replaceByItsKind(text, one, other, donor) {
    const node = pick(nodesOf(text), one);
    const given = pick(
      nodesOf(donor).filter(({ type }) => type === node?.type),
      other,
    );
    return node && given ? splice(text, node.range, donor.slice(...given.range)) : text;
  },
  function doubleStatement(text, one) {
    const node = pick(
      nodesOf(text).filter(({ type }) => /Statement$|Declaration$/.test(type)),
      one,
    );
    return node ? splice(text, node.range, `${text.slice(...node.range)}\n${text.slice(...node.range)}`) : text;
  },
  function wrapNode(text, one, other) {
    const node = pick(nodesOf(text), one);
    const around = pick(
      [
        '(§)',
        '[§]',
        '{ § }',
        '(async () => { § })()',
        '{ a: § }',
        '`${§}`',
        '...§',
        'await §',
        '§ as any',
        '§!',
        '§?.x',
        'try { § } catch {}',
        'while (true) { § }',
        'function* f() { § }',
        'class A { m = §; }',
        'yield §',
        '/* § */',
      ],
      other,
    )!;
    return node
      ? splice(
          text,
          node.range,
          around.replace('§', () => text.slice(...node.range)),
        )
      : text;
  },
  function changeLineEnds(text, one) {
    return one % 2 === 0 ? text.replaceAll('\n', '\r\n') : `\uFEFF${text}`;
  },
];

const mutation = fc.record({
  kind: fc.nat(mutations.length - 1),
  one: fc.nat(5_000),
  other: fc.nat(5_000),
  donor: fc.constantFrom(...programs),
});

/** Programs that are right, after a few mutations; those that do not parse are left out, mutation by mutation. */
export const mutants: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...programs), fc.array(mutation, { minLength: 1, maxLength: 5 }))
  .map(([program, steps]) =>
    steps.reduce((text, { kind, one, other, donor }) => {
      const mutant = mutations[kind]!(text, one, other, donor);
      return parse(mutant) ? mutant : text;
    }, program),
  );
