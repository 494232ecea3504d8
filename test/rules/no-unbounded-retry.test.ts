import { describe, expect, it } from 'vitest';
import rule from '../../rules/no-unbounded-retry.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const ANTHROPIC = `import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\n`;
const read =
  'for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) use(chunk);';
const inAsync = (body: string, parameters = ''): string => `${OPENAI}async function ask(${parameters}) {\n${body}\n}`;
const retried = (handler: string, head = 'while (true)'): string =>
  `${head} { try { ${read} return; } catch (error) { ${handler} } }`;

testRule(rule, {
  valid: [
    { name: 'no retry', code: inAsync(`try { ${read} } catch (error) { tell(error); }`) },
    {
      name: 'a cap in the head and a pause',
      code: inAsync(retried('await sleep(500);', 'for (let i = 0; i < 3; i++)')),
    },
    {
      name: 'a cap in the handler and a pause',
      code: inAsync(`let tries = 0;\n${retried('if (tries++ > 3) throw error; await sleep(500);')}`),
    },
    {
      name: 'a recursion that counts and pauses',
      code: inAsync(
        `try { ${read} } catch (error) { if (left === 0) throw error; await sleep(500); return ask(left - 1); }`,
        'left = 3',
      ),
    },
    {
      name: 'a timer in a promise',
      code: inAsync(
        retried('await new Promise((resolve) => setTimeout(resolve, 500));', 'for (let i = 0; i < 3; i++)'),
      ),
    },
    { name: 'a policy out of sight', code: inAsync(retried('await policy.next(error);')) },
    { name: 'until somebody aborts', code: inAsync(retried('await sleep(500);', 'while (!signal.aborted)'), 'signal') },
    {
      name: 'a conversation',
      code: inAsync(
        `while (true) { const line = await prompt(); try { ${read} } catch (error) { console.error(error); } }`,
      ),
    },
    {
      name: 'a batch',
      code: inAsync(`for (let i = 0; i < all.length; i++) { try { ${read} } catch (error) { console.error(error); } }`),
    },
    { name: 'another model', code: inAsync(`for (const model of models) { ${`try { ${read} return; } catch {}`} }`) },
    { name: 'a shorter prompt', code: inAsync(retried('messages.shift();')) },
    {
      name: 'the generator of a subscription',
      code: `${ANTHROPIC}async function* all() { while (true) { try { for await (const chunk of client.messages.stream(p)) yield chunk; } catch (error) { await sleep(1000); } } }`,
    },
    {
      name: 'a cap without a pause, which the options allow',
      code: inAsync(retried('', 'for (let i = 0; i < 3; i++)')),
      options: { requirePause: false },
    },
  ],
  invalid: [
    {
      name: 'neither a cap nor a pause',
      code: inAsync(`  ${retried('console.warn(error);')}`),
      error: {
        messageId: 'unbounded',
        line: 4,
        column: 3,
        endLine: 4,
        endColumn: 15,
        data: { api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a pause alone',
      code: inAsync(`  ${retried('await sleep(500);', 'for (;;)')}`),
      error: { messageId: 'uncapped', line: 4, column: 3, endLine: 4, endColumn: 11 },
    },
    {
      name: 'a cap alone',
      code: inAsync(`  ${retried('if (i === 2) throw error;', 'for (let i = 0; i < 3; i++)')}`),
      error: { messageId: 'unpaused', line: 4, column: 3, endLine: 4, endColumn: 30 },
    },
    {
      name: 'a function that calls itself',
      code: inAsync(`try {\n  ${read}\n} catch (error) {\n  await sleep(500);\n  return ask(given);\n}`, 'given'),
      error: { messageId: 'uncapped', line: 8, column: 10, endLine: 8, endColumn: 13 },
    },
    {
      name: 'a method that calls itself',
      code: `import type OpenAI from 'openai';
class Chat {
  constructor(private client: OpenAI) {}
  async ask(): Promise<void> {
    try {
      for await (const chunk of await this.client.chat.completions.create({ model, messages, stream: true })) use(chunk);
    } catch {
      await this.ask();
    }
  }
}`,
      ts: true,
      error: { messageId: 'unbounded', line: 8, column: 13, endLine: 8, endColumn: 21 },
    },
    {
      name: 'a retry around the call alone',
      code: inAsync(
        `let stream;
while (!stream) {
  try {
    stream = await client.chat.completions.create({ model, messages, stream: true });
  } catch (error) {
    await sleep(500);
  }
}
for await (const chunk of stream) use(chunk);`,
      ),
      error: { messageId: 'uncapped', line: 5, column: 1, endLine: 5, endColumn: 16 },
    },
    {
      name: 'a generator that yields from a later attempt',
      code: `${ANTHROPIC}export async function* ask() {
  do {
    try { for await (const chunk of client.messages.stream(p)) yield chunk; return; } catch (error) { if (!isRetryable(error)) throw error; }
  } while (true);
}`,
      error: {
        messageId: 'unbounded',
        line: 4,
        column: 3,
        endLine: 4,
        endColumn: 6,
        data: { api: 'messages.stream', provider: 'Anthropic' },
      },
    },
  ],
});

describe('the message', () => {
  it.each([
    [
      '',
      'Nothing caps the attempts at `chat.completions.create`, and nothing pauses between them; a request that always fails is repeated for ever, as fast as it fails.',
    ],
    [
      'await sleep(500);',
      'Nothing caps the attempts at `chat.completions.create`; a request that always fails, such as one with a wrong key, is repeated for ever.',
    ],
    [
      'if (tries++ === 3) throw error;',
      'Nothing pauses between the attempts at `chat.completions.create`; they are spent within moments of one another, while an overloaded server needs seconds.',
    ],
  ])('says what is missing of a handler like %j', (handler, message) => {
    expect(messagesOf(rule, inAsync(retried(handler), 'tries'))).toEqual([message]);
  });
});
