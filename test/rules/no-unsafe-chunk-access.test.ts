import { expect, it } from 'vitest';
import { codemod } from '../../codemods/make-chunk-access-safe.ts';
import { findProblems } from '../../rules/problems.ts';
import rule from '../../rules/no-unsafe-chunk-access.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const chat = (body: string, options = 'model, stream: true, stream_options: { include_usage: true }'): string =>
  `${OPENAI}const stream = await client.chat.completions.create({ ${options} });
for await (const chunk of stream) ${body}
`;
const when = 'in the chunk that tells the usage';

testRule(rule, {
  valid: [
    { name: 'an optional chain', code: chat(`write(chunk.choices[0]?.delta?.content ?? '');`) },
    {
      name: 'the length is looked at',
      code: chat(`{ if (chunk.choices.length) write(chunk.choices[0].delta.content); }`),
    },
    { name: 'each choice', code: chat('for (const choice of chunk.choices) write(choice.delta.content);') },
    {
      name: 'a whole answer',
      code: `${OPENAI}const answer = await client.chat.completions.create({ model });
write(answer.choices[0].message.content);`,
    },
    {
      name: 'the usage is not asked for, and only that is of interest',
      code: chat('write(chunk.choices[0].delta.content);', 'model, stream: true'),
      options: { onlyWhenAsked: true },
    },
    { name: 'a loop over something else', code: 'for await (const chunk of pages) write(chunk.items[0].name);' },
  ],
  invalid: [
    {
      name: 'a default behind it',
      code: chat(`write(chunk.choices[0].delta.content ?? '');`),
      output: chat(`write(chunk.choices[0]?.delta.content ?? '');`),
      error: {
        messageId: 'unsafe',
        line: 4,
        column: 41,
        endLine: 4,
        endColumn: 57,
        data: { expression: 'chunk.choices[0]', when, api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'where it would become something new',
      code: chat('if (chunk.choices[0].finish_reason !== null) break;'),
      error: {
        messageId: 'unsafe',
        line: 4,
        column: 39,
        data: { expression: 'chunk.choices[0]', when, api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'the options are out of sight',
      code: `${OPENAI}for await (const chunk of await client.chat.completions.create(params)) write(chunk.choices[0].text ?? '', chunk.choices[0]?.delta);`,
      output: `${OPENAI}for await (const chunk of await client.chat.completions.create(params)) write(chunk.choices[0]?.text ?? '', chunk.choices[0]?.delta);`,
      options: { onlyWhenAsked: true },
      error: { messageId: 'unsafe', line: 3, column: 79 },
    },
  ],
});

it('says what is missing, where, and what it does', () => {
  expect(messagesOf(rule, chat('write(chunk.choices[0].delta.content);'))).toEqual([
    '`chunk.choices[0]` is undefined in the chunk that tells the usage; reading on from it throws, and ends the loop over `chat.completions.create` in mid-answer.',
  ]);
});

it('fixes by the very edits of the codemod', () => {
  const text = chat(
    `{ const delta = chunk.choices[0]!.delta; if (delta.content) write(delta.content); write(chunk.choices[0].finish_reason ?? ''); }`,
  );
  const source = parseSource('example.ts', text);
  const fixes = findProblems(source, rule).map(({ fix }) => fix);
  expect(fixes).toHaveLength(2);
  expect(fixes).toEqual(
    codemod.findRewrites(source, { helper: 'resilient-stream' }).rewrites.map(({ edits }) => edits),
  );
});
