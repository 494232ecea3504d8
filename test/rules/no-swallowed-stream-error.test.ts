import { describe, expect, it } from 'vitest';
import rule from '../../rules/no-swallowed-stream-error.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const open = 'await client.chat.completions.create({ model, messages, stream: true })';
const write = `for await (const chunk of ${open}) res.write(chunk.choices[0]?.delta?.content ?? '');`;
const tried = (handler: string, loop = write, after = ''): string =>
  `${OPENAI}export async function answer(req, res) {\n  try { ${loop} }\n  ${handler}\n${after}}`;
const fetched = `const response = await fetch(url, { method: 'POST', body: JSON.stringify({ messages, stream: true }) });
const reader = response.body.getReader();
`;

testRule(rule, {
  valid: [
    { name: 'no handler', code: `${OPENAI}export async function answer(res) { ${write} }` },
    { name: 'rethrown', code: tried('catch (error) { console.error(error); throw error; }') },
    {
      name: 'rethrown unless aborted',
      code: tried(`catch (error) { if (error.name === 'AbortError') return; throw error; }`),
    },
    { name: 'handed to express', code: tried('catch (error) { next(error); }') },
    {
      name: 'an error event to the client',
      code: tried('catch (error) { console.error(error); res.write(`event: error\\ndata: ${error.message}\\n\\n`); }'),
    },
    { name: 'a state of the user interface', code: tried('catch (error) { console.error(error); setError(error); }') },
    { name: 'a state without the error', code: tried(`catch (error) { console.error(error); setStatus('failed'); }`) },
    {
      name: 'an error chunk to the consumer',
      code: `${OPENAI}export async function* ask() { try { for await (const chunk of ${open}) yield chunk; } catch (error) { yield { type: 'error', error }; } }`,
    },
    {
      name: 'the reader of a ReadableStream',
      code: `${OPENAI}new ReadableStream({ async start(out) { try { for await (const chunk of ${open}) out.enqueue(chunk); } catch (error) { out.error(error); } } });`,
    },
    { name: 'null for an answer', code: tried('catch (error) { console.error(error); return null; }') },
    { name: 'an object that says so', code: tried('catch (error) { console.error(error); return { ok: false }; }') },
    { name: 'the end of the process', code: tried('catch (error) { console.error(error); process.exit(1); }') },
    {
      name: 'the end of a program',
      code: `${OPENAI}async function main() { for await (const chunk of ${open}) console.log(chunk.choices[0].delta.content); }
main().catch(console.error);`,
    },
    {
      name: 'the end of a module',
      code: `${OPENAI}try { for await (const chunk of ${open}) process.stdout.write(chunk.choices[0].delta.content); } catch (error) { console.log(error); }`,
    },
    {
      name: 'a look at how it went',
      code: tried(
        'catch (error) { console.error(error); }',
        `${write} res.whole = true; done = true;`,
        'if (!done) res.status(500);\n',
      ).replace('export async', 'let done = false;\nexport async'),
    },
    {
      name: 'another attempt',
      code: `${OPENAI}export async function ask() { while (true) { try { let text = ''; for await (const chunk of ${open}) text += chunk.choices[0].delta.content; return text; } catch (error) { console.warn(error); } } }`,
    },
    {
      name: 'a loop that shows nothing of the answer',
      code: tried(
        'catch (error) { console.error(error); }',
        `for await (const chunk of ${open}) { if (chunk.error) logger.error(chunk.error); }`,
      ),
    },
    {
      name: 'a logger that somebody watches',
      code: tried('catch (error) { alarm.log(error); logger.fatal(error); }'),
      options: { reporters: ['logger.fatal'] },
    },
    {
      name: 'each method of it',
      code: tried('catch (error) { logger.fatal(error); }'),
      options: { reporters: ['logger'] },
    },
    {
      name: 'listeners',
      code: `import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic();
export const ask = () => client.messages.stream(p).on('text', show).done().catch(() => {});`,
    },
  ],
  invalid: [
    {
      name: 'a log line',
      code: tried('catch (error) {\n    console.error(error);\n  }', undefined, '  res.end();\n'),
      error: {
        messageId: 'logged',
        line: 5,
        column: 3,
        endLine: 5,
        endColumn: 17,
        data: { api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a log line for all but an abort',
      code: tried(`catch (error) { if (error.name === 'AbortError') return; console.error(error); }`),
      error: { messageId: 'logged', line: 5, column: 3 },
    },
    {
      name: 'a log line, and the stream is closed',
      code: `${OPENAI}new ReadableStream({ async start(out) {
  try { for await (const chunk of ${open}) out.enqueue(chunk); } catch (error) { console.error(error); out.close(); }
} });`,
      error: { messageId: 'logged', line: 4, column: 130 },
    },
    {
      name: 'nothing',
      code: tried('catch {}'),
      error: { messageId: 'ignored', line: 5, column: 3, endLine: 5, endColumn: 9 },
    },
    {
      name: 'an empty text',
      code: tried(`catch (error) { console.error(error); return ''; }`),
      error: { messageId: 'answered', line: 5, column: 3 },
    },
    {
      name: 'an empty list',
      code: tried('catch (error) { return []; }'),
      error: { messageId: 'answered', line: 5, column: 3 },
    },
    {
      name: 'half of the text',
      code: `${OPENAI}export async function ask() {
  const parts = [];
  try { for await (const chunk of ${open}) parts.push(chunk.choices[0].delta.content); }
  catch { return parts.join(''); }
}`,
      error: { messageId: 'answered', line: 6, column: 3 },
    },
    {
      name: 'a log line in a promise’s handler',
      code: `${OPENAI}async function send(socket) { for await (const chunk of ${open}) socket.send(chunk); }
export function start(socket) {
  send(socket).catch((error) => console.error(error));
}`,
      error: { messageId: 'logged', line: 5, column: 22, endLine: 5, endColumn: 33 },
    },
    {
      name: 'a log line of a program that saves the text',
      code: `${OPENAI}let text = '';
try { for await (const chunk of ${open}) text += chunk.choices[0].delta.content; }
catch (error) { console.error(error); }
save(text);`,
      error: { messageId: 'logged', line: 5, column: 1 },
    },
    {
      name: 'a loop over a reader',
      code: `export async function ask(show) {
  ${fetched}  try { while (true) { const { done, value } = await reader.read(); if (done) break; show(value); } }
  catch (error) { logger.warn(error); }
}`,
      error: { messageId: 'logged', line: 5, column: 3, data: { api: 'fetch', provider: 'HTTP without an SDK' } },
    },
    {
      name: 'a logger that is not named',
      code: tried('catch (error) { logger.debug(error); }'),
      options: { reporters: ['logger.fatal'] },
      error: { messageId: 'logged', line: 5, column: 3 },
    },
  ],
});

describe('the message', () => {
  it.each([
    [
      'console.error(error);',
      'An error of `chat.completions.create` ends in a log line here; what comes after it takes a broken answer for a whole one.',
    ],
    [
      '',
      'An error of `chat.completions.create` is ignored here; what comes after it takes a broken answer for a whole one.',
    ],
    [
      `return '';`,
      'An error of `chat.completions.create` becomes an empty or partial answer here, which nobody can tell from a whole one.',
    ],
  ])('says what becomes of the error in { %s }', (handler, message) => {
    expect(messagesOf(rule, tried(`catch (error) { ${handler} }`))).toEqual([message]);
  });
});
