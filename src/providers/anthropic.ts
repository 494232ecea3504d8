import { defineProvider, type StreamApi } from './provider.ts';

/** What the SDK's streams share. `timeout` is cleared once the headers arrive: client.mjs `fetchWithTimeout()`. */
const messages = {
  protocol: 'anthropic-messages',
  scope: 'request',
  headersWait: 'headers',
  reach: 'client',
  signal: { argument: 1, path: ['signal'] },
  retries: { argument: 1, path: ['maxRetries'] },
  ownRetries: { times: 2, client: 'maxRetries' },
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
    { path: ['type'], values: ['content_block_delta'] },
    { path: ['delta', 'type'], values: ['text_delta'] },
  ],
  fingerprint: [
    {
      path: ['type'],
      values: [
        'message_start',
        'content_block_start',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ],
    },
    { path: ['delta', 'type'], values: ['text_delta', 'input_json_delta', 'thinking_delta'] },
  ],
  resume: {
    how: 'prefill',
    requires: 'models up to 4.5: the partial text as a trailing assistant message; 4.6 and newer: a user message',
    docs: 'https://platform.claude.com/docs/en/build-with-claude/streaming#error-recovery',
  },
  measured: '@anthropic-ai/sdk 0.137 – 1.12',
} satisfies Partial<StreamApi>;

/**
 * The events of a managed agent's session go on behind an idle one, until it is over:
 * resources/beta/sessions/events.d.ts `BetaManagedAgentsSessionDeletedEvent`.
 */
const session = {
  ...messages,
  protocol: null,
  // Turn after turn, and the program answers the calls of its tools in between.
  scope: 'run',
  awaited: true,
  signal: { argument: 2, path: ['signal'] },
  retries: { argument: 2, path: ['maxRetries'] },
  timeouts: [
    { option: { argument: 2, path: ['timeout'] }, bounds: 'headers' },
    { option: { client: 'timeout' }, bounds: 'headers' },
  ],
  onAbort: 'silent',
  // What fails in a session is an event of its own, `session.error`; only an `error` of the stream is thrown.
  inBandError: 'chunk',
  terminal: {
    path: ['type'],
    values: [
      'session.status_idle',
      'session.status_terminated',
      'session.deleted',
      'session.thread_status_idle',
      'session.thread_status_terminated',
    ],
    finishReason: ['stop_reason'],
  },
  text: ['content', 0, 'text'],
  textWhen: [{ path: ['type'], values: ['agent.message'] }],
  // `events.list()` gives the same events, page by page.
  fingerprint: [],
  resume: null,
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'anthropic',
  title: 'Anthropic',
  // Not the whole scope: @anthropic-ai/claude-agent-sdk is another thing.
  modules: [
    '@anthropic-ai/sdk',
    '@anthropic-ai/bedrock-sdk',
    '@anthropic-ai/vertex-sdk',
    '@anthropic-ai/foundry-sdk',
    '@anthropic-ai/aws-sdk',
    '@anthropic-ai/google-cloud-sdk',
  ],
  clients: [
    'Anthropic',
    'AnthropicBedrock',
    'AnthropicBedrockMantle',
    'AnthropicVertex',
    'AnthropicFoundry',
    'AnthropicAws',
    'AnthropicGoogleCloud',
  ],
  sameClient: ['withOptions'],
  withOptions: ['withOptions'],
  abortErrors: ['APIUserAbortError'],
  finishNames: ['stop_reason'],
  docs: 'https://github.com/anthropics/anthropic-sdk-typescript#streaming-responses',
  apis: [
    {
      ...messages,
      name: 'messages.create',
      types: ['RawMessageStreamEvent', 'MessageStreamEvent', 'BetaRawMessageStreamEvent'],
      typeTells: ['RawMessageStreamEvent', 'BetaRawMessageStreamEvent'],
      aliases: ['beta.messages.create'],
      enabledBy: { argument: 0, path: ['stream'] },
      awaited: true,
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
      types: ['MessageStream', 'BetaMessageStream'],
      aliases: ['beta.messages.stream'],
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
    {
      ...messages,
      name: 'beta.messages.toolRunner',
      scope: 'run',
      enabledBy: { argument: 0, path: ['stream'] },
      awaited: false,
      // The runner gives one stream a turn; those are read, in a loop inside the loop over it.
      iterables: ['', '[]'],
      withResponse: false,
      // lib/tools/BetaToolRunner.d.ts `BetaToolRunnerRequestOptions`: headers and signal, no more.
      retries: null,
      timeouts: [{ option: { client: 'timeout' }, bounds: 'headers' }],
      // The loop over the runner does: it awaits each stream's `finalMessage()` before the next turn
      // (lib/tools/BetaToolRunner.mjs).
      onCleanEnd: 'throws',
      onAbort: 'throws',
      inBandError: 'throws',
      example: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
const runner = client.beta.messages.toolRunner({
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hello' }],
  tools: [],
  stream: true,
});
for await (const stream of runner) {
  for await (const chunk of stream) {
    if (chunk.type === 'content_block_delta' && chunk.delta.type === 'text_delta') process.stdout.write(chunk.delta.text);
  }
}
`,
    },
    {
      ...session,
      name: 'beta.sessions.events.stream',
      types: ['BetaManagedAgentsStreamSessionEvents'],
      staysOpen: { path: ['type'], values: ['session.status_terminated', 'session.deleted'] },
      example: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
const stream = await client.beta.sessions.events.stream('sesn_123');
for await (const chunk of stream) {
  if (chunk.type === 'agent.message') for (const { text } of chunk.content) process.stdout.write(text);
  if (chunk.type === 'session.status_idle') break;
}
`,
    },
    {
      ...session,
      name: 'beta.sessions.threads.events.stream',
      types: ['BetaManagedAgentsStreamSessionThreadEvents'],
      staysOpen: {
        path: ['type'],
        values: ['session.thread_status_terminated', 'session.status_terminated', 'session.deleted'],
      },
      measured: 'the source of @anthropic-ai/sdk 1.12',
      example: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
const stream = await client.beta.sessions.threads.events.stream('sthr_123', { session_id: 'sesn_123' });
for await (const chunk of stream) {
  if (chunk.type === 'agent.message') for (const { text } of chunk.content) process.stdout.write(text);
  if (chunk.type === 'session.thread_status_idle') break;
}
`,
    },
  ],
});
