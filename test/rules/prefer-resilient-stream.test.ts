import { describe, expect, it } from 'vitest';
import type { Codemod } from '../../codemods/contract/codemod.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import rule from '../../rules/prefer-resilient-stream.ts';
import { rules } from '../../rules/all.ts';
import { findRewrite } from '../../rules/rewrites.ts';
import { catalog } from '../../src/providers/catalog.ts';
import { factsOf } from './facts-of.ts';
import { messagesOf } from './messages-of.ts';
import { expectTheCodemodsEdits, suggest } from './suggestions.ts';
import { testRule } from './tester.ts';

const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const LOOP = `for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) show(chunk);
`;

testRule(rule, {
  valid: [
    { name: 'the request is wrapped', code: codemod.examples[0]!.after },
    {
      name: 'the request is made elsewhere',
      code: `export async function show(stream) { for await (const chunk of stream) write(chunk.choices[0].delta.content); }`,
    },
    {
      name: 'the codemod leaves the loop',
      code: `${OPENAI}const stream = client.chat.completions.stream({ model, messages });
for await (const chunk of stream) show(chunk);
save(await stream.finalMessage());`,
    },
    { name: 'no stream of a model', code: 'for await (const line of lines) write(line);' },
    {
      name: 'the helper comes from where the option says',
      code: codemod.examples[0]!.after.replace(`'resilient-stream'`, `'@acme/stream'`),
      options: { helper: '@acme/stream' },
    },
  ],
  invalid: [
    {
      name: 'the edit is the codemod’s',
      code: codemod.examples[0]!.before,
      error: {
        messageId: 'rewritable',
        line: 9,
        column: 1,
        endLine: 9,
        endColumn: 34,
        data: { api: 'chat.completions.create', provider: 'OpenAI' },
        suggestions: [{ messageId: 'wrap', output: codemod.examples[0]!.after }],
      },
    },
    {
      name: 'the helper is imported from where the option says',
      code: OPENAI + LOOP,
      options: { helper: '@acme/stream' },
      error: {
        messageId: 'rewritable',
        line: 3,
        column: 1,
        suggestions: [
          {
            messageId: 'wrap',
            output: `import OpenAI from 'openai';
import { resilientStream } from '@acme/stream';
const client = new OpenAI();
for await (const chunk of await resilientStream(({ signal }) => client.chat.completions.create({ model, messages, stream: true }, { signal, maxRetries: 0 }))) show(chunk);
`,
          },
        ],
      },
    },
  ],
});

it('the message says what the helper does', () => {
  expect(messagesOf(rule, OPENAI + LOOP)).toEqual([
    'This loop reads `chat.completions.create` as it comes; `resilientStream` asks again after an early failure, bounds each wait, and throws where the answer is cut.',
  ]);
});

// The codemod's own tests hold the same of every text in them: test/codemods/twice.ts.
describe('the suggestion is what the codemod writes for that loop', () => {
  const examples = [
    ...codemod.examples.map(({ before }, index) => ({ title: `example ${index + 1} of the codemod`, code: before })),
    ...catalog.flatMap(({ title, apis }) =>
      apis.map(({ name, iterables, example }) => ({ title: `${title} ${name} ${iterables.join()}`, code: example })),
    ),
    ...rules.flatMap(({ name, examples }) =>
      [...examples.incorrect, ...examples.correct].map(({ title, code }) => ({ title: `${name}, ${title}`, code })),
    ),
  ];

  it.each(examples)('$title', ({ code }) => {
    for (const path of ['example.js', 'example.ts']) expectTheCodemodsEdits(rule, codemod, path, code);
  });

  it('of most APIs of the catalog there is one', () => {
    const examples = catalog.flatMap(({ apis }) => apis.map(({ example }) => example));
    const suggested = examples.filter((example) => suggest(rule, 'example.js', example)[0]!.length > 0);
    expect(suggested.length / examples.length).toBeGreaterThan(0.5);
  });

  const REQUIRED = `'use strict';
const OpenAI = require('openai');
const client = new OpenAI();
async function ask() {
  ${LOOP}}
`;

  it.each([
    ['with a byte order mark', 'example.js', `\uFEFF${OPENAI}${LOOP}`],
    ['with a byte order mark and nothing to put the import behind', 'example.js', `\uFEFF${LOOP}`],
    ['with CRLF', 'example.ts', (OPENAI + LOOP).replaceAll('\n', '\r\n')],
    ['with CRLF and a byte order mark', 'example.mjs', `\uFEFF${(OPENAI + LOOP).replaceAll('\n', '\r\n')}`],
    ['with a hashbang', 'example.mjs', `#!/usr/bin/env node\n${OPENAI}${LOOP}`],
    ['with a hashbang and nothing to put the import behind', 'example.mjs', `#!/usr/bin/env node\n// Asks.\n${LOOP}`],
    ['with a hashbang and CRLF', 'example.js', `#!/usr/bin/env node\r\n${(OPENAI + LOOP).replaceAll('\n', '\r\n')}`],
    ['with a directive', 'example.js', `'use client'\nimport OpenAI from 'openai'\n${LOOP}`],
    ['in CommonJS', 'example.cjs', REQUIRED],
    ['in CommonJS that its ending does not tell', 'example.js', REQUIRED],
    ['in CommonJS of TypeScript', 'example.cts', REQUIRED],
    [
      'in CommonJS with CRLF and a hashbang',
      'example.cjs',
      `#!/usr/bin/env node\r\n${REQUIRED.replaceAll('\n', '\r\n')}`,
    ],
    [
      'with tabs and emoji',
      'example.ts',
      `${OPENAI}const face = '🙂';\n{\n\t${LOOP.replace('show', "show('🙂', ")}}\n`.replace('(chunk)', 'chunk)'),
    ],
    ['with a name that is taken', 'example.ts', `${OPENAI}const resilientStream = 1, signal = 2;\n${LOOP}`],
    ['with an import of the helper', 'example.ts', `import { restart } from 'resilient-stream';\n${OPENAI}${LOOP}`],
    ['in JSX', 'example.jsx', `${OPENAI}export async function Page() { ${LOOP} return <p>{"a"}</p>; }\n`],
    [
      'with a request that starts with a brace',
      'example.ts',
      `${OPENAI}for await (const chunk of await { client }.client.chat.completions.create({ stream: true })) show(chunk.choices[0].delta);`,
    ],
    ['with two loops', 'example.ts', OPENAI + LOOP + LOOP],
  ])('%s', (_, path, text) => {
    expect(expectTheCodemodsEdits(rule, codemod, path, text).length).toBeGreaterThan(0);
  });
});

it('a file is rewritten once, however many loops and rules ask', () => {
  let times = 0;
  const counted: Codemod = { ...codemod, findRewrites: (...given) => (times++, codemod.findRewrites(...given)) };
  const file = factsOf(OPENAI + LOOP + LOOP);
  expect(file.loops.map(({ node }) => findRewrite(file, node, counted, 'resilient-stream')?.line)).toEqual([3, 4]);
  expect(times).toBe(1);
  findRewrite(file, file.loops[0]!.node, counted, '@acme/stream');
  expect(times).toBe(2);
});
