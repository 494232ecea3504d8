import { defineProvider, type StreamApi } from './provider.ts';

/**
 * What all of the SDK's streams share. `timeout` is cleared once `fetch` resolves, and the body's own limit is skipped
 * for streams: openai/client.mjs `fetchWithTimeout()`, https://github.com/openai/openai-node/issues/1825.
 */
const request = {
  reach: 'client',
  scope: 'request',
  headersWait: 'headers',
  withResponse: true,
  signal: { argument: 1, path: ['signal'] },
  retries: { argument: 1, path: ['maxRetries'] },
  ownRetries: { times: 2, client: 'maxRetries' },
  timeouts: [
    { option: { argument: 1, path: ['timeout'] }, bounds: 'headers' },
    { option: { client: 'timeout' }, bounds: 'headers' },
  ],
  // Up to 6.49 `responses.*` hand it on as a chunk, and a busy consumer of a helper stream loses it.
  inBandError: 'throws',
  closesOnBreak: true,
  measured: 'openai 6.49 – 7.57',
} satisfies Partial<StreamApi>;

/** A raw `Stream`: an abort ends its loop normally (core/streaming.mjs `isTransportAbortError(e)` returns). */
const rawStream = {
  ...request,
  enabledBy: { argument: 0, path: ['stream'] },
  awaited: true,
  onCleanEnd: 'silent',
  onAbort: 'silent',
} satisfies Partial<StreamApi>;

/** A `.stream()` helper: started by the call itself, with events and `final…()` members. */
const helperStream = {
  ...request,
  withResponse: false,
  awaited: false,
  chainable: ['on', 'off', 'once'],
  onAbort: 'throws',
} satisfies Partial<StreamApi>;

/**
 * `choices` is `[]` there (resources/chat/completions `ChatCompletionChunk`); hosts with an API like OpenAI's may send
 * such chunks unasked, Azure as the first.
 */
const gaps = [
  {
    path: ['choices', 0],
    askedBy: { argument: 0, path: ['stream_options', 'include_usage'] },
    when: 'in the chunk that tells the usage',
  },
] satisfies StreamApi['gaps'];

const chatChunk = {
  protocol: 'openai-chat',
  gaps,
  terminal: { path: ['choices', 0, 'finish_reason'], values: null, finishReason: null },
  text: ['choices', 0, 'delta', 'content'],
  fingerprint: [{ path: ['choices', 0, 'delta'], values: null }],
} satisfies Partial<StreamApi>;

const ended = ['response.completed', 'response.failed', 'response.incomplete'];

const responsesChunk = {
  protocol: 'openai-responses',
  terminal: { path: ['type'], values: ended, finishReason: ['response', 'status'] },
  text: ['delta'],
  textWhen: [{ path: ['type'], values: ['response.output_text.delta'] }],
  fingerprint: [
    {
      path: ['type'],
      values: [...ended, 'response.created', 'response.output_text.delta', 'response.output_item.done'],
    },
  ],
  resume: {
    how: 'cursor',
    requires: '`background: true`; then `responses.retrieve(id, { stream: true, starting_after })`',
    docs: 'https://platform.openai.com/docs/guides/background',
  },
} satisfies Partial<StreamApi>;

/**
 * The run stops at 'requires_action' too: it waits for tool outputs then. core/streaming.mjs wraps events named
 * `thread.…` as `{ event, data }`.
 */
const runEnded = [
  'thread.run.completed',
  'thread.run.requires_action',
  'thread.run.failed',
  'thread.run.incomplete',
  'thread.run.cancelled',
  'thread.run.expired',
];

const assistantChunk = {
  // The `.stream()` helpers throw at a cut by themselves, but lib/EventStream.mjs of openai 6 drops an error that finds
  // nobody waiting.
  protocol: null,
  // The steps of a run call tools, and the program hands in the outputs of its own. A thread has one run at a time.
  scope: 'run',
  terminal: {
    path: ['event'],
    values: runEnded,
    finishReason: ['data', 'status'],
    failures: ['thread.run.failed', 'thread.run.expired'],
  },
  text: ['data', 'delta', 'content', 0, 'text', 'value'],
  textWhen: [{ path: ['event'], values: ['thread.message.delta'] }],
  fingerprint: [
    {
      path: ['event'],
      values: [...runEnded, 'thread.run.created', 'thread.message.delta', 'thread.message.completed'],
    },
  ],
} satisfies Partial<StreamApi>;

/** For calls that take an id first: `runs.create(threadId, params, options)`. */
const secondArgument = {
  signal: { argument: 2, path: ['signal'] },
  retries: { argument: 2, path: ['maxRetries'] },
  timeouts: [
    { option: { argument: 2, path: ['timeout'] }, bounds: 'headers' },
    { option: { client: 'timeout' }, bounds: 'headers' },
  ],
} satisfies Partial<StreamApi>;

/** lib/AssistantStream.mjs `endRequest()`: "Final run has not been received". */
const assistantFinals = {
  onCleanEnd: 'throws',
  finals: [
    { name: 'finalRun', onCleanEnd: 'rejects' },
    { name: 'finalMessages', onCleanEnd: 'rejects' },
    { name: 'finalRunSteps', onCleanEnd: 'rejects' },
    { name: 'done', onCleanEnd: 'rejects' },
  ],
} satisfies Partial<StreamApi>;

const chatFinals = [
  { name: 'finalChatCompletion', onCleanEnd: 'rejects' },
  { name: 'finalMessage', onCleanEnd: 'rejects' },
  { name: 'finalContent', onCleanEnd: 'rejects' },
  { name: 'done', onCleanEnd: 'rejects' },
] satisfies StreamApi['finals'];

export default defineProvider({
  id: 'openai',
  title: 'OpenAI',
  modules: ['openai'],
  clients: ['OpenAI', 'AzureOpenAI'],
  sameClient: ['withOptions'],
  withOptions: ['withOptions'],
  abortErrors: ['APIUserAbortError'],
  finishWords: ['[DONE]'],
  docs: 'https://github.com/openai/openai-node#streaming-responses',
  apis: [
    {
      ...rawStream,
      ...chatChunk,
      name: 'chat.completions.create',
      types: ['ChatCompletionChunk'],
      typeTells: ['ChatCompletionChunk'],
      aliases: ['beta.chat.completions.create'],
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.chat.completions.create({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
    },
    {
      ...helperStream,
      ...chatChunk,
      name: 'chat.completions.stream',
      types: ['ChatCompletionStream'],
      aliases: ['beta.chat.completions.stream'],
      finals: chatFinals,
      // lib/ChatCompletionStream.mjs `finalizeChatCompletion()`: "missing finish_reason for choice N".
      onCleanEnd: 'throws',
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = client.chat.completions.stream({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'Hello' }],
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
    },
    {
      ...helperStream,
      ...chatChunk,
      name: 'chat.completions.runTools',
      scope: 'run',
      types: ['ChatCompletionStreamingRunner'],
      aliases: ['beta.chat.completions.runTools'],
      enabledBy: { argument: 0, path: ['stream'] },
      finals: chatFinals,
      // lib/ChatCompletionStreamingRunner.mjs extends `ChatCompletionStream`: each turn ends in its
      // `finalizeChatCompletion()`.
      onCleanEnd: 'throws',
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = client.chat.completions.runTools({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'What time is it?' }],
  tools: [{ type: 'function', function: { name: 'now', parameters: {}, function: () => new Date().toISOString() } }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
    },
    {
      ...rawStream,
      name: 'completions.create',
      protocol: 'openai-completions',
      types: ['Completion'],
      terminal: { path: ['choices', 0, 'finish_reason'], values: null, finishReason: null },
      gaps,
      text: ['choices', 0, 'text'],
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Hello', stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.text ?? '');
}
`,
    },
    {
      ...rawStream,
      ...responsesChunk,
      name: 'responses.create',
      types: ['ResponseStreamEvent'],
      typeTells: ['ResponseStreamEvent'],
      aliases: ['beta.responses.create'],
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.responses.create({ model: 'gpt-5', input: 'Hello', stream: true });
for await (const chunk of stream) {
  if (chunk.type === 'response.output_text.delta') process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...helperStream,
      ...responsesChunk,
      name: 'responses.stream',
      types: ['ResponseStream'],
      // lib/responses/ResponseStream.mjs: a clean end after one event resolves even when the response is incomplete.
      finals: [
        { name: 'finalResponse', onCleanEnd: 'resolves' },
        { name: 'done', onCleanEnd: 'resolves' },
      ],
      onCleanEnd: 'silent',
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = client.responses.stream({ model: 'gpt-5', input: 'Hello' });
for await (const chunk of stream) {
  if (chunk.type === 'response.output_text.delta') process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...helperStream,
      name: 'new ResponsesWS',
      // The events of the responses, each inside a message of the socket's, and as many as are asked for.
      protocol: null,
      scope: 'run',
      types: ['ResponsesWS'],
      measured: 'the source of openai 7.57',
      iterables: ['', 'stream()'],
      chainable: [],
      // A socket is asked and told over and over; it takes no signal, and leaving the loop leaves it open
      // (internal/ws-connection-controller.mjs `iterate()`).
      signal: null,
      retries: null,
      timeouts: [],
      onCleanEnd: 'silent',
      onAbort: 'ignored',
      inBandError: 'chunk',
      closesOnBreak: false,
      terminal: { path: ['message', 'type'], values: ended, finishReason: ['message', 'response', 'status'] },
      text: ['message', 'delta'],
      textWhen: [
        { path: ['type'], values: ['message'] },
        { path: ['message', 'type'], values: ['response.output_text.delta'] },
      ],
      fingerprint: [
        {
          path: ['message', 'type'],
          values: ['response.created', 'response.output_text.delta', 'response.output_item.done'],
        },
      ],
      example: `import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';

const stream = new ResponsesWS(new OpenAI());
stream.send({ type: 'response.create', model: 'gpt-5', input: 'Hello' });
for await (const chunk of stream) {
  if (chunk.type === 'message' && chunk.message.type === 'response.output_text.delta') process.stdout.write(chunk.message.delta);
}
`,
    },
    {
      ...rawStream,
      ...secondArgument,
      ...responsesChunk,
      name: 'responses.retrieve',
      aliases: ['beta.responses.retrieve'],
      enabledBy: { argument: 1, path: ['stream'] },
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.responses.retrieve('resp_123', { stream: true, starting_after: 42 });
for await (const chunk of stream) {
  if (chunk.type === 'response.output_text.delta') process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...rawStream,
      ...secondArgument,
      ...assistantChunk,
      name: 'beta.threads.runs.create',
      types: ['AssistantStreamEvent'],
      typeTells: ['AssistantStreamEvent'],
      aliases: ['beta.threads.runs.submitToolOutputs'],
      enabledBy: { argument: 1, path: ['stream'] },
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.beta.threads.runs.create('thread_123', { assistant_id: 'asst_123', stream: true });
for await (const chunk of stream) {
  if (chunk.event === 'thread.message.delta') process.stdout.write(chunk.data.delta.content?.[0]?.text?.value ?? '');
}
`,
    },
    {
      ...helperStream,
      ...secondArgument,
      ...assistantChunk,
      ...assistantFinals,
      name: 'beta.threads.runs.stream',
      types: ['AssistantStream'],
      aliases: ['beta.threads.runs.createAndStream', 'beta.threads.runs.submitToolOutputsStream'],
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = client.beta.threads.runs.stream('thread_123', { assistant_id: 'asst_123' });
for await (const chunk of stream) {
  if (chunk.event === 'thread.message.delta') process.stdout.write(chunk.data.delta.content?.[0]?.text?.value ?? '');
}
`,
    },
    {
      ...rawStream,
      ...assistantChunk,
      name: 'beta.threads.createAndRun',
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.beta.threads.createAndRun({ assistant_id: 'asst_123', stream: true });
for await (const chunk of stream) {
  if (chunk.event === 'thread.message.delta') process.stdout.write(chunk.data.delta.content?.[0]?.text?.value ?? '');
}
`,
    },
    {
      ...helperStream,
      ...assistantChunk,
      ...assistantFinals,
      name: 'beta.threads.createAndRunStream',
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = client.beta.threads.createAndRunStream({ assistant_id: 'asst_123' });
for await (const chunk of stream) {
  if (chunk.event === 'thread.message.delta') process.stdout.write(chunk.data.delta.content?.[0]?.text?.value ?? '');
}
`,
    },
    {
      ...rawStream,
      name: 'audio.transcriptions.create',
      protocol: null,
      types: ['TranscriptionStreamEvent'],
      terminal: { path: ['type'], values: ['transcript.text.done'], finishReason: null },
      text: ['delta'],
      textWhen: [{ path: ['type'], values: ['transcript.text.delta'] }],
      fingerprint: [{ path: ['type'], values: ['transcript.text.delta', 'transcript.text.done'] }],
      example: `import { createReadStream } from 'node:fs';
import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.audio.transcriptions.create({
  model: 'gpt-4o-transcribe',
  file: createReadStream('speech.mp3'),
  stream: true,
});
for await (const chunk of stream) {
  if (chunk.type === 'transcript.text.delta') process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...rawStream,
      name: 'images.generate',
      protocol: null,
      severalBy: { argument: 0, path: ['n'] },
      types: ['ImageGenStreamEvent', 'ImageEditStreamEvent'],
      aliases: ['images.edit'],
      terminal: { path: ['type'], values: ['image_generation.completed', 'image_edit.completed'], finishReason: null },
      // No text: each chunk holds a whole picture, finer than the one before.
      text: ['b64_json'],
      textWhen: [{ path: ['type'], values: ['image_generation.completed', 'image_edit.completed'] }],
      fingerprint: [
        {
          path: ['type'],
          values: [
            'image_generation.partial_image',
            'image_generation.completed',
            'image_edit.partial_image',
            'image_edit.completed',
          ],
        },
      ],
      example: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.images.generate({ model: 'gpt-image-1', prompt: 'A kite', partial_images: 2, stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.b64_json);
}
`,
    },
  ],
});
