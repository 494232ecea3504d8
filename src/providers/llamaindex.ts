import type { Provider, StreamApi } from './provider.ts';

/** No call takes a signal, and core/decorator `wrapEventCaller()` wraps the iterator without its `return()`. */
const streamed = {
  reach: 'any',
  enabledBy: { argument: 0, path: ['stream'] },
  awaited: true,
  command: null,
  iterables: [],
  withResponse: false,
  chainable: [],
  finals: [],
  signal: null,
  retries: null,
  // Of OpenAI's model, and of those that extend it.
  ownRetries: { times: 10, client: null },
  timeouts: [],
  onCleanEnd: 'silent',
  onAbort: 'ignored',
  inBandError: 'throws',
  closesOnBreak: false,
  // The chunk's `raw` is what the model's own SDK gave; where the model is out of sight, so is its marker.
  terminal: null,
  text: ['delta'],
  textWhen: [],
  fingerprint: [],
  resume: null,
  measured: '@llamaindex/openai 0.4.23',
} satisfies Partial<StreamApi>;

export default {
  id: 'llamaindex',
  title: 'LlamaIndex',
  modules: ['llamaindex', '@llamaindex/'],
  // The models over OpenAI's chat completions; their packages extend `OpenAI`.
  clients: ['OpenAI', 'TogetherLLM', 'FireworksLLM', 'XAILLM', 'Perplexity', 'OVHcloudLLM', 'DeepInfra'],
  factories: ['openai'],
  instances: [],
  sameClient: [],
  docs: 'https://developers.llamaindex.ai/typescript/framework/modules/models/llms/',
  apis: [
    {
      ...streamed,
      name: 'chat',
      types: ['ChatResponseChunk'],
      typeTells: ['ChatResponseChunk'],
      // Every model's chunks have it; in `raw` there is what the model's own SDK gave.
      sharedTypes: true,
      reach: 'client',
      aliases: [],
      ownRetries: { times: 10, client: 'maxRetries' },
      timeouts: [{ option: { client: 'timeout' }, bounds: 'headers' }],
      terminal: { path: ['raw', 'choices', 0, 'finish_reason'], values: null, finishReason: null },
      example: `import { OpenAI } from '@llamaindex/openai';

const llm = new OpenAI({ model: 'gpt-4.1' });
const stream = await llm.chat({ messages: [{ role: 'user', content: 'Hello' }], stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...streamed,
      name: 'chat',
      types: ['EngineResponse'],
      aliases: [],
      example: `import { ContextChatEngine, VectorStoreIndex } from 'llamaindex';

const index = await VectorStoreIndex.fromDocuments([]);
const chatEngine = new ContextChatEngine({ retriever: index.asRetriever() });
const stream = await chatEngine.chat({ message: 'Hello', stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...streamed,
      name: 'query',
      unknownToHelper: true,
      types: ['EngineResponse'],
      aliases: [],
      example: `import { VectorStoreIndex } from 'llamaindex';

const index = await VectorStoreIndex.fromDocuments([]);
const stream = await index.asQueryEngine().query({ query: 'Hello', stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.delta);
}
`,
    },
    {
      ...streamed,
      name: 'complete',
      unknownToHelper: true,
      types: ['CompletionResponse'],
      aliases: [],
      text: ['text'],
      example: `import { Ollama } from '@llamaindex/ollama';

const llm = new Ollama({ model: 'llama3.2' });
const stream = await llm.complete({ prompt: 'Hello', stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.text);
}
`,
    },
    {
      ...streamed,
      name: 'runStream',
      aliases: [],
      enabledBy: null,
      awaited: false,
      // An error in a step is an unhandled rejection; the loop waits on, for an event that nobody sends.
      inBandError: 'hidden',
      text: ['data', 'delta'],
      measured: '@llamaindex/workflow 1.1',
      example: `import { OpenAI } from '@llamaindex/openai';
import { agent, agentStreamEvent } from '@llamaindex/workflow';

const helper = agent({ llm: new OpenAI({ model: 'gpt-4.1' }), tools: [] });
const stream = helper.runStream('Hello');
for await (const chunk of stream) {
  if (agentStreamEvent.include(chunk)) process.stdout.write(chunk.data.delta);
}
`,
    },
  ],
} satisfies Provider;
