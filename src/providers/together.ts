import { defineProvider, type StreamApi } from './provider.ts';

/**
 * `timeout` is cleared once the headers arrive (client.mjs `fetchWithTimeout()`); a 500 is not retried
 * (`shouldRetry()`).
 */
const request = {
  reach: 'client',
  scope: 'request',
  headersWait: 'headers',
  signal: { argument: 1, path: ['signal'] },
  retries: { argument: 1, path: ['maxRetries'] },
  ownRetries: { times: 2, client: 'maxRetries' },
  timeouts: [
    { option: { argument: 1, path: ['timeout'] }, bounds: 'headers' },
    { option: { client: 'timeout' }, bounds: 'headers' },
  ],
  closesOnBreak: true,
  // No fingerprint: the chunks are those of OpenAI.
  measured: 'together-ai 0.52',
} satisfies Partial<StreamApi>;

const rawStream = {
  ...request,
  enabledBy: { argument: 0, path: ['stream'] },
  awaited: true,
  withResponse: true,
  onCleanEnd: 'silent',
  // core/streaming.mjs `fromSSEResponse()`: `if (isAbortError(e)) return`. It also drops every event that has a name:
  // `event: error`.
  onAbort: 'silent',
  inBandError: 'throws',
} satisfies Partial<StreamApi>;

const chatChunk = {
  protocol: 'openai-chat',
  terminal: { path: ['choices', 0, 'finish_reason'], values: null, finishReason: null },
  text: ['choices', 0, 'delta', 'content'],
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'together',
  title: 'Together AI',
  modules: ['together-ai'],
  clients: ['Together'],
  sameClient: ['withOptions'],
  withOptions: ['withOptions'],
  abortErrors: ['APIUserAbortError'],
  docs: 'https://github.com/togethercomputer/together-typescript#streaming-responses',
  apis: [
    {
      ...rawStream,
      ...chatChunk,
      name: 'chat.completions.create',
      types: ['ChatCompletionChunk'],
      example: `import Together from 'together-ai';

const client = new Together();
const stream = await client.chat.completions.create({
  model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
    },
    {
      ...request,
      ...chatChunk,
      name: 'chat.completions.stream',
      types: ['ChatCompletionStream'],
      awaited: false,
      chainable: ['on', 'off', 'once'],
      finals: [
        { name: 'finalChatCompletion', onCleanEnd: 'rejects' },
        { name: 'finalMessage', onCleanEnd: 'rejects' },
        { name: 'finalContent', onCleanEnd: 'rejects' },
        { name: 'done', onCleanEnd: 'rejects' },
      ],
      // lib/ChatCompletionStream.mjs `finalizeChatCompletion()`: "missing finish_reason for choice N". A dropped
      // connection or a malformed
      // chunk is worse: lib/AbstractChatCompletionRunner.mjs shadows its own `TogetherError`, the process gets an
      // unhandled rejection, the loop hangs.
      onCleanEnd: 'throws',
      onAbort: 'throws',
      // Only for a consumer that waits: a busy one loses it.
      inBandError: 'hidden',
      example: `import Together from 'together-ai';

const client = new Together();
const stream = client.chat.completions.stream({
  model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
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
      protocol: 'openai-completions',
      types: ['CompletionChunk'],
      // resources/completions.d.ts: beside the choices, not in them.
      terminal: { path: ['finish_reason'], values: null, finishReason: null },
      text: ['choices', 0, 'text'],
      example: `import Together from 'together-ai';

const client = new Together();
const stream = await client.completions.create({ model: 'mistralai/Mixtral-8x7B-v0.1', prompt: 'Hello', stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.text ?? '');
}
`,
    },
  ],
});
