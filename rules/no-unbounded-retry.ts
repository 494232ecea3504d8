import { defineRule } from './rule.ts';

export default defineRule({
  name: 'no-unbounded-retry',
  preset: 'recommended',
  finds: 'hand-written retries of a stream that nothing caps, or with no pause between the attempts',
  why: `A retry that is written by hand around a stream often lacks one of its two halves. Without a **cap**, a request
that always fails (a wrong key, a model that was withdrawn, a prompt that is too long) is made for ever, and each
attempt that breaks in mid-answer is paid for. Without a **pause**, the attempts are spent within moments of one
another, while an overloaded server (429, 529) needs seconds; when it comes back, every client that never paused is
there at once.

An SDK that retries by itself pauses only before the first chunk: a stream that breaks in mid-answer is never
requested again by the SDK, so the loop around it is the only one that could wait.

A test of the error alone, such as \`if (!isRetryable(error)) throw error\`, chooses what is tried again and caps
nothing.

**What to write by hand.** Delete the loop and its \`catch\`, and wrap the request: \`resilientStream(({ signal }) =>
request, { maxRetries: 2 })\`. The helper caps the attempts, waits longer before each one, and follows
\`Retry-After\`. Put \`maxRetries: 0\` among the options of the SDK's call, so that its own retries do not multiply.
To keep the loop, count the attempts, throw the error after the last one, and wait before the next: \`await sleep(500
* 2 ** attempt)\`.`,
  whenNotToUse: 'A program that a person watches and stops, such as an experiment at the terminal, may try for ever.',
  cannotSee: `Retries of another function around the one with the stream, and those of a library (\`pRetry(…)\`).

Taken on trust: a counter, a clock, a signal, a member of an object and a function out of sight may cap the attempts;
anything that is awaited between them may be a pause; and where the handler makes another request, with other
messages or another model, it may know what it does.`,
  messages: {
    unbounded:
      'Nothing caps the attempts at `{{api}}`, and nothing pauses between them; a request that always fails is repeated for ever, as fast as it fails.',
    uncapped:
      'Nothing caps the attempts at `{{api}}`; a request that always fails, such as one with a wrong key, is repeated for ever.',
    unpaused:
      'Nothing pauses between the attempts at `{{api}}`; they are spent within moments of one another, while an overloaded server needs seconds.',
  },
  options: {
    requirePause: {
      schema: { type: 'boolean' },
      default: true,
      description: 'Also report attempts that are capped and follow each other at once.',
    },
  },
  examples: {
    incorrect: [
      {
        title: 'no cap, and no pause',
        messageId: 'unbounded',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  while (true) {
    try {
      let text = '';
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
      return text;
    } catch (error) {
      console.warn('Again:', error);
    }
  }
}
`,
      },
      {
        title: 'which errors are tried again is chosen, how often is not',
        messageId: 'uncapped',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export async function ask(params) {
  try {
    const stream = client.messages.stream(params);
    for await (const chunk of stream) show(chunk);
    return await stream.finalText();
  } catch (error) {
    if (error.status !== 429) throw error;
    await sleep(5_000);
    return ask(params);
  }
}
`,
      },
      {
        title: 'a cap, and no pause',
        messageId: 'unpaused',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  for (let attempt = 1; ; attempt++) {
    try {
      let text = '';
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
      return text;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}
`,
      },
    ],
    correct: [
      {
        title: 'the helper caps the attempts and pauses between them',
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
        title: 'a cap, and a pause that grows',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  for (let attempt = 1; ; attempt++) {
    try {
      let text = '';
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
      return text;
    } catch (error) {
      if (attempt === 3) throw error;
      await sleep(500 * 2 ** attempt);
    }
  }
}
`,
      },
      {
        title: 'another request, and no retry',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  for (const model of ['gpt-5', 'gpt-5-mini']) {
    try {
      let text = '';
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
      return text;
    } catch (error) {
      console.warn(error);
    }
  }
}
`,
      },
    ],
  },
  check({ retriedBy: attempts }, { requirePause }) {
    if (!attempts?.repeatsRequest || (attempts.cap && (attempts.delay || !requirePause))) return undefined;
    return {
      messageId: attempts.cap ? 'unpaused' : attempts.delay ? 'uncapped' : 'unbounded',
      at: attempts.next.type === 'CallExpression' ? attempts.next : attempts.node,
    };
  },
});
