import { findToldReasons } from '../src/analysis/told-reasons.ts';
import type { StreamLoop } from '../src/analysis/stream-loop.ts';
import { defineRule, type FileFacts, type Finding } from './rule.ts';
import { printPath, printTerminal } from './wording.ts';

interface Options {
  readonly finishReasons: readonly string[];
}

type MessageId = 'unchecked' | 'untold';

export default defineRule<MessageId, Options>({
  name: 'require-completion-check',
  preset: 'recommended',
  finds: 'loops that never look at the chunk that says "finished", and so take a cut answer for a whole one',
  why: `When a proxy or a server closes the connection cleanly in mid-answer, 47 of 52 measured SDK entry points end the loop as if the answer were
complete: no error, no \`catch\`, half a sentence in the database. The only proof of a whole answer is the provider's terminal marker
(see [what each SDK does](../providers.md)). The same marker tells an answer that was cut at the token limit from one that came to its end.

Where the whole chunk goes to code that this rule cannot see, or is yielded, the check may be there: it says nothing. It also says nothing of
APIs that throw by themselves, such as OpenAI's \`chat.completions.stream\`, and of loops over \`resilientStream()\`, which throws on a cut answer.`,
  whenNotToUse: 'A host behind an OpenAI-compatible API may send no `finish_reason` at all; turn the rule off for the files that talk to it.',
  cannotSee: `What a look at the marker leads to: a finish reason that is only logged counts as looked at. A check in code that is handed the whole chunk, or that
reads what a generator yields; this rule trusts that it is there. Chunks whose API no import, no type and no member tells.`,
  messages: {
    unchecked: 'Nothing looks at `{{marker}}` here; when `{{api}}` is cut off in mid-answer, this loop ends as if the answer were whole.',
    untold: 'Nothing compares `{{marker}}` with {{reasons}} here; when `{{api}}` ends for such a reason, this loop takes its answer for one like any other.',
  },
  options: {
    finishReasons: {
      schema: { type: 'array', items: { type: 'string' }, uniqueItems: true },
      default: [],
      description: 'Finish reasons that a program must tell from others, such as `length` or `max_tokens`: a look that is compared with none of them is reported too.',
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
  check(loop, { finishReasons }, file) {
    const { form, node, origin: { api, relayed }, completion, handedOn, resilient } = loop;
    if (form === 'events' || resilient || relayed || api.onCleanEnd !== 'silent' || !api.terminal) return undefined;
    if (handedOn.length > 0) return undefined;
    if (completion.length === 0) return { messageId: 'unchecked', at: node, data: { marker: printTerminal(api.terminal) } };
    return findUntold(loop, finishReasons, file);
  },
});

function findUntold({ node, origin: { api }, completion }: StreamLoop, reasons: readonly string[], { source }: FileFacts): Finding<MessageId> | undefined {
  const path = api.terminal?.finishReason ?? (api.terminal?.values === null ? api.terminal.path : null);
  if (reasons.length === 0 || !path) return undefined;
  const told = findToldReasons(source, completion);
  if (told === null || told.some((reason) => reasons.includes(reason))) return undefined;
  return { messageId: 'untold', at: node, data: { marker: printPath(path), reasons: reasons.map((reason) => `\`${reason}\``).join(' or ') } };
}
