import { defineProvider, type StreamApi } from './provider.ts';

/** openai_api_protocols/chat_completion.d.ts: "Can also be empty for the last chunk". */
const gaps = [
  {
    path: ['choices', 0],
    askedBy: { argument: 0, path: ['stream_options', 'include_usage'] },
    when: 'in the chunk that tells the usage',
  },
] satisfies StreamApi['gaps'];

/**
 * No server: the model runs in the page or in a worker. `interruptGenerate()` ends a stream, with the finish reason
 * 'abort'.
 */
const generated = {
  gaps,
  reach: 'client',
  scope: 'request',
  // There are none; the call gives its generator before the first token.
  headersWait: 'headers',
  enabledBy: { argument: 0, path: ['stream'] },
  awaited: true,
  signal: null,
  retries: null,
  timeouts: [],
  // Nobody can close a connection that is not there; an error of the engine is thrown (engine `asyncGenerate()`).
  onCleanEnd: 'throws',
  onAbort: 'ignored',
  inBandError: 'throws',
  // The generator's `finally` stops the pipeline and frees the model's lock.
  closesOnBreak: true,
  terminal: { path: ['choices', 0, 'finish_reason'], values: null, finishReason: null },
  measured: 'the source of @mlc-ai/web-llm 0.2.86',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'web-llm',
  title: 'WebLLM',
  modules: ['@mlc-ai/web-llm'],
  clients: [
    'MLCEngine',
    'WebWorkerMLCEngine',
    'ServiceWorkerMLCEngine',
    'ExtensionServiceWorkerMLCEngine',
    'MLCEngineInterface',
  ],
  factories: [
    'CreateMLCEngine',
    'CreateWebWorkerMLCEngine',
    'CreateServiceWorkerMLCEngine',
    'CreateExtensionServiceWorkerMLCEngine',
  ],
  docs: 'https://webllm.mlc.ai/docs/user/basic_usage.html#streaming-chat-completion',
  apis: [
    {
      ...generated,
      name: 'chat.completions.create',
      protocol: 'openai-chat',
      types: ['ChatCompletionChunk'],
      aliases: ['chatCompletion'],
      text: ['choices', 0, 'delta', 'content'],
      example: `import { CreateMLCEngine } from '@mlc-ai/web-llm';

const engine = await CreateMLCEngine('Llama-3.2-1B-Instruct-q4f16_1-MLC');
const stream = await engine.chat.completions.create({
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  document.body.append(chunk.choices[0]?.delta.content ?? '');
}
`,
    },
    {
      ...generated,
      name: 'completions.create',
      protocol: 'openai-completions',
      types: ['Completion'],
      aliases: ['completion'],
      text: ['choices', 0, 'text'],
      example: `import { CreateMLCEngine } from '@mlc-ai/web-llm';

const engine = await CreateMLCEngine('Llama-3.2-1B-Instruct-q4f16_1-MLC');
const stream = await engine.completions.create({ prompt: 'Once upon a time', stream: true });
for await (const chunk of stream) {
  document.body.append(chunk.choices[0]?.text ?? '');
}
`,
    },
  ],
});
