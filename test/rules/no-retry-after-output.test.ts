import { describe, expect, it } from 'vitest';
import rule from '../../rules/no-retry-after-output.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const open = 'await client.chat.completions.create({ model, messages, stream: true })';
const show = `for await (const chunk of ${open}) show(chunk.choices[0]?.delta?.content);`;
const inAsync = (body: string): string => `${OPENAI}export async function ask(messages) {\n${body}\n}`;
const retried = (handler: string, body = show, start = ''): string =>
  `for (let i = 0; i < 3; i++) {\n  ${start}\n  try { ${body} return; }\n  catch (error) { ${handler} }\n}`;
const generator = (handler: string): string =>
  `${OPENAI}export async function* ask(messages) {
  try { for await (const chunk of ${open}) yield chunk; }
  catch (error) { ${handler} }
}`;

testRule(rule, {
  valid: [
    { name: 'no retry', code: inAsync(`try { ${show} } catch (error) { tell(error); }`) },
    {
      name: 'a text for each attempt',
      code: inAsync(
        retried('', `for await (const chunk of ${open}) text += chunk.choices[0].delta.content;`, `let text = '';`),
      ),
    },
    {
      name: 'a text that is set back',
      code: inAsync(
        `let text;
${retried('', `for await (const chunk of ${open}) text += chunk.choices[0].delta.content;`, `text = '';`)}`,
      ),
    },
    {
      name: 'a text that the handler sets back',
      code: inAsync(
        `let text = '';
${retried(`text = '';`, `for await (const chunk of ${open}) text += chunk.choices[0].delta.content;`)}`,
      ),
    },
    { name: 'a screen that is set back', code: inAsync(retried('', show, `show('');`)) },
    { name: 'a screen that the handler clears', code: inAsync(retried('screen.clear();')) },
    {
      name: 'a member that is set back',
      code: `${OPENAI}class Chat { async ask() { ${retried('', `for await (const chunk of ${open}) this.text += chunk.choices[0].delta.content;`, `this.text = '';`)} } }`,
    },
    {
      name: 'an answer that has begun is not asked for again',
      code: inAsync(
        `let started = false;
${retried('if (started) throw error;', `for await (const chunk of ${open}) { started = true; show(chunk); }`)}`,
      ),
    },
    {
      name: 'a phase that the try sets',
      code: inAsync(
        `let opening = true;
${retried('if (!opening) throw error;', `const stream = ${open}; opening = false; for await (const chunk of stream) show(chunk);`)}`,
      ),
    },
    {
      name: 'a policy that is told what went out',
      code: inAsync(
        `let count = 0;
${retried('await policy.next(error, { count });', `for await (const chunk of ${open}) { count++; show(chunk); }`)}`,
      ),
    },
    {
      name: 'a consumer that is told',
      code: `${OPENAI}async function* ask() { ${retried('', `for await (const chunk of ${open}) yield chunk;`, `if (i > 0) yield { type: 'retry' };`)} }`,
    },
    { name: 'a retry by status', code: inAsync(retried('if (error.status !== 429) throw error; await sleep(1000);')) },
    {
      name: 'a retry of the request alone',
      code: inAsync(
        `let stream;
for (let i = 0; i < 3; i++) { try { stream = ${open}; break; } catch (error) { await sleep(500); } }
for await (const chunk of stream) show(chunk);`,
      ),
    },
    {
      name: 'a fallback that returns the whole answer',
      code: inAsync(
        `let text = '';
try { for await (const chunk of ${open}) text += chunk.choices[0].delta.content; return text; } catch { return ask(messages); }`,
      ),
    },
    {
      name: 'a fallback of the generator that is told',
      code: generator(`yield { type: 'restart' }; yield* ask(messages);`),
    },
    {
      name: 'the last chunk alone is kept',
      code: inAsync(`let last;\n${retried('', `for await (const chunk of ${open}) last = chunk;`)}`),
    },
  ],
  invalid: [
    {
      name: 'chunks are shown again',
      code: inAsync(retried('await sleep(500);')),
      error: {
        messageId: 'repeated',
        line: 7,
        column: 3,
        endLine: 7,
        endColumn: 17,
        data: { api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'by a continue',
      code: inAsync(retried('if (isRetryable(error)) { await sleep(500); continue; } throw error;')),
      error: { messageId: 'repeated', line: 7, column: 63 },
    },
    {
      name: 'a text goes on with the next attempt',
      code: inAsync(
        `let text = '';
${retried('console.warn(error);', `for await (const chunk of ${open}) text += chunk.choices[0].delta.content;`)}`,
      ),
      error: {
        messageId: 'appended',
        line: 8,
        column: 3,
        data: { api: 'chat.completions.create', provider: 'OpenAI', variable: 'text' },
      },
    },
    {
      name: 'another model goes on',
      code: inAsync(
        `for (const model of models) {
  try { for await (const chunk of ${open}) show(chunk.choices[0].delta.content); return; }
  catch (error) { console.warn(error); }
}`,
      ),
      error: { messageId: 'repeated', line: 6, column: 3 },
    },
    {
      name: 'a generator yields from itself',
      code: generator('yield* ask(messages);'),
      error: { messageId: 'repeated', line: 5, column: 26, endLine: 5, endColumn: 29 },
    },
    {
      name: 'a function calls itself',
      code: inAsync(`try { ${show} }\ncatch (error) { await sleep(500); return ask(messages); }`),
      error: { messageId: 'repeated', line: 5, column: 42 },
    },
    {
      name: 'a second loop in the handler',
      code: inAsync(`try { ${show} }\ncatch (error) { ${show.replace('{ model,', "{ model: 'small',")} }`),
      error: { messageId: 'repeated', line: 5, column: 49 },
    },
    {
      name: 'a member grows',
      code: `${OPENAI}class Chat {
  async ask(messages: string[]): Promise<void> {
    ${retried('', `for await (const chunk of ${open}) this.text += chunk.choices[0]!.delta.content;`)}
  }
}`,
      ts: true,
      error: { messageId: 'repeated', line: 8, column: 3 },
    },
  ],
});

describe('the message', () => {
  it('says that readers get the beginning twice', () => {
    expect(messagesOf(rule, inAsync(retried('')))).toEqual([
      'The request for `chat.completions.create` is made again here although chunks of the broken answer have gone out; whoever reads them gets its beginning twice.',
    ]);
  });

  it('names the variable that keeps the broken answer', () => {
    expect(
      messagesOf(
        rule,
        inAsync(
          `let text = '';
${retried('', `for await (const chunk of ${open}) text += chunk.choices[0].delta.content;`)}`,
        ),
      ),
    ).toEqual([
      'The request for `chat.completions.create` is made again here while `text` keeps what came of the broken answer; the new one is added behind it.',
    ]);
  });
});
