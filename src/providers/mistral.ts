import { defineProvider, type StreamApi } from './provider.ts';

/**
 * An `EventStream`, which closes on `[DONE]` and on the end of the body alike (lib/event-streams.js). The signal and
 * the timer have no effect: lib/sdks.js `_do()` clones the request, and undici holds a clone's signal by a weak
 * reference only, so that both are gone with the next run of the garbage collector.
 * https://github.com/nodejs/undici/issues/4068
 */
const eventStream = {
  reach: 'client',
  scope: 'request',
  headersWait: 'headers',
  awaited: true,
  signal: { argument: 1, path: ['signal'] },
  // `retries` takes a strategy, and there is none unless one is given.
  retries: null,
  timeouts: [
    { option: { argument: 1, path: ['timeoutMs'] }, bounds: 'nothing' },
    { option: { client: 'timeoutMs' }, bounds: 'nothing' },
  ],
  onCleanEnd: 'silent',
  onAbort: 'ignored',
  closesOnBreak: true,
  measured: '@mistralai/mistralai 2.7',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'mistral',
  title: 'Mistral',
  modules: ['@mistralai/mistralai', '@mistralai/mistralai-azure', '@mistralai/mistralai-gcp'],
  clients: ['Mistral', 'MistralAzure', 'MistralGoogleCloud', 'MistralGCP'],
  abortErrors: ['RequestAbortedError'],
  docs: 'https://github.com/mistralai/client-ts#server-sent-event-streaming',
  apis: [
    {
      ...eventStream,
      name: 'chat.stream',
      protocol: 'mistral',
      types: ['CompletionEvent'],
      // All of them yield a `CompletionEvent`; all but `chat.parseStream` were measured.
      aliases: ['chat.parseStream', 'agents.stream', 'fim.stream'],
      // A ZodError: an error is not of the shape of a chunk. `finishReason: 'error'` ends the loop like any other.
      inBandError: 'throws',
      terminal: { path: ['data', 'choices', 0, 'finishReason'], values: null, finishReason: null },
      // A string, or a list of parts.
      text: ['data', 'choices', 0, 'delta', 'content'],
      fingerprint: [{ path: ['data', 'choices', 0, 'delta'], values: null }],
      resume: {
        how: 'prefill',
        requires: "the partial text as a last message `{ role: 'assistant', content, prefix: true }`",
        docs: 'https://docs.mistral.ai/capabilities/completion/',
      },
      example: `import { Mistral } from '@mistralai/mistralai';

const client = new Mistral({ apiKey: process.env.MISTRAL_API_KEY });
const stream = await client.chat.stream({
  model: 'mistral-large-latest',
  messages: [{ role: 'user', content: 'Hello' }],
});
for await (const chunk of stream) {
  process.stdout.write(String(chunk.data.choices[0]?.delta.content ?? ''));
}
`,
    },
    {
      ...eventStream,
      name: 'beta.conversations.startStream',
      protocol: null,
      types: ['ConversationEvents'],
      aliases: ['beta.conversations.appendStream', 'beta.conversations.restartStream'],
      // The event 'conversation.response.error'.
      inBandError: 'chunk',
      terminal: { path: ['data', 'type'], values: ['conversation.response.done'], finishReason: null },
      text: ['data', 'content'],
      textWhen: [{ path: ['data', 'type'], values: ['message.output.delta'] }],
      fingerprint: [
        {
          path: ['data', 'type'],
          values: [
            'conversation.response.started',
            'conversation.response.done',
            'conversation.response.error',
            'message.output.delta',
          ],
        },
      ],
      example: `import { Mistral } from '@mistralai/mistralai';

const client = new Mistral({ apiKey: process.env.MISTRAL_API_KEY });
const stream = await client.beta.conversations.startStream({ model: 'mistral-large-latest', inputs: 'Hello' });
for await (const chunk of stream) {
  if (chunk.data.type === 'message.output.delta') process.stdout.write(String(chunk.data.content));
}
`,
    },
  ],
});
