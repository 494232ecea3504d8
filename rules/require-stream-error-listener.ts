import { findErrorListeners } from '../src/analysis/errors/error-listeners.ts';
import { findPromisesOfEnd } from '../src/analysis/loops/listened-loops.ts';
import { defineRule } from './rule.ts';
import { printOption } from './wording.ts';

export default defineRule({
  name: 'require-stream-error-listener',
  preset: 'recommended',
  finds: 'streams that tell of errors by a listener or a callback, and have none',
  why: `Not every stream throws where its chunks are read. OpenAI's and Anthropic's \`.stream()\` helpers emit an
\`error\` event; where nobody listens for it, and nobody waits for \`finalMessage()\`, \`done()\` or the like, the
error becomes an unhandled rejection, which ends the process. The same goes for a response whose \`data\` events are
listened to.

The \`textStream\` of the AI SDK hands on text and nothing else: a refused request, exhausted retries and an error in
mid-answer end its loop *normally*, with no text or half of it, and a \`try\` around the loop never sees them. They
go to \`onError\`, which without one of yours logs to the console and lets the program go on with what there is.`,
  whenNotToUse: 'A program that is meant to die at the first error of a stream, and restarts clean, needs no listener.',
  cannotSee: `Results that are sent on instead of read, by \`toTextStreamResponse()\` and the like. Promises of the end
that are waited for without a \`catch\`: what they reject with is at least seen. A stream that goes to other code is
taken to be listened to there, and so is a result of which another member is read (\`await result.finishReason\`,
\`result.fullStream\`). What the listener does.`,
  messages: {
    unheard:
      'An error of `{{api}}` reaches nobody: nothing here listens for `error` or waits for the end; it becomes an unhandled rejection, which ends the process.',
    hidden:
      'An error of `{{api}}` ends this loop as if the answer were whole, past any `catch`; it goes to `{{option}}`, which is not set, and nothing else here asks for it.',
  },
  options: {},
  examples: {
    incorrect: [
      {
        title: 'the text is listened to, the error is not',
        messageId: 'unheard',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export function ask(messages) {
  client.messages.stream({ model, max_tokens: 1024, messages }).on('text', (text) => show(text));
}
`,
      },
      {
        title: 'a catch that never sees the error',
        messageId: 'hidden',
        code: `import { streamText } from 'ai';

export async function ask(prompt) {
  const result = streamText({ model, prompt });
  try {
    for await (const text of result.textStream) show(text);
  } catch (error) {
    fail(error);
  }
}
`,
      },
    ],
    correct: [
      {
        title: 'a listener for errors',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export function ask(messages) {
  const stream = client.messages.stream({ model, max_tokens: 1024, messages });
  stream.on('text', (text) => show(text));
  stream.on('error', (error) => fail(error));
}
`,
      },
      {
        title: 'the end is waited for',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export async function ask(messages) {
  const stream = client.messages.stream({ model, max_tokens: 1024, messages });
  stream.on('text', (text) => show(text));
  return await stream.finalText();
}
`,
      },
      {
        title: 'a callback for errors',
        code: `import { streamText } from 'ai';

export async function ask(prompt) {
  let failure = null;
  const result = streamText({ model, prompt, onError: ({ error }) => { failure = error; } });
  for await (const text of result.textStream) show(text);
  if (failure) throw failure;
}
`,
      },
      {
        title: 'all parts are read, the error among them',
        code: `import { streamText } from 'ai';

export async function ask(prompt) {
  for await (const part of streamText({ model, prompt }).fullStream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') show(part.text);
  }
}
`,
      },
    ],
  },
  check(loop, _options, { source }) {
    const { form, node, errorGoesTo, resilient, origin } = loop;
    const { api, relayed } = origin;
    if (resilient) return undefined;
    if (form === 'events')
      return errorGoesTo === 'to-nobody' && findPromisesOfEnd(source, loop).length === 0
        ? { messageId: 'unheard', at: node }
        : undefined;
    if (relayed || api.inBandError !== 'hidden' || !api.errorOption) return undefined;
    const isUnheard = findErrorListeners(source, loop)?.length === 0;
    return isUnheard ? { messageId: 'hidden', at: node, data: { option: printOption(api.errorOption) } } : undefined;
  },
});
