import { expect, it } from 'vitest';
import { defaultOptions } from '../../codemods/contract/codemod.ts';
import { codemod } from '../../codemods/decode-as-stream.ts';
import { applyEdits } from '../../codemods/contract/edits.ts';
import rule from '../../rules/no-stateless-decode.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';
import { messagesOf } from './messages-of.ts';
import { suggest } from './suggestions.ts';
import { testRule } from './tester.ts';

const reader = (read: string, head = 'const decoder = new TextDecoder();\n'): string =>
  `const reader = (await fetch(url)).body.getReader();
${head}while (true) {
  const { done, value } = await reader.read();
  if (done) break;
  ${read}
}
`;

testRule(rule, {
  valid: [
    { name: 'the decoder is told', code: reader('show(decoder.decode(value, { stream: true }));') },
    {
      name: 'the stream decodes',
      code: 'for await (const text of (await fetch(url)).body.pipeThrough(new TextDecoderStream())) show(text);',
    },
    {
      name: 'whole messages',
      code: 'const decoder = new TextDecoder();\nfor await (const message of subscription) show(decoder.decode(message.data));',
    },
    { name: 'a whole body', code: 'show(new TextDecoder().decode(await (await fetch(url)).arrayBuffer()));' },
    {
      name: 'Node decodes',
      code: `import http from 'http';
http.get(url, (res) => { res.setEncoding('utf8'); res.on('data', (data) => { text += data; }); });`,
    },
  ],
  invalid: [
    {
      name: 'the decoder is not told',
      code: reader('show(decoder.decode(value));'),
      error: {
        messageId: 'untold',
        line: 6,
        column: 8,
        endLine: 6,
        endColumn: 22,
        suggestions: [
          { messageId: 'decodeAsStream', output: reader('show(decoder.decode(value, { stream: true }));') },
        ],
      },
    },
    {
      name: 'a decoder for each chunk',
      code: reader('show(new TextDecoder().decode(value));', ''),
      error: {
        messageId: 'madeAnew',
        line: 5,
        column: 8,
        suggestions: [
          {
            messageId: 'decodeAsStream',
            output: reader('show(decoder.decode(value, { stream: true }));', 'const decoder = new TextDecoder();\n'),
          },
        ],
      },
    },
    {
      name: 'no decoder',
      code: `const response = await fetch(url);\nfor await (const chunk of response.body) text += chunk;`,
      error: {
        messageId: 'undecoded',
        line: 2,
        column: 50,
        suggestions: [
          {
            messageId: 'decodeAsStream',
            output: `const response = await fetch(url);
const decoder = new TextDecoder();
for await (const chunk of response.body) text += decoder.decode(chunk, { stream: true });`,
          },
        ],
      },
    },
    {
      name: 'a decoder that others feed too',
      code: `const decoder = new TextDecoder();
async function read(body) {
  const reader = body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    show(decoder.decode(value));
  }
}`,
      error: { messageId: 'untold', line: 7, column: 10 },
    },
  ],
});

it('says what becomes of a cut character', () => {
  expect(messagesOf(rule, reader('show(decoder.decode(value));'))).toEqual([
    '`decode` takes this chunk for a whole text; a character that is cut by the end of the chunk comes out as `�` for lack of `{ stream: true }`.',
  ]);
});

it('suggests the very edits of the codemod', () => {
  const http = `import http from 'http';
http.get(url, (res) => {
  res.on('data', (data) => { text += data; });
});
`;
  const texts = [
    reader('show(decoder.decode(value));'),
    reader('show(new TextDecoder().decode(value)); log(new TextDecoder().decode(value));', ''),
    http,
    ...codemod.examples.map(({ before }) => before),
  ];
  for (const text of texts) {
    const { rewrites } = codemod.findRewrites(parseSource('file.mjs', text), defaultOptions);
    expect(rewrites.length).toBeGreaterThan(0);
    const expected = rewrites.map(({ line, edits }) => ({ line, output: applyEdits(text, edits) }));
    expect(suggest(rule, 'file.mjs', text)).toEqual([expected, expected]);
  }
});
