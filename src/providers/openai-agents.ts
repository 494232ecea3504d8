import { defineProvider, type StreamApi } from './provider.ts';

/**
 * Measured with the Responses API, which is the default. Over Chat Completions a cut answer passes for a whole one in
 * every respect: agents-openai/openaiChatCompletionsStreaming.mjs yields `response_done` at any end, so that no check
 * could tell.
 */
const run = {
  name: 'run',
  types: ['RunStreamEvent', 'StreamedRunResult'],
  typeTells: ['RunStreamEvent', 'StreamedRunResult'],
  nameTells: ['getStreamedResponse'],
  reach: 'module',
  // Strings are read as the text of the events.
  protocol: 'openai-agents',
  scope: 'run',
  headersWait: 'headers',
  enabledBy: { argument: 2, path: ['stream'] },
  awaited: true,
  finals: [{ name: 'completed', onCleanEnd: 'rejects' }],
  signal: { argument: 2, path: ['signal'] },
  // `modelSettings.retry` of the agent and of the `Runner`.
  retries: null,
  // Of the OpenAI client below.
  ownRetries: { times: 2, client: null },
  // An agent has the setting too, but is no client.
  timeouts: [],
  onCleanEnd: 'throws',
  // agents-core/result.mjs `#cancelStream()` closes the stream normally; `result.cancelled` tells.
  onAbort: 'silent',
  inBandError: 'throws',
  closesOnBreak: true,
  measured: '@openai/agents 0.20',
} satisfies Partial<StreamApi>;

const runner = {
  ...run,
  reach: 'client',
  // Of one model call, and there are as many as the run has turns.
  timeouts: [{ option: { client: 'modelSettings.timeoutMs' }, bounds: 'total' }],
} satisfies Partial<StreamApi>;

const events = {
  iterables: ['', 'toStream()'],
  terminal: { path: ['data', 'type'], values: ['response_done'], finishReason: null },
  text: ['data', 'delta'],
  textWhen: [
    { path: ['type'], values: ['raw_model_stream_event'] },
    { path: ['data', 'type'], values: ['output_text_delta'] },
  ],
  fingerprint: [
    { path: ['type'], values: ['raw_model_stream_event', 'run_item_stream_event', 'agent_updated_stream_event'] },
  ],
} satisfies Partial<StreamApi>;

const strings = {
  iterables: ['toTextStream()'],
  isTextOnly: true,
  terminal: null,
  text: [],
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'openai-agents',
  title: 'OpenAI Agents',
  modules: ['@openai/agents', '@openai/agents-core', '@openai/agents-openai', '@openai/agents-extensions'],
  clients: ['Runner'],
  docs: 'https://openai.github.io/openai-agents-js/guides/streaming/',
  apis: [
    {
      ...run,
      ...events,
      example: `import { Agent, run } from '@openai/agents';

const agent = new Agent({ name: 'Helper', instructions: 'Be brief.' });
const stream = await run(agent, 'Hello', { stream: true });
for await (const chunk of stream) {
  if (chunk.type === 'raw_model_stream_event' && chunk.data.type === 'output_text_delta') process.stdout.write(chunk.data.delta);
}
`,
    },
    {
      ...run,
      ...strings,
      example: `import { Agent, run } from '@openai/agents';

const agent = new Agent({ name: 'Helper', instructions: 'Be brief.' });
const stream = await run(agent, 'Hello', { stream: true });
for await (const chunk of stream.toTextStream()) {
  process.stdout.write(chunk);
}
`,
    },
    {
      ...runner,
      ...events,
      example: `import { Agent, Runner } from '@openai/agents';

const agent = new Agent({ name: 'Helper', instructions: 'Be brief.' });
const runner = new Runner();
const stream = await runner.run(agent, 'Hello', { stream: true });
for await (const chunk of stream) {
  if (chunk.type === 'raw_model_stream_event' && chunk.data.type === 'output_text_delta') process.stdout.write(chunk.data.delta);
}
`,
    },
    {
      ...runner,
      ...strings,
      example: `import { Agent, Runner } from '@openai/agents';

const agent = new Agent({ name: 'Helper', instructions: 'Be brief.' });
const runner = new Runner();
const stream = await runner.run(agent, 'Hello', { stream: true });
for await (const chunk of stream.toTextStream()) {
  process.stdout.write(chunk);
}
`,
    },
  ],
});
