import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from './twice.ts';

const request = "client.chat.completions.create({ model: 'gpt-5', messages, stream: true })";
const wrapped = "resilientStream(({ signal }) => client.chat.completions.create({ model: 'gpt-5', messages, stream: true }, { signal, maxRetries: 0 }))";
const module = (body: string): string => `import OpenAI from 'openai';\n\nconst client = new OpenAI();\n${body}\n`;
const read = 'async function read(stream) {\n  for await (const chunk of stream) show(chunk.choices[0]?.delta);\n}\n';

describe('a request whose stream another function reads', () => {
  it.each([
    ['by name', `${read}const stream = await ${request};\nawait read(stream);`],
    ['at once, and of another request too', `${read}await read(await ${request});\nif (more) await read(await ${request});`],
    ['as one of several parameters', `const read = async (name: string, stream: AsyncIterable<OpenAI.ChatCompletionChunk>) => {\n  for await (const chunk of stream) show(name, chunk.choices[0]?.delta);\n};\nawait read('Ada', await ${request});`],
    ['as a method', `class Bot {\n  async ask(messages) {\n    const stream = await ${request};\n    return this.#read(stream);\n  }\n\n  async #read(stream) {\n    let text = '';\n    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';\n    return text;\n  }\n}`],
    ['as a generator', `async function* read(stream) {\n  for await (const chunk of stream) yield chunk.choices[0]?.delta?.content ?? '';\n}\nfor await (const text of read(await ${request})) show(text);`],
  ])('is wrapped where it is handed over: %s', (_, body) => {
    const after = rewriteTwice(module(body));
    expect(after).toBe(module(body).replace("'openai';\n", "'openai';\nimport { resilientStream } from 'resilient-stream';\n").replaceAll(request, wrapped));
  });

  it.each([
    ['does more than read it', `async function read(stream) {\n  for await (const chunk of stream) show(chunk.choices[0]?.delta);\n  stream.tee();\n}\nawait read(await ${request});`, /^The stream's `tee` is used/],
    ['reads it twice', `${read}const stream = await ${request};\nawait read(stream);\nawait read(stream);`, /^The stream is used for more than the loop/],
    ['has it under a type of its own', `async function read(stream: Own) {\n  for await (const chunk of stream) show(chunk.choices[0]?.delta);\n}\nawait read(await ${request});`, /^The stream is typed with a type of its own/],
    ['is exported', `export ${read}await read(await ${request});`, /^The request is made elsewhere/],
    ['is not the only one', `${read}await read(await ${request});\nexport const again = (stream) => read(stream);`, /^The request is made elsewhere/],
    ['reads it before what it was asked about has changed', `${read}const stream = await ${request};\nmessages.push(question);\nawait read(stream);`, /^`messages` is changed between the request and the loop/],
  ])('is left where the function %s', (_, body, reason) => {
    expect(findReasons(module(`let messages = [];\n${body}`))).toEqual([expect.stringMatching(reason)]);
  });

  it('is left where it starts before it is read', () => {
    const started = "import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\nasync function read(stream) {\n  await prepare();\n  for await (const event of stream) show(event);\n}\nawait read(client.messages.stream({ model, max_tokens: 9, messages: [] }));\n";
    expect(findReasons(started)).toEqual([expect.stringMatching(/^The stream is passed to `read`, out of sight/)]);
  });
});
