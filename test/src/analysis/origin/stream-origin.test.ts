import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/providers/catalog.ts';
import { ANTHROPIC, apisIn, loopIn, loopsIn, OPENAI } from '../loops-in.ts';

const chat = 'openai.chat.completions.create';
const create = `client.chat.completions.create({ model, messages, stream: true })`;
const read = `for await (const chunk of stream) use(chunk);`;

describe.each(catalog.flatMap(({ id, apis }) => apis.map((api) => ({ id, api }))))('$id $api.name', ({ id, api }) => {
  it('is found in its example', () => {
    expect(apisIn(api.example)).toEqual([`${id}.${api.name}`]);
  });

  it('is held by what it imports, with the call in sight', () => {
    const { origin } = loopIn(api.example);
    expect(origin).toMatchObject({ evidence: api.reach === 'request' ? 'shape' : 'import', wrapper: null });
    // A socket is asked by sending; no call gives the stream.
    if (api.name.startsWith('new ')) expect(origin.call).toBeNull();
    else expect(origin.call).not.toBeNull();
  });
});

describe('a client', () => {
  it.each([
    ['the default export', `import Any from 'openai'; const client = new Any();`],
    ['a named export', `import { OpenAI } from 'openai'; const client = new OpenAI();`],
    ['a renamed export', `import { AzureOpenAI as Azure } from 'openai'; const client = new Azure();`],
    ['a namespace', `import * as sdk from 'openai'; const client = new sdk.OpenAI();`],
    ['a sub-path', `import OpenAI from 'openai/index.mjs'; const client = new OpenAI();`],
    ['require', `const OpenAI = require('openai'); const client = new OpenAI();`],
    ['a destructured require', `const { OpenAI: Api } = require('openai'); const client = new Api();`],
    ['a required default', `const client = new (require('openai').default)();`],
    ['import = require', `import OpenAI = require('openai'); const client = new OpenAI();`],
    ['a dynamic import', `const { OpenAI } = await import('openai'); const client = new OpenAI();`],
    ['withOptions', `import OpenAI from 'openai'; const client = new OpenAI().withOptions({ timeout: 1 });`],
    ['a factory of the file', `import OpenAI from 'openai'; const make = () => new OpenAI(); const client = make();`],
    [
      'an object of clients',
      `import OpenAI from 'openai'; const all = { openai: new OpenAI() }; const client = all.openai;`,
    ],
    [
      'a let set in branches',
      `import OpenAI from 'openai'; let client = null; if (azure) client = new OpenAI(a); else client = new OpenAI();`,
    ],
  ])('is known from %s', (_, client) => {
    expect(apisIn(`${client}\nconst stream = await ${create};\n${read}`)).toEqual([chat]);
  });

  it.each([
    ['a field set in the constructor', `class A { constructor() { this.client = new OpenAI(); }`],
    ['a field with a value', `class A { client = new OpenAI();`],
    ['a private field', `class A { #client = new OpenAI();`],
    ['an annotated field', `class A { client: OpenAI;`],
    ['a parameter property', `class A { constructor(private readonly client: OpenAI) {}`],
    ['an abstract field', `abstract class A { protected abstract client: OpenAI;`],
    [
      'a field of a field by its type',
      `interface Deps { client: OpenAI } class A { deps: Deps; get client() { return this.deps.client; }`,
    ],
    ['a getter', `class A { get client() { return new OpenAI(); }`],
    ['a lazy getter', `class A { get client() { this.c ??= new OpenAI(); return this.c; }`],
  ])('is known from %s', (_, head) => {
    const name = head.includes('#client') ? '#client' : 'client';
    const text = `import OpenAI from 'openai';\n${head}
  async ask() { const stream = await this.${name}.chat.completions.create({ stream: true }); ${read} } }`;
    expect(loopIn(text).origin).toMatchObject({ evidence: 'import' });
  });

  it.each([
    [
      'a static field',
      `class A { static client = new OpenAI(); static ask() { return A.client.chat.completions.create({ stream: true }); } } const stream = await A.ask();`,
    ],
    [
      'a field of an object, by this',
      `const llm = { client: new OpenAI(), ask() { return this.client.chat.completions.create({ stream: true }); } }; const stream = await llm.ask();`,
    ],
    [
      'a field of an object that is set later',
      `const llm = { client: null }; llm.client = new OpenAI(); const stream = await llm.client.chat.completions.create({ stream: true });`,
    ],
    [
      'a default of a parameter',
      `const ask = (client = new OpenAI()) => client.chat.completions.create({ stream: true }); const stream = await ask();`,
    ],
    [
      'a default of a part of a parameter',
      `const ask = ({ client = new OpenAI() }) => client.chat.completions.create({ stream: true }); const stream = await ask({});`,
    ],
    [
      'the type of a part of a parameter',
      `const ask = ({ client }: { client: OpenAI }) => client.chat.completions.create({ stream: true }); const stream = await ask(deps);`,
    ],
    [
      'an interface of the file',
      `interface Deps { client: OpenAI } const ask = (deps: Deps) => deps.client.chat.completions.create({ stream: true }); const stream = await ask(deps);`,
    ],
    [
      'an alias of its type',
      `type Client = OpenAI; const ask = (client: Client) => client.chat.completions.create({ stream: true }); const stream = await ask(client);`,
    ],
  ])('is known from %s', (_, text) => {
    expect(loopIn(`import OpenAI from 'openai';\n${text}\n${read}`).origin).toMatchObject({
      api: { name: 'chat.completions.create' },
      evidence: 'import',
      call: { type: 'CallExpression' },
    });
  });

  it('is what the object literal says rather than what its type does', () => {
    const { origin } =
      loopIn(`import OpenAI from 'openai'; interface Deps { client: OpenAI } const deps: Deps = { client: new OpenAI() };
const stream = await deps.client.chat.completions.create({ stream: true }); ${read}`);
    expect(origin.client).toMatchObject({ type: 'NewExpression' });
  });

  it('is known from a parameter by annotation', () => {
    const text = `import type OpenAI from 'openai';
async function ask(client: OpenAI) { const stream = await ${create}; ${read} }`;
    expect(loopIn(text).origin).toMatchObject({ evidence: 'import', client: null });
  });

  // The flag is out of sight: without the client, nothing would say what `responses.stream()` is.
  it.each([
    [
      'what a function of the file gives',
      `async function make(): Promise<OpenAI> { return secret(); }`,
      `async function ask() { const client = await make();`,
    ],
    [
      'what a function declared elsewhere gives',
      `declare function make(): OpenAI;`,
      `async function ask() { const client = make();`,
    ],
    [
      'what a function is handed to make one',
      ``,
      `async function ask(make: () => Promise<OpenAI>) { const client = await make();`,
    ],
    [
      'the signature that has a body',
      `function make(): OpenAI; function make(key?: string): OpenAI { return secret(key); }`,
      `async function ask() { const client = make();`,
    ],
    [
      'a member of an interface',
      `interface Context { readonly client: OpenAI }`,
      `async function ask({ client }: Context) {`,
    ],
    [
      'a method of an interface',
      `interface Session { open(): Promise<OpenAI> }`,
      `async function ask(session: Session) { const client = await session.open();`,
    ],
    ['a member of a type written there', ``, `async function ask({ client }: { client: OpenAI; text: string }) {`],
    ['an alias', `type Client = OpenAI;`, `async function ask(client: Client) {`],
    [
      'an alias of a shape',
      `type Context = { client: OpenAI };`,
      `async function ask(context: Context) { const { client } = context;`,
    ],
    [
      'a method of a class of the file, by annotation',
      `class Session { async open(): Promise<OpenAI> { return secret(); } }`,
      `async function ask(session: Session) { const client = await session.open();`,
    ],
    [
      'a field of a parent in the file',
      `abstract class Base { protected client = new OpenAI(); } class Chat extends Base { run() { return ask(this.client); } }`,
      `async function ask(client) {`,
    ],
    [
      'an abstract method',
      `abstract class Base { abstract open(): OpenAI; async run() { return ask(this.open()); } }`,
      `async function ask(client) {`,
    ],
  ])('is known from %s', (_, before, head) => {
    const text = `import OpenAI from 'openai';
${before}
${head} const stream = client.responses.stream(given); ${read} }`;
    expect(loopIn(text).origin).toMatchObject({ api: { name: 'responses.stream' }, evidence: 'import' });
  });

  it('is not known from a type that goes round in circles', () => {
    expect(
      apisIn(
        `import OpenAI from 'openai';
type A = B; type B = A | { client: A };
async function ask({ client }: A) { const stream = client.responses.stream(given); ${read} }`,
      ),
    ).toEqual([]);
  });

  it('out of sight is known by the members and the flag', () => {
    expect(loopIn(`async function ask(client) { const stream = await ${create}; ${read} }`).origin).toMatchObject({
      evidence: 'shape',
    });
  });

  it('of another package is no stream, whatever its members are called', () => {
    expect(
      apisIn(`import db from 'db'; for await (const row of db.messages.stream({ table: 'a' })) use(row);`),
    ).toEqual([]);
  });
});

describe('a stream', () => {
  it.each([
    ['in the loop head', `for await (const chunk of await ${create}) use(chunk);`],
    ['in a constant', `const stream = await ${create}; ${read}`],
    ['awaited in the loop head', `const stream = ${create}; for await (const chunk of await stream) use(chunk);`],
    ['in a let assigned later', `let stream; try { stream = await ${create}; } catch { throw 1; } ${read}`],
    [
      'in a let assigned in branches',
      `let stream; if (a) { stream = await ${create}; } else { stream = await ${create}; } ${read}`,
    ],
    ['in a conditional', `const stream = await (a ? ${create} : ${create}); ${read}`],
    ['behind a cast', `const stream = (await ${create}) as any; for await (const chunk of stream!) use(chunk);`],
    ['from withResponse', `const { data: stream } = await ${create}.withResponse(); ${read}`],
    [
      'from withResponse, as a member',
      `const all = await ${create}.withResponse(); for await (const chunk of all.data) use(chunk);`,
    ],
    [
      'from the helper, which takes it out of withResponse',
      `import { resilientStream } from 'resilient-stream'; const stream = await resilientStream(({ signal }) => ${create}.withResponse()); ${read}`,
    ],
    [
      'from the helper, whose callback keeps the response',
      `import { resilientStream } from 'resilient-stream'; let response; const stream = await resilientStream(async () => ({ response } = await ${create}.withResponse())); for await (const text of stream.text()) use(text);`,
    ],
    [
      'of an enclosing function',
      `const stream = await ${create}; function run() { return (async () => { ${read} })(); }`,
    ],
    ['from a function of the file', `async function open() { return ${create}; } const stream = await open(); ${read}`],
    [
      'from a method of the class',
      `class A { open() { return ${create}; } async run() { const stream = await this.open(); ${read} } }`,
    ],
    [
      'from a method of the class, which has signatures beside',
      `class A { open(live: true): Promise<Stream>; open(live: boolean) { return ${create}; } async run() { const stream = await this.open(true); ${read} } }`,
    ],
    [
      'from the callback of a wrapper of the file',
      `async function retry(open) { return await open(); } const stream = await retry(() => ${create}); ${read}`,
    ],
    ["from a wrapper's callback", `const stream = await retry(() => ${create}); ${read}`],
    ['from a promise with a catch', `const stream = await ${create}.catch(tell); ${read}`],
    ['from a promise with a then', `const stream = await ${create}.then((stream) => stream); ${read}`],
    [
      'from a callback in the options of a wrapper',
      `const stream = await retry({ times: 3, run: () => ${create} }); ${read}`,
    ],
    [
      'from a function of the file that gives an array',
      `const open = async () => [await ${create}, 1]; const [stream] = await open(); ${read}`,
    ],
    ['from a static method', `class A { static open() { return ${create}; } } const stream = await A.open(); ${read}`],
    ['from Promise.all', `const [user, stream] = await Promise.all([find(), ${create}]); ${read}`],
    ['from a race', `const stream = await Promise.race([${create}, timeout(1)]); ${read}`],
    [
      'from a bound method',
      `const open = client.chat.completions.create.bind(client.chat.completions); const stream = await open({ stream: true }); ${read}`,
    ],
    [
      'in a field of an object',
      `const state = { stream: null }; state.stream = await ${create}; for await (const chunk of state.stream) use(chunk);`,
    ],
    ['from a tee', `const [stream] = (await ${create}).tee(); ${read}`],
    ['from a promise', `${create}.then(async (stream) => { ${read} });`],
  ])('%s is found', (_, text) => {
    expect(apisIn(OPENAI + text)).toEqual([chat]);
  });

  it.each([
    ['package', `import again from 'p-retry';`],
    ['file', `async function again(open) { try { return await open(); } catch { return open(); } }`],
  ])(
    'in the callback of a wrapper of the %s is that request, whatever else the wrapper’s result may look like',
    (_, wrapper) => {
      const [loop] = loopsIn(
        `import { streamText } from 'ai'; ${wrapper} const result = await again(() => streamText({ model, prompt })); for await (const part of result.fullStream) use(part);`,
      );
      expect(loop).toMatchObject({
        origin: { api: { name: 'streamText' }, evidence: 'import', call: { type: 'CallExpression' } },
        alternatives: [],
      });
    },
  );

  it('with listeners chained to it is found', () => {
    expect(
      apisIn(`${ANTHROPIC}const stream = client.messages.stream(p).on('text', show).on('error', fail); ${read}`),
    ).toEqual(['anthropic.messages.stream']);
  });

  it.each([
    ['in the call', `client.chat.completions.create({ stream: true as const })`],
    ['in a params variable', `client.chat.completions.create(params)`],
    ['set on the params later', `client.chat.completions.create(late)`],
    ['in a spread', `client.chat.completions.create({ ...params, model })`],
    ['out of sight', `client.chat.completions.create(given)`],
  ])('has its flag %s', (_, call) => {
    const text = `${OPENAI}const params = { stream: true }; const late = {}; late.stream = true;
async function ask(given) { const stream = await ${call}; ${read} }`;
    expect(apisIn(text)).toEqual([chat]);
  });

  it.each([
    ['a call that does not stream', `await client.chat.completions.create({ model })`],
    ['a call that says so', `await client.chat.completions.create({ model, stream: false })`],
    ['a page of models', `await client.models.list()`],
    ['the bytes of a stream', `client.chat.completions.stream(p).toReadableStream()`],
    ['a raw response', `await ${create}.asResponse()`],
  ])('is not %s', (_, iterated) => {
    expect(apisIn(`${OPENAI}for await (const item of ${iterated}) use(item);`)).toEqual([]);
  });

  it('is told apart from a variable of the same name in a sibling block', () => {
    const text = `${OPENAI}{ const s = await ${create}; }
{ const s = files(); for await (const chunk of s) use(chunk); }`;
    expect(apisIn(text)).toEqual([]);
  });

  it('is known by its chunks where nothing else is in sight', () => {
    const { origin } = loopIn(
      `async function show(stream) { for await (const chunk of stream) print(chunk.choices[0]?.delta?.content); }`,
    );
    expect(origin).toMatchObject({ evidence: 'shape', call: null });
  });

  it.each([
    [
      'another name',
      `for await (const chunk of stream) { const choice = chunk.choices?.[0]; print(choice.delta.content); }`,
    ],
    ['destructuring', `for await (const { choices: [{ delta: { content } }] } of stream) print(content);`],
    [
      'an inner loop',
      `for await (const chunk of stream) for (const choice of chunk.choices) print(choice.delta.content);`,
    ],
    [
      'a function of the file',
      `const text = ({ choices }) => choices[0].delta.content; for await (const chunk of stream) print(text(chunk));`,
    ],
    ['at()', `for await (const chunk of stream) print(chunk.choices.at(0).delta.content);`],
  ])('is known by its chunks through %s', (_, loop) => {
    expect(apisIn(`async function show(stream) { ${loop} }`)).toEqual([chat]);
  });

  it.each([
    [
      'of its chunks',
      `import type { ChatCompletionChunk } from 'openai/resources/chat';`,
      'AsyncGenerator<ChatCompletionChunk>',
    ],
    [
      "of its chunks, in the SDK's namespace",
      `import OpenAI from 'openai';`,
      'AsyncIterable<OpenAI.Chat.ChatCompletionChunk>',
    ],
    [
      "of the SDK's class",
      `import { Stream } from 'openai/streaming';\nimport OpenAI from 'openai';`,
      'Promise<Stream<OpenAI.ChatCompletionChunk>>',
    ],
  ])('is known from the declared type %s', (_, imports, type) => {
    expect(loopIn(`${imports}\nexport async function show(stream: ${type}) { ${read} }`).origin).toMatchObject({
      evidence: 'annotation',
      call: null,
      api: { name: 'chat.completions.create' },
    });
    expect(
      apisIn(
        `${imports}
export async function show(given: unknown) { for await (const chunk of given as ${type}) use(chunk); }`,
      ),
    ).toEqual([chat]);
  });

  it('that comes out of a generator of the file may have other chunks', () => {
    const [inner, outer] =
      loopsIn(`${OPENAI}async function* texts() { const stream = await ${create}; for await (const chunk of stream) yield chunk.choices[0].delta.content; }
for await (const text of texts()) use(text);`);
    expect(inner?.origin.relayed).toBe(false);
    expect(outer?.origin).toMatchObject({ relayed: true, api: { name: 'chat.completions.create' } });
  });

  it.each([
    [
      'fetch',
      `const response = await fetch(url, { method: 'POST', body: JSON.stringify({ model, stream: true }) });`,
      'response.body',
    ],
    [
      "fetch of a model's address",
      `const response = await fetch(\`\${base}/v1/chat/completions\`, { method: 'POST', body });`,
      'response.body',
    ],
    [
      'fetch, through a parser of another file',
      `import { parse } from './sse'; const response = await this.fetch(url, { body: JSON.stringify({ prompt, stream: true }) });`,
      'parse(response)',
    ],
    [
      'fetch, line by line',
      `const response = await fetch(url, { body: JSON.stringify({ stream: true }) });
const lines = readline.createInterface({ input: Readable.fromWeb(response.body) });`,
      'lines',
    ],
    [
      'axios',
      `const response = await axios.post(url, { model, stream: true }, { responseType: 'stream' });`,
      'response.data',
    ],
  ])('is known from the request of %s', (_, request, iterated) => {
    expect(apisIn(`${request}\nfor await (const chunk of ${iterated}) use(chunk);`)).toEqual(['http.fetch']);
  });

  it('is not the body of any other request', () => {
    expect(
      apisIn(
        `const response = await fetch('https://example.com/big.csv'); for await (const chunk of response.body) use(chunk);`,
      ),
    ).toEqual([]);
  });

  it.each([
    ['by its name', `import { resilientStream } from 'resilient-stream';`, 'resilientStream'],
    ['by another name', `import { resilientStream as read } from 'resilient-stream';`, 'read'],
    ['from a copy of the helper', `import { resilientStream } from './resilient-stream.js';`, 'resilientStream'],
    ['in a namespace', `import * as helper from 'resilient-stream';`, 'helper.resilientStream'],
    ['by require', `const { resilientStream } = require('resilient-stream');`, 'resilientStream'],
  ])('is known to be wrapped already, %s', (_, imported, name) => {
    const { resilient, origin } = loopIn(`${imported}
${OPENAI}
const stream = await ${name}(({ signal }) => client.chat.completions.create({ stream: true }, { signal, maxRetries: 0 })); ${read}`);
    expect(resilient).toBe(true);
    expect(origin.api.name).toBe('chat.completions.create');
  });

  it('is not wrapped by a function of the file that happens to have the name', () => {
    const { resilient } = loopIn(`const resilientStream = (open) => open();\n${OPENAI}
const stream = await resilientStream(() => ${create}); ${read}`);
    expect(resilient).toBe(false);
  });
});

describe('hostile text', () => {
  it.each([
    ['variables in a circle', `let a = b, b = a; for await (const c of a) use(c);`],
    ['a function that returns itself', `const f = () => f(); for await (const c of f()) use(c);`],
    ['a field that is itself', `class A { a = this.a; async run() { for await (const c of this.a) use(c); } }`],
    ['chunks in a circle', `for await (const c of s) { var a = c; var b = a.x; var a = b; }`],
    [
      'forty doublings',
      `let x0 = f;
${Array.from({ length: 40 }, (_, i) => `const x${i + 1} = a ? x${i} : x${i};`).join('\n')}
for await (const c of x40) use(c);`,
    ],
  ])('%s gives a plain answer', (_, text) => {
    expect(apisIn(text)).toEqual([]);
  });
});

describe('a stream that a function is handed', () => {
  const consume = `async function consume(stream) { ${read} }`;

  it.each([
    ['a function', `${consume}\nawait consume(await ${create});`],
    ['a function in a variable', `const consume = async (stream) => { ${read} };\nawait consume(await ${create});`],
    [
      'a function that picks it',
      `async function consume({ stream }) { ${read} }\nawait consume({ stream: await ${create} });`,
    ],
    [
      'a function behind another',
      `async function first(stream) { return consume(stream); }\n${consume}\nfirst(await ${create});`,
    ],
  ])('by its callers in the file is found: %s', (_, text) => {
    expect(loopIn(`${OPENAI}${text}`).origin).toMatchObject({ api: { name: 'chat.completions.create' }, call: null });
  });

  it('has its call in sight where only the client is handed over', () => {
    expect(
      loopIn(
        `${OPENAI}async function ask(given) { for await (const chunk of await given.chat.completions.create({ stream: true })) use(chunk); }
ask(client);`,
      ).origin.call,
    ).not.toBeNull();
  });

  it('has its call out of sight where callers hand over what opens it', () => {
    expect(
      loopIn(
        `${OPENAI}async function show(open) { for await (const chunk of await open()) use(chunk); }
show(() => ${create});`,
      ).origin,
    ).toMatchObject({ api: { name: 'chat.completions.create' }, call: null });
  });

  it('is what the class hands to its method', () => {
    expect(
      loopIn(`${OPENAI}class A { async show(stream) { ${read} } async ask() { await this.show(await ${create}); } }`)
        .origin,
    ).toMatchObject({ api: { name: 'chat.completions.create' }, call: null });
    expect(
      apisIn(
        `${OPENAI}class A { async show(stream) { ${read} } } class B { async ask() { await this.show(await ${create}); } }`,
      ),
    ).toEqual([]);
  });

  it('is none where callers hand over something else', () => {
    expect(apisIn(`${OPENAI}${consume}\nconsume(rows());`)).toEqual([]);
  });

  it('survives two functions that hand it to each other', () => {
    expect(
      apisIn(
        `${OPENAI}async function a(stream) { ${read} return b(stream); }
async function b(stream) { return a(stream); }`,
      ),
    ).toEqual([]);
  });

  it('is what a generator of the file is called with', () => {
    const text = `${OPENAI}async function* words(chunks) { for await (const chunk of chunks) yield chunk.id; }
for await (const word of words(await ${create})) use(word);`;
    expect(loopsIn(text).map(({ origin: { relayed, call } }) => [relayed, call !== null])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it('is what a callback gives that is handed over by its name', () => {
    const text = `${OPENAI}import { retry } from './retry';
const request = async () => client.chat.completions.create({ stream: true });
for await (const chunk of await retry(request)) use(chunk);`;
    expect(loopIn(text).origin.call).not.toBeNull();
  });
});

describe('a type whose name tells', () => {
  it.each([
    [
      'openai.chat.completions.create',
      'of a parameter',
      `import type { ChatCompletionChunk } from './types';
async function show(stream: AsyncIterable<ChatCompletionChunk>) { ${read} }`,
    ],
    [
      'openai.responses.create',
      'that a call is given',
      `import type { ResponseStreamEvent } from '../resources';
import { Stream } from './streaming';
const stream = Stream.from<ResponseStreamEvent>(body);
${read}`,
    ],
    [
      'llamaindex.chat',
      'of a stream that is read twice',
      `import type { ChatResponseChunk } from '../llms';
const [stream, other] = new ReadableStream<ChatResponseChunk>(source).tee();
${read}`,
    ],
    [
      'openai-agents.run',
      'in a cast',
      `import { StreamedRunResult } from './result';
const stream = result as unknown as StreamedRunResult<Context>;
${read}`,
    ],
  ])('%s is known by the type %s', (api, _, text) => {
    expect(apisIn(text)).toEqual([api]);
    expect(loopIn(text).origin).toMatchObject({ evidence: 'annotation', call: null });
  });

  it("is its own SDK's where that is imported", () => {
    expect(
      apisIn(
        `import type { ChatCompletionChunk } from 'groq-sdk/resources/chat/completions';
async function show(stream: AsyncIterable<ChatCompletionChunk>) { ${read} }`,
      ),
    ).toEqual(['groq.chat.completions.create']);
  });

  it("is not a common name from a module of the program's own", () => {
    expect(
      apisIn(
        `import type { ResponseStream } from './http';
async function show(stream: AsyncIterable<ResponseStream>) { ${read} }`,
      ),
    ).toEqual([]);
  });
});

describe('a type of the file', () => {
  const openai = `import OpenAI from 'openai';\nimport type { Message } from './message';\n`;

  it.each([
    [
      'an alias of the chunk',
      `type Chunk = OpenAI.ChatCompletionChunk; async function show(stream: AsyncIterable<Chunk>) { ${read} }`,
    ],
    [
      'an alias of the stream',
      `type Chunks = AsyncIterable<OpenAI.ChatCompletionChunk>; async function show(stream: Chunks) { ${read} }`,
    ],
    [
      'a member of an interface',
      `interface Answer { stream: AsyncIterable<OpenAI.ChatCompletionChunk> } async function show({ stream }: Answer) { ${read} }`,
    ],
    [
      'a method of an interface',
      `interface Model { ask(prompt: string): AsyncIterable<OpenAI.ChatCompletionChunk> } async function show(model: Model) { const stream = model.ask(p); ${read} }`,
    ],
    [
      'a function in an interface',
      `interface Model { ask: (prompt: string) => Promise<AsyncIterable<OpenAI.ChatCompletionChunk>> } async function show(model: Model) { const stream = await model.ask(p); ${read} }`,
    ],
    [
      'an abstract method',
      `abstract class Model { abstract ask(): AsyncGenerator<OpenAI.ChatCompletionChunk>; async show() { const stream = this.ask(); ${read} } }`,
    ],
    [
      'a declared function',
      `declare function ask(): AsyncIterable<OpenAI.ChatCompletionChunk>; const stream = ask(); ${read}`,
    ],
    [
      'a generic over many types',
      `async function show(stream: OpenAI.Stream<Message | A | B | C | D | E | F | G | OpenAI.ChatCompletionChunk> & AsyncIterable<OpenAI.ChatCompletionChunk>) { ${read} }`,
    ],
  ])('tells the stream: %s', (_, text) => {
    expect(loopIn(openai + text).origin).toMatchObject({
      api: { name: 'chat.completions.create' },
      evidence: 'annotation',
      call: null,
    });
  });

  it.each([
    ['that is an alias of itself', `type Loop = Loop; async function show(stream: Loop) { ${read} }`],
    [
      'that are aliases of each other',
      `type A = AsyncIterable<B>; type B = A | Promise<A>; async function show(stream: A) { ${read} }`,
    ],
    [
      'whose members are its own',
      `interface Tree { stream: Tree } async function show(tree: Tree) { for await (const chunk of tree.stream.stream.stream) use(chunk); }`,
    ],
    [
      'of other things',
      `interface Answer { stream: AsyncIterable<Message> } async function show({ stream }: Answer) { ${read} }`,
    ],
  ])('is none: types %s', (_, text) => {
    expect(apisIn(openai + text)).toEqual([]);
  });
});

it('a socket of Responses is a stream itself, and by its stream()', () => {
  const socket = `import { ResponsesWS } from 'openai/resources/beta/responses/ws';
const socket = new ResponsesWS(client);
`;
  expect(apisIn(`${socket}for await (const event of socket) use(event.message);`)).toEqual(['openai.new ResponsesWS']);
  expect(apisIn(`${socket}for await (const event of socket.stream()) use(event.message);`)).toEqual([
    'openai.new ResponsesWS',
  ]);
});

it("a model's address is seen in the call that completes it", () => {
  const text = `const response = await this.fetch(this.endpoint('api/generate'), { method: 'POST', body: JSON.stringify(options) });
for await (const value of streamOf(response)) use(JSON.parse(value).response);`;
  expect(apisIn(text)).toEqual(['http.fetch']);
});

it("the first version of Cohere's API is known by its events, as the SDK and as the API spell them", () => {
  for (const name of ['eventType', 'event_type'])
    expect(
      apisIn(`for await (const event of events) if (event.${name} === 'text-generation') show(event.text);`),
    ).toEqual(['cohere.chatStream']);
});
