import { defaultOptions } from '../codemods/contract/codemod.ts';
import { printRetriesOff } from '../codemods/options/add-retries-off.ts';
import { isInside } from '../src/analysis/source/tree.ts';
import { defineRule, type Finding } from './rule.ts';
import { printOption } from './wording.ts';

export default defineRule({
  name: 'no-stacked-retries',
  preset: 'strict',
  finds:
    'retries inside of retries: an SDK that repeats a request by itself, within each attempt of the helper or of a loop',
  why: `Most SDKs repeat a request that fails before the first chunk: OpenAI, Anthropic, Groq, Together AI, Cohere and
the AI SDK twice, Bedrock twice, LangChain six times. Around them a second retry multiplies: three attempts of three
requests each are nine, sent to a server that has just said that it is overloaded, and the caller waits for all of
their pauses. Neither knows of the other: the helper's limits for opening a stream, its budget for retries and its
events see one request where three were made.

One of the two is enough. The helper's goes further, as no SDK repeats a stream that breaks behind its first chunk;
so the SDK's is the one to switch off.`,
  cannotSee: `Retries of a library (\`pRetry(…)\`), of a proxy, and of another function around this one.

A client that is made in another file may have its retries off; unless \`assumeDefaults\` is on, this rule is silent
there. It is also silent where a number of retries is out of sight, and about an SDK of which the catalog does not
know that it retries.`,
  whenNotToUse: 'Where the few more requests of a bad minute cost less than the option at every call.',
  messages: {
    inHelper:
      '`{{api}}` repeats a failed request up to {{retries}} times by itself, in each of the {{attempts}} attempts of `resilientStream`: {{requests}} requests to a server that is failing.',
    inLoop:
      '`{{api}}` repeats a failed request up to {{retries}} times by itself, in each attempt of the retry around it; their numbers multiply.',
    switchOff: 'Switch the SDK’s own retries of `{{api}}` off: `{{option}}: 0`.',
  },
  hasSuggestions: true,
  options: {
    assumeDefaults: {
      schema: { type: 'boolean' },
      default: false,
      description:
        'Also report calls of a client that is made out of sight, as though it were made with the retries that its SDK has by default.',
    },
  },
  examples: {
    incorrect: [
      {
        title: 'the helper’s retries around those of the SDK',
        messageId: 'inHelper',
        code: `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';

const client = new OpenAI();
export async function ask(messages) {
  let text = '';
  const stream = await resilientStream(({ signal }) =>
    client.chat.completions.create({ model, messages, stream: true }, { signal }));
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}
`,
      },
      {
        title: 'a retry by hand around those of the SDK',
        messageId: 'inLoop',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export async function ask(params) {
  for (let attempt = 1; ; attempt++) {
    try {
      let text = '';
      const stream = await client.messages.create({ ...params, stream: true });
      for await (const event of stream) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
      }
      return text;
    } catch (error) {
      if (attempt === 3) throw error;
      await sleep(500 * 2 ** attempt);
    }
  }
}
`,
      },
    ],
    correct: [
      {
        title: 'the retries of the SDK are off',
        code: `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';

const client = new OpenAI();
export async function ask(messages) {
  let text = '';
  const stream = await resilientStream(({ signal }) =>
    client.chat.completions.create({ model, messages, stream: true }, { signal, maxRetries: 0 }));
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}
`,
      },
      {
        title: 'off for every request of the client',
        code: `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';

const client = new OpenAI({ maxRetries: 0 });
export async function ask(messages) {
  let text = '';
  const stream = await resilientStream(({ signal }) =>
    client.chat.completions.create({ model, messages, stream: true }, { signal }));
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}
`,
      },
      {
        title: 'an SDK that never retries by itself',
        code: `import { GoogleGenAI } from '@google/genai';
import { resilientStream } from 'resilient-stream';

const client = new GoogleGenAI({});
export async function ask(contents) {
  let text = '';
  const stream = await resilientStream(({ signal }) =>
    client.models.generateContentStream({ model, contents, config: { abortSignal: signal } }));
  for await (const chunk of stream) text += chunk.text ?? '';
  return text;
}
`,
      },
    ],
  },
  check(
    { origin, retries, retriedBy },
    { assumeDefaults },
    { source, path },
  ): Finding<'inHelper' | 'inLoop' | 'switchOff'> | undefined {
    const { call, api } = origin;
    if (!call || !retries.sdk || (retries.isAssumed && !assumeDefaults)) return undefined;
    const isInLoop = retriedBy !== null && isInside(call, retriedBy.node);
    if (!retries.helper && !isInLoop) return undefined;
    const edits = printRetriesOff(source, origin, { ...defaultOptions, path });
    const suggestions =
      edits && api.retries
        ? [{ messageId: 'switchOff', data: { option: printOption(api.retries) }, edits } as const]
        : [];
    if (!retries.helper) return { messageId: 'inLoop', at: call, data: { retries: String(retries.sdk) }, suggestions };
    const attempts = retries.helper + 1;
    return {
      messageId: 'inHelper',
      at: call,
      data: {
        retries: String(retries.sdk),
        attempts: String(attempts),
        requests: String(attempts * (retries.sdk + 1)),
      },
      suggestions,
    };
  },
});
