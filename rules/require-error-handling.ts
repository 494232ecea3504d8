import { defineRule } from './rule.ts';

interface Options {
  readonly checkCallers: boolean;
  readonly checkGenerators: boolean;
}

type MessageId = 'unhandled' | 'handledTooEarly' | 'leftToCaller' | 'leftToConsumer';

export default defineRule<MessageId, Options>({
  name: 'require-error-handling',
  preset: 'recommended',
  finds: 'loops over a stream whose errors reach nobody',
  why: `A connection that drops in mid-answer surfaces in the loop, not at the call: the request had succeeded by then.
With nothing there to catch it, the error becomes an unhandled rejection, which ends a Node process, and the part of
the answer that had arrived is lost.

A \`try\` around the call alone sees what fails before the first chunk, such as a wrong key. A promise executor, an
\`async\` callback of \`forEach\` or \`.on()\`, and an \`async\` function that is called without \`await\` cut a
\`try\` off from the loop inside them.

Errors that leave an \`async\` function for its caller, or a generator for its consumer, are theirs to handle: this
rule says nothing there, unless its options ask. Nor does \`resilientStream()\` make a \`catch\` needless. It throws
where it cannot recover, and somebody has to know.`,
  whenNotToUse: `A script that may end with a stack trace, such as one that a person starts and watches, needs no
\`catch\` at its top.`,
  cannotSee: `Callers in other files: an exported \`async\` function hands its errors on, and whether anybody there
catches them is out of sight. What a \`catch\` does with the error. What a framework does with the rejection of a
handler. Handlers for the whole process, such as \`process.on('unhandledRejection')\`, do not count: they come too
late to save the answer so far.`,
  messages: {
    unhandled:
      'Nothing catches an error of `{{api}}` in this loop; a dropped connection goes unhandled, and the answer so far is lost.',
    handledTooEarly:
      'The `catch` for `{{api}}` covers the call only; a connection that drops in mid-answer surfaces in this loop, where nothing catches it.',
    leftToCaller:
      'Nothing here catches an error of `{{api}}`; whoever calls this function gets it, and the answer so far is lost.',
    leftToConsumer:
      'Nothing in this generator catches an error of `{{api}}`; whoever consumes it gets it with the answer half given.',
  },
  options: {
    checkCallers: {
      schema: { type: 'boolean' },
      default: false,
      description: 'Also report loops whose errors leave an `async` function for callers that are out of sight.',
    },
    checkGenerators: {
      schema: { type: 'boolean' },
      default: false,
      description:
        'Also report loops whose errors leave a generator, or the source of a `ReadableStream`, for its consumer.',
    },
  },
  examples: {
    incorrect: [
      {
        title: 'nothing catches',
        messageId: 'unhandled',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.chat.completions.create({ model, messages, stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
      },
      {
        title: 'the `try` ends before the loop',
        messageId: 'handledTooEarly',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
let stream;
try {
  stream = await client.messages.create({ model, max_tokens: 1024, messages, stream: true });
} catch (error) {
  tellUser(error);
}
for await (const chunk of stream) show(chunk);
`,
      },
      {
        title: 'a promise executor cuts the `try` off',
        messageId: 'unhandled',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(input) {
  try {
    return await new Promise(async (resolve) => {
      let text = '';
      const stream = await client.responses.create({ model, input, stream: true });
      for await (const chunk of stream) {
        if (chunk.type === 'response.output_text.delta') text += chunk.delta;
      }
      resolve(text);
    });
  } catch (error) {
    tellUser(error);
  }
}
`,
      },
    ],
    correct: [
      {
        title: 'the `try` covers the loop',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
let text = '';
try {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
} catch (error) {
  tellUser(error, text);
}
`,
      },
      {
        title: 'the error is the caller’s, or the consumer’s',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function* ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) yield chunk;
}
`,
      },
    ],
  },
  check({ form, node, errorGoesTo, coverage }, { checkCallers, checkGenerators }) {
    if (form === 'events') return undefined;
    if (errorGoesTo === 'to-caller') return checkCallers ? { messageId: 'leftToCaller', at: node } : undefined;
    if (errorGoesTo === 'to-consumer') return checkGenerators ? { messageId: 'leftToConsumer', at: node } : undefined;
    return errorGoesTo === 'to-nobody'
      ? { messageId: coverage.opening ? 'handledTooEarly' : 'unhandled', at: node }
      : undefined;
  },
});
