import { defineRule } from './rule.ts';

export default defineRule({
  name: 'no-swallowed-stream-error',
  preset: 'recommended',
  finds:
    'error handlers of a stream that end in a log line, or in an empty or partial answer that looks like a whole one',
  why: `A stream that breaks in mid-answer has shown, sent or collected half a sentence by then. Where the \`catch\`
only logs, everything behind it runs on as after a whole answer: the response is closed, the text is saved, the
caller is told that all went well. So does \`return ''\`: an empty answer and a failed one look the same. Nobody
notices but the reader of the log.

Somebody has to be told: the caller (\`throw\`, or a value that says so, such as \`null\` or \`{ error }\`), the
client (an error event, a state of the user interface), or whoever watches the service. The log line may stay.`,
  cannotSee: `What a function out of sight does: a handler that calls one, with the error or without, is taken to tell
somebody. A log line alone tells nobody, unless its logger is named in \`reporters\`.

At the end of a program, in \`main().catch(console.error)\` at the top of a module, a log line is read by the person
who started it; so this rule is silent there. It is also silent where something behind the \`catch\` looks at what
only the way without an error has set (\`if (!done)\`), and in listeners.`,
  whenNotToUse:
    'A stream may be a side show: suggestions while a user types, a title for a conversation. An error of it may well be no more than a log line.',
  messages: {
    logged: 'An error of `{{api}}` ends in a log line here; what comes after it takes a broken answer for a whole one.',
    ignored: 'An error of `{{api}}` is ignored here; what comes after it takes a broken answer for a whole one.',
    answered: 'An error of `{{api}}` becomes an empty or partial answer here, which nobody can tell from a whole one.',
  },
  options: {
    reporters: {
      schema: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
      default: [] as readonly string[],
      description:
        'Loggers by which somebody is told, as they are called: `logger.fatal`, or `logger` for each of its methods.',
    },
  },
  examples: {
    incorrect: [
      {
        title: 'a log line, and the response is closed as after a whole answer',
        messageId: 'logged',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function answer(req, res) {
  try {
    const stream = await client.chat.completions.create({ model, messages: req.body.messages, stream: true });
    for await (const chunk of stream) res.write(chunk.choices[0]?.delta?.content ?? '');
  } catch (error) {
    console.error(error);
  }
  res.end();
}
`,
      },
      {
        title: 'half of the text is returned',
        messageId: 'answered',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export async function ask(params) {
  let text = '';
  try {
    for await (const event of client.messages.stream(params)) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    }
    return text;
  } catch (error) {
    console.error(error);
    return text;
  }
}
`,
      },
      {
        title: 'nothing at all',
        messageId: 'ignored',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function* ask(messages) {
  try {
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) yield chunk.choices[0]?.delta?.content ?? '';
  } catch {}
}
`,
      },
    ],
    correct: [
      {
        title: 'the client is told',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function answer(req, res) {
  try {
    const stream = await client.chat.completions.create({ model, messages: req.body.messages, stream: true });
    for await (const chunk of stream) res.write(\`data: \${JSON.stringify(chunk)}\\n\\n\`);
  } catch (error) {
    console.error(error);
    res.write(\`event: error\\ndata: \${JSON.stringify(error.message)}\\n\\n\`);
  }
  res.end();
}
`,
      },
      {
        title: 'the caller is told',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  try {
    let text = '';
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    return text;
  } catch (error) {
    console.error(error);
    return null;
  }
}
`,
      },
      {
        title: 'what comes after knows how it went',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  let text = '';
  let whole = false;
  try {
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    whole = true;
  } catch (error) {
    console.error(error);
  }
  return whole ? text : \`\${text} … (cut)\`;
}
`,
      },
    ],
  },
  check({ form, coverage: { iterating }, outputs }, { reporters }) {
    if (form === 'events' || !iterating || outputs.length === 0) return undefined;
    const { reaction, node, continuation, loggers } = iterating;
    if (loggers.some((logger) => reporters.some((name) => logger === name || logger.startsWith(`${name}.`))))
      return undefined;
    if (reaction === 'returns-answer') return { messageId: 'answered', at: node };
    if (!continuation || (reaction !== 'logs' && reaction !== 'ignores')) return undefined;
    return { messageId: reaction === 'logs' ? 'logged' : 'ignored', at: node };
  },
});
