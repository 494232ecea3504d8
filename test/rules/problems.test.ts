import { describe, expect, it } from 'vitest';
import { rules } from '../../rules/all.ts';
import { findProblems } from '../../rules/problems.ts';
import requireErrorHandling from '../../rules/require-error-handling.ts';
import { SourceSyntaxError, parseSource } from '../../src/analysis/source/parse-source.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';

const CHAT = `import OpenAI from 'openai';
const client = new OpenAI();
const stream = await client.chat.completions.create({ model, messages, stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;

it('a problem tells everything that a tool may print', () => {
  const [problem, ...more] = findProblems(parseSource('example.ts', CHAT), requireErrorHandling);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({
    rule: 'require-error-handling',
    messageId: 'unhandled',
    data: { api: 'chat.completions.create', provider: 'OpenAI' },
    message:
      'Nothing catches an error of `chat.completions.create` in this loop; a dropped connection goes unhandled, and the answer so far is lost.',
    loc: { start: { line: 4, column: 0 }, end: { line: 4, column: 33 } },
  });
  expect(problem?.node).toBe(problem?.loop?.node);
});

it('several loops are told in the order of the text', () => {
  const source = parseSource(
    'example.ts',
    `${CHAT}for await (const chunk of client.chat.completions.stream({})) show(chunk);`,
  );
  expect(findProblems(source, requireErrorHandling).map(({ loc, data }) => `${loc.start.line} ${data.api}`)).toEqual([
    '4 chat.completions.create',
    '7 chat.completions.stream',
  ]);
});

describe('no rule throws', () => {
  /** Every program that is left when a run of words or signs is taken out of this one, if it parses. */
  const mutants = (code: string): string[] => {
    const tokens = [...code.matchAll(/\w+|[^\s\w]/g)].map(({ index, 0: text }) => ({
      start: index,
      end: index + text.length,
    }));
    return tokens.flatMap((token, index) =>
      [1, 2, 3].map(
        (length) => `${code.slice(0, token.start)} ${code.slice(tokens[index + length - 1]?.end ?? code.length)}`,
      ),
    );
  };
  const parse = (code: string): ParsedSource | null => {
    try {
      return parseSource('example.ts', code);
    } catch (error) {
      if (error instanceof SourceSyntaxError) return null;
      throw error;
    }
  };

  it.each(
    rules.flatMap(({ name, examples }) =>
      [...examples.incorrect, ...examples.correct].map((example) => ({ name, ...example })),
    ),
  )('on what is left of $name, $title', ({ code }) => {
    const sources = mutants(code)
      .map(parse)
      .filter((source) => source !== null);
    expect(sources.length).toBeGreaterThan(20);
    for (const source of sources) for (const rule of rules) expect(() => findProblems(source, rule)).not.toThrow();
  });

  it.each([
    ['a loop without a declaration', 'for await (chunk of stream) chunk.choices[0].delta.content;'],
    ['a loop into a member', 'for await (this.chunk of stream) this.chunk.choices[0].delta.content;'],
    [
      'a loop into a pattern',
      'for await (const { choices: [{ delta: { content } }] } of client.chat.completions.create({ stream: true })) write(content);',
    ],
    [
      'a loop in a loop’s head',
      'for await (const a of (async function* () { for await (const b of client.messages.stream()) yield b; })()) use(a.type === "message_stop");',
    ],
    ['using', 'for await (await using chunk of client.messages.stream()) chunk.delta.text;'],
    [
      'a call without arguments',
      'for await (const chunk of client.chat.completions.stream()) chunk.choices[0].delta.content;',
    ],
  ])('on %s', (_, code) => {
    const source = parse(code);
    expect(source).not.toBeNull();
    for (const rule of rules) expect(() => findProblems(source!, rule)).not.toThrow();
  });
});
