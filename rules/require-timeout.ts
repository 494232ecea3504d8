import type { Limit, StreamLoop } from '../src/analysis/stream-loop.ts';
import type { Bound, StreamApi } from '../src/providers/provider.ts';
import { defineRule } from './rule.ts';
import { printOption } from './wording.ts';

export default defineRule({
  name: 'require-timeout',
  preset: 'recommended',
  finds: 'streams that nothing bounds, or only a limit that does not do what it seems to',
  why: `A stream that stalls without closing keeps its loop waiting, and with it the request, the socket and the user. Node's own \`fetch\` gives up
after 300 seconds without a byte; every ping or comment of the server sets that back to zero, and other runtimes may wait for ever.

The \`timeout\` option of an SDK seldom helps: for OpenAI and Anthropic it bounds the wait for the response's *headers*, and is cleared before
the first chunk. \`AbortSignal.timeout()\` does bound the whole answer, but raw OpenAI and Anthropic streams then end the loop *normally*: a cut
answer looks whole unless something checks (see [what each SDK does](../providers.md)).

What bounds a stream: \`resilientStream()\`; a timer that each chunk sets back and that aborts the request; or \`AbortSignal.timeout()\`
together with a look at the terminal marker. A \`signal\` of the caller's counts, unless \`requireDeadline\` is on.`,
  whenNotToUse: 'A proxy or a job runner in front of the program may end stalled work by itself.',
  cannotSee: `Requests that are made in another file, and limits set there: a \`signal\` that comes as a parameter is the caller's to abort, and options from
elsewhere are trusted where the SDK has one that works. Limits below the SDK, such as the \`bodyTimeout\` of an \`undici\` agent or a \`fetch\` of
your own. How long a limit is.`,
  messages: {
    unbounded: 'Nothing bounds the wait for `{{api}}`; a stream that stalls keeps its loop waiting for minutes, or for ever.',
    headersOnly: '`{{option}}` bounds the headers of `{{api}}` only; a stream that stalls after them keeps its loop waiting for minutes, or for ever.',
    ignored: '`{{option}}` has no effect on `{{api}}`; a stream that stalls keeps its loop waiting for minutes, or for ever.',
    silentAbort: 'The timeout in `{{option}}` ends a loop over `{{api}}` normally, without an error, so that a cut answer passes for a whole one.',
    cancellationOnly: '`{{option}}` bounds `{{api}}` only if somebody aborts it; a stream that stalls unseen keeps its loop waiting for minutes, or for ever.',
  },
  options: {
    requireDeadline: {
      schema: { type: 'boolean' },
      default: false,
      description: 'Also report streams that end early only if somebody aborts their `signal`.',
    },
  },
  examples: {
    incorrect: [
      {
        title: 'no limit at all',
        messageId: 'unbounded',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) show(chunk.choices[0]?.delta?.content);
}
`,
      },
      {
        title: 'a limit for the headers only',
        messageId: 'headersOnly',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ timeout: 20_000 });
export async function ask(messages) {
  const stream = client.messages.stream({ model, max_tokens: 1024, messages });
  for await (const chunk of stream) show(chunk);
}
`,
      },
      {
        title: 'a limit that ends the loop without an error, and no check of the answer',
        messageId: 'silentAbort',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true }, { signal: AbortSignal.timeout(60_000) });
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
      },
    ],
    correct: [
      {
        title: 'the helper bounds the wait for each chunk',
        code: `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await resilientStream(
    ({ signal }) => client.chat.completions.create({ model, messages, stream: true }, { signal, maxRetries: 0 }),
    { idleTimeoutMs: 60_000 },
  );
  for await (const chunk of stream) show(chunk.choices[0]?.delta?.content);
}
`,
      },
      {
        title: 'a limit for the whole answer, and a look at how it ended',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  let finishReason = null;
  const stream = await client.chat.completions.create({ model, messages, stream: true }, { signal: AbortSignal.timeout(60_000) });
  for await (const chunk of stream) {
    process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
    finishReason = chunk.choices[0]?.finish_reason ?? finishReason;
  }
  if (finishReason === null) throw new Error('The answer was cut.');
}
`,
      },
      {
        title: 'the caller decides',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages, signal) {
  const stream = await client.chat.completions.create({ model, messages, stream: true }, { signal });
  for await (const chunk of stream) show(chunk.choices[0]?.delta?.content);
}
`,
      },
    ],
  },
  check(loop, { requireDeadline }) {
    const { origin, limits, resilient } = loop;
    const { api, call } = origin;
    if (!call || resilient || origin.relayed) return undefined;
    const { signal, requestTimeout } = limits;
    const signalName = api.signal ? printOption(api.signal) : 'signal';
    if (signal && endsSilently(loop, signal)) return { messageId: 'silentAbort', at: call, data: { option: signalName } };
    if (mayBeBounded(loop)) return undefined;
    if (signal?.bounds === 'cancellation') {
      return requireDeadline ? { messageId: 'cancellationOnly', at: call, data: { option: signalName } } : undefined;
    }
    if (signal?.bounds === 'nothing') return { messageId: 'ignored', at: call, data: { option: signalName } };
    if (requestTimeout?.bounds === 'nothing') return { messageId: 'ignored', at: call, data: { option: findTimeoutName(api, 'nothing') } };
    if (requestTimeout?.bounds === 'headers') return { messageId: 'headersOnly', at: call, data: { option: findTimeoutName(api, 'headers') } };
    return { messageId: 'unbounded', at: call };
  },
});

/** A timer's abort looks like the end of the answer, and nothing here, nor code out of sight, would tell them apart. */
const endsSilently = ({ form, origin, completion, abortChecks, handedOn }: StreamLoop, signal: Limit): boolean =>
  form !== 'events' && signal.bounds === 'total' && origin.api.onAbort === 'silent' && [completion, abortChecks, handedOn].every(({ length }) => length === 0);

/** A limit ends a stalled stream, or one out of sight may. What is out of sight can do no more than the SDK has to offer. */
function mayBeBounded({ origin: { api, client }, limits: { signal, requestTimeout, idleTimeout } }: StreamLoop): boolean {
  if (idleTimeout || signal?.bounds === 'unknown') return true;
  if (isEffective(signal?.bounds) || isEffective(requestTimeout?.bounds)) return true;
  const offered = api.timeouts.filter(({ bounds }) => isEffective(bounds));
  return requestTimeout?.bounds === 'unknown' ? offered.length > 0 : !client && offered.some(({ option }) => 'client' in option);
}

const isEffective = (bounds: Limit['bounds'] | undefined): boolean => bounds === 'idle' || bounds === 'total';

function findTimeoutName({ timeouts }: StreamApi, bounds: Bound): string {
  const fact = timeouts.find((fact) => fact.bounds === bounds);
  return fact ? printOption(fact.option) : 'timeout';
}
