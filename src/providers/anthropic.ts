import type { Provider, StreamApi } from './provider.ts';

/** What the SDK's streams share. `timeout` is cleared once the headers arrive: client.mjs `fetchWithTimeout()`. */
const messages = {
  iterables: [],
  signal: { argument: 1, path: ['signal'] },
  retries: { argument: 1, path: ['maxRetries'] },
  timeouts: [
    { option: { argument: 1, path: ['timeout'] }, bounds: 'headers' },
    { option: { client: 'timeout' }, bounds: 'headers' },
  ],
  withResponse: true,
  onCleanEnd: 'silent',
  closesOnBreak: true,
  terminal: { path: ['type'], values: ['message_stop'], finishReason: ['delta', 'stop_reason'] },
  text: ['delta', 'text'],
  textWhen: [
    { path: ['type'], value: 'content_block_delta' },
    { path: ['delta', 'type'], value: 'text_delta' },
  ],
  resume: {
    how: 'prefill',
    requires: 'models up to 4.5: the partial text as a trailing assistant message; 4.6 and newer: a user message',
    docs: 'https://platform.claude.com/docs/en/build-with-claude/streaming#error-recovery',
  },
  measured: '@anthropic-ai/sdk 0.137 – 1.12',
} satisfies Partial<StreamApi>;

export default {
  id: 'anthropic',
  title: 'Anthropic',
  modules: ['@anthropic-ai/sdk'],
  clients: ['Anthropic'],
  sameClient: ['withOptions'],
  docs: 'https://github.com/anthropics/anthropic-sdk-typescript#streaming-responses',
  apis: [
    {
      ...messages,
      name: 'messages.create',
      aliases: ['beta.messages.create'],
      enabledBy: { argument: 0, path: ['stream'] },
      awaited: true,
      chainable: [],
      finals: [],
      // core/streaming.mjs `fromSSEResponse()`: `if (isAbortError(e)) return`.
      onAbort: 'silent',
      inBandError: 'throws',
      example: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
const stream = await client.messages.create({
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  if (chunk.type === 'content_block_delta' && chunk.delta.type === 'text_delta') process.stdout.write(chunk.delta.text);
}
`,
    },
    {
      ...messages,
      name: 'messages.stream',
      aliases: ['beta.messages.stream'],
      enabledBy: null,
      awaited: false,
      chainable: ['on', 'off', 'once'],
      finals: [
        { name: 'finalMessage', onCleanEnd: 'rejects' },
        { name: 'finalText', onCleanEnd: 'rejects' },
        { name: 'done', onCleanEnd: 'rejects' },
      ],
      onAbort: 'throws',
      // Only for a consumer that waits: lib/MessageStream.mjs drops the error when nobody is parked in `next()`.
      inBandError: 'hidden',
      example: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
const stream = client.messages.stream({
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hello' }],
});
for await (const chunk of stream) {
  if (chunk.type === 'content_block_delta' && chunk.delta.type === 'text_delta') process.stdout.write(chunk.delta.text);
}
`,
    },
  ],
} satisfies Provider;
