/**
 * What a chat of the catalog does with what it was made with, and with an answer that was cut: by what the real SDKs
 * send.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { type Example, findExamples, NEEDS_OTHERS, ofGeneration, serve } from './examples.ts';
import { createPrograms } from './program.ts';
import type { Script } from './server.ts';

const examples = (await findExamples()).filter(({ name }) => !(name in NEEDS_OTHERS));
const programs = createPrograms();
afterAll(() => programs.close());

/** The bodies of what the program asked for, in order. */
async function findAsked(text: string, example: Example, plan: readonly Script[]): Promise<unknown[]> {
  const server = await serve(example, plan);
  try {
    expect(await programs.run(ofGeneration(text, example.sdk), server.url)).toMatchObject({ code: 0 });
    return server.requests.map(({ body }) => body);
  } finally {
    await server.close();
  }
}

describe.each(examples.filter(({ api }) => api.signalHides))('$name', (example) => {
  const ask = (config: string): string => `import { GoogleGenAI } from '@google/genai';
const chat = new GoogleGenAI({ apiKey: 'key' }).chats.create({ model: 'gemini-2.5-flash', config: { systemInstruction: 'Be brief.' } });
for await (const chunk of await chat.sendMessageStream({ message: 'Hello'${config} }));
`;

  it('sends the instructions of the chat, and does not where the call has an object around the signal', async () => {
    expect(await findAsked(ask(''), example, [{}])).toEqual([
      expect.objectContaining({ systemInstruction: expect.anything() }),
    ]);
    expect(await findAsked(ask(', config: { abortSignal: new AbortController().signal }'), example, [{}])).toEqual([
      expect.not.objectContaining({ systemInstruction: expect.anything() }),
    ]);
  });
});

describe.each(examples.filter(({ api }) => api.remembersCut))('$name', (example) => {
  it('sends a cut answer with the next request, as though it were whole', async () => {
    const text = `import { GoogleGenerativeAI } from '@google/generative-ai';
const chat = new GoogleGenerativeAI('key').getGenerativeModel({ model: 'gemini-2.5-flash' }).startChat();
for (const message of ['Hello', 'Go on']) {
  const { stream } = await chat.sendMessageStream(message);
  for await (const chunk of stream);
}
`;
    const [, second] = (await findAsked(text, example, [{ fault: 'end' }, {}])) as { contents: { role: string }[] }[];
    expect(second!.contents.map(({ role }) => role)).toEqual(['user', 'model', 'user']);
  });
});
