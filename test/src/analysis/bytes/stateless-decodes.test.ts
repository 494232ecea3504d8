import { describe, expect, it } from 'vitest';
import { parseSource } from '../../../../src/analysis/source/parse-source.ts';
import { findStatelessDecodes, mayHoldDecode } from '../../../../src/analysis/bytes/stateless-decodes.ts';

/** 'kind code' of each chunk that is decoded by itself; the search of the text lets all of it through. */
function decodesIn(text: string): string[] {
  const source = parseSource('example.ts', text);
  const decodes = findStatelessDecodes(source);
  expect(mayHoldDecode(text) || decodes.length === 0).toBe(true);
  return decodes.map(({ kind, node }) => `${kind} ${source.text.slice(...node.range)}`);
}

const reader = (read: string, head = 'const decoder = new TextDecoder();'): string =>
  `const reader = (await fetch(url)).body.getReader();
${head}
while (true) { const { done, value } = await reader.read(); if (done) break; ${read} }`;
const body = (read: string): string =>
  `const response = await fetch(url);\nfor await (const chunk of response.body) { ${read} }`;
const incoming = (listener: string, before = ''): string =>
  `import http from 'node:http';\nhttp.get(url, (response) => { ${before} response.on('data', ${listener}); });`;

describe('a chunk that is decoded by itself', () => {
  it.each([
    ['a decoder that is not told of more', reader('show(decoder.decode(value));'), ['call decoder.decode(value)']],
    [
      'a decoder that is told there is no more',
      reader('show(decoder.decode(value, { stream: false }));'),
      ['call decoder.decode(value, { stream: false })'],
    ],
    ['other options', reader('show(decoder.decode(value, {}));'), ['call decoder.decode(value, {})']],
    [
      'a result that is kept whole',
      'const reader = (await fetch(url)).body.getReader();\nconst decoder = new TextDecoder();\nfor (let r = await reader.read(); !r.done; r = await reader.read()) show(decoder.decode(r.value));',
      ['call decoder.decode(r.value)'],
    ],
    [
      'a decoder for each chunk',
      reader('show(new TextDecoder().decode(value, { stream: true }));'),
      ['decoder new TextDecoder().decode(value, { stream: true })'],
    ],
    [
      'a decoder for each chunk, under a name',
      reader('const one = new TextDecoder(); show(one.decode(value));'),
      ['decoder one.decode(value)'],
    ],
    [
      'a field',
      `class A { decoder = new TextDecoder(); async read(body) { const reader = body.getReader(); for (;;) { const { value, done } = await reader.read(); show(this.decoder.decode(value)); } } }`,
      ['call this.decoder.decode(value)'],
    ],
    [
      'a pump that calls itself',
      'const decoder = new TextDecoder();\nfunction pump() { return reader.read().then(({ done, value }) => { show(decoder.decode(value)); return pump(); }); }',
      ['call decoder.decode(value)'],
    ],
    [
      'what `util` exports',
      `import { TextDecoder as Decoder } from 'node:util';
${reader('show(decoder.decode(value));', 'const decoder = new Decoder();')}`,
      ['call decoder.decode(value)'],
    ],
    [
      'a listener',
      `const decoder = new TextDecoder();\nsocket.on('data', (data) => show(decoder.decode(data)));`,
      ['call decoder.decode(data)'],
    ],
    ['a body that is iterated', body('text += chunk;'), ['string chunk']],
    ['a string of a buffer', body('show(chunk.toString());'), ['string chunk.toString()']],
    ['a template', body('show(`${chunk}`);'), ['string chunk']],
    ['a response of `http`', incoming('(data) => { text += data; }'), ['string data']],
    [
      'a request of a server',
      `import { createServer } from 'http';
createServer((req) => { req.on('data', (data) => { text += data.toString('utf8'); }); });`,
      ["string data.toString('utf8')"],
    ],
    [
      'a stream of axios',
      `const { data } = await axios.get(url, { responseType: 'stream' });
for await (const chunk of data) text += String(chunk);`,
      ['string String(chunk)'],
    ],
  ])('%s', (_, text, expected) => expect(decodesIn(text)).toEqual(expected));

  it.each([
    ['the decoder is told', reader('show(decoder.decode(value, { stream: true }));')],
    ['the decoder is told by a variable', reader('show(decoder.decode(value, { stream: !done }));')],
    ['the decoder is told by options out of sight', reader('show(decoder.decode(value, options));')],
    [
      'there is one read',
      'const { value } = await (await fetch(url)).body.getReader().read();\nshow(new TextDecoder().decode(value));',
    ],
    ['the whole body is decoded', 'show(new TextDecoder().decode(await (await fetch(url)).arrayBuffer()));'],
    ['the rest is flushed', reader('show(decoder.decode());')],
    ['each byte is a character', reader('show(decoder.decode(value));', "const decoder = new TextDecoder('latin1');")],
    ['something else decodes', reader('show(decoder.decode(value));', 'const decoder = new Protobuf();')],
    [
      'the decoder is out of sight',
      `async function read(reader, decoder) { for (;;) { const { value } = await reader.read(); show(decoder.decode(value)); } }`,
    ],
    [
      'the stream decodes',
      `const stream = response.body.pipeThrough(new TextDecoderStream());
for await (const chunk of stream) text += chunk;`,
    ],
    ['the encoding is set', incoming('(data) => { text += data; }', "response.setEncoding('utf8');")],
    ['bytes are shown as such', incoming("(data) => show(data.toString('hex'))")],
    ['bytes are collected', body('chunks.push(chunk);')],
    [
      'the collected bytes are decoded when all are there',
      `${reader('chunks.push(value);', 'const chunks = [];')}
const all = chunks.length === 1 ? chunks[0] : join(chunks);
show(new TextDecoder().decode(all));`,
    ],
    [
      'a part of a message is decoded',
      'const decoder = new TextDecoder();\nfor await (const message of subscription) show(decoder.decode(message.data));',
    ],
    [
      'messages are iterated',
      'const decoder = new TextDecoder();\nfor await (const message of messages) show(decoder.decode(message));',
    ],
    ['an emitter of who knows what', `emitter.on('data', (data) => { text += data; });`],
    [
      'a stream in memory',
      `import { PassThrough } from 'node:stream';
const through = new PassThrough();
const decoder = new TextDecoder();
through.on('data', (data) => show(decoder.decode(data)));`,
    ],
    [
      'each message is an event',
      `const decoder = new TextDecoder();\nsocket.on('message', (data) => show(decoder.decode(data)));`,
    ],
  ])('is none where %s', (_, text) => expect(decodesIn(text)).toEqual([]));

  it('needs a decoder or a body, and a loop or a listener, in the text', () => {
    expect(mayHoldDecode(reader('show(decoder.decode(value));'))).toBe(true);
    expect(mayHoldDecode(body('text += chunk;'))).toBe(true);
    expect(mayHoldDecode('for await (const page of pages) show(page);')).toBe(false);
    expect(mayHoldDecode('for await (const page of pages) show(page); // They fetch one body after the other.')).toBe(
      false,
    );
    expect(mayHoldDecode('show(new TextDecoder().decode(bytes));')).toBe(false);
  });
});
