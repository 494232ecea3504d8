import { describe, expect, it } from 'vitest';
import { rewriteText } from '../../codemods/rewrite.ts';
import { codemod as wrapping } from '../../codemods/wrap-in-resilient-stream.ts';

const head = `import OpenAI from 'openai';
import type { Stream } from 'openai/streaming';
import type { ChatCompletionChunk } from 'openai/resources';
import type { Stream as Own } from './own.ts';

const client = new OpenAI();
`;
const request = 'client.chat.completions.create({ model, messages, stream: true })';
const rewrite = (body: string, widenTypes: boolean): ReturnType<typeof rewriteText> => rewriteText('file.ts', `${head}${body}\nfor await (const chunk of stream) show(chunk);\n`, [wrapping], { widenTypes });
const TYPED = /^The stream is typed with a type of its own/;

describe('a type of the SDK’s on the way of a stream', () => {
  it.each([
    ['of a variable', `const stream: Stream<ChatCompletionChunk> = await ${request};`, 'const stream: AsyncIterable<ChatCompletionChunk> = await resilientStream('],
    ['of a variable that is filled later', `let stream: Stream<ChatCompletionChunk> | null = null;\nstream = await ${request};`, 'let stream: AsyncIterable<ChatCompletionChunk> | null = null;'],
    ['of what a function gives', `async function open(): Promise<Stream<ChatCompletionChunk>> {\n  return ${request};\n}\nconst stream = await open();`, 'async function open(): Promise<AsyncIterable<ChatCompletionChunk>> {'],
    ['in a namespace', `const stream: OpenAI.Stream<ChatCompletionChunk> = await ${request};`, 'const stream: AsyncIterable<ChatCompletionChunk> ='],
  ])('%s is widened where that is asked for, once, and proven', (_, body, expected) => {
    const { text, failed, skipped, rewrites } = rewrite(body, true);
    expect({ failed, skipped, rewrites: rewrites.length }).toEqual({ failed: null, skipped: [], rewrites: 1 });
    expect(text).toContain(expected);
    expect(rewriteText('file.ts', text, [wrapping], { widenTypes: true })).toMatchObject({ text, rewrites: [], skipped: [] });
    expect(rewrite(body, false)).toMatchObject({ rewrites: [], skipped: [{ reason: expect.stringMatching(TYPED) as string }] });
  });

  it.each([
    ['that is not the SDK’s', `const stream: Own<ChatCompletionChunk> = await ${request};`],
    ['that does not name its chunks', `const stream: OpenAI.Stream = await ${request};`],
  ])('%s stays in the way', (_, body) => {
    expect(rewrite(body, true)).toMatchObject({ rewrites: [], skipped: [{ reason: expect.stringMatching(TYPED) as string }] });
  });

  it('that is wide is in nobody’s way', () => {
    expect(rewrite(`const stream: AsyncIterable<ChatCompletionChunk> = await ${request};`, false)).toMatchObject({ skipped: [], rewrites: [{ line: 8 }] });
  });
});
