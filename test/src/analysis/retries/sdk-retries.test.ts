import { describe, expect, it } from 'vitest';
import type { Retries } from '../../../../src/analysis/facts/stream-loop.ts';
import { loopIn } from '../loops-in.ts';

const chat = (client: string, options = ''): Retries =>
  loopIn(
    `import OpenAI from 'openai';
${client}
async function ask(given) { for await (const chunk of await client.chat.completions.create({ model, messages, stream: true }${options && `, ${options}`})) show(chunk.id); }`,
  ).retries;

describe('an SDK’s own retries', () => {
  it.each([
    ['by default', 'const client = new OpenAI();', '', 2],
    ['set at the call', 'const client = new OpenAI();', '{ maxRetries: 5 }', 5],
    ['off at the call', 'const client = new OpenAI({ maxRetries: 5 });', '{ maxRetries: 0 }', 0],
    ['off at the client', 'const client = new OpenAI({ maxRetries: 0 });', '', 0],
    ['by a name', 'const NONE = 0; const client = new OpenAI({ maxRetries: NONE });', '', 0],
    ['off for this client', 'const base = new OpenAI(); const client = base.withOptions({ maxRetries: 0 });', '', 0],
    [
      'other options for this client',
      'const base = new OpenAI({ maxRetries: 4 }); const client = base.withOptions({ timeout: 1 });',
      '',
      4,
    ],
    ['out of sight at the call', 'const client = new OpenAI();', 'given', null],
    ['out of sight at the client', 'const client = new OpenAI(settings);', '', null],
    ['a number out of sight', 'const client = new OpenAI({ maxRetries: settings.retries });', '', null],
  ])('%s', (_, client, options, sdk) => {
    expect(chat(client, options)).toEqual({ sdk, isAssumed: false, helper: null });
  });

  it('are assumed where the client is out of sight', () => {
    const loop = loopIn(
      `import type OpenAI from 'openai';
export async function ask(client: OpenAI) { for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) show(chunk.id); }`,
    );
    expect(loop.retries).toEqual({ sdk: 2, isAssumed: true, helper: null });
  });

  it('are not known of a client that only looks like one', () => {
    const loop = loopIn(
      `export async function ask(client) { for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) show(chunk.choices[0].delta.content); }`,
    );
    expect(loop.retries).toEqual({ sdk: null, isAssumed: false, helper: null });
  });

  it.each([
    [
      'the AI SDK',
      `import { streamText } from 'ai';
for await (const text of streamText({ model, prompt }).textStream) show(text);`,
      2,
    ],
    [
      'the AI SDK, off',
      `import { streamText } from 'ai';
for await (const text of streamText({ model, prompt, maxRetries: 0 }).textStream) show(text);`,
      0,
    ],
    [
      'Bedrock, which counts the first request',
      `import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
const client = new BedrockRuntimeClient({ maxAttempts: 1 });
const { stream } = await client.send(new ConverseStreamCommand(input));
for await (const chunk of stream) show(chunk);`,
      0,
    ],
    [
      'LangChain',
      `import { ChatOpenAI } from '@langchain/openai';
const model = new ChatOpenAI({ model: 'gpt-5' });
for await (const chunk of await model.stream('Hello')) show(chunk.text);`,
      6,
    ],
    [
      'Google, which has none',
      `import { GoogleGenAI } from '@google/genai';
const client = new GoogleGenAI({});
for await (const chunk of await client.models.generateContentStream({ model, contents })) show(chunk.text);`,
      null,
    ],
  ])('of %s', (_, text, sdk) => {
    expect(loopIn(text).retries.sdk).toBe(sdk);
  });
});

describe('the helper’s retries', () => {
  const helped = (options: string): number | null =>
    loopIn(`import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';
const client = new OpenAI();
async function ask(given) { for await (const chunk of await resilientStream(({ signal }) => client.responses.create({ model, input, stream: true }, { signal })${options})) show(chunk); }`)
      .retries.helper;

  it.each([
    ['', 2],
    [', {}', 2],
    [', { maxRetries: 0 }', 0],
    [', { maxRetries: 5, idleTimeoutMs: 1_000 }', 5],
    [', { maxRetries: undefined }', 2],
    [', given', null],
    [', { maxRetries: given.retries }', null],
  ])('with the options %j are %s', (options, helper) => {
    expect(helped(options)).toBe(helper);
  });
});
