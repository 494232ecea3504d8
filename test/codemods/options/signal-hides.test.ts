import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const program = (chat: string, request = '{ message }'): string => `import { GoogleGenAI } from '@google/genai';
const ai = new GoogleGenAI({});
export async function ask(message, settings) {
  const chat = ${chat};
  const stream = await chat.sendMessageStream(${request});
  for await (const chunk of stream) process.stdout.write(chunk.text ?? '');
}
`;
const bare = "ai.chats.create({ model: 'gemini' })";
const instructed = "ai.chats.create({ model: 'gemini', config: { systemInstruction: 'Be brief.' } })";
const reason =
  'Where the request has no `config` it has that of what it is made by, which a signal would take the place of; write `config` as an object at the call, then run this again.';

describe('a signal whose place at the call hides what the chat was made with', () => {
  it('is placed where the chat was made with nothing there', () => {
    expect(rewriteTwice(program(bare), 'file.mjs')).toContain(
      'resilientStream(({ signal }) => chat.sendMessageStream({ message, config: { abortSignal: signal } }));',
    );
    expect(rewriteTwice(program(bare, '{ message, config: settings }'), 'file.mjs')).toContain(
      'config: { ...settings, abortSignal: signal } }), { signal: settings?.abortSignal });',
    );
  });

  it('is placed where the call hides that already', () => {
    expect(rewriteTwice(program(instructed, '{ message, config: { temperature: 0 } }'), 'file.mjs')).toContain(
      'chat.sendMessageStream({ message, config: { temperature: 0, abortSignal: signal } }));',
    );
  });

  it.each([
    ['the chat has instructions', instructed],
    ['the chat may have instructions', "ai.chats.create({ model: 'gemini', ...settings })"],
  ])('is left out where %s', (_, chat) => {
    expect(rewriteTwice(program(chat), 'file.mjs')).toContain(
      'resilientStream(() => chat.sendMessageStream({ message }));',
    );
  });

  it('is left out where the chat is made elsewhere', () => {
    const before = `import type { Chat } from '@google/genai';
export async function ask(chat: Chat, message: string) {
  for await (const chunk of await chat.sendMessageStream({ message })) process.stdout.write(chunk.text ?? '');
}
`;
    expect(rewriteTwice(before)).toContain('await resilientStream(() => chat.sendMessageStream({ message }))');
  });

  it.each(['{ message, config: settings }', 'settings', '{ message, ...settings }'])(
    'leaves a request that may hide it: %s',
    (request) => {
      expect(findReasons(program(instructed, request), 'file.mjs')).toEqual([reason]);
    },
  );
});
