import { printDeadline } from '../codemods/options/add-deadline.ts';
import { codemod as wrapping } from '../codemods/wrap-in-resilient-stream.ts';
import { readDuration } from '../src/analysis/values/durations.ts';
import type { Limit, StreamLoop } from '../src/analysis/facts/stream-loop.ts';
import type { Bound, OptionPath, StreamApi } from '../src/providers/provider.ts';
import { findRewrite, helperOption } from './rewrites.ts';
import { defineRule, type FileFacts, type Finding, type Suggestion } from './rule.ts';
import { printOption } from './wording.ts';

/** Longer than most answers take, those of reasoning models included. */
const DEADLINE_MS = 300_000;

interface Options {
  readonly requireDeadline: boolean;
  readonly minimumMs: number;
  readonly helper: string;
}

type MessageId =
  'unbounded' | 'headersOnly' | 'ignored' | 'silentAbort' | 'cancellationOnly' | 'tooShort' | 'wrap' | 'setSignal';

export default defineRule<MessageId, Options>({
  name: 'require-timeout',
  preset: 'recommended',
  finds: 'streams that nothing bounds, or only a limit that does not do what it seems to',
  why: `A stream that stalls without closing keeps its loop waiting, and with it the request, the socket and the user.
Node's own \`fetch\` gives up after 300 seconds without a byte; every ping or comment of the server sets that back to
zero, and other runtimes may wait for ever.

The \`timeout\` option of an SDK seldom helps: for OpenAI and Anthropic it bounds the wait for the response's
*headers*, and is cleared before the first chunk. \`AbortSignal.timeout()\` does bound the whole answer, but raw
OpenAI and Anthropic streams then end the loop *normally*: a cut answer looks whole unless something checks (see
[what each SDK does](../providers.md)).

What bounds a stream: \`resilientStream()\`; a timer that each chunk sets back and that aborts the request; or
\`AbortSignal.timeout()\` together with a look at the terminal marker. A \`signal\` of the caller's counts, unless
\`requireDeadline\` is on.`,
  whenNotToUse: 'A proxy or a job runner in front of the program may end stalled work by itself.',
  cannotSee: `Requests that are made in another file, and limits set there: a \`signal\` that comes as a parameter is
the caller's to abort, and options from elsewhere are trusted where the SDK has one that works. Limits below the SDK,
such as the \`bodyTimeout\` of an \`undici\` agent or a \`fetch\` of your own. How long a limit is, unless
\`minimumMs\` is set; a number that is computed or imported is trusted.`,
  messages: {
    unbounded:
      'Nothing bounds the wait for `{{api}}`; a stream that stalls keeps its loop waiting for minutes, or for ever.',
    headersOnly:
      '`{{option}}` bounds the headers of `{{api}}` only; a stream that stalls after them keeps its loop waiting for minutes, or for ever.',
    ignored:
      '`{{option}}` has no effect on `{{api}}`; a stream that stalls keeps its loop waiting for minutes, or for ever.',
    silentAbort:
      'The timeout in `{{option}}` ends a loop over `{{api}}` normally, without an error, so that a cut answer passes for a whole one.',
    cancellationOnly:
      '`{{option}}` bounds `{{api}}` only if somebody aborts it; a stream that stalls unseen keeps its loop waiting for minutes, or for ever.',
    tooShort:
      'This limit ends `{{api}}` after {{seconds}} s; answers that take longer are cut, and a model that thinks may take {{minimum}} s.',
    wrap: 'Wrap the request of `{{api}}` in `resilientStream`, which bounds each wait and throws.',
    setSignal: 'Abort `{{api}}` by `{{option}}` after {{seconds}} s; its loop then throws.',
  },
  hasSuggestions: true,
  options: {
    requireDeadline: {
      schema: { type: 'boolean' },
      default: false,
      description: 'Also report streams that end early only if somebody aborts their `signal`.',
    },
    minimumMs: {
      schema: { type: 'integer', minimum: 0 },
      default: 0,
      description:
        'Also report limits below this many milliseconds, which cut answers that are merely slow; suggested limits are no shorter.',
    },
    helper: helperOption,
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
  check(loop, options, file) {
    const problem = findProblem(loop, options) ?? findShortLimit(loop, options, file);
    return (
      problem && {
        ...problem,
        suggestions: problem.messageId === 'tooShort' ? [] : findSuggestions(loop, options, file),
      }
    );
  },
});

function findProblem(loop: StreamLoop, { requireDeadline }: Options): Finding<MessageId> | undefined {
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
  if (requestTimeout?.bounds === 'nothing')
    return { messageId: 'ignored', at: call, data: { option: printTimeoutOption(api, 'nothing') } };
  if (requestTimeout?.bounds === 'headers')
    return { messageId: 'headersOnly', at: call, data: { option: printTimeoutOption(api, 'headers') } };
  return { messageId: 'unbounded', at: call };
}

/** A limit that works, and ends the stream too soon. */
function findShortLimit(
  { origin: { api }, limits, resilient }: StreamLoop,
  { minimumMs }: Options,
  { source }: FileFacts,
): Finding<MessageId> | undefined {
  if (minimumMs === 0 || resilient) return undefined;
  const { signal, requestTimeout, idleTimeout } = limits;
  for (const [limit, option] of [
    [signal, null],
    [requestTimeout, findTimeoutOption(api, requestTimeout?.bounds)],
    [idleTimeout, null],
  ] as const) {
    const duration = limit && isEffective(limit.bounds) ? readDuration(source, limit.node, option) : null;
    if (limit && duration !== null && duration < minimumMs) {
      return {
        messageId: 'tooShort',
        at: limit.node,
        data: { seconds: String(duration / 1_000), minimum: String(minimumMs / 1_000) },
      };
    }
  }
  return undefined;
}

/** What the catalog says works: the helper always does, a signal where an abort makes the loop throw. */
function findSuggestions(loop: StreamLoop, { helper, minimumMs }: Options, file: FileFacts): Suggestion<MessageId>[] {
  const suggestions: Suggestion<MessageId>[] = [];
  const { signal } = loop.origin.api;
  const rewrite = findRewrite(file, loop.node, wrapping, helper);
  if (rewrite) suggestions.push({ messageId: 'wrap', edits: rewrite.edits });
  const milliseconds = Math.max(DEADLINE_MS, minimumMs);
  const edits = printDeadline(file.source, loop, milliseconds, { helper, path: file.path });
  if (edits && signal)
    suggestions.push({
      messageId: 'setSignal',
      data: { option: printOption(signal), seconds: String(milliseconds / 1_000) },
      edits,
    });
  return suggestions;
}

/** A timer's abort looks like the end of the answer, and nothing here, nor code out of sight, would tell them apart. */
const endsSilently = (
  { form, origin, endChecks, abortChecks, chunksOutOfSight, yieldedChunks }: StreamLoop,
  signal: Limit,
): boolean =>
  form !== 'events' &&
  signal.bounds === 'total' &&
  origin.api.onAbort === 'silent' &&
  [endChecks, abortChecks, chunksOutOfSight, yieldedChunks].every(({ length }) => length === 0);

/**
 * A limit ends a stalled stream, or one out of sight may. What is out of sight can do no more than the SDK has to
 * offer.
 */
function mayBeBounded({
  origin: { api, client },
  limits: { signal, requestTimeout, idleTimeout },
}: StreamLoop): boolean {
  if (idleTimeout || signal?.bounds === 'unknown') return true;
  if (isEffective(signal?.bounds) || isEffective(requestTimeout?.bounds)) return true;
  const offered = api.timeouts.filter(({ bounds }) => isEffective(bounds));
  return requestTimeout?.bounds === 'unknown'
    ? offered.length > 0
    : !client && offered.some(({ option }) => 'client' in option);
}

const isEffective = (bounds: Limit['bounds'] | undefined): boolean => bounds === 'idle' || bounds === 'total';

const findTimeoutOption = (
  { timeouts }: StreamApi,
  bounds: Limit['bounds'] | undefined,
): OptionPath | { readonly client: string } | null => timeouts.find((fact) => fact.bounds === bounds)?.option ?? null;

function printTimeoutOption(api: StreamApi, bounds: Bound): string {
  const option = findTimeoutOption(api, bounds);
  return option ? printOption(option) : 'timeout';
}
