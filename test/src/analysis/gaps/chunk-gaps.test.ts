import { describe, expect, it } from 'vitest';
import { findGapReads } from '../../../../src/analysis/gaps/chunk-gaps.ts';
import { findStreamLoops } from '../../../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../../../src/analysis/source/parse-source.ts';
import { OPENAI } from '../loops-in.ts';

/** What may be missing where a loop reads on from it. */
function missingIn(text: string): string[] {
  const source = parseSource('example.ts', text);
  const reads = findStreamLoops(source).flatMap((loop) => findGapReads(source, loop));
  return reads.map(({ missing }) => source.text.slice(...missing.range));
}

const chat = (body: string, more = ''): string =>
  `${OPENAI}for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) { ${body} }
${more}`;

describe('reads on from what a chunk may lack', () => {
  it.each([
    ['a member of an element', 'write(chunk.choices[0].delta.content)', ['chunk.choices[0]']],
    ['an element by `at`', 'write(chunk.choices.at(0).delta.content)', ['chunk.choices.at(0)']],
    ['an assertion, which tests nothing', 'write(chunk.choices[0]!.delta.content)', ['chunk.choices[0]']],
    ['a cast', 'write((chunk.choices[0] as any).delta.content)', ['chunk.choices[0]']],
    ['an optional chain that ends before', 'write(chunk?.choices?.[0].delta?.content)', ['chunk?.choices?.[0]']],
    ['an alias', 'const choice = chunk.choices[0]; write(choice.delta.content)', ['choice']],
    [
      'an alias of what is behind a `?.`',
      'const delta = chunk.choices[0]?.delta; if (delta.content) write(delta.content)',
      ['delta'],
    ],
    ['a chain that parentheses end', 'write((chunk.choices[0]?.delta).content)', ['chunk.choices[0]']],
    ['a pattern', 'const { delta } = chunk.choices[0]; write(delta.content)', ['chunk.choices[0]']],
    ['an element that a pattern picks', 'const [choice] = chunk.choices; write(choice.delta.content)', ['choice']],
    ['the list alone was looked at', 'if (chunk.choices) write(chunk.choices[0].delta.content)', ['chunk.choices[0]']],
    [
      'the test itself',
      'if (chunk.choices[0].delta.content) write(chunk.choices[0].delta.content)',
      ['chunk.choices[0]'],
    ],
    [
      'a test that fails where it is there',
      'if (!chunk.choices[0]) write(chunk.choices[0].delta.content)',
      ['chunk.choices[0]'],
    ],
    [
      'a comparison that it passes where it is not there',
      "if (chunk.choices[0]?.finish_reason !== 'stop') write(chunk.choices[0].delta.content)",
      ['chunk.choices[0]'],
    ],
    [
      'an early exit where it is there',
      'if (chunk.choices[0]?.finish_reason) break; write(chunk.choices[0].delta.content)',
      ['chunk.choices[0]'],
    ],
    ['a default for something else', 'write(chunk.choices[0].delta.content ?? "")', ['chunk.choices[0]']],
    ['another function of the file', 'write(textOf(chunk))', ['item.choices[0]']],
  ])('%s', (_, body, missing) =>
    expect(missingIn(chat(body, 'function textOf(item) { return item.choices[0].delta.content; }'))).toEqual(missing),
  );

  it.each([
    ['an optional chain', 'write(chunk.choices[0]?.delta.content)'],
    ['a default', 'write((chunk.choices[0] ?? empty).delta.content)'],
    ['the length, in an `if`', 'if (chunk.choices.length > 0) write(chunk.choices[0].delta.content)'],
    ['the length, in an early exit', 'if (!chunk.choices.length) continue; write(chunk.choices[0].delta.content)'],
    [
      'the length, compared with zero',
      'if (chunk.choices?.length === 0) { skip(); continue; } write(chunk.choices[0].delta.content)',
    ],
    [
      'the length, under a name',
      'const isEmpty = chunk.choices.length === 0; if (isEmpty) continue; write(chunk.choices[0].delta.content)',
    ],
    ['the element, before an `&&`', 'write(chunk.choices[0] && chunk.choices[0].delta.content)'],
    ['the element, behind an `||`', 'if (!chunk.choices[0] || chunk.choices[0].delta.content === null) continue;'],
    ['the element, in a conditional', 'write(chunk.choices[0] ? chunk.choices[0].delta.content : "")'],
    [
      'the element, under a name',
      'const choice = chunk.choices[0]; if (choice === undefined) continue; write(choice.delta.content)',
    ],
    ['something inside', 'if (chunk.choices?.[0]?.delta?.content) write(chunk.choices[0].delta.content)'],
    [
      'something inside, under a name',
      'const text = chunk.choices[0]?.delta?.content; if (text) write(chunk.choices[0].delta.content)',
    ],
    [
      'what it is compared with',
      "if (chunk.choices[0]?.finish_reason === 'stop') write(chunk.choices[0].finish_reason.length)",
    ],
    [
      'the usage, which comes alone',
      'if (chunk.usage) { usage = chunk.usage; continue; } write(chunk.choices[0].delta.content)',
    ],
    ['what a function makes of it', 'if (isContent(chunk)) write(chunk.choices[0].delta.content)'],
    ['an assertion', 'assert(chunk.choices[0]); write(chunk.choices[0].delta.content)'],
    ['a switch', 'switch (chunk.choices[0]?.finish_reason) { case "stop": write(chunk.choices[0].delta.content) }'],
    ['each element', 'for (const choice of chunk.choices) write(choice.delta.content)'],
    ['each element, by a callback', 'chunk.choices.forEach((choice) => write(choice.delta.content))'],
    [
      'indexes below the length',
      'for (let i = 0; i < chunk.choices.length; i++) write(chunk.choices[i].delta.content)',
    ],
    ['a catch for each chunk', 'try { write(chunk.choices[0].delta.content) } catch { skipped++ }'],
    ['the caller of a function', 'if (chunk.choices.length) write(textOf(chunk))'],
    ['nothing that would throw', 'write(chunk.choices[0])'],
  ])('are safe behind %s', (_, body) =>
    expect(missingIn(chat(body, 'function textOf(item) { return item.choices[0].delta.content; }'))).toEqual([]),
  );

  it('are of every level that Gemini leaves out', () => {
    const gemini = (read: string): string =>
      `import { GoogleGenAI } from '@google/genai';
for await (const chunk of await new GoogleGenAI({}).models.generateContentStream(params)) write(${read});`;
    expect(missingIn(gemini('chunk.candidates[0].content.parts[0].text'))).toEqual(['chunk.candidates']);
    expect(missingIn(gemini('chunk.candidates?.[0]?.content.parts[0].text'))).toEqual([
      'chunk.candidates?.[0]?.content',
    ]);
    expect(missingIn(gemini('chunk.candidates?.[0]?.content?.parts?.[0]?.text'))).toEqual([]);
    expect(missingIn(gemini('chunk.text'))).toEqual([]);
  });

  it('are none where the chunks are not the SDK’s own any more', () => {
    const relay = `async function* relay() { for await (const chunk of await client.chat.completions.create({ stream: true })) if (chunk.choices.length) yield chunk; }
`;
    expect(
      missingIn(`${OPENAI}${relay}for await (const chunk of relay()) write(chunk.choices[0].delta.content);`),
    ).toEqual([]);
  });

  it('are none where a generator of the file makes the chunks, whatever its type says', () => {
    const made = `import type { ChatCompletionChunk } from 'openai/resources';
async function* make(): AsyncGenerator<ChatCompletionChunk> { yield chunkOf(await ask()); }
`;
    expect(missingIn(`${made}for await (const chunk of make()) write(chunk.choices[0].delta.content ?? '');`)).toEqual(
      [],
    );
  });

  it('are none in an API of whose chunks nothing of the kind is known', () => {
    expect(
      missingIn(
        `import Groq from 'groq-sdk';
for await (const chunk of await new Groq().chat.completions.create({ stream: true })) write(chunk.choices[0].delta.content);`,
      ),
    ).toEqual([]);
  });
});
