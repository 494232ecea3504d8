import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const request = "client.chat.completions.create({ model: 'gpt-5', messages, stream: true })";
const wrapped =
  "resilientStream(({ signal }) => client.chat.completions.create({ model: 'gpt-5', messages, stream: true }, { signal, maxRetries: 0 }))";
const module = (body: string): string => `import OpenAI from 'openai';\n\nconst client = new OpenAI();\n${body}\n`;
const read = 'async function read(stream) {\n  for await (const chunk of stream) show(chunk.choices[0]?.delta);\n}\n';

describe('a request whose stream another function reads', () => {
  it.each([
    ['by name', `${read}const stream = await ${request};\nawait read(stream);`],
    [
      'at once, and of another request too',
      `${read}await read(await ${request});\nif (more) await read(await ${request});`,
    ],
    [
      'as one of several parameters',
      `const read = async (name: string, stream: AsyncIterable<OpenAI.ChatCompletionChunk>) => {
  for await (const chunk of stream) show(name, chunk.choices[0]?.delta);
};
await read('Ada', await ${request});`,
    ],
    [
      'as a method',
      `class Bot {
  async ask(messages) {
    const stream = await ${request};
    return this.#read(stream);
  }

  async #read(stream) {
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    return text;
  }
}`,
    ],
    [
      'as a generator',
      `async function* read(stream) {
  for await (const chunk of stream) yield chunk.choices[0]?.delta?.content ?? '';
}
for await (const text of read(await ${request})) show(text);`,
    ],
  ])('is wrapped where it is handed over: %s', (_, body) => {
    const after = rewriteTwice(module(body));
    expect(after).toBe(
      module(body)
        .replace("'openai';\n", "'openai';\nimport { resilientStream } from 'resilient-stream';\n")
        .replaceAll(request, wrapped),
    );
  });

  it.each([
    [
      'does more than read it',
      `async function read(stream) {
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
  stream.tee();
}
await read(await ${request});`,
      /^The stream's `tee` is used/,
    ],
    [
      'reads it twice',
      `${read}const stream = await ${request};\nawait read(stream);\nawait read(stream);`,
      /^The stream is used for more than the loop/,
    ],
    [
      'has it under a type of its own',
      `async function read(stream: Own) {
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
}
await read(await ${request});`,
      /^The stream is typed with a type of its own/,
    ],
    ['is exported', `export ${read}await read(await ${request});`, /^The request is made elsewhere/],
    [
      'is not the only one',
      `${read}await read(await ${request});\nexport const again = (stream) => read(stream);`,
      /^The request is made elsewhere/,
    ],
    [
      'reads it before what it was asked about has changed',
      `${read}const stream = await ${request};\nmessages.push(question);\nawait read(stream);`,
      /^`messages` is changed between the request and the loop/,
    ],
  ])('is left where the function %s', (_, body, reason) => {
    expect(findReasons(module(`let messages = [];\n${body}`))).toEqual([expect.stringMatching(reason)]);
  });

  it('is left where it starts before it is read', () => {
    const started =
      "import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\nasync function read(stream) {\n  await prepare();\n  for await (const event of stream) show(event);\n}\nawait read(client.messages.stream({ model, max_tokens: 9, messages: [] }));\n";
    expect(findReasons(started)).toEqual([expect.stringMatching(/^The stream is passed to `read`, out of sight/)]);
  });

  it.each([
    [
      'of the object',
      'this.history',
      `class Chat {
  history = [];
  async ask() {
    const stream = await client.chat.completions.create({ model, messages: this.history, stream: true });
    await this.#read(stream);
  }
  async #read(stream) {
    this.history.push({ role: 'assistant', content: '' });
    for await (const chunk of stream) show(chunk.choices[0]?.delta);
  }
}`,
    ],
    [
      'of the module',
      'messages',
      `async function read(stream) {
  messages.push(question);
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
}
await read(await ${request});`,
    ],
    [
      'under a name of its own',
      'said',
      `async function read(stream, said) {
  said.push(question);
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
}
await read(await ${request}, messages);`,
    ],
    [
      'taken out of an object',
      'said',
      `async function read(stream, { said }) {
  said.push(question);
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
}
await read(await ${request}, { said: messages });`,
    ],
    [
      'among the others',
      'rest[0]',
      `async function read(stream, ...rest) {
  rest[0].push(question);
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
}
await read(await ${request}, messages);`,
    ],
    [
      'in another argument',
      'messages',
      `async function read(stream, count) {
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
}
await read(await ${request}, messages.push(question));`,
    ],
    [
      'while nobody waits for it',
      'messages',
      `${read}const done = read(await ${request});\nmessages.push(question);\nawait done;`,
    ],
    [
      'in the next round, while nobody waits for it',
      'messages',
      `${read}const all = [];
for (const question of questions) {
  messages.push(question);
  all.push(read(await ${request}));
}
await Promise.all(all);`,
    ],
    [
      'behind its return',
      'messages',
      `${read}async function ask() {
  try {
    return read(await ${request});
  } finally {
    messages.push(question);
  }
}`,
    ],
  ])('is left where what it sends is changed before the loop: %s', (_, changed, body) => {
    expect(findReasons(module(`let messages = [];\n${body}`))).toEqual([
      expect.stringContaining(`\`${changed}\` is changed`),
    ]);
  });

  it.each([
    [
      'behind the loop',
      `async function read(stream) {
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
  messages.push(answer);
}
await read(await ${request});`,
    ],
    [
      'behind the call that is waited for',
      `${read}await read(await ${request}).catch(report);\nmessages.push(answer);`,
    ],
    [
      'as a value of the function alone',
      `async function read(stream, said) {
  said = [...said, answer];
  for await (const chunk of stream) show(chunk.choices[0]?.delta, said);
}
await read(await ${request}, messages);`,
    ],
    [
      'in another member',
      `async function read(stream, state) {
  state.log.push(answer);
  for await (const chunk of stream) show(chunk.choices[0]?.delta);
}
await read(await ${request.replace('messages', 'messages: state.messages')}, state);`,
    ],
  ])('is wrapped where only something else is changed before the loop: %s', (_, body) => {
    expect(rewriteTwice(module(`let messages = [];\n${body}`))).toContain('await resilientStream(');
  });

  it('is tried but once where the caller tries again by itself, and as often as ever where another does not', () => {
    const body = `${read}for (let i = 0; i < 5; i++) {
  try {
    await read(await ${request});
    break;
  } catch (error) {
    if (i === 4) throw error;
    await sleep(1000);
  }
}
await read(await ${request});`;
    const [first, second] = rewriteTwice(module(body)).split('await read(').slice(1);
    expect(first).toContain('{ signal, maxRetries: 0 }), { maxRetries: 0 }));');
    expect(second).toBe(`await ${wrapped});\n`);
  });
});
