import { describe, expect, it } from 'vitest';
import transform, { codemod } from '../../codemods/decode-as-stream.ts';
import { findFault, make, replace } from './made.ts';
import { findReasons, rewriteTwice } from './twice.ts';

const rewrite = (before: string, path = 'file.mjs'): string => rewriteTwice(before, path, {}, codemod);
const reader = (read: string, head = 'const decoder = new TextDecoder();\n'): string =>
  `async function read() {
  const reader = (await fetch(url)).body.getReader();
  ${head}while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    ${read}
  }
}
`;

describe('the examples of the codemod', () => {
  it.each(codemod.examples.map(({ before, after }) => [before, after]))('become what they say', (before, after) =>
    expect(rewrite(before)).toBe(after),
  );
});

describe('a chunk that is decoded by itself', () => {
  it.each([
    [
      'is told of more',
      reader('show(decoder.decode(value));'),
      reader('show(decoder.decode(value, { stream: true }));'),
    ],
    [
      'is told of more, behind a comma',
      reader('show(decoder.decode(value,));'),
      reader('show(decoder.decode(value, { stream: true },));'),
    ],
    [
      'shares a decoder',
      reader("show(new TextDecoder('utf-8').decode(value));", ''),
      reader('show(decoder.decode(value, { stream: true }));', "const decoder = new TextDecoder('utf-8');\n  "),
    ],
    [
      'shares a decoder of a free name',
      reader('show(new TextDecoder().decode(value));', 'const decoder = find();\n  '),
      reader(
        'show(decoder2.decode(value, { stream: true }));',
        'const decoder = find();\n  const decoder2 = new TextDecoder();\n  ',
      ),
    ],
    [
      'keeps the option that it has',
      reader('show(new TextDecoder().decode(value, { stream: true }));', ''),
      reader('show(decoder.decode(value, { stream: true }));', 'const decoder = new TextDecoder();\n  '),
    ],
    [
      'gets a decoder for a string',
      'const response = await fetch(url);\nfor await (const chunk of response.body) text += chunk.toString();\n',
      'const response = await fetch(url);\nconst decoder = new TextDecoder();\nfor await (const chunk of response.body) text += decoder.decode(chunk, { stream: true });\n',
    ],
    [
      'gets a decoder for a sum',
      'const response = await fetch(url)\nfor await (const chunk of response.body) text += chunk\n',
      'const response = await fetch(url)\nconst decoder = new TextDecoder()\nfor await (const chunk of response.body) text += decoder.decode(chunk, { stream: true })\n',
    ],
    [
      'comes as a string from Node',
      "import http from 'http';\nhttp.get(url, (res) => {\n  res.on('data', (data) => { text += data; });\n});\n",
      "import http from 'http';\nhttp.get(url, (res) => {\n  res.setEncoding('utf8');\n  res.on('data', (data) => { text += data; });\n});\n",
    ],
  ])('%s', (_, before, after) => expect(rewrite(before)).toBe(after));

  it.each([
    [
      'the decoder is shared by streams',
      `const decoder = new TextDecoder();\n${reader('show(decoder.decode(value));', '')}`,
    ],
    [
      'the decoder is a field',
      `class A {
  decoder = new TextDecoder();
  async read(body) {
    const reader = body.getReader();
    for (;;) { const { value, done } = await reader.read(); show(this.decoder.decode(value)); }
  }
}
`,
    ],
    ['the decoder has a name for each chunk', reader('const one = new TextDecoder(); show(one.decode(value));', '')],
    [
      'the decoder decodes something else too',
      reader('show(decoder.decode(value));', 'const decoder = new TextDecoder(); log(decoder.decode(head));\n  '),
    ],
    [
      'the loop stands where no statement fits before it',
      `async function read(response) {
  const body = (await fetch(url)).body;
  if (body) for await (const chunk of body) text += new TextDecoder().decode(chunk);
}
`,
    ],
    [
      'bytes are counted',
      "import http from 'http';\nhttp.get(url, (res) => {\n  res.on('data', (data) => { size += data.length; text += data; });\n});\n",
    ],
  ])('is left to a person where %s', (_, text) => {
    expect(findReasons(text, 'file.mjs', codemod)).toEqual([
      'Each chunk is decoded as if it were whole, and the decoder is not this loop’s alone; give the loop one of its own, and pass `{ stream: true }` to `decode`.',
    ]);
  });
});

describe('the proof', () => {
  const before = reader("show(new TextDecoder('utf-8').decode(value));", '');
  const made = make(codemod, before);

  it('accepts a decoder that is shared', () => {
    expect(made.after).toContain("const decoder = new TextDecoder('utf-8');");
    expect(findFault(made)).toBeNull();
  });
  it.each([
    ['another encoding', "'utf-8'", "'latin1'"],
    ['another chunk', 'decode(value', 'decode(other'],
    ['another option', 'stream: true', 'stream: false'],
    ['something else that was added', 'const decoder', 'log(); const decoder'],
    ['something else that is gone', 'if (done) break;', ''],
    ['another name than was declared', 'show(decoder.', 'show(coder.'],
  ])('refuses %s', (_, from, to) => {
    expect(findFault(replace(made, from, to))).not.toBeNull();
  });

  it('refuses a decoder of another encoding for a string', () => {
    const made = make(
      codemod,
      'const response = await fetch(url);\nfor await (const chunk of response.body) text += chunk;\n',
    );
    expect(made.after).toContain('const decoder = new TextDecoder();');
    expect(findFault(made)).toBeNull();
    expect(findFault(replace(made, 'TextDecoder()', "TextDecoder('latin1')"))).not.toBeNull();
  });

  it('refuses another encoding of a stream', () => {
    const made = make(
      codemod,
      "import http from 'http';\nhttp.get(url, (res) => {\n  res.on('data', (data) => { text += data; });\n});\n",
    );
    expect(made.after).toContain("setEncoding('utf8')");
    expect(findFault(made)).toBeNull();
    expect(findFault(replace(made, 'utf8', 'hex'))).not.toBeNull();
  });
});

it('is a jscodeshift transform', async () => {
  const [example] = codemod.examples;
  expect(await transform({ path: 'file.js', source: example!.before }, {})).toBe(example!.after);
});
