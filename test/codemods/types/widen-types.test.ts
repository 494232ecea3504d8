import { describe, expect, it } from 'vitest';
import { rewriteText } from '../../../codemods/rewrite.ts';
import { codemod as wrapping } from '../../../codemods/wrap-in-resilient-stream.ts';

const head = `import OpenAI from 'openai';
import type { Stream } from 'openai/streaming';
import type { ChatCompletionChunk } from 'openai/resources';
import type { Stream as Own } from './own.ts';

const client = new OpenAI();
`;
const request = 'client.chat.completions.create({ model, messages, stream: true })';
const rewrite = (body: string, widenTypes: boolean): ReturnType<typeof rewriteText> =>
  rewriteText('file.ts', `${head}${body}\nfor await (const chunk of stream) show(chunk);\n`, [wrapping], {
    widenTypes,
  });
const OF_SDK = /^The stream is typed with the SDK's own class/;
const TYPED = /^The stream is typed with a type of its own/;

describe('a type of the SDK’s on the way of a stream', () => {
  it.each([
    [
      'of a variable',
      `const stream: Stream<ChatCompletionChunk> = await ${request};`,
      'const stream: AsyncIterable<ChatCompletionChunk> = await resilientStream(',
    ],
    [
      'of a variable that is filled later',
      `let stream: Stream<ChatCompletionChunk> | null = null;\nstream = await ${request};`,
      'let stream: AsyncIterable<ChatCompletionChunk> | null = null;',
    ],
    [
      'of what a function gives',
      `async function open(): Promise<Stream<ChatCompletionChunk>> {
  return ${request};
}
const stream = await open();`,
      'async function open(): Promise<AsyncIterable<ChatCompletionChunk>> {',
    ],
    [
      'in a cast',
      `const stream = (await ${request}) as Stream<ChatCompletionChunk>;`,
      ')) as AsyncIterable<ChatCompletionChunk>;',
    ],
    [
      'in a namespace',
      `const stream: OpenAI.Stream<ChatCompletionChunk> = await ${request};`,
      'const stream: AsyncIterable<ChatCompletionChunk> =',
    ],
  ])('%s is widened where that is asked for, once, and proven', (_, body, expected) => {
    const { text, failed, skipped, rewrites } = rewrite(body, true);
    expect({ failed, skipped, rewrites: rewrites.length }).toEqual({ failed: null, skipped: [], rewrites: 1 });
    expect(text).toContain(expected);
    expect(rewriteText('file.ts', text, [wrapping], { widenTypes: true })).toMatchObject({
      text,
      rewrites: [],
      skipped: [],
    });
    expect(rewrite(body, false)).toMatchObject({
      rewrites: [],
      skipped: [{ reason: expect.stringMatching(OF_SDK) as string }],
    });
  });

  it.each([
    ['that is not the SDK’s', `const stream: Own<ChatCompletionChunk> = await ${request};`],
    ['that does not name its chunks', `const stream: OpenAI.Stream = await ${request};`],
  ])('%s stays in the way', (_, body) => {
    expect(rewrite(body, true)).toMatchObject({
      rewrites: [],
      skipped: [{ reason: expect.stringMatching(TYPED) as string }],
    });
  });

  it('that is wide is in nobody’s way', () => {
    expect(rewrite(`const stream: AsyncIterable<ChatCompletionChunk> = await ${request};`, false)).toMatchObject({
      skipped: [],
      rewrites: [{ line: 8 }],
    });
  });
});

const widen = (text: string): string => {
  const { text: after, failed, skipped } = rewriteText('file.ts', text, [wrapping], { widenTypes: true });
  expect({ failed, skipped }).toEqual({ failed: null, skipped: [] });
  return after;
};
const typed = (imports: string, name = 'Stream'): string =>
  `${imports}const stream: ${name}<Chunk> = await client.chat.completions.create({ model, messages, stream: true });
for await (const chunk of stream) show(chunk);
`;
const own = "import { resilientStream } from 'resilient-stream';\n";

describe('an import that a widened type leaves without use', () => {
  it.each([
    [
      'goes with its line',
      "import { client } from './client';\nimport { Stream } from 'openai/streaming';\nimport type { Chunk } from './chunk';\n",
      "import { client } from './client';\nimport type { Chunk } from './chunk';\n",
    ],
    [
      'goes as the last one',
      "import { client, type Chunk } from './client';\nimport { Stream } from 'openai/streaming';\n",
      "import { client, type Chunk } from './client';\n",
    ],
    [
      'goes as the first one',
      "import { Stream } from 'openai/streaming';\nimport { client, type Chunk } from './client';\n",
      "import { client, type Chunk } from './client';\n",
    ],
    [
      'goes where lines end otherwise',
      "import { client, type Chunk } from './client';\r\nimport { Stream } from 'openai/streaming';\r\n",
      "import { client, type Chunk } from './client';\r\n",
    ],
    [
      'goes out of the end of a list',
      "import { client, type Chunk } from './client';\nimport { OpenAI, Stream } from 'openai/streaming';\nexport { OpenAI };\n",
      "import { client, type Chunk } from './client';\nimport { OpenAI } from 'openai/streaming';\n",
    ],
    [
      'goes out of a list on lines of its own',
      "import { client, type Chunk } from './client';\nimport {\n  Stream,\n  OpenAI,\n} from 'openai/streaming';\nexport { OpenAI };\n",
      "import { client, type Chunk } from './client';\nimport {\n  OpenAI,\n} from 'openai/streaming';\n",
    ],
    [
      'leaves the default one',
      "import { client, type Chunk } from './client';\nimport OpenAI, { Stream } from 'openai';\nexport { OpenAI };\n",
      "import { client, type Chunk } from './client';\nimport OpenAI from 'openai';\n",
    ],
  ])('%s', (_, before, after) => {
    expect(widen(typed(before)).startsWith(after + (after.includes('\r') ? own.replace('\n', '\r\n') : own))).toBe(
      true,
    );
  });

  it.each([
    [
      'something else speaks of it',
      "import { client, type Chunk } from './client';\nimport { Stream } from 'openai/streaming';\nexport const isStream = (value) => value instanceof Stream;\n",
    ],
    [
      'it had no use before',
      "import { client, type Chunk } from './client';\nimport { Stream } from 'openai/streaming';\nimport { Stream as Other } from 'openai/core/streaming';\n",
    ],
    [
      'a comment stands in it',
      "import { client, type Chunk } from './client';\nimport { /* ours */ Stream } from 'openai/streaming';\n",
    ],
  ])('stays where %s', (title, before) => {
    const after = widen(typed(before));
    expect(after).toContain(
      title.startsWith('it had')
        ? "import { Stream as Other } from 'openai/core/streaming';"
        : " Stream } from 'openai/streaming';",
    );
  });

  it('stays as a namespace beside a default import', () => {
    const imports =
      "import { client, type Chunk } from './client';\nimport OpenAI, * as sdk from 'openai';\nexport { OpenAI };\n";
    expect(widen(typed(imports, 'sdk.Stream'))).toContain("import OpenAI, * as sdk from 'openai';\n");
  });

  it('goes with the last of several loops that use it', () => {
    const loops =
      typed("import { client, type Chunk } from './client';\nimport { Stream } from 'openai/streaming';\n") +
      typed('')
        .replaceAll('stream:', 'other:')
        .replace('messages, other:', 'messages, stream:')
        .replace('of stream', 'of other');
    expect(widen(loops)).not.toContain('openai/streaming');
  });
});
