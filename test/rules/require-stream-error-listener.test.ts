import { expect, it } from 'vitest';
import rule from '../../rules/require-stream-error-listener.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const ANTHROPIC = `import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic();
const stream = client.messages.stream(params);
`;
const AI = `import { streamText, streamObject } from 'ai';\n`;
const hidden = { option: 'onError', provider: 'Vercel AI SDK' };

testRule(rule, {
  valid: [
    { name: 'an error listener', code: `${ANTHROPIC}stream.on('text', show);\nstream.on('error', fail);` },
    { name: 'an error listener in a chain', code: `${ANTHROPIC}stream.on('text', show).on('error', fail);` },
    { name: 'the end is waited for', code: `${ANTHROPIC}stream.on('text', show);\nawait stream.finalMessage();` },
    {
      name: 'the end is waited for in a chain',
      code: `import OpenAI from 'openai';
const runner = new OpenAI().chat.completions.stream(params).on('content', show);
await runner.done();`,
    },
    {
      name: 'other code has the stream',
      code: `import Anthropic from '@anthropic-ai/sdk';
export function ask(client: Anthropic) {
  return client.messages.stream(params).on('text', show);
}`,
      ts: true,
    },
    {
      name: 'the stream is iterated too, where an error throws',
      code: `${ANTHROPIC}stream.on('text', show);\nfor await (const event of stream) log(event);`,
    },
    { name: 'an emitter of something else', code: `socket.on('data', (data) => show(data));` },
    {
      name: 'a callback for errors',
      code: `${AI}for await (const text of streamText({ model, prompt, onError }).textStream) show(text);`,
    },
    { name: 'options out of sight', code: `${AI}for await (const text of streamText(options).textStream) show(text);` },
    {
      name: 'a spread that may bring the callback',
      code: `${AI}for await (const text of streamText({ model, ...options }).textStream) show(text);`,
    },
    {
      name: 'the reason for the end is read',
      code: `${AI}const result = streamText({ model, prompt });
for await (const text of result.textStream) show(text);
log(await result.finishReason);`,
    },
    {
      name: 'another promise of the result is picked',
      code: `${AI}const { textStream, usage } = streamText({ model, prompt });
for await (const text of textStream) show(text);
log(await usage);`,
    },
    {
      name: 'the result goes on',
      code: `${AI}export async function ask() {
  const result = streamText({ model, prompt });
  for await (const text of result.textStream) show(text);
  return result;
}`,
    },
    {
      name: 'all parts are read',
      code: `${AI}for await (const part of streamText({ model, prompt }).fullStream) show(part);`,
    },
    { name: 'the request is elsewhere', code: `for await (const text of result.textStream) show(text);` },
    {
      name: 'the helper throws',
      code: `${AI}import { resilientStream } from 'resilient-stream';
for await (const text of resilientStream(() => streamText({ model, prompt })).text()) show(text);`,
    },
  ],
  invalid: [
    {
      name: 'the text alone is listened to',
      code: `${ANTHROPIC}stream.on('text', show);`,
      error: {
        messageId: 'unheard',
        line: 4,
        column: 1,
        endLine: 4,
        endColumn: 10,
        data: { api: 'messages.stream', provider: 'Anthropic' },
      },
    },
    {
      name: 'the chunks of a response alone are listened to',
      code: `async function ask() {
  const { data } = await axios.post('https://api.openai.com/v1/chat/completions', { stream: true }, { responseType: 'stream' });
  data.on('data', (chunk) => show(chunk));
}`,
      error: { messageId: 'unheard', line: 3, column: 3 },
    },
    {
      name: 'strings of an answer, in a `try`',
      code: `${AI}const result = streamText({ model, prompt });
try {
  for await (const text of result.textStream) show(text);
} catch (error) {
  fail(error);
}`,
      error: { messageId: 'hidden', line: 4, column: 3, data: { ...hidden, api: 'streamText' } },
    },
    {
      name: 'strings that a pattern picks',
      code: `${AI}const { textStream } = streamText({ model, prompt });
for await (const text of textStream) show(text);`,
      error: { messageId: 'hidden', line: 3, column: 1, data: { ...hidden, api: 'streamText' } },
    },
    {
      name: 'partial objects',
      code: `${AI}const { partialObjectStream } = streamObject({ model, prompt, schema });
for await (const object of partialObjectStream) show(object);`,
      error: { messageId: 'hidden', line: 3, column: 1, data: { ...hidden, api: 'streamObject' } },
    },
  ],
});

it('says where the error goes', () => {
  expect(messagesOf(rule, `${ANTHROPIC}stream.on('text', show);`)).toEqual([
    'An error of `messages.stream` reaches nobody: nothing here listens for `error` or waits for the end; it becomes an unhandled rejection, which ends the process.',
  ]);
  expect(
    messagesOf(rule, `${AI}for await (const text of streamText({ model, prompt }).textStream) show(text);`),
  ).toEqual([
    'An error of `streamText` ends this loop as if the answer were whole, past any `catch`; it goes to `onError`, which is not set, and nothing else here asks for it.',
  ]);
});
