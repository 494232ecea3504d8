import { defineProvider, type StreamApi } from './provider.ts';

/**
 * What all of the SDK's streams share: the request is retried, the body is not (`streamRetries` of v7 starts the step
 * anew).
 */
const request = {
  // Of the parts; strings are read as the text of these. Each entry that reads something else says so.
  protocol: 'ai-sdk',
  // With `tools` a call of `streamText` is a run.
  scope: 'request',
  headersWait: 'headers',
  signal: { argument: 0, path: ['abortSignal'] },
  retries: { argument: 0, path: ['maxRetries'] },
  ownRetries: { times: 2, client: null },
  // `onEnd` and `onStepEnd` are v7's names.
  endCallbacks: ['onFinish', 'onEnd', 'onStepFinish', 'onStepEnd'].map((name) => ({ argument: 0, path: [name] })),
  onCleanEnd: 'silent',
} satisfies Partial<StreamApi>;

/**
 * What `streamText()` and agents give. An abort and a timeout end each of the streams normally
 * (generate-text/stream-text.ts enqueues an `abort` part and closes); only a dropped connection throws. `timeout` came
 * with v6, `firstChunkMs` with v7.
 */
const textRequest = {
  ...request,
  timeouts: [
    { option: { argument: 0, path: ['timeout', 'chunkMs'] }, bounds: 'idle' },
    { option: { argument: 0, path: ['timeout', 'totalMs'] }, bounds: 'total' },
    { option: { argument: 0, path: ['timeout', 'stepMs'] }, bounds: 'total' },
    { option: { argument: 0, path: ['timeout', 'firstChunkMs'] }, bounds: 'headers' },
    { option: { argument: 0, path: ['timeout'] }, bounds: 'total' },
  ],
  onAbort: 'silent',
  // `teeStream()` keeps a second branch, which nobody cancels.
  closesOnBreak: false,
  measured: 'ai 5.0 – 7.0',
} satisfies Partial<StreamApi>;

/**
 * Without it the default logs to the console: generate-text/stream-text.ts `onError = ({ error }) =>
 * console.error(error)`.
 */
const errorOption = { argument: 0, path: ['onError'] } satisfies StreamApi['errorOption'];

const streamText = {
  ...textRequest,
  errorOption,
  name: 'streamText',
  reach: 'module',
  awaited: false,
} satisfies Partial<StreamApi>;

/** Agents were called `Experimental_Agent` in v5, whose `stream()` gave no promise yet. */
const agent = {
  ...textRequest,
  name: 'stream',
  reach: 'client',
  scope: 'run',
  awaited: true,
  // `maxRetries` is a setting of the agent's, and no option of its calls.
  retries: null,
  ownRetries: { times: 2, client: 'maxRetries' },
  timeouts: [
    ...textRequest.timeouts,
    { option: { client: 'timeout.chunkMs' }, bounds: 'idle' },
    { option: { client: 'timeout.totalMs' }, bounds: 'total' },
    { option: { client: 'timeout.stepMs' }, bounds: 'total' },
    { option: { client: 'timeout.firstChunkMs' }, bounds: 'headers' },
    { option: { client: 'timeout' }, bounds: 'total' },
  ],
} satisfies Partial<StreamApi>;

/** Strings: text-stream/to-text-stream.ts passes only `text-delta` on, so that errors and the end's reason are lost. */
const textChunks = {
  // `StreamTextResult` is what an agent's `stream()` gives too.
  types: ['StreamTextResult', 'AsyncIterableStream'],
  iterables: ['textStream'],
  telling: ['textStream'],
  isTextOnly: true,
  inBandError: 'hidden',
  // 'interrupted' or 'error' on a cut answer, 'other' before v7; `text` resolves with what there is.
  finals: [{ name: 'finishReason', onCleanEnd: 'tells' }],
  terminal: null,
  text: [],
} satisfies Partial<StreamApi>;

/** Partial objects and whole elements: each chunk holds all there is so far, or one element; none is a delta. */
const outputChunks = {
  ...textChunks,
  // Not exported, but what `DeepPartial` comes down to.
  types: ['StreamTextResult', 'AsyncIterableStream', 'PartialObject'],
  iterables: ['partialOutputStream', 'experimental_partialOutputStream', 'elementStream'],
  // A cut object is completed as far as it goes: https://ai-sdk.dev/docs/reference/ai-sdk-core/parse-partial-json
  protocol: null,
  isTextOnly: false,
  telling: ['partialOutputStream', 'experimental_partialOutputStream'],
  finals: [
    { name: 'finishReason', onCleanEnd: 'tells' },
    { name: 'output', onCleanEnd: 'rejects' },
  ],
} satisfies Partial<StreamApi>;

/** A cut answer has its `finish` part too, with the reason 'interrupted' or 'error', 'other' before v7. */
const finished = {
  path: ['finishReason'],
  values: ['stop', 'length', 'content-filter', 'tool-calls'],
  finishReason: ['finishReason'],
} satisfies StreamApi['terminal'];

const partChunks = {
  types: ['StreamTextResult', 'AsyncIterableStream', 'TextStreamPart'],
  typeTells: ['TextStreamPart'],
  iterables: ['fullStream', 'stream'],
  foundByHelper: ['fullStream', 'stream'],
  telling: ['fullStream'],
  inBandError: 'chunk',
  finals: [{ name: 'finishReason', onCleanEnd: 'tells' }],
  terminal: finished,
  text: ['text'],
  textWhen: [{ path: ['type'], values: ['text-delta'] }],
  fingerprint: [
    {
      path: ['type'],
      values: [
        'text-delta',
        'reasoning-delta',
        'start-step',
        'finish-step',
        'tool-input-start',
        'tool-input-delta',
        'tool-input-end',
      ],
    },
  ],
} satisfies Partial<StreamApi>;

const uiChunks = {
  types: ['StreamTextResult', 'AsyncIterableStream', 'UIMessageChunk', 'InferUIMessageChunk'],
  typeTells: ['UIMessageChunk'],
  iterables: ['toUIMessageStream()'],
  inBandError: 'chunk',
  finals: [{ name: 'finishReason', onCleanEnd: 'tells' }],
  terminal: finished,
  text: ['delta'],
  textWhen: [{ path: ['type'], values: ['text-delta'] }],
  fingerprint: [{ path: ['type'], values: ['tool-input-available', 'tool-output-available', 'message-metadata'] }],
} satisfies Partial<StreamApi>;

/** `streamObject()` knows no `timeout`, and throws on an abort: generate-object/stream-object.ts. */
const streamObject = {
  ...request,
  name: 'streamObject',
  errorOption,
  reach: 'module',
  awaited: false,
  finals: [
    { name: 'object', onCleanEnd: 'rejects' },
    { name: 'finishReason', onCleanEnd: 'tells' },
  ],
  timeouts: [],
  onAbort: 'throws',
  closesOnBreak: true,
  measured: 'ai 5.0 – 7.0',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'ai-sdk',
  title: 'Vercel AI SDK',
  modules: ['ai'],
  clients: ['ToolLoopAgent', 'Experimental_Agent', 'Agent'],
  docs: 'https://ai-sdk.dev/docs/ai-sdk-core/generating-text#streamtext',
  apis: [
    {
      ...streamText,
      ...textChunks,
      example: `import { openai } from '@ai-sdk/openai';
import { streamText } from 'ai';

const { textStream: stream } = streamText({ model: openai('gpt-5'), prompt: 'Hello' });
for await (const chunk of stream) {
  process.stdout.write(chunk);
}
`,
    },
    {
      ...streamText,
      ...partChunks,
      example: `import { openai } from '@ai-sdk/openai';
import { streamText } from 'ai';

const { fullStream: stream } = streamText({ model: openai('gpt-5'), prompt: 'Hello' });
for await (const chunk of stream) {
  if (chunk.type === 'text-delta') process.stdout.write(chunk.text);
}
`,
    },
    {
      ...streamText,
      ...outputChunks,
      example: `import { openai } from '@ai-sdk/openai';
import { Output, streamText } from 'ai';
import { z } from 'zod';

const output = Output.object({ schema: z.object({ answer: z.string() }) });
const { partialOutputStream: stream } = streamText({ model: openai('gpt-5'), prompt: 'Hello', output });
for await (const chunk of stream) {
  console.log(chunk.answer);
}
`,
    },
    {
      ...streamText,
      ...uiChunks,
      example: `import { openai } from '@ai-sdk/openai';
import { streamText } from 'ai';

const stream = streamText({ model: openai('gpt-5'), prompt: 'Hello' }).toUIMessageStream();
for await (const chunk of stream) {
  if (chunk.type === 'text-delta') process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...agent,
      ...textChunks,
      example: `import { openai } from '@ai-sdk/openai';
import { ToolLoopAgent } from 'ai';

const agent = new ToolLoopAgent({ model: openai('gpt-5') });
const { textStream: stream } = await agent.stream({ prompt: 'Hello' });
for await (const chunk of stream) {
  process.stdout.write(chunk);
}
`,
    },
    {
      ...agent,
      ...partChunks,
      example: `import { openai } from '@ai-sdk/openai';
import { ToolLoopAgent } from 'ai';

const agent = new ToolLoopAgent({ model: openai('gpt-5') });
const { fullStream: stream } = await agent.stream({ prompt: 'Hello' });
for await (const chunk of stream) {
  if (chunk.type === 'text-delta') process.stdout.write(chunk.text);
}
`,
    },
    {
      ...agent,
      ...outputChunks,
      example: `import { openai } from '@ai-sdk/openai';
import { Output, ToolLoopAgent } from 'ai';
import { z } from 'zod';

const output = Output.object({ schema: z.object({ answer: z.string() }) });
const agent = new ToolLoopAgent({ model: openai('gpt-5'), output });
const { partialOutputStream: stream } = await agent.stream({ prompt: 'Hello' });
for await (const chunk of stream) {
  console.log(chunk.answer);
}
`,
    },
    {
      ...agent,
      ...uiChunks,
      example: `import { openai } from '@ai-sdk/openai';
import { ToolLoopAgent } from 'ai';

const agent = new ToolLoopAgent({ model: openai('gpt-5') });
const stream = (await agent.stream({ prompt: 'Hello' })).toUIMessageStream();
for await (const chunk of stream) {
  if (chunk.type === 'text-delta') process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...streamObject,
      types: ['StreamObjectResult'],
      iterables: ['partialObjectStream', 'elementStream'],
      protocol: null,
      telling: ['partialObjectStream'],
      inBandError: 'hidden',
      terminal: null,
      text: [],
      example: `import { openai } from '@ai-sdk/openai';
import { streamObject } from 'ai';
import { z } from 'zod';

const schema = z.object({ answer: z.string() });
const { partialObjectStream: stream } = streamObject({ model: openai('gpt-5'), schema, prompt: 'Hello' });
for await (const chunk of stream) {
  console.log(chunk.answer);
}
`,
    },
    {
      ...streamObject,
      types: ['StreamObjectResult'],
      iterables: ['textStream'],
      isTextOnly: true,
      inBandError: 'hidden',
      terminal: null,
      text: [],
      example: `import { openai } from '@ai-sdk/openai';
import { streamObject } from 'ai';
import { z } from 'zod';

const schema = z.object({ answer: z.string() });
const { textStream: stream } = streamObject({ model: openai('gpt-5'), schema, prompt: 'Hello' });
for await (const chunk of stream) {
  process.stdout.write(chunk);
}
`,
    },
    {
      ...streamObject,
      types: ['StreamObjectResult', 'AsyncIterableStream', 'ObjectStreamPart'],
      iterables: ['fullStream'],
      foundByHelper: ['fullStream'],
      inBandError: 'chunk',
      terminal: finished,
      text: ['textDelta'],
      textWhen: [{ path: ['type'], values: ['text-delta'] }],
      example: `import { openai } from '@ai-sdk/openai';
import { streamObject } from 'ai';
import { z } from 'zod';

const schema = z.object({ answer: z.string() });
const { fullStream: stream } = streamObject({ model: openai('gpt-5'), schema, prompt: 'Hello' });
for await (const chunk of stream) {
  if (chunk.type === 'text-delta') process.stdout.write(chunk.textDelta);
}
`,
    },
    {
      ...textRequest,
      ...uiChunks,
      name: 'createAgentUIStream',
      reach: 'module',
      scope: 'run',
      awaited: true,
      types: ['UIMessageChunk', 'InferUIMessageChunk'],
      iterables: [],
      finals: [],
      // The agent's own.
      retries: null,
      fingerprint: [],
      // It calls `agent.stream()` and gives that result's UI message stream.
      measured: 'ai 6.0 – 7.0',
      example: `import { openai } from '@ai-sdk/openai';
import { createAgentUIStream, ToolLoopAgent } from 'ai';

const agent = new ToolLoopAgent({ model: openai('gpt-5') });
const uiMessages = [{ id: '1', role: 'user', parts: [{ type: 'text', text: 'Hello' }] }];
const stream = await createAgentUIStream({ agent, uiMessages });
for await (const chunk of stream) {
  if (chunk.type === 'text-delta') process.stdout.write(chunk.delta);
}
`,
    },
  ],
});
