import { defineRule } from './rule.ts';

export default defineRule({
  name: 'no-retry-after-output',
  preset: 'recommended',
  finds: 'error handlers that request an answer again after chunks of the broken one went out',
  why: `A retry around a stream is safe until the first chunk has been shown, sent or yielded. From then on a new
request starts the answer anew, and whoever reads the chunks gets its beginning twice: "Hel" "Hello". No SDK
re-requests once the body has begun, bar two recent ones: the AI SDK's \`streamRetries\` was measured to give \`Hello
worHello world foo bar.\`, and the finish reason is \`stop\`.

What is right depends on where the chunks go. Text that only this function has seen is set back (\`text = ''\`); a
consumer is told to discard what it has; a request that had begun is not repeated but resumed, or the error is passed
on. \`resilientStream()\` holds back the chunks before the first content, retries until then, and after it only with
a \`recover\` that says how to take back what was shown.

**What to write by hand.** Delete the loop and its \`catch\`, and wrap the request in \`resilientStream(({ signal })
=> request, { recover })\`. Set \`recover\` to \`restart(() => { text = ''; })\` if your program can take its output
back. Leave \`recover\` out if it cannot: the error then carries the partial answer in \`error.partial.text\`. To
keep the loop, declare the text inside the attempt, and rethrow the error once a chunk has gone out.`,
  cannotSee: `Requests of another function than the one with the stream, unless it calls itself or is yielded from, and
retries of a library.

Taken on trust: a handler that asks for anything that the \`try\` wrote (\`if (started) throw error\`), that yields a
word of its own, or calls a function out of sight, may know what went out. So may one that tests the status of the
error, which is there before the first chunk.`,
  whenNotToUse: 'A consumer may know by itself that an answer starts anew, for example because each one carries an id.',
  messages: {
    repeated:
      'The request for `{{api}}` is made again here although chunks of the broken answer have gone out; whoever reads them gets its beginning twice.',
    appended:
      'The request for `{{api}}` is made again here while `{{variable}}` keeps what came of the broken answer; the new one is added behind it.',
  },
  options: {},
  examples: {
    incorrect: [
      {
        title: 'the text of the broken answer is on the screen already',
        messageId: 'repeated',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  for (let attempt = 1; ; attempt++) {
    try {
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
      return;
    } catch (error) {
      if (attempt === 3) throw error;
      await sleep(500 * 2 ** attempt);
    }
  }
}
`,
      },
      {
        title: 'the variable outlives the attempt',
        messageId: 'appended',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export async function ask(params) {
  let text = '';
  for (let attempt = 1; attempt <= 3; attempt++) {
    try {
      for await (const event of client.messages.stream(params)) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
      }
      return text;
    } catch (error) {
      console.warn(error);
      await sleep(500 * 2 ** attempt);
    }
  }
}
`,
      },
      {
        title: 'a generator goes on with a second answer',
        messageId: 'repeated',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function* ask(messages) {
  try {
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) yield chunk.choices[0]?.delta?.content ?? '';
  } catch (error) {
    console.warn(error);
    yield* ask(messages);
  }
}
`,
      },
    ],
    correct: [
      {
        title: 'each attempt has a text of its own',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  for (let attempt = 1; ; attempt++) {
    let text = '';
    try {
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
        title: 'an answer that has begun is not requested again',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function* ask(messages) {
  for (let attempt = 1; ; attempt++) {
    let started = false;
    try {
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      for await (const chunk of stream) {
        started = true;
        yield chunk;
      }
      return;
    } catch (error) {
      if (started || attempt === 3) throw error;
      await sleep(500 * 2 ** attempt);
    }
  }
}
`,
      },
      {
        title: 'the helper takes back what was shown',
        code: `import OpenAI from 'openai';
import { resilientStream, restart } from 'resilient-stream';

const client = new OpenAI();
export async function ask(messages, screen) {
  const stream = await resilientStream(
    ({ signal }) => client.chat.completions.create({ model, messages, stream: true }, { signal, maxRetries: 0 }),
    { recover: restart(() => screen.clear()) },
  );
  for await (const chunk of stream) screen.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
      },
    ],
  },
  check({ form, coverage: { iterating } }) {
    const { repeats = [], node } = iterating?.secondRequest ?? {};
    const [output] = repeats;
    if (form === 'events' || !output || !node) return undefined;
    const shown = repeats.some(({ variable }) => variable === null);
    return shown || !output.variable
      ? { messageId: 'repeated', at: node }
      : { messageId: 'appended', at: node, data: { variable: output.variable.name } };
  },
});
