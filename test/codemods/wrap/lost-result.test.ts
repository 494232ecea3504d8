import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const reason =
  'The result that the stream is taken out of may come from elsewhere than the request; take it out where the request is made, then run this again.';

/** SDKs whose requests give a result, and the member of it that is the stream. */
const sdks = [
  {
    name: 'Google',
    member: 'stream',
    setup: `import { GoogleGenerativeAI } from '@google/generative-ai';
const model = new GoogleGenerativeAI(key).getGenerativeModel({ model: 'gemini-1.5-flash' });
`,
    call: 'model.generateContentStream(prompt)',
    read: 'chunk.text()',
  },
  {
    name: '`.withResponse()`',
    member: 'data',
    setup: `import OpenAI from 'openai';\nconst client = new OpenAI();\n`,
    call: 'client.chat.completions.create({ model, messages, stream: true }).withResponse()',
    read: 'chunk.choices[0]?.delta?.content',
  },
];

describe.each(sdks)('a result of $name', ({ member, setup, call, read }) => {
  const loop = (stream: string): string => `for await (const chunk of ${stream}) show(${read});\n`;
  const other = `{ ${member}: none }`;
  const pattern = `const { ${member}: stream } = `;

  it.each([
    ['another branch gives another', `${pattern}cached ? ${other} : await ${call};\n${loop('stream')}`],
    ['another stands for none', `${pattern}cached ?? await ${call};\n${loop('stream')}`],
    ['it stands for another', `let result = ${other};\nif (asks) result = await ${call};\n${loop(`result.${member}`)}`],
    [
      'a function gives another too',
      `async function open() {
  if (cached) return ${other};
  return ${call};
}
${pattern}await open();
${loop('stream')}`,
    ],
    ['`catch` gives another', `${pattern}await ${call}.catch(() => (${other}));\n${loop('stream')}`],
    ['`catch` gives what nobody sees', `${pattern}await ${call}.catch(fail);\n${loop('stream')}`],
    ['`then` gives another', `${pattern}await ${call}.then((result) => result, () => (${other}));\n${loop('stream')}`],
    ['`then` makes another of it', `${pattern}await ${call}.then((result) => result ?? ${other});\n${loop('stream')}`],
  ])('is left where %s', (_, body) => {
    expect(findReasons(setup + body)).toEqual([reason]);
  });

  it.each([
    ['it stands for nothing', `let result = null;\nif (asks) result = await ${call};\n${loop(`result.${member}`)}`],
    [
      'a function gives nothing too',
      `async function open() {
  if (!asks) return null;
  return ${call};
}
${pattern}await open();
${loop('stream')}`,
    ],
    [
      '`catch` lets the error through',
      `${pattern}await ${call}.catch((error) => { throw new Error('no answer', { cause: error }); });
${loop('stream')}`,
    ],
    ['`finally` follows', `${pattern}await ${call}.finally(() => done());\n${loop('stream')}`],
    [
      'another function has the `catch`',
      `(async () => {\n${pattern}await ${call};\n${loop('stream')}})().catch(report);\n`,
    ],
    ['both branches make a request', `${pattern}asks ? await ${call} : await ${call};\n${loop('stream')}`],
  ])('is read from the helper where %s', (_, body) => {
    expect(rewriteTwice(setup + body)).toContain('resilientStream(({ signal }) => ');
  });
});

it('a result that a limit of the program gives is read from the helper', () => {
  const { setup, call, read } = sdks[0]!;
  const text = (open: string, stream: string): string =>
    `import pLimit from 'p-limit';
${setup}const limit = pLimit(2);
const result = await ${open};
for await (const chunk of ${stream}) show(${read});
`;
  expect(rewriteTwice(text(`limit(() => ${call})`, 'result.stream'))).toContain(
    'for await (const chunk of result) show(',
  );
});
