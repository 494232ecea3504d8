import type { Provider, StreamApi } from './provider.ts';

/**
 * What all of the SDK's streams share. `timeout` is cleared once `fetch` resolves, and the body's own limit is skipped for streams:
 * openai/client.mjs `fetchWithTimeout()`, https://github.com/openai/openai-node/issues/1825.
 */
const request = {
  withResponse: true,
  signal: { argument: 1, path: ['signal'] },
  retries: { argument: 1, path: ['maxRetries'] },
  timeouts: [
    { option: { argument: 1, path: ['timeout'] }, bounds: 'headers' },
    { option: { client: 'timeout' }, bounds: 'headers' },
  ],
  inBandError: 'throws',
  closesOnBreak: true,
  resume: null,
  measured: 'openai 6.49 – 7.57',
} satisfies Partial<StreamApi>;

/** A raw `Stream`: an abort ends its loop normally (core/streaming.mjs `isTransportAbortError(e)` returns). */
const rawStream = {
  ...request,
  enabledBy: { argument: 0, path: ['stream'] },
  awaited: true,
  iterables: [],
  chainable: [],
  finals: [],
  onCleanEnd: 'silent',
  onAbort: 'silent',
} satisfies Partial<StreamApi>;

/** A `.stream()` helper: started by the call itself, with events and `final…()` members. */
const helperStream = {
  ...request,
  withResponse: false,
  enabledBy: null,
  awaited: false,
  iterables: [],
  chainable: ['on', 'off', 'once'],
  onAbort: 'throws',
} satisfies Partial<StreamApi>;

const chatChunk = {
  terminal: { path: ['choices', 0, 'finish_reason'], values: null, finishReason: null },
  text: ['choices', 0, 'delta', 'content'],
  textWhen: [],
} satisfies Partial<StreamApi>;

const responsesChunk = {
  terminal: {
    path: ['type'],
    values: ['response.completed', 'response.failed', 'response.incomplete'],
    finishReason: ['response', 'status'],
  },
  text: ['delta'],
  textWhen: [{ path: ['type'], value: 'response.output_text.delta' }],
  resume: {
    how: 'cursor',
    requires: '`background: true`; then `responses.retrieve(id, { stream: true, starting_after })`',
    docs: 'https://platform.openai.com/docs/guides/background',
  },
} satisfies Partial<StreamApi>;

export default {
  id: 'openai',
  title: 'OpenAI',
  modules: ['openai'],
  clients: ['OpenAI', 'AzureOpenAI'],
  sameClient: ['withOptions'],
  docs: 'https://github.com/openai/openai-node#streaming-responses',
  apis: [
    {
      ...rawStream,
      ...chatChunk,
      name: 'chat.completions.create',
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
      aliases: ['beta.chat.completions.stream'],
      finals: [
        { name: 'finalChatCompletion', onCleanEnd: 'rejects' },
        { name: 'finalMessage', onCleanEnd: 'rejects' },
        { name: 'finalContent', onCleanEnd: 'rejects' },
        { name: 'done', onCleanEnd: 'rejects' },
      ],
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
      ...rawStream,
      name: 'completions.create',
      aliases: [],
      terminal: { path: ['choices', 0, 'finish_reason'], values: null, finishReason: null },
      text: ['choices', 0, 'text'],
      textWhen: [],
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
      aliases: [],
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
      aliases: [],
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
  ],
} satisfies Provider;
