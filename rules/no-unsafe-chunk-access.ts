import { printOptionalAccess } from '../codemods/make-chunk-access-safe.ts';
import { findOption } from '../src/analysis/values/call-options.ts';
import { findGapReads, type GapRead } from '../src/analysis/gaps/chunk-gaps.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import type { StreamOrigin } from '../src/analysis/facts/stream-loop.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  name: 'no-unsafe-chunk-access',
  preset: 'recommended',
  finds: 'reads of a part of the chunk that some chunks lack, which throw in mid-answer',
  why: `Not every chunk holds a piece of the answer. With \`stream_options: { include_usage: true }\` OpenAI's last
chunk has \`choices: []\`, and so has the first one of Azure; other hosts with that API send the usage unasked.
Gemini leaves out \`candidates\` where it blocked the prompt, and \`content\` or \`parts\` in chunks that hold but a
finish reason. There \`chunk.choices[0].delta\` throws \`TypeError: Cannot read properties of undefined\`: after the
whole answer has come, or before any of it, and the program takes it for a failure of the request.

The fix puts a \`?.\` where the code goes on as it does with a chunk that has nothing to say, \`{ delta: {} }\`. A
read behind a look at the same part (\`if (chunk.choices.length > 0)\`, \`chunk.choices[0] && …\`, an early
\`continue\`) is safe.`,
  cannotSee:
    "Chunks that went through a generator of the program's own, or to a function of another file; what a chunk lacks in APIs whose facts say nothing of it, such as Groq's.",
  whenNotToUse:
    'A program that talks to one host, and knows that each of its chunks has a choice, loses nothing by turning the rule off.',
  messages: {
    unsafe:
      '`{{expression}}` is undefined {{when}}; reading on from it throws, and ends the loop over `{{api}}` in mid-answer.',
  },
  fixable: true,
  options: {
    onlyWhenAsked: {
      schema: { type: 'boolean' },
      default: false,
      description:
        'Be silent where the request in sight does not ask for such chunks (`stream_options: { include_usage: true }`); other hosts, and later changes, may bring them all the same.',
    },
  },
  examples: {
    incorrect: [
      {
        title: 'the chunk with the usage has no choice',
        messageId: 'unsafe',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) show(chunk.choices[0].delta.content ?? '');
}
`,
      },
      {
        title: 'the array is there, but it is empty',
        messageId: 'unsafe',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) {
    if (chunk.choices) show(chunk.choices[0].delta.content ?? '');
  }
}
`,
      },
      {
        title: 'a blocked answer has no candidate',
        messageId: 'unsafe',
        code: `import { GoogleGenAI } from '@google/genai';

const ai = new GoogleGenAI({ apiKey });
export async function ask(contents) {
  for await (const chunk of await ai.models.generateContentStream({ model, contents })) {
    if (chunk.candidates[0].finishReason) log(chunk.candidates[0].finishReason);
  }
}
`,
      },
    ],
    correct: [
      {
        title: 'an optional chain',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) show(chunk.choices[0]?.delta?.content ?? '');
}
`,
      },
      {
        title: 'chunks without a choice are left out before',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) {
    if (chunk.choices.length === 0) continue;
    show(chunk.choices[0].delta.content ?? '');
  }
}
`,
      },
    ],
  },
  check(loop, { onlyWhenAsked }, { source }) {
    const reads = findGapReads(source, loop).filter((read) => !onlyWhenAsked || mayCome(source, loop.origin, read));
    return reads.map((read) => {
      const data = { expression: source.text.slice(...read.missing.range), when: read.gap.when };
      const fix = printOptionalAccess(source, read);
      return { messageId: 'unsafe', at: read.missing, data, ...(fix && { fix }) };
    });
  },
});

/** The request asks for such chunks, or may do so out of sight. */
function mayCome(source: ParsedSource, { call }: StreamOrigin, { gap: { askedBy } }: GapRead): boolean {
  if (!askedBy || !call) return true;
  const asked = findOption(source, call, askedBy);
  return (
    asked.kind === 'unknown' ||
    (asked.kind === 'value' && !(asked.value.type === 'Literal' && asked.value.value === false))
  );
}
