import { describe, expect, it } from 'vitest';
import { findStreamLoops } from '../../../../src/analysis/find-stream-loops.ts';
import { parseSettings, SettingsError, type StreamSettings } from '../../../../src/analysis/origin/user-streams.ts';
import { parseSource } from '../../../../src/analysis/source/parse-source.ts';
import type { StreamLoop } from '../../../../src/analysis/facts/stream-loop.ts';
import type { TypeOracle } from '../../../../src/analysis/facts/type-oracle.ts';

const loopsWith = (settings: StreamSettings, text: string, oracle: TypeOracle | null = null): readonly StreamLoop[] =>
  findStreamLoops(parseSource('example.ts', text), { oracle, own: parseSettings(settings) });
const apisWith = (settings: StreamSettings, text: string): string[] =>
  loopsWith(settings, text).map(({ origin: { provider, api } }) => `${provider.id}.${api.name}`);

describe('a stream of the user’s own', () => {
  const streams = (name: string, module = '@acme/llm', like = 'openai.chat'): StreamSettings => ({
    streams: [{ module, name, like }],
  });

  it.each([
    [
      'a named export',
      'streamChat',
      `import { streamChat } from '@acme/llm'; for await (const c of streamChat(q)) use(c);`,
    ],
    [
      'awaited',
      'streamChat',
      `import { streamChat } from '@acme/llm'; const stream = await streamChat(q); for await (const c of stream) use(c);`,
    ],
    [
      'by another name',
      'streamChat',
      `import { streamChat as ask } from '@acme/llm'; for await (const c of await ask(q)) use(c);`,
    ],
    [
      'from a sub-path',
      'streamChat',
      `import { streamChat } from '@acme/llm/chat'; for await (const c of await streamChat(q)) use(c);`,
    ],
    [
      'in a namespace',
      'streamChat',
      `import * as llm from '@acme/llm'; for await (const c of await llm.streamChat(q)) use(c);`,
    ],
    [
      'by require',
      'streamChat',
      `const { streamChat } = require('@acme/llm'); for await (const c of streamChat(q)) use(c);`,
    ],
    ['the default export', 'default', `import ask from '@acme/llm'; for await (const c of await ask(q)) use(c);`],
    [
      'a member of an export',
      'llm.ask',
      `import { llm } from '@acme/llm'; for await (const c of await llm.ask(q)) use(c);`,
    ],
    [
      'a method',
      'Llm.ask',
      `import { Llm } from '@acme/llm'; const llm = new Llm(); for await (const c of await llm.ask(q)) use(c);`,
    ],
    [
      'a method of an annotated field',
      'Llm.ask',
      `import type { Llm } from '@acme/llm'; class A { constructor(private llm: Llm) {} async run() { for await (const c of this.llm.ask(q)) use(c); } }`,
    ],
  ])('is known as %s', (_, name, text) => {
    expect(loopsWith({}, text)).toEqual([]);
    const [loop, ...more] = loopsWith(streams(name), text);
    expect(more).toEqual([]);
    expect(loop?.origin).toMatchObject({
      provider: { id: 'openai' },
      api: { name, onCleanEnd: 'silent' },
      evidence: 'import',
    });
  });

  it.each([['../llm/ask'], ['../../llm/ask.js'], ['@/llm/ask'], ['./llm/ask/index.ts']])(
    'is known from the file %s by the end of its path',
    (module) => {
      expect(
        apisWith(streams('ask', '*/llm/ask'), `import { ask } from '${module}'; for await (const c of ask(q)) use(c);`),
      ).toEqual(['openai.ask']);
    },
  );

  it.each([
    ['another export', `import { list } from '@acme/llm'; for await (const c of list()) use(c);`],
    ['another package', `import { streamChat } from '@acme/llms'; for await (const c of streamChat()) use(c);`],
    ['a function of the file', `const streamChat = () => rows; for await (const c of streamChat()) use(c);`],
  ])('is not %s', (_, text) => {
    expect(apisWith(streams('streamChat'), text)).toEqual([]);
  });

  it('hides the request and its limits, and keeps how its chunks tell of the end', () => {
    const text = `import { streamChat } from '@acme/llm'; for await (const c of await streamChat(q)) { if (c.choices[0].finish_reason) done = true; }`;
    const [loop] = loopsWith(streams('streamChat'), text);
    expect(loop?.origin).toMatchObject({ call: null, relayed: false });
    expect(loop?.limits).toEqual({ signal: null, requestTimeout: null, idleTimeout: null });
    expect(loop?.endChecks).toHaveLength(1);
  });

  it('has the members of the result that it is like', () => {
    const settings = streams('answer', '@acme/llm', 'ai-sdk.streamText');
    expect(
      apisWith(
        settings,
        `import { answer } from '@acme/llm'; const { textStream } = await answer(q); for await (const c of textStream) use(c);`,
      ),
    ).toEqual(['ai-sdk.answer']);
  });

  it.each([
    ['openai.chat.completions.create', 'openai', ['choices', 0, 'delta', 'content']],
    ['openai.chat', 'openai', ['choices', 0, 'delta', 'content']],
    ['openai.responses', 'openai', ['delta']],
    ['openai', 'openai', ['choices', 0, 'delta', 'content']],
    ['anthropic', 'anthropic', ['delta', 'text']],
    ['google-genai', 'google-genai', ['text']],
    ['ollama.generate', 'ollama', ['response']],
  ])('may be like %s', (like, id, text) => {
    const [provider] = parseSettings(streams('ask', '@acme/llm', like));
    expect(provider).toMatchObject({ id, apis: [{ name: 'ask', text }] });
  });
});

describe('a client of the user’s own', () => {
  const clients = (name: string, like = 'openai'): StreamSettings => ({
    clients: [{ module: '@acme/llm', name, like }],
  });
  const create = 'chat.completions.create({ stream: true })';

  it.each([
    [
      'an object',
      'client',
      `import { client } from '@acme/llm'; for await (const c of await client.${create}) use(c);`,
    ],
    [
      'a class',
      'Client',
      `import { Client } from '@acme/llm'; const it = new Client({ timeout: 1000 }); for await (const c of await it.${create}) use(c);`,
    ],
    [
      'a function',
      'createClient',
      `import { createClient } from '@acme/llm'; for await (const c of await createClient().${create}) use(c);`,
    ],
    [
      'the default export',
      'default',
      `import llm from '@acme/llm'; for await (const c of await llm.${create}) use(c);`,
    ],
    [
      'a type',
      'Client',
      `import type { Client } from '@acme/llm'; async function ask(it: Client) { for await (const c of await it.${create}) use(c); }`,
    ],
  ])('is known as %s', (_, name, text) => {
    const [loop] = loopsWith(clients(name), text);
    expect(loop?.origin).toMatchObject({
      evidence: 'import',
      provider: { id: 'openai' },
      api: { name: 'chat.completions.create' },
      call: { type: 'CallExpression' },
    });
  });

  it('has the client’s limits', () => {
    const [loop] = loopsWith(
      clients('Client'),
      `import { Client } from '@acme/llm'; const it = new Client({ timeout: 1000 }); for await (const c of await it.${create}) use(c);`,
    );
    expect(loop?.limits.requestTimeout).toMatchObject({ bounds: 'headers' });
  });

  it('may be a model of LangChain’s', () => {
    expect(
      apisWith(
        clients('model', 'langchain.stream'),
        `import { model } from '@acme/llm'; for await (const c of await model.stream(q)) use(c);`,
      ),
    ).toEqual(['langchain.stream']);
  });
});

it('a package that exports what an SDK exports is that SDK, by its types too', () => {
  const settings = { modules: [{ module: '@acme/openai', like: 'openai' }] };
  expect(
    apisWith(
      settings,
      `import OpenAI from '@acme/openai'; for await (const c of await new OpenAI().responses.create({ stream: true })) use(c);`,
    ),
  ).toEqual(['openai.responses.create']);
  const oracle: TypeOracle = {
    findTypes: () => [{ names: [], elements: [{ module: '@acme/openai', name: 'ChatCompletionChunk' }] }],
  };
  const [loop] = loopsWith(settings, `import { ask } from './ask'; for await (const c of ask()) use(c);`, oracle);
  expect(loop?.origin).toMatchObject({ evidence: 'type', api: { name: 'chat.completions.create' } });
});

describe('settings', () => {
  it('give the same entries for the same text, so that a file is analysed once', () => {
    const settings = (): StreamSettings => ({ streams: [{ module: 'a', name: 'b', like: 'openai' }] });
    expect(parseSettings(settings())).toBe(parseSettings(settings()));
    const source = parseSource('example.ts', `import { b } from 'a'; for await (const c of b()) use(c);`);
    const look = (): readonly StreamLoop[] => findStreamLoops(source, { oracle: null, own: parseSettings(settings()) });
    expect(look()).toBe(look());
    expect(findStreamLoops(source)).toEqual([]);
  });

  it.each([undefined, null, {}, { streams: [] }])('may be absent: %j', (settings) => {
    expect(parseSettings(settings)).toEqual([]);
  });

  const entry = { module: '@acme/llm', name: 'ask', like: 'openai.chat' };
  it.each([
    [
      'a list for all',
      [],
      `settings['resilient-stream'] is a list; it is an object with 'streams', 'clients', 'modules'.`,
    ],
    [
      'a field that there is not',
      { stream: [] },
      `settings['resilient-stream'] has no 'stream'; did you mean 'streams'?`,
    ],
    ['an object for a list', { streams: entry }, `settings['resilient-stream'].streams is an object; it is a list.`],
    [
      'a text for an entry',
      { streams: [entry, 'ask'] },
      `settings['resilient-stream'].streams[1] is "ask"; it is an object with 'module', 'name', 'like'.`,
    ],
    [
      'an entry’s field that there is not',
      { streams: [{ ...entry, as: 'x' }] },
      `settings['resilient-stream'].streams[0] has no 'as'; there are 'module', 'name', 'like'.`,
    ],
    [
      'no name',
      { streams: [{ module: 'a', like: 'openai' }] },
      `settings['resilient-stream'].streams[0].name is missing; it is a text.`,
    ],
    [
      'a number for a module',
      { clients: [{ ...entry, module: 1 }] },
      `settings['resilient-stream'].clients[0].module is 1; it is a text.`,
    ],
    [
      'a slip in the provider',
      { streams: [{ ...entry, like: 'opnai.chat' }] },
      `settings['resilient-stream'].streams[0].like: there is no provider 'opnai'; did you mean 'openai.chat'?`,
    ],
    [
      'a slip in the API',
      { streams: [{ ...entry, like: 'openai.chat.completion' }] },
      `settings['resilient-stream'].streams[0].like: OpenAI has no stream 'chat.completion'; did you mean 'openai.chat.completions'?`,
    ],
    [
      'a client of an SDK that has none',
      { clients: [{ ...entry, like: 'tanstack-ai' }] },
      `settings['resilient-stream'].clients[0]: TanStack AI has no client; name the function that gives the stream under 'streams'.`,
    ],
  ])('with %s say so', (_, settings, message) => {
    expect(() => parseSettings(settings)).toThrow(new SettingsError(message));
  });

  it('with a provider that nothing is like name all there are', () => {
    expect(() => parseSettings({ streams: [{ ...entry, like: 'zzzzzzzz' }] })).toThrow(
      /there is no provider 'zzzzzzzz'; there are 'ai-sdk', 'anthropic'/,
    );
  });
});
