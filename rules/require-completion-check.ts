import { codemod as checking } from '../codemods/add-completion-check.ts';
import { defaultOptions } from '../codemods/contract/codemod.ts';
import { listComparedReasons } from '../src/analysis/answer/compared-reasons.ts';
import type { StreamLoop } from '../src/analysis/facts/stream-loop.ts';
import type { StreamApi } from '../src/providers/provider.ts';
import { findRewrite } from './rewrites.ts';
import { defineRule, type FileFacts, type Finding } from './rule.ts';
import { printPath, printTerminal } from './wording.ts';

interface Options {
  readonly checkGenerators: boolean;
  readonly checkUse: boolean;
  readonly finishReasons: readonly string[];
}

type MessageId =
  'addCheck' | 'unchecked' | 'unused' | 'unparsed' | 'unawaited' | 'passed' | 'passedUnparsed' | 'untold';

export default defineRule<MessageId, Options>({
  name: 'require-completion-check',
  preset: 'recommended',
  finds: 'loops that never look at the chunk that says "finished", and so take a cut answer for a whole one',
  why: `When a proxy or a server closes the connection cleanly in mid-answer, 47 of 52 measured SDK entry points end the
loop as if the answer were complete: no error, no \`catch\`, half a sentence in the database. The only proof of a
whole answer is the provider's terminal marker (see [what each SDK does](../providers.md)). The same marker tells an
answer that was cut at the token limit from one that came to its end.

What proves a whole answer depends on the API: a chunk's finish reason, an event such as \`message_stop\`, a member
of the result that is awaited (\`await result.finishReason\` for \`streamText\`), or \`[DONE]\` in a body that the
program parses itself.

Where the whole chunk goes to a function that this rule cannot see, the check may be there: it says nothing. A
generator that yields whole chunks leaves the check to its consumers, and is reported unless a consumer in the same
file looks; \`checkGenerators: false\` trusts them. The rule says nothing of APIs that throw by themselves, such as
OpenAI's \`chat.completions.stream\`, and of loops over \`resilientStream()\`, which throws on a cut answer.`,
  whenNotToUse:
    'A host behind an OpenAI-compatible API may send no `finish_reason` at all; turn the rule off for the files that talk to it.',
  cannotSee: `Whether what a look at the marker leads to is right: \`checkUse\` tells a look that leads to nothing, such
as a finish reason that is only logged. A check in code that is handed the whole chunk, or that keeps it; this rule
trusts that it is there. Consumers of a generator in other files. Chunks whose API no import, no type and no member
tells.`,
  messages: {
    unchecked:
      'Nothing looks at `{{marker}}` here; when `{{api}}` is cut off in mid-answer, this loop ends as if the answer were whole.',
    unused:
      'What this loop sees of `{{marker}}` is only logged, or put where nothing reads it; when `{{api}}` is cut off in mid-answer, the program goes on as after a whole answer.',
    untold:
      'Nothing compares `{{marker}}` with {{reasons}} here; when `{{api}}` ends for such a reason, this loop takes its answer for one like any other.',
    unparsed:
      'Nothing here looks for the end of the answer, `[DONE]` or a finish reason; when `{{api}}` is cut off in mid-answer, this loop ends as if the answer were whole.',
    unawaited:
      'Nothing awaits `{{marker}}` here; when `{{api}}` is cut off in mid-answer, this loop ends as if the answer were whole.',
    passed:
      'Nothing looks at `{{marker}}` here; when `{{api}}` is cut off in mid-answer, this generator ends as if the answer were whole, and leaves it to its consumers to notice.',
    passedUnparsed:
      'Nothing here looks for the end of the answer, `[DONE]` or a finish reason; when `{{api}}` is cut off in mid-answer, this generator ends as if the answer were whole, and leaves it to its consumers to notice.',
    addCheck: 'Look at `{{marker}}` in each chunk of `{{api}}`, and throw behind the loop where it never came.',
  },
  hasSuggestions: true,
  options: {
    checkGenerators: {
      schema: { type: 'boolean' },
      default: true,
      description: 'Also report generators that give whole chunks to their consumers without a look at the marker.',
    },
    checkUse: {
      schema: { type: 'boolean' },
      default: false,
      description:
        'Also report a look at the marker that leads to nothing: its outcome is only logged, or put where nothing reads it.',
    },
    finishReasons: {
      schema: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
      default: [],
      description:
        'Finish reasons that a program must tell from others, such as `length` or `max_tokens`: a look that is compared with none of them is reported too.',
    },
  },
  examples: {
    incorrect: [
      {
        title: 'the end of the loop is taken for the end of the answer',
        messageId: 'unchecked',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  let text = '';
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}
`,
      },
      {
        title: 'the result would tell, and nobody asks it',
        messageId: 'unawaited',
        code: `import { openai } from '@ai-sdk/openai';
import { streamText } from 'ai';

export async function ask(prompt) {
  const result = streamText({ model: openai('gpt-5'), prompt });
  for await (const text of result.textStream) process.stdout.write(text);
}
`,
      },
      {
        title: 'a generator leaves it to its consumers',
        messageId: 'passed',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function* ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) yield chunk;
}
`,
      },
      {
        title: 'a body is parsed, and its end is not looked for',
        messageId: 'unparsed',
        code: `export async function ask(messages) {
  const response = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: JSON.stringify({ model, messages, stream: true }) });
  for await (const line of linesOf(response.body)) {
    if (line.startsWith('data: {')) process.stdout.write(JSON.parse(line.slice(6)).choices[0]?.delta?.content ?? '');
  }
}
`,
      },
      {
        title: 'a generator gives what it parses, and does not look for the end',
        messageId: 'passedUnparsed',
        code: `export async function* ask(messages) {
  const response = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: JSON.stringify({ model, messages, stream: true }) });
  for await (const chunk of parseEvents(response.body)) {
    if (chunk.choices) yield chunk;
  }
}
`,
      },
    ],
    correct: [
      {
        title: 'the finish reason is kept and checked',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  let text = '';
  let finishReason = null;
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    finishReason = chunk.choices[0]?.finish_reason ?? finishReason;
  }
  if (finishReason !== 'stop') throw new Error(\`The answer was cut: \${finishReason ?? 'no finish reason'}.\`);
  return text;
}
`,
      },
      {
        title: 'a member of the stream that rejects on a cut answer is awaited',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export async function ask(messages) {
  const stream = client.messages.stream({ model, max_tokens: 1024, messages });
  for await (const chunk of stream) {
    if (chunk.type === 'content_block_delta') show(chunk.delta);
  }
  return await stream.finalText();
}
`,
      },
      {
        title: 'the result is asked how it ended',
        code: `import { openai } from '@ai-sdk/openai';
import { streamText } from 'ai';

export async function ask(prompt) {
  const result = streamText({ model: openai('gpt-5'), prompt });
  for await (const text of result.textStream) process.stdout.write(text);
  if ((await result.finishReason) !== 'stop') throw new Error('The answer was cut.');
}
`,
      },
      {
        title: 'the helper checks',
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
    ],
  },
  check(loop, { checkGenerators, checkUse, finishReasons }, file) {
    const {
      form,
      node,
      origin: { api },
      endChecks,
      usedEndChecks,
      chunksOutOfSight,
      yieldedChunks,
      endSign,
      provenByHelper,
    } = loop;
    if (
      form === 'events' ||
      provenByHelper ||
      api.onCleanEnd !== 'silent' ||
      endSign === null ||
      chunksOutOfSight.length > 0
    )
      return undefined;
    const isPassed = yieldedChunks.length > 0;
    if (endChecks.length > 0) {
      if (isPassed) return undefined;
      const isUnused = checkUse && usedEndChecks.length === 0;
      return isUnused
        ? { messageId: 'unused', at: node, data: { marker: printMarker(api) } }
        : checkReasons(loop, finishReasons, file);
    }
    if (isPassed && !checkGenerators) return undefined;
    if (endSign === 'parsed') return { messageId: isPassed ? 'passedUnparsed' : 'unparsed', at: node };
    const data = { marker: printMarker(api) };
    if (endSign === 'member') return { messageId: 'unawaited', at: node, data };
    const rewrite = findRewrite(file, node, checking, defaultOptions.helper);
    return {
      messageId: isPassed ? 'passed' : 'unchecked',
      at: node,
      data,
      suggestions: rewrite ? [{ messageId: 'addCheck', edits: rewrite.edits }] : [],
    };
  },
});

/** Of a body that the program parses, what it may look for. */
const printMarker = ({ terminal, finals }: StreamApi): string =>
  terminal ? printTerminal(terminal) : (finals[0]?.name ?? '[DONE]');

function checkReasons(
  { node, origin: { api }, endChecks }: StreamLoop,
  reasons: readonly string[],
  { source }: FileFacts,
): Finding<MessageId> | undefined {
  const path = api.terminal?.finishReason ?? (api.terminal?.values === null ? api.terminal.path : null);
  if (reasons.length === 0 || !path) return undefined;
  const told = listComparedReasons(source, endChecks);
  if (told === null || told.some((reason) => reasons.includes(reason))) return undefined;
  return {
    messageId: 'untold',
    at: node,
    data: { marker: printPath(path), reasons: reasons.map((reason) => `\`${reason}\``).join(' or ') },
  };
}
