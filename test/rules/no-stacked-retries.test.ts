import { describe, expect, it } from 'vitest';
import rule from '../../rules/no-stacked-retries.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const HELPER = `import { resilientStream } from 'resilient-stream';\n`;
const OPENAI = `import OpenAI from 'openai';\n`;
const inHelper = (client = 'const client = new OpenAI();', options = '{ signal }', helper = ''): string =>
  `${OPENAI}${HELPER}${client}
export async function ask() {
  const stream = await resilientStream(({ signal }) => client.responses.create({ model, input, stream: true }, ${options})${helper});
  for await (const chunk of stream) show(chunk);
}`;
const inLoop = (options = ''): string =>
  `${OPENAI}const client = new OpenAI();
export async function ask() {
  for (let i = 0; ; i++) {
    try { for await (const chunk of await client.responses.create({ model, input, stream: true }${options})) show(chunk); return; }
    catch (error) { if (i > 2) throw error; await sleep(500); }
  }
}`;

testRule(rule, {
  valid: [
    {
      name: 'one retry, the SDK’s',
      code: `${OPENAI}const client = new OpenAI();
for await (const chunk of await client.responses.create({ model, input, stream: true })) show(chunk);`,
    },
    { name: 'off at the call', code: inHelper(undefined, '{ signal, maxRetries: 0 }') },
    { name: 'off at the client', code: inHelper('const client = new OpenAI({ maxRetries: 0 });') },
    { name: 'off for this client', code: inHelper('const client = new OpenAI().withOptions({ maxRetries: 0 });') },
    { name: 'the helper’s are off', code: inHelper(undefined, undefined, ', { maxRetries: 0 }') },
    { name: 'the helper’s are out of sight', code: inHelper(undefined, undefined, ', options') },
    { name: 'the SDK’s are out of sight', code: inHelper(undefined, 'options') },
    { name: 'the client is out of sight', code: inHelper(`import { client } from './client';`) },
    {
      name: 'a typed client is out of sight',
      code: `${HELPER}import type OpenAI from 'openai';
export async function ask(client: OpenAI) { for await (const chunk of await resilientStream(({ signal }) => client.responses.create({ model, input, stream: true }, { signal }))) show(chunk); }`,
      ts: true,
    },
    { name: 'off at a call in a loop', code: inLoop(', { maxRetries: 0 }') },
    {
      name: 'a loop that is no retry',
      code: `${OPENAI}const client = new OpenAI();
for (const input of inputs) { try { for await (const chunk of await client.responses.create({ model, input, stream: true })) show(chunk); } catch (error) { tell(error); } }`,
    },
    {
      name: 'an SDK without retries',
      code: `${HELPER}import { Ollama } from 'ollama';
const client = new Ollama();
for await (const part of await resilientStream(() => client.chat({ model, messages, stream: true }))) show(part);`,
    },
  ],
  invalid: [
    {
      name: 'the helper around an SDK that retries',
      code: inHelper(),
      error: {
        messageId: 'inHelper',
        line: 5,
        column: 56,
        endLine: 5,
        endColumn: 79,
        data: { api: 'responses.create', provider: 'OpenAI', retries: '2', attempts: '3', requests: '9' },
        suggestions: [{ messageId: 'switchOff', output: inHelper(undefined, '{ signal, maxRetries: 0 }') }],
      },
    },
    {
      name: 'numbers that the program gives',
      code: inHelper('const client = new OpenAI({ maxRetries: 4 });', undefined, ', { maxRetries: 1 }'),
      error: {
        messageId: 'inHelper',
        line: 5,
        column: 56,
        data: { api: 'responses.create', provider: 'OpenAI', retries: '4', attempts: '2', requests: '10' },
        suggestions: [
          {
            messageId: 'switchOff',
            output: inHelper(
              'const client = new OpenAI({ maxRetries: 4 });',
              '{ signal, maxRetries: 0 }',
              ', { maxRetries: 1 }',
            ),
          },
        ],
      },
    },
    {
      name: 'a retry by hand',
      code: inLoop(),
      error: {
        messageId: 'inLoop',
        line: 5,
        column: 43,
        endLine: 5,
        endColumn: 66,
        data: { api: 'responses.create', provider: 'OpenAI', retries: '2' },
        suggestions: [{ messageId: 'switchOff', output: inLoop(', { maxRetries: 0 }') }],
      },
    },
    {
      name: 'a client out of sight, which the options take for one with the defaults',
      code: `${HELPER}import type OpenAI from 'openai';
export async function ask(client: OpenAI) { for await (const chunk of await resilientStream(({ signal }) => client.responses.create({ model, input, stream: true }, { signal }))) show(chunk); }`,
      ts: true,
      options: { assumeDefaults: true },
      error: {
        messageId: 'inHelper',
        line: 3,
        column: 109,
        suggestions: [
          {
            messageId: 'switchOff',
            output: `${HELPER}import type OpenAI from 'openai';
export async function ask(client: OpenAI) { for await (const chunk of await resilientStream(({ signal }) => client.responses.create({ model, input, stream: true }, { signal, maxRetries: 0 }))) show(chunk); }`,
          },
        ],
      },
    },
    {
      name: 'an SDK whose call takes no such option',
      code: `${HELPER}import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
const client = new BedrockRuntimeClient({});
for await (const chunk of await resilientStream(({ signal }) => client.send(new ConverseStreamCommand(input), { abortSignal: signal }))) show(chunk);`,
      error: {
        messageId: 'inHelper',
        line: 4,
        column: 65,
        data: { api: 'send', provider: 'Amazon Bedrock', retries: '2', attempts: '3', requests: '9' },
      },
    },
  ],
});

describe('the message', () => {
  it('counts the requests', () => {
    expect(messagesOf(rule, inHelper())).toEqual([
      '`responses.create` repeats a failed request up to 2 times by itself, in each of the 3 attempts of `resilientStream`: 9 requests to a server that is failing.',
    ]);
  });

  it('says that the numbers multiply', () => {
    expect(messagesOf(rule, inLoop())).toEqual([
      '`responses.create` repeats a failed request up to 2 times by itself, in each attempt of the retry around it; their numbers multiply.',
    ]);
  });
});
