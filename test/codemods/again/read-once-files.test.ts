import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const HEAD =
  "import OpenAI from 'openai';\nimport { createReadStream } from 'node:fs';\n\nconst client = new OpenAI();\n";
const OPEN = 'createReadStream("a.mp3")';
const once = (name: string): unknown => [
  `The request sends \`${name}\`, which can be read once (\`createReadStream\`), so that a second attempt would send nothing; open it inside the call, then run this again.`,
];
const request = (argument: string): string =>
  `for await (const event of await client.audio.transcriptions.create(${argument})) show(event.type);`;
const FILE = request('{ file, model: "whisper-1", stream: true }');
const asking = (parameters: string, calls: string, body = FILE): string =>
  `${HEAD}\nasync function ask(${parameters}) {\n  ${body}\n}\n${calls}\n`;

describe('a file that a caller has opened is not sent twice', () => {
  it.each<readonly [string, string, string]>([
    ['as an argument', 'file', asking('file', `await ask(${OPEN});`)],
    ['by one of several callers', 'file', asking('file', `await ask(await bytes());\nawait ask(${OPEN});`)],
    ['under a name', 'file', asking('model, file', `const recording = ${OPEN};\nawait ask("whisper-1", recording);`)],
    ['among others', 'file', asking('model, file', `await ask(...["whisper-1", ${OPEN}]);`)],
    ['in an object', 'file', asking('{ file }', `await ask({ file: ${OPEN} });`)],
    [
      'in an object with a name',
      'file',
      asking('{ recording: { file } }', `const recording = { file: ${OPEN} };\nawait ask({ ...options, recording });`),
    ],
    [
      'in an object that is taken apart later',
      'file',
      asking('options', `await ask({ file: ${OPEN} });`, `const { file } = options;\n  ${FILE}`),
    ],
    [
      'in an object whose member is sent',
      'options',
      asking(
        'options',
        `await ask({ file: ${OPEN} });`,
        request('{ file: options.file, model: "whisper-1", stream: true }'),
      ),
    ],
    [
      'as the params',
      'params',
      asking('params', `await ask({ file: ${OPEN}, model: "whisper-1" });`, request('{ ...params, stream: true }')),
    ],
    ['by default', 'file', asking(`file = ${OPEN}`, 'await ask();')],
    [
      'through another function',
      'file',
      asking('file', `const start = (recording) => ask(recording);\nawait start(${OPEN});`),
    ],
    ['again and again', 'file', asking('file, count = 0', `if (again) await ask(file, 1);\nawait ask(${OPEN});`)],
    ['for an arrow', 'file', `${HEAD}const ask = async (file) => {\n  ${FILE}\n};\nawait ask(${OPEN});\n`],
    [
      'for a generator',
      'file',
      `${HEAD}async function* ask(file) {
  for await (const event of await client.audio.transcriptions.create({ file, model: "whisper-1", stream: true })) yield event;
}
for await (const event of ask(${OPEN})) show(event);
`,
    ],
    [
      'for a method',
      'file',
      `${HEAD}class Ears {\n  async hear(file) {\n    ${FILE}\n  }\n}\nawait new Ears().hear(${OPEN});\n`,
    ],
    [
      'for a method of its own',
      'file',
      `${HEAD}class Ears {
  async hear(file) {
    ${FILE}
  }
  all() {
    return this.hear(${OPEN});
  }
}
`,
    ],
  ])('%s', (_, name, text) => expect(findReasons(text, 'file.mjs')).toEqual(once(name)));

  it('nor one that a function made its own request of itself with', () => {
    const text = `${HEAD}const made = (inner) => ({ inner: made(inner) });
async function ask(params) {
  if (more) await ask({ params });
  ${request('{ ...params, stream: true }')}
}
await ask({});
// ${OPEN}
`;
    expect(rewriteTwice(text, 'file.mjs')).toContain('resilientStream(');
  });
});

describe('a file that another opens, or that another request sends, is none of it', () => {
  it.each([
    ['something else is handed over', asking('file', `await ask(await bytes());\nawait store(${OPEN});`)],
    ['another parameter has it', asking('file, log', `await ask(await bytes(), ${OPEN});`)],
    [
      'another member has it',
      asking(
        'options',
        `await ask({ file: await bytes(), log: ${OPEN} });`,
        request('{ file: options.file, model: "whisper-1", stream: true }'),
      ),
    ],
    ['another part is taken', asking('{ file }', `await ask({ file: await bytes(), log: ${OPEN} });`)],
    [
      'it is opened inside of the call',
      asking(
        'path',
        'await ask("a.mp3");',
        request('{ file: createReadStream(path), model: "whisper-1", stream: true }'),
      ),
    ],
    [
      'another function of that name has it',
      `${asking('file', 'await ask(await bytes());')}function other() {
  const ask = (file) => file;
  return ask(${OPEN});
}
`,
    ],
  ])('%s', (_, text) => expect(rewriteTwice(text, 'file.mjs')).toContain('resilientStream('));
});
