import { describe, expect, it } from 'vitest';
import { findStreamLoops } from '../../../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../../../src/analysis/source/parse-source.ts';

const request = 'client.chat.completions.create({ model, messages, stream: true })';
const wrapped = `resilientStream(({ signal }) => client.chat.completions.create({ model, messages, stream: true }, { signal, maxRetries: 0 }))`;
const module = (body: string): string =>
  `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';
import type { Stream } from 'openai/streaming';
const client = new OpenAI();
${body}
`;
const read =
  'async function read(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {\n  for await (const chunk of stream) show(chunk);\n}\n';
const find = (body: string): { calls: string[]; resilient: boolean | undefined } => {
  const text = module(body);
  const [loop] = findStreamLoops(parseSource('file.ts', text));
  return {
    calls: (loop?.argumentStreams ?? []).map(
      ({ origin, at }) => `${text.slice(...origin.call!.range).slice(0, 30)} at ${text.slice(...at.range)}`,
    ),
    resilient: loop?.resilient,
  };
};

describe('the streams that callers hand to the function with the loop', () => {
  it('are known where only they reach it', () => {
    expect(
      find(`${read}const stream = await ${request};\nawait read(stream);\nawait read(await ${request});`).calls,
    ).toEqual([
      'client.chat.completions.create at read(stream)',
      `client.chat.completions.create at read(await ${request})`,
    ]);
    expect(
      find(
        `class Bot {
  private async read(stream) { for await (const chunk of stream) show(chunk); }
  async ask() { await this.read(await ${request}); }
}`,
      ).calls,
    ).toHaveLength(1);
    expect(
      find(
        `class Bot {
  async #read(stream) { for await (const chunk of stream) show(chunk); }
  async ask() { await this.#read(await ${request}); }
}`,
      ).calls,
    ).toHaveLength(1);
    expect(
      find(
        `const read = async (stream: Stream<OpenAI.ChatCompletionChunk>) => { for await (const chunk of stream) show(chunk); };
await read(await ${request});`,
      ).calls,
    ).toHaveLength(1);
  });

  it.each([
    ['it is exported', `export ${read}await read(await ${request});`],
    ['it is exported by name', `${read}await read(await ${request});\nexport { read };`],
    ['it is handed on', `${read}await read(await ${request});\nregister(read);`],
    [
      'one caller has it of others',
      `${read}await read(await ${request});\nexport const pass = (stream) => read(stream);`,
    ],
    ['the arguments are spread', `${read}await read(...[await ${request}]);`],
    [
      'it is a public method',
      `class Bot {
  async read(stream: Stream<OpenAI.ChatCompletionChunk>) { for await (const chunk of stream) show(chunk); }
  async ask() { await this.read(await ${request}); }
}`,
    ],
    [
      'the method is bound',
      `class Bot {
  private async read(stream: Stream<OpenAI.ChatCompletionChunk>) { for await (const chunk of stream) show(chunk); }
  async ask() { await this.read(await ${request}); return this.read.bind(this); }
}`,
    ],
    [
      'the parameter is given another value',
      `async function read(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  stream = other(stream);
  for await (const chunk of stream) show(chunk);
}
await read(await ${request});`,
    ],
  ])('are not known where %s', (_, body) => {
    expect(find(body).calls).toEqual([]);
  });

  it('are the helper’s where every caller has them of it', () => {
    expect(
      find(`${read}await read(await ${wrapped});\nconst stream = await ${wrapped};\nawait read(stream);`).resilient,
    ).toBe(true);
    expect(find(`${read}await read(await ${wrapped});\nawait read(await ${request});`).resilient).toBe(false);
    const untyped = read.replace(/: AsyncIterable<[^>]*>/, '');
    expect(find(`${untyped}await read(await ${wrapped});\nawait read(await ${wrapped});`).resilient).toBe(true);
    expect(find(`${untyped}await read(await ${wrapped});\nawait read(await ${request});`).resilient).toBe(false);
  });
});
