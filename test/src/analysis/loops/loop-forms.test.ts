import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/providers/catalog.ts';
import { mayHoldStreamLoop } from '../../../../src/analysis/find-stream-loops.ts';
import type { StreamLoop } from '../../../../src/analysis/facts/stream-loop.ts';
import { ANTHROPIC, apisIn, loopIn, loopsIn, OPENAI } from '../loops-in.ts';

const FETCH = `const response = await fetch(url, { method: 'POST', body: JSON.stringify({ messages, stream: true }), signal });
`;
const READER = `${FETCH}const reader = response.body.getReader();\n`;
const CREATE = `${OPENAI}const stream = await client.chat.completions.create({ messages, stream: true });\n`;
const STREAM = `${ANTHROPIC}const stream = client.messages.stream(params);\n`;
const found = (text: string): string[] =>
  loopsIn(text).map(({ form, origin, node }) => `${form} ${origin.api.name} ${node.loc.start.line}`);

describe('a loop over a reader', () => {
  it.each([
    ['while (true)', `while (true) { const { done, value } = await reader.read(); if (done) break; show(value); }`],
    ['for (;;)', `for (;;) { const { value, done } = await reader.read(); if (done) break; show(value); }`],
    [
      'do … while',
      `let done; do { const result = await reader.read(); done = result.done; show(result.value); } while (!done);`,
    ],
    [
      'a result with a name',
      `while (true) { const result = await reader.read(); if (result.done) return; show(result.value); }`,
    ],
    [
      'an assignment to a pattern',
      `let done, value; while (!done) { ({ done, value } = await reader.read()); show(value); }`,
    ],
    ['an assignment in the test', `let result; while (!(result = await reader.read()).done) show(result.value);`],
    [
      'a read before the loop',
      `let result = await reader.read(); while (!result.done) { show(result.value); result = await reader.read(); }`,
    ],
    [
      'a read in the head',
      `for (let result = await reader.read(); !result.done; result = await reader.read()) show(result.value);`,
    ],
    [
      'a race',
      `while (true) { const { done, value } = await Promise.race([reader.read(), stopped]); if (done) break; show(value); }`,
    ],
    [
      'a fallback',
      `while (true) { const { done, value } = (await reader?.read()) || { done: true }; if (done) break; show(value); }`,
    ],
  ])('is found: %s', (_, loop) => {
    expect(found(`${READER}async function f() {\n${loop} }`)).toEqual(['reader fetch 4']);
  });

  it.each([
    [
      'of a body that is decoded first',
      `${FETCH}const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();`,
      'fetch',
    ],
    [
      "of a member of an SDK's result",
      `import { streamText } from 'ai';\nconst reader = streamText({ model, prompt }).textStream.getReader();`,
      'streamText',
    ],
    [
      'of a field',
      `class A { async f() { ${FETCH} this.reader = response.body.getReader(); } async g() { while (true) { const { done, value } = await this.reader.read(); if (done) break; show(value); } } }`,
      'fetch',
    ],
  ])('is found %s', (_, text, api) => {
    const loop = text.startsWith('class')
      ? ''
      : `\nwhile (true) { const { done, value } = await reader.read(); if (done) break; show(value); }`;
    expect(loopsIn(text + loop).map(({ origin }) => origin.api.name)).toEqual([api]);
  });

  it.each([
    ['choices', `const json = JSON.parse(line.slice(6)); text += json.choices[0]?.delta?.content ?? '';`],
    [
      'typed events',
      `for (const line of split(value)) { const event = JSON.parse(line); if (event.type === 'content_block_delta') show(event.delta); }`,
    ],
    [
      'a function of the file',
      `show(readDelta(JSON.parse(line))); function readDelta(json) { return json.choices[0].delta.content; }`,
    ],
  ])('of bytes out of nowhere is known by what it parses: %s', (_, body) => {
    expect(
      found(
        `export async function read(body) { const reader = body.getReader();
while (true) { const { done, value } = await reader.read(); if (done) break; ${body} } }`,
      ),
    ).toEqual(['reader fetch 2']);
  });

  it.each([
    [
      'a download',
      `const response = await fetch('https://example.com/big.csv'); const reader = response.body.getReader();`,
      'write(value);',
    ],
    [
      'the download of a model',
      `const response = await fetch(\`\${base}/api/pull\`, { method: 'POST', body: JSON.stringify({ name, stream: true }) }); const reader = response.body.getReader();`,
      'show(JSON.parse(value).completed);',
    ],
    [
      'events of another service',
      `const response = await fetch('/api/jobs/1/events', { headers: { accept: 'text/event-stream' } }); const reader = response.body.getReader();`,
      'show(JSON.parse(value).status);',
    ],
    ['a file', `import OpenAI from 'openai'; const reader = await open('a.txt');`, 'write(value);'],
    ['a lock', `import OpenAI from 'openai'; const reader = new Semaphore();`, 'write(value);'],
  ])('is not found: %s', (_, made, body) => {
    expect(
      found(`${made}\nwhile (true) { const { done, value } = await reader.read(); if (done) break; ${body} }`),
    ).toEqual([]);
  });

  it('is not a single read', () => {
    expect(found(`${READER}const { value } = await reader.read(); show(value);`)).toEqual([]);
  });

  it('is the inner one where attempts go round outside', () => {
    expect(
      found(
        `${READER}while (tries--) {
let r = await reader.read();
while (!r.done) { show(r.value); r = await reader.read(); } }`,
      ),
    ).toEqual(['reader fetch 5']);
  });
});

describe('a loop over a generator of the file that reads the body', () => {
  const pump = `const reader = body.getReader(); while (true) { const { done, value } = await reader.read(); if (done) return; for (const line of split(value)) yield JSON.parse(line); }`;

  it.each([
    [
      'a function',
      `async function* parse(body) { ${pump} }\nfor await (const chunk of parse(response.body)) show(chunk.content);`,
    ],
    [
      'a function expression',
      `const parse = async function* (body) { ${pump} };
for await (const chunk of parse(response.body)) show(chunk.content);`,
    ],
    [
      'a function that is handed the response',
      `async function* parse({ body }) { ${pump} }\nfor await (const chunk of parse(response)) show(chunk.content);`,
    ],
    [
      'a method',
      `class A { async *parse(body) { ${pump} }
async ask() { for await (const chunk of this.parse(response.body)) show(chunk.content); } }`,
    ],
  ])('is found: %s', (_, text) => {
    expect(found(FETCH + text)).toEqual(['reader fetch 2', 'for-await fetch 3']);
    expect(loopsIn(FETCH + text).map(({ origin }) => origin.relayed)).toEqual([false, true]);
  });

  it('is not found over another body', () => {
    expect(
      found(
        `${FETCH}async function* parse(body) { ${pump} }\nfor await (const row of parse(file.body)) save(row.content);`,
      ),
    ).toEqual([]);
  });

  it('is told from a loop over another body that the same generator reads', () => {
    const text = `${FETCH}async function* parse(body) { ${pump} }
for await (const chunk of parse(response.body)) show(chunk.content);
for await (const row of parse(file.body)) save(row.content);`;
    expect(found(text)).toEqual(['reader fetch 2', 'for-await fetch 3']);
  });

  it('leaves the check of the end to who consumes it', () => {
    const loops = loopsIn(
      `${FETCH}async function* parse(body) { ${pump.replace('JSON.parse(line)', 'line')} }
for await (const line of parse(response.body)) if (line === '[DONE]') finish(); else show(JSON.parse(line));`,
    );
    expect(loops.map(({ endChecks }) => endChecks.length)).toEqual([1, 1]);
  });
});

describe('a loop over an iterator', () => {
  it.each([
    ['of the stream', `const iterator = stream[Symbol.asyncIterator]();`],
    [
      'that is made where it is used',
      `const iterator = (await client.chat.completions.create({ messages, stream: true }))[Symbol.asyncIterator]();`,
    ],
    ['that is a generator of the file', `async function* ask() { yield* stream; }\nconst iterator = ask();`],
  ])('is found: one %s', (_, made) => {
    const [loop] = loopsIn(
      `${CREATE}${made}
while (true) { const { value, done } = await iterator.next(); if (done) break; show(value.choices[0].delta.content); }`,
    );
    expect(loop).toMatchObject({
      form: 'iterator',
      node: { type: 'WhileStatement' },
      origin: { api: { name: 'chat.completions.create' } },
      chunk: { name: 'value' },
    });
  });

  it.each([
    ['a database', `const iterator = db.collection('a').find();`],
    ['pages of the same SDK', `const iterator = client.models.list()[Symbol.asyncIterator]();`],
    ['a map', `const iterator = new Map().keys();`],
  ])('is not found over %s', (_, made) => {
    expect(found(`${OPENAI}${made}\nlet r; while (!(r = await iterator.next()).done) show(r.value);`)).toEqual([]);
  });
});

describe('a recursion', () => {
  it.each([
    [
      'by then',
      `function pump() { return reader.read().then(({ done, value }) => { if (done) return; show(value); return pump(); }); }
pump();`,
    ],
    [
      'by await',
      `async function pump() { const { done, value } = await reader.read(); if (done) return; show(value); await pump(); }
pump();`,
    ],
    [
      'of an arrow function',
      `const pump = async () => { const r = await reader.read(); if (r.done) return; show(r.value); return pump(); };
pump();`,
    ],
    [
      'of a callback that names itself',
      `reader.read().then(function pump({ done, value }) { if (done) return; show(value); return reader.read().then(pump); });`,
    ],
    [
      'by a timer',
      `async function pump() { const { done, value } = await reader.read(); if (done) return; show(value); setTimeout(pump, 0); }
pump();`,
    ],
    [
      'of a method that is handed the reader',
      `class A { async pump(given) { const { done, value } = await given.read(); if (done) return; show(value); await this.pump(given); } async ask() { await this.pump(reader); } }`,
    ],
    [
      'of a method',
      `class A { async pump() { const { done, value } = await reader.read(); if (done) return; show(value); return this.pump(); } }`,
    ],
  ])('is found: %s', (_, text) => {
    const loop = loopIn(READER + text);
    expect(loop).toMatchObject({ form: 'recursion', origin: { api: { name: 'fetch' } } });
    expect(loop.node.loc.start.line).toBe(3);
  });

  it('has its head at the function and its chunk in the callback', () => {
    const loop = loopIn(
      `${READER}
function pump() {
  return reader.read().then(({ done, value }) => { if (!done) { show(value); return pump(); } });
}
pump();`,
    );
    expect(loop.node).toMatchObject({ type: 'FunctionDeclaration', loc: { start: { line: 4 } } });
    expect(loop.chunk).toMatchObject({ name: 'value' });
  });

  it('is not found over another body', () => {
    expect(
      found(
        `import OpenAI from 'openai'; const reader = file.stream().getReader(); async function pump() { const { done, value } = await reader.read(); if (!done) { save(value); await pump(); } }`,
      ),
    ).toEqual([]);
  });

  it.each([
    [
      'handled',
      'by the catch behind the first call',
      `function pump() { return reader.read().then(({ done }) => done ? undefined : pump()); }\npump().catch(tell);`,
    ],
    [
      'handled',
      'by a catch around each read',
      `async function pump() { try { const { done } = await reader.read(); if (!done) pump(); } catch (e) { tell(e); } }
pump();`,
    ],
    [
      'to-nobody',
      'where the next call is not returned',
      `function pump() { return reader.read().then(({ done }) => { if (!done) pump(); }); }\npump().catch(tell);`,
    ],
    [
      'to-nobody',
      'where nothing catches',
      `async function pump() { const { done } = await reader.read(); if (!done) await pump(); }\npump();`,
    ],
    [
      'to-caller',
      'out of an exported function',
      `export async function pump() { const { done } = await reader.read(); if (!done) await pump(); }`,
    ],
  ])('%s: an error %s', (escapes, _, text) => {
    expect(loopIn(READER + text).errorGoesTo).toBe(escapes);
  });
});

describe('listeners', () => {
  it.each([
    ['text of a helper', `${STREAM}stream.on('text', (text) => show(text));`, 'messages.stream'],
    [
      'text, in a chain',
      `${ANTHROPIC}client.messages.stream(params)\n  .on('error', tell)\n  .on('text', (text) => show(text));`,
      'messages.stream',
    ],
    [
      'content of a helper',
      `${OPENAI}client.chat.completions.stream({ messages }).on('content', (delta) => show(delta));`,
      'chat.completions.stream',
    ],
    [
      'typed events of a helper',
      `${OPENAI}client.responses.stream({ input }).on('response.output_text.delta', ({ delta }) => show(delta));`,
      'responses.stream',
    ],
    [
      'data of axios',
      `const response = await axios.post(url, { messages, stream: true }, { responseType: 'stream' });
response.data.on('data', (data) => show(data));`,
      'fetch',
    ],
    [
      'data of axios, in then',
      `axios.post(url, { messages, stream: true }, { responseType: 'stream' }).then((response) => {
response.data.on('data', (data) => show(data)); });`,
      'fetch',
    ],
    [
      'lines of a body',
      `import { createInterface } from 'node:readline';
${FETCH}const lines = createInterface({ input: response.data });
lines.on('line', (line) => show(line));`,
      'fetch',
    ],
    [
      'data that is parsed as chunks',
      `export function read(body) { body.on('data', (data) => { const json = JSON.parse(data); show(json.choices[0].delta.content); }); }`,
      'fetch',
    ],
    [
      'a listener with a name',
      `${STREAM}stream.on('text', show); function show(text) { write(text); }`,
      'messages.stream',
    ],
  ])('are found: %s', (_, text, api) => {
    expect(loopsIn(text).map(({ form, origin }) => `${form} ${origin.api.name}`)).toEqual([`events ${api}`]);
  });

  it.each([
    ['of the end alone', `${STREAM}stream.on('finalMessage', show).on('error', tell);`],
    ['of another emitter', `${ANTHROPIC}socket.on('text', (text) => show(text));`],
    [
      "of a socket with the model's events",
      `${ANTHROPIC}socket.on('message', (event) => { if (event.type === 'content_block_delta') show(event.delta); });`,
    ],
    ['of a process', `${ANTHROPIC}const child = spawn('ls'); child.stdout.on('data', (data) => show(data));`],
    [
      'of another request',
      `import OpenAI from 'openai'; const response = await axios.get(url, { responseType: 'stream' }); response.data.on('data', (data) => save(data));`,
    ],
    ["of an SDK's stream that has none", `${CREATE}stream.on('data', (data) => show(data));`],
  ])('are not found: those %s', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  it('of one stream are one loop, at the first that takes chunks', () => {
    const text = `${STREAM}stream.on('connect', open);
stream.on('text', (text) => show(text));
stream.on('inputJson', collect);`;
    expect(found(text)).toEqual(['events messages.stream 5']);
  });

  it('beside a loop over the same stream are no loop of their own', () => {
    expect(
      found(`${STREAM}stream.on('text', (text) => show(text));\nfor await (const chunk of stream) use(chunk);`),
    ).toEqual(['for-await messages.stream 5']);
  });

  it('take the chunk as their parameter', () => {
    expect(loopIn(`${STREAM}stream.on('text', (text) => show(text));`).chunk).toMatchObject({ name: 'text' });
    expect(loopIn(`${STREAM}stream.on('streamEvent', ({ type }) => show(type));`).chunk).toBeNull();
  });

  const events = (more: string): StreamLoop =>
    loopIn(`${STREAM}async function read() { stream.on('text', (text) => show(text)); ${more} }\nread().catch(tell);`);

  it.each([
    ['handled', 'by a listener', `stream.on('error', tell);`],
    ['handled', 'by the promise of the end', `await stream.finalMessage();`],
    ['to-nobody', 'without either', ''],
    ['to-nobody', 'where the promise of the end is dropped', `stream.done();`],
    ['to-caller', 'where somebody else gets the stream', `watch(stream);`],
  ])('%s: an error %s', (escapes, _, more) => {
    expect(events(more).errorGoesTo).toBe(escapes);
  });

  it('of a stream that was given from outside may not be the only ones', () => {
    expect(
      loopIn(
        `import type { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
export function show(stream: MessageStream) { stream.on('text', (text) => write(text)); }`,
      ).errorGoesTo,
    ).toBe('to-caller');
  });

  it.each([
    ['a listener of the whole answer', `stream.on('finalMessage', save);`, 1],
    ['the promise of it', `await stream.finalMessage();`, 1],
    ['a read of the marker', `stream.on('streamEvent', (event) => { if (event.type === 'message_stop') done(); });`, 1],
    ['a listener of the end, which a cut answer has too', `stream.on('end', done);`, 0],
  ])('look at the end by %s', (_, more, length) => {
    expect(events(more).endChecks).toHaveLength(length);
  });
});

describe('facts of a loop over a reader', () => {
  const body = (text: string, before = ''): StreamLoop =>
    loopIn(
      `${READER}async function f() { ${before}
while (true) { const { done, value } = await reader.read(); if (done) break; ${text} } }`,
    );

  it.each([
    ['to-nobody', `while (true) { const { done } = await reader.read(); if (done) break; }`],
    [
      'handled',
      `try { while (true) { const { done } = await reader.read(); if (done) break; } } catch (e) { tell(e); }`,
    ],
    [
      'handled',
      `while (true) { try { const { done } = await reader.read(); if (done) break; } catch (e) { tell(e); break; } }`,
    ],
    ['handled', `while (true) { const { done } = await reader.read().catch(tell); if (done) break; }`],
  ])('an error is %s: %s', (escapes, loop) => {
    expect(loopIn(READER + loop).errorGoesTo).toBe(escapes);
  });

  it("an error in a generator is its consumer's", () => {
    expect(
      loopIn(
        `${READER}async function* f() { while (true) { const { done, value } = await reader.read(); if (done) return; yield value; } }`,
      ),
    ).toMatchObject({ errorGoesTo: 'to-consumer', effects: 'yields' });
  });

  it('the chunk is the value, under its name', () => {
    expect(body('show(value);').chunk).toMatchObject({ name: 'value' });
    expect(
      loopIn(
        `${READER}while (true) { const { done, value: bytes } = await reader.read(); if (done) break; show(bytes); }`,
      ).chunk,
    ).toMatchObject({ name: 'bytes' });
  });

  it.each([
    [
      'a timer for each read',
      `Promise.race([reader.read(), new Promise((_, reject) => setTimeout(reject, 1000))])`,
      'idle',
    ],
    ['a function of the file with a timer', `withTimeout(reader.read(), 1000)`, 'idle'],
    ['a timer for them all', `Promise.race([reader.read(), deadline])`, 'total'],
    ['something out of sight', `Promise.race([reader.read(), stopped])`, 'unknown'],
  ])('the wait for a chunk is bounded by %s', (_, pull, bounds) => {
    const before = `const deadline = new Promise((_, reject) => setTimeout(reject, 1000));
function withTimeout(promise, ms) { return new Promise((resolve, reject) => { setTimeout(reject, ms); promise.then(resolve, reject); }); }`;
    const { limits } = loopIn(`${READER}${before}\nwhile (true) { const { done } = await ${pull}; if (done) break; }`);
    expect(limits).toMatchObject({ idleTimeout: { bounds }, signal: { bounds: 'cancellation' } });
  });

  it('the end is no way out of the loop', () => {
    expect(body('show(value);').controlFlow).toEqual([]);
    expect(body('if (value.length === 0) continue; if (enough) return;').controlFlow).toEqual(['continue', 'return']);
  });

  it('the marker is seen in the value', () => {
    const text = `import { streamText } from 'ai';
const reader = streamText({ model, prompt }).fullStream.getReader();
while (true) { const { done, value } = await reader.read(); if (done) break; if (value.type === 'finish') reason = value.finishReason; }`;
    expect(loopIn(text).endChecks.length).toBeGreaterThan(0);
  });

  it('text that is only collected can be taken back', () => {
    const text = `import { streamText } from 'ai';
async function f() { const reader = streamText({ model, prompt }).textStream.getReader();
let text = '';
while (true) { const { done, value } = await reader.read(); if (done) break; text += value; } return text; }`;
    expect(loopIn(text)).toMatchObject({ effects: 'accumulates', accumulators: [{ variable: { name: 'text' } }] });
    expect(body('show(value);').effects).toBe('emits');
  });
});

describe('a file without stream code is not parsed', () => {
  it.each([
    [
      'that reads a file',
      `import { open } from 'node:fs/promises'; const reader = file.stream().getReader(); const { done, value } = await reader.read();`,
    ],
    ['that listens to a process', `child.stdout.on('data', (data) => log(data));`],
    [
      'that calls an SDK without a stream',
      `import OpenAI from 'openai'; export const answer = await new OpenAI().responses.create({ input });`,
    ],
    [
      'whose loops are examples in comments',
      `/**
 * for await (const chunk of client.messages.stream(params)) show(chunk);
 */
// for await (const part of streamText({ model, prompt }).textStream) show(part);`,
    ],
    ['that talks about models', `// POST /v1/messages with stream: true\nexport const url = '/v1/messages';`],
  ])('%s', (_, text) => {
    expect(mayHoldStreamLoop(text)).toBe(false);
  });

  it('that iterates what no word says to be a model’s, unless types may say so', () => {
    const text = `import { open } from './storage.js'; for await (const row of open()) print(row);`;
    expect(mayHoldStreamLoop(text)).toBe(false);
    expect(mayHoldStreamLoop(text, [], true)).toBe(true);
  });

  it.each([
    [
      'one whose flag stands elsewhere',
      `const on = true; for await (const part of await client.chat.completions.create({ model, stream: on })) show(part);`,
      'chat.completions.create',
    ],
    [
      'one whose request has the flag in its body',
      `const stream = true; const body = { model, stream };
for await (const bytes of (await fetch(url, { body: JSON.stringify(body) })).body) show(bytes);`,
      'fetch',
    ],
    [
      'one that a method with arguments before it names',
      `for await (const part of await anything.bindTools(tools).stream(input)) show(part);`,
      'stream',
    ],
    [
      'one behind a comment',
      `/* each word */ for await (const part of await client.chat.completions.create({ stream: true })) show(part);`,
      'chat.completions.create',
    ],
    [
      'one whose request has a type',
      `for await (const bytes of (await (fetch as Fetch)(url, { body: JSON.stringify({ model, stream: true }) })).body) show(bytes);`,
      'fetch',
    ],
    [
      'one whose chunks alone tell',
      `export async function show(stream) { for await (const part of stream) print(part.choices[0].delta); }`,
      'chat.completions.create',
    ],
  ])('but a stream is %s', (_, text, api) => {
    expect(apisIn(text)[0]).toContain(api);
  });

  // A stream of streams needs two loops.
  const single = catalog.flatMap(({ id, apis }) =>
    apis.filter(({ iterables }) => !iterables.includes('[]')).map(({ name, example }) => ({ id, name, example })),
  );

  it.each(single)('but $id $name is, however it is read', ({ example }) => {
    const pulled = example.replace(
      /for await \((?:const|let) (\w+|\{[^}]*\}) of (.*)\) \{/,
      'const it = ($2)[Symbol.asyncIterator](); for (let r; !(r = await it.next()).done;) { const $1 = r.value;',
    );
    expect(mayHoldStreamLoop(example)).toBe(true);
    expect(mayHoldStreamLoop(pulled)).toBe(true);
    expect(apisIn(pulled)).toEqual(apisIn(example));
  });
});

it('a thousand reads in one file are found', () => {
  const loop = `async function f() { while (true) { const { done, value } = await reader.read(); if (done) break; show(value); } }`;
  const listener = `stream.on('text', (text) => show(text));`;
  expect(
    loopsIn(
      `${READER}${STREAM}${Array.from({ length: 1000 }, (_, i) => `{ ${loop.replace('f()', `f${i}()`)} ${listener} }`).join('\n')}`,
    ),
  ).toHaveLength(1001);
});
