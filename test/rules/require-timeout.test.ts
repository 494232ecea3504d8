import { describe, expect, it } from 'vitest';
import rule from '../../rules/require-timeout.ts';
import { defaultsOf } from '../../rules/rule.ts';
import type { Limit, StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import { factsOf } from './facts-of.ts';
import { loopIn } from '../src/analysis/loops-in.ts';
import { messagesOf } from './messages-of.ts';
import { suggest } from './suggestions.ts';
import { testRule } from './tester.ts';

const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const ANTHROPIC = `import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\n`;
const body = `const response = await fetch(url, { method: 'POST', body: JSON.stringify({ messages, stream: true }) });
const reader = response.body.getReader();
`;
const text = 'chunk.choices[0]?.delta?.content';
const reading = `for await (const chunk of stream) write(${text});`;
const chat = (options = ''): string =>
  `const stream = await client.chat.completions.create({ model, messages, stream: true }${options});\n${reading}`;

testRule(rule, {
  valid: [
    {
      name: 'a timer whose abort is looked for after the loop',
      code: `${OPENAI}const signal = AbortSignal.timeout(60_000);\n${chat(', { signal }')}\nsignal.throwIfAborted();`,
    },
    {
      name: 'a race of each read with a timer',
      code: `${body}const late = () => new Promise((_, reject) => setTimeout(reject, 60_000));
while (true) { const { done, value } = await Promise.race([reader.read(), late()]); if (done) break; write(value); }`,
    },
    { name: 'a signal of the caller', code: `${OPENAI}export async function ask(signal) { ${chat(', { signal }')} }` },
    {
      name: 'a controller of the program',
      code: `${OPENAI}const controller = new AbortController();\n${chat(', { signal: controller.signal }')}`,
    },
    { name: 'options from elsewhere', code: `${OPENAI}export async function ask(options) { ${chat(', options')} }` },
    {
      name: 'spread options from elsewhere',
      code: `${OPENAI}export async function ask(options) { ${chat(', { ...options, maxRetries: 0 }')} }`,
    },
    {
      name: 'a timer that throws where the abort does',
      code: `${OPENAI}for await (const chunk of client.chat.completions.stream({}, { signal: AbortSignal.timeout(60_000) })) write(${text});`,
    },
    {
      name: 'a timer, and a look at the end',
      code: `${OPENAI}const stream = await client.chat.completions.create({ stream: true }, { signal: AbortSignal.timeout(60_000) });
for await (const chunk of stream) { write(${text}); reason ??= chunk.choices[0]?.finish_reason; }`,
    },
    {
      name: 'a timer, and chunks that others look at',
      code: `${OPENAI}const stream = await client.chat.completions.create({ stream: true }, { signal: AbortSignal.timeout(60_000) });
for await (const chunk of stream) collector.add(chunk);`,
    },
    {
      name: 'a timer that each chunk sets back',
      code: `${OPENAI}const stream = await client.chat.completions.create({ stream: true });
let timer;
for await (const chunk of stream) { clearTimeout(timer); timer = setTimeout(() => stream.controller.abort(), 30_000); write(${text}); }`,
    },
    {
      name: 'the helper has its own limits',
      code: `${OPENAI}import { resilientStream } from 'resilient-stream';
for await (const chunk of await resilientStream(() => client.chat.completions.create({ stream: true }))) write(${text});`,
    },
    { name: 'the call is out of sight', code: `export async function show(stream) { ${reading} }` },
    { name: 'no stream of a model', code: `for await (const line of lines) write(line);` },
    {
      name: 'a limit that is long enough',
      code: `${OPENAI}for await (const chunk of client.chat.completions.stream({}, { signal: AbortSignal.timeout(2 * 60_000) })) write(${text});`,
      options: { minimumMs: 120_000 },
    },
    {
      name: 'a limit whose length is out of sight',
      code: `${OPENAI}for await (const chunk of client.chat.completions.stream({}, { signal: AbortSignal.timeout(limit) })) write(${text});`,
      options: { minimumMs: 120_000 },
    },
    {
      name: 'a deadline is there where one is asked for',
      code: `${OPENAI}for await (const chunk of client.chat.completions.stream({}, { signal: AbortSignal.timeout(60_000) })) write(${text});`,
      options: { requireDeadline: true },
    },
  ],
  invalid: [
    {
      name: 'a loop over a reader',
      code: `${body}while (true) { const { done, value } = await reader.read(); if (done) break; write(value); }`,
      error: { messageId: 'unbounded', line: 1, column: 24, endLine: 1, endColumn: 29 },
    },
    {
      name: 'listeners',
      code: `${ANTHROPIC}client.messages.stream({ model, messages }).on('text', (text) => write(text));`,
      error: { messageId: 'unbounded', line: 3, column: 1, endLine: 3, endColumn: 23 },
    },
    {
      name: 'no limit at all',
      code: `${OPENAI}${chat()}`,
      error: {
        messageId: 'unbounded',
        line: 3,
        column: 22,
        endLine: 3,
        endColumn: 52,
        data: { api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'an explicit nothing',
      code: `${OPENAI}${chat(', { signal: undefined }')}`,
      error: { messageId: 'unbounded', line: 3, column: 22 },
    },
    {
      name: 'a call of several lines is shown by what it calls',
      code: `${OPENAI}const stream = await client.chat.completions.create({
  model,
  messages,
  stream: true,
});
${reading}`,
      error: { messageId: 'unbounded', line: 3, column: 22, endLine: 3, endColumn: 52 },
    },
    {
      name: 'a client with options out of sight, none of which would bound the stream',
      code: `import OpenAI from 'openai';
import { options } from './options.js';
const client = new OpenAI(options);
${chat()}`,
      error: { messageId: 'unbounded', line: 4, column: 22 },
    },
    {
      name: 'a client out of sight, none of whose options would bound the stream',
      code: `export async function ask(client) {\n${chat()}\n}`,
      error: { messageId: 'unbounded', line: 2, column: 22 },
    },
    {
      name: 'two loops over one stream',
      code: `${OPENAI}const stream = await client.chat.completions.create({ stream: true });
if (quiet) { for await (const chunk of stream) keep(${text}); } else { ${reading} }`,
      error: { messageId: 'unbounded', line: 3, column: 22 },
    },
    {
      name: 'a timeout of the request bounds the headers',
      code: `${OPENAI}${chat(', { timeout: 20_000 }')}`,
      error: {
        messageId: 'headersOnly',
        line: 3,
        column: 22,
        data: { option: 'timeout', api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a timeout of the client bounds the headers',
      code: `import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic({ timeout: 20_000 });
for await (const chunk of client.messages.stream({})) show(chunk);`,
      error: {
        messageId: 'headersOnly',
        line: 3,
        column: 27,
        data: { option: 'timeout', api: 'messages.stream', provider: 'Anthropic' },
      },
    },
    {
      name: 'a timer that ends the loop like the end of the answer',
      code: `${OPENAI}${chat(', { signal: AbortSignal.timeout(60_000) }')}`,
      error: {
        messageId: 'silentAbort',
        line: 3,
        column: 22,
        data: { option: 'signal', api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a timer among other signals',
      code: `${OPENAI}export async function ask(signal) {
${chat(', { signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]) }')}
}`,
      error: { messageId: 'silentAbort', line: 4, column: 22 },
    },
    {
      name: 'a caller’s signal where a deadline is asked for',
      code: `${ANTHROPIC}export async function ask(signal) {
  for await (const chunk of client.messages.stream({}, { signal })) show(chunk);
}`,
      options: { requireDeadline: true },
      error: {
        messageId: 'cancellationOnly',
        line: 4,
        column: 29,
        data: { option: 'signal', api: 'messages.stream', provider: 'Anthropic' },
      },
    },
    {
      name: 'a limit that is too short',
      code: `${OPENAI}const LIMIT = 30 * 1000;
for await (const chunk of client.chat.completions.stream({}, { signal: AbortSignal.timeout(LIMIT) })) write(${text});`,
      options: { minimumMs: 120_000 },
      error: {
        messageId: 'tooShort',
        line: 4,
        column: 72,
        endLine: 4,
        endColumn: 91,
        data: { seconds: '30', minimum: '120', api: 'chat.completions.stream', provider: 'OpenAI' },
        suggestions: [],
      },
    },
    {
      name: 'the shorter of two timers is too short',
      code: `${OPENAI}for await (const chunk of client.chat.completions.stream({}, { signal: AbortSignal.any([AbortSignal.timeout(600_000), AbortSignal.timeout(1_000)]) })) write(${text});`,
      options: { minimumMs: 2_000 },
      error: {
        messageId: 'tooShort',
        line: 3,
        column: 72,
        data: { seconds: '1', minimum: '2', api: 'chat.completions.stream', provider: 'OpenAI' },
      },
    },
    {
      name: 'a timer of the program’s own is too short',
      code: `${OPENAI}const stream = await client.chat.completions.create({ stream: true });
setTimeout(() => stream.controller.abort(), 500);
for await (const chunk of stream) { write(${text}); reason ??= chunk.choices[0]?.finish_reason; }`,
      options: { minimumMs: 1_000 },
      error: { messageId: 'tooShort', line: 4, column: 1 },
    },
    {
      name: 'a typed client in TypeScript',
      code: `import type OpenAI from 'openai';
export class Chat {
  constructor(private readonly client: OpenAI) {}
  async ask(input: string): Promise<void> {
    for await (const chunk of await this.client.responses.create({ model: 'gpt-5', input, stream: true } as const)) show(chunk);
  }
}`,
      ts: true,
      error: { messageId: 'unbounded', line: 5, column: 37, endLine: 5, endColumn: 65 },
    },
  ],
});

describe('the message', () => {
  it.each([
    [
      'no limit',
      chat(),
      'Nothing bounds the wait for `chat.completions.create`; a stream that stalls keeps its loop waiting for minutes, or for ever.',
    ],
    [
      'the headers',
      chat(', { timeout: 20_000 }'),
      '`timeout` bounds the headers of `chat.completions.create` only; a stream that stalls after them keeps its loop waiting for minutes, or for ever.',
    ],
    [
      'a silent abort',
      chat(', { signal: AbortSignal.timeout(1) }'),
      'The timeout in `signal` ends a loop over `chat.completions.create` normally, without an error, so that a cut answer passes for a whole one.',
    ],
    [
      'a signal with no deadline',
      chat(', { signal: controller.signal }'),
      '`signal` bounds `chat.completions.create` only if somebody aborts it; a stream that stalls unseen keeps its loop waiting for minutes, or for ever.',
    ],
  ])('for %s', (_, code, message) => {
    expect(messagesOf(rule, OPENAI + code, { requireDeadline: true })).toEqual([message]);
  });

  it('for a limit that the SDK ignores', () => {
    expect(rule.messages.ignored).toBe(
      '`{{option}}` has no effect on `{{api}}`; a stream that stalls keeps its loop waiting for minutes, or for ever.',
    );
  });
});

// No API of the catalog has these limits yet.
describe('for an API with other limits', () => {
  const decide = (code: string, api: Partial<StreamApi>, limits: Partial<StreamLoop['limits']> = {}): unknown => {
    const loop = loopIn(code);
    return rule.check(
      {
        ...loop,
        origin: { ...loop.origin, api: { ...loop.origin.api, ...api } },
        limits: { ...loop.limits, ...limits },
      },
      defaultsOf(rule),
      factsOf(code),
    );
  };
  const limit = (bounds: Limit['bounds']): Limit => ({ node: loopIn(OPENAI + chat()).node, bounds });
  const total: StreamApi['timeouts'] = [{ option: { client: 'timeout' }, bounds: 'total' }];

  it('a signal without effect is ignored', () => {
    expect(decide(OPENAI + chat(), { onAbort: 'ignored' }, { signal: limit('nothing') })).toMatchObject({
      messageId: 'ignored',
      data: { option: 'signal' },
    });
  });

  it('a timeout without effect is ignored', () => {
    const timeouts: StreamApi['timeouts'] = [
      { option: { argument: 1, path: ['http', 'timeoutMs'] }, bounds: 'nothing' },
    ];
    expect(decide(OPENAI + chat(), { timeouts }, { requestTimeout: limit('nothing') })).toMatchObject({
      messageId: 'ignored',
      data: { option: 'http.timeoutMs' },
    });
  });

  it.each(['idle', 'total'] as const)('a timeout that bounds the %s wait is enough', (bounds) => {
    expect(decide(OPENAI + chat(), {}, { requestTimeout: limit(bounds) })).toBeUndefined();
  });

  it('options out of sight may hold one that does', () => {
    expect(decide(OPENAI + chat(), { timeouts: total }, { requestTimeout: limit('unknown') })).toBeUndefined();
  });

  it('a client out of sight may have one that does', () => {
    expect(decide(`export async function ask(client) { ${chat()} }`, { timeouts: total })).toBeUndefined();
    expect(decide(OPENAI + chat(), { timeouts: total })).toMatchObject({ messageId: 'unbounded' });
  });
});

describe('the suggestions', () => {
  const outputs = (code: string, options: object = {}): readonly string[] =>
    suggest(rule, 'example.js', code, options)[0]!.map(({ output }) => output);

  it('wrap the request where the codemod can, and set a signal where an abort makes the loop throw', () => {
    const code = `${ANTHROPIC}for await (const event of client.messages.stream({ model, messages })) show(event);\n`;
    expect(outputs(code)).toEqual([
      `import Anthropic from '@anthropic-ai/sdk';
import { resilientStream } from 'resilient-stream';
const client = new Anthropic();
for await (const event of resilientStream(({ signal }) => client.messages.stream({ model, messages }, { signal, maxRetries: 0 }))) show(event);
`,
      `${ANTHROPIC}for await (const event of client.messages.stream({ model, messages }, { signal: AbortSignal.timeout(300_000) })) show(event);
`,
    ]);
  });

  it('set no signal where an abort looks like the end of the answer', () => {
    expect(suggest(rule, 'example.js', OPENAI + chat(), {}, 'setSignal')[0]).toEqual([]);
    expect(outputs(OPENAI + chat())).toEqual([expect.stringContaining('await resilientStream(')]);
  });

  it('set no signal where the SDK ignores it', () => {
    const code = `import { Mistral } from '@mistralai/mistralai';
const client = new Mistral();
for await (const event of await client.chat.stream({ model, messages })) show(event.data.choices[0].delta.content);`;
    expect(suggest(rule, 'example.js', code, {}, 'setSignal')[0]).toEqual([]);
    expect(outputs(code)).toEqual([expect.stringContaining('await resilientStream(')]);
  });

  it('put the limit beside the options that are there, at the place where the SDK reads it', () => {
    const code = `import { GoogleGenAI } from '@google/genai';
const ai = new GoogleGenAI({});
for await (const chunk of await ai.models.generateContentStream({
  model,
  contents,
  config: { temperature: 0 },
})) show(chunk.text);
`;
    expect(suggest(rule, 'example.js', code, {}, 'setSignal')[0]).toEqual([
      {
        line: 3,
        output: code.replace('{ temperature: 0 }', '{ temperature: 0, abortSignal: AbortSignal.timeout(300_000) }'),
      },
    ]);
  });

  it('take no signal away that may be in options out of sight', () => {
    const code = `${ANTHROPIC}export async function ask(options) {
  for await (const event of client.messages.stream({ model, messages }, { ...options, signal: null })) show(event);
}`;
    expect(suggest(rule, 'example.js', code, {}, 'setSignal')[0]).toEqual([
      { line: 4, output: code.replace('signal: null', 'signal: AbortSignal.timeout(300_000)') },
    ]);
    expect(
      suggest(
        rule,
        'example.js',
        code.replace('signal: null', 'timeout: 1'),
        { requireDeadline: true },
        'setSignal',
      )[0],
    ).toEqual([]);
  });

  it('leave a signal alone that is there', () => {
    const code = `${ANTHROPIC}export async function ask(signal) {
  for await (const event of client.messages.stream({ model }, { signal })) show(event);
}`;
    expect(suggest(rule, 'example.js', code, { requireDeadline: true }, 'setSignal')[0]).toEqual([]);
  });

  it('set no limit below what the options ask for', () => {
    const code = `${ANTHROPIC}for await (const event of client.messages.stream({ model, messages })) show(event);`;
    expect(suggest(rule, 'example.js', code, { minimumMs: 3_600_000 }, 'setSignal')[0]![0]!.output).toContain(
      'AbortSignal.timeout(3_600_000)',
    );
  });

  it('use no name that the file has for something else', () => {
    const code = `${ANTHROPIC}import { AbortSignal } from './own.js';
for await (const event of client.messages.stream({ model, messages })) show(event);`;
    expect(suggest(rule, 'example.js', code, {}, 'setSignal')[0]).toEqual([]);
  });

  it('import the helper from where the option says', () => {
    expect(outputs(OPENAI + chat(), { helper: '@acme/stream' })[0]).toContain(
      `import { resilientStream } from '@acme/stream';`,
    );
  });
});
