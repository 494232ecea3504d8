import { defineProvider, type StreamApi } from './provider.ts';

/** No call takes a signal, and core/decorator `wrapEventCaller()` wraps the iterator without its `return()`. */
const streamed = {
  reach: 'any',
  headersWait: 'headers',
  enabledBy: { argument: 0, path: ['stream'] },
  awaited: true,
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
  measured: '@llamaindex/openai 0.4.23',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'llamaindex',
  title: 'LlamaIndex',
  modules: ['llamaindex', '@llamaindex/'],
  // The models over OpenAI's chat completions; their packages extend `OpenAI`.
  clients: ['OpenAI', 'TogetherLLM', 'FireworksLLM', 'XAILLM', 'Perplexity', 'OVHcloudLLM', 'DeepInfra'],
  factories: ['openai'],
  docs: 'https://developers.llamaindex.ai/typescript/framework/modules/models/llms/',
  apis: [
    {
      ...streamed,
      name: 'chat',
      protocol: 'llamaindex',
      scope: 'request',
      types: ['ChatResponseChunk'],
      typeTells: ['ChatResponseChunk'],
      // Every model's chunks have it; in `raw` there is what the model's own SDK gave.
      sharedTypes: true,
      reach: 'client',
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
      protocol: 'llamaindex',
      // A chat engine keeps what was said, and may be an agent; the retriever and the tools are the program's.
      scope: 'run',
      types: ['EngineResponse'],
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
      // The retriever is the program's, and a synthesizer may ask the model several times.
      scope: 'run',
      protocol: null,
      types: ['EngineResponse'],
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
      scope: 'request',
      protocol: null,
      types: ['CompletionResponse'],
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
      protocol: null,
      scope: 'run',
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
});
