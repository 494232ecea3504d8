import { describe, expect, it } from 'vitest';
import rule from '../../rules/require-error-handling.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const ANTHROPIC = `import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\n`;
const HELPER = `import { resilientStream } from 'resilient-stream';\n`;
const reader = `const response = await fetch(url, { method: 'POST', body: JSON.stringify({ messages, stream: true }) });
const reader = response.body.getReader();
`;
const open = 'await client.chat.completions.create({ model, messages, stream: true })';

testRule(rule, {
  valid: [
    {
      name: 'a try covers the loop',
      code: `${OPENAI}try { for await (const chunk of ${open}) use(chunk); } catch (error) { tell(error); }`,
    },
    {
      name: 'a try covers the loop alone',
      code: `${OPENAI}const stream = ${open};
try { for await (const chunk of stream) use(chunk); } catch (error) { tell(error); }`,
    },
    {
      name: 'the error is the caller’s',
      code: `${OPENAI}export async function ask() { for await (const chunk of ${open}) use(chunk); }`,
    },
    {
      name: 'the error is the consumer’s',
      code: `${OPENAI}export async function* ask() { for await (const chunk of ${open}) yield chunk; }`,
    },
    {
      name: 'the error is the reader’s of a ReadableStream',
      code: `${OPENAI}new ReadableStream({ async start(out) { for await (const chunk of ${open}) out.enqueue(chunk); } });`,
    },
    {
      name: 'main has a catch',
      code: `${OPENAI}async function main() { for await (const chunk of ${open}) use(chunk); }\nmain().catch(tell);`,
    },
    {
      name: 'a method, whose callers are elsewhere',
      code: `${OPENAI}class Chat { async ask(messages: string[]) { for await (const chunk of ${open}) use(chunk); } }`,
      ts: true,
    },
    {
      name: 'a wrapped stream with a catch',
      code: `${OPENAI}${HELPER}try { for await (const chunk of await resilientStream(({ signal }) => client.responses.create({ stream: true }, { signal }))) use(chunk); } catch (error) { tell(error); }`,
    },
    { name: 'no stream of a model', code: `for await (const line of lines) use(line);` },
    {
      name: 'a try covers the loop over a reader',
      code: `${reader}try { while (true) { const { done, value } = await reader.read(); if (done) break; use(value); } } catch (error) { tell(error); }`,
    },
    {
      name: 'listeners, which another rule looks at',
      code: `${ANTHROPIC}client.messages.stream({ model, messages }).on('text', (text) => use(text));`,
    },
    {
      name: 'a caller in sight, where callers are asked about',
      code: `${OPENAI}async function main() { for await (const chunk of ${open}) use(chunk); }\nmain().catch(tell);`,
      options: { checkCallers: true, checkGenerators: true },
    },
    { name: 'pages of a list', code: `${OPENAI}for await (const model of client.models.list()) use(model);` },
  ],
  invalid: [
    {
      name: 'callers out of sight, where they are asked about',
      code: `${OPENAI}export async function ask() {\n  for await (const chunk of ${open}) use(chunk);\n}`,
      options: { checkCallers: true },
      error: {
        messageId: 'leftToCaller',
        line: 4,
        column: 3,
        data: { api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a generator, where they are asked about',
      code: `${OPENAI}export async function* ask() {\n  for await (const chunk of ${open}) yield chunk;\n}`,
      options: { checkGenerators: true },
      error: {
        messageId: 'leftToConsumer',
        line: 4,
        column: 3,
        data: { api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a loop at the top of a module',
      code: `${OPENAI}const stream = ${open};\nfor await (const chunk of stream) {\n  use(chunk);\n}`,
      error: {
        messageId: 'unhandled',
        line: 4,
        column: 1,
        endLine: 4,
        endColumn: 34,
        data: { api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a head of several lines is shown to its bracket',
      code: `${OPENAI}for await (const chunk of\n  ${open}\n) {\n  use(chunk);\n}`,
      error: { messageId: 'unhandled', line: 3, column: 1, endLine: 5, endColumn: 2 },
    },
    {
      name: 'a try without a catch',
      code: `${ANTHROPIC}try {
  for await (const chunk of client.messages.stream({})) use(chunk);
} finally { done(); }`,
      error: {
        messageId: 'unhandled',
        line: 4,
        column: 3,
        endLine: 4,
        endColumn: 56,
        data: { api: 'messages.stream', provider: 'Anthropic' },
      },
    },
    {
      name: 'the try ends before the loop',
      code: `${OPENAI}let stream;
try { stream = ${open}; } catch (error) { tell(error); }
for await (const chunk of stream) use(chunk);`,
      error: { messageId: 'handledTooEarly', line: 5, column: 1, endLine: 5, endColumn: 34 },
    },
    {
      name: 'a function that nobody awaits',
      code: `${OPENAI}try {
  (async () => {
    for await (const chunk of ${open}) use(chunk);
  })();
} catch (error) { tell(error); }`,
      error: { messageId: 'unhandled', line: 5, column: 5 },
    },
    {
      name: 'an executor cuts the try off',
      code: `${OPENAI}async function ask() {
  try {
    await new Promise(async (resolve) => {
      for await (const chunk of ${open}) use(chunk);
      resolve();
    });
  } catch (error) { tell(error); }
}`,
      error: { messageId: 'unhandled', line: 6, column: 7 },
    },
    {
      name: 'the helper’s typed errors need somebody too',
      code: `${OPENAI}${HELPER}const stream = await resilientStream(({ signal }) => client.responses.create({ stream: true }, { signal }));
for await (const chunk of stream) use(chunk);`,
      error: { messageId: 'unhandled', line: 5, column: 1 },
    },
    {
      name: 'a loop over a reader',
      code: `${reader}while (true) {
  const { done, value } = await reader.read();
  if (done) break;
  use(value);
}`,
      error: {
        messageId: 'unhandled',
        line: 3,
        column: 1,
        endLine: 3,
        endColumn: 13,
        data: { api: 'fetch', provider: 'HTTP without an SDK' },
      },
    },
    {
      name: 'a loop over a reader that asks at its end',
      code: `${reader}let done = false;\ndo {\n  ({ done } = await reader.read());\n} while (!done);`,
      error: { messageId: 'unhandled', line: 4, column: 1, endLine: 4 },
    },
    {
      name: 'a function that calls itself',
      code: `${reader}async function pump() {
  const { done, value } = await reader.read();
  if (done) return;
  use(value);
  await pump();
}
pump();`,
      error: { messageId: 'unhandled', line: 3, column: 1, endLine: 3 },
    },
    {
      name: 'a typed client in TypeScript',
      code: `import type OpenAI from 'openai';
export function start(client: OpenAI): void {
  void (async (): Promise<void> => {
    for await (const chunk of ${open}) use(chunk as object);
  })();
}`,
      ts: true,
      error: { messageId: 'unhandled', line: 4, column: 5 },
    },
  ],
});

describe('the message', () => {
  it('says that nothing catches', () => {
    expect(messagesOf(rule, `${OPENAI}for await (const chunk of ${open}) use(chunk);`)).toEqual([
      'Nothing catches an error of `chat.completions.create` in this loop; a dropped connection goes unhandled, and the answer so far is lost.',
    ]);
  });

  it('says that the catch is around the call only', () => {
    expect(
      messagesOf(
        rule,
        `${ANTHROPIC}let s; try { s = await client.messages.create({ stream: true }); } catch {}
for await (const chunk of s) use(chunk);`,
      ),
    ).toEqual([
      'The `catch` for `messages.create` covers the call only; a connection that drops in mid-answer surfaces in this loop, where nothing catches it.',
    ]);
  });
});
