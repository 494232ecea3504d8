import { defineProvider, type StreamApi } from './provider.ts';

/** Of the model: core/utils/async_caller.js has it as the default of all. */
const ownRetries = { times: 6, client: null } as const;

const fields = {
  reach: 'any',
  // What it is called on may be a chain, an agent or a graph, whose tools are out of sight.
  scope: 'run',
  awaited: true,
  signal: { argument: 1, path: ['signal'] },
  // `maxRetries` of the model's constructor; `.withRetry()` retries `invoke` and `batch` only.
  retries: null,
  // The call's `timeout` becomes an `AbortSignal.timeout()`; the model's bounds the headers.
  timeouts: [
    { option: { argument: 1, path: ['timeout'] }, bounds: 'total' },
    { option: { client: 'timeout' }, bounds: 'headers' },
  ],
  onCleanEnd: 'silent',
  onAbort: 'throws',
  inBandError: 'throws',
  // Of a stream that goes on. On a stalled one, `break` itself waits: core/utils/stream.js queues `return()` behind a
  // pending `next()`.
  closesOnBreak: true,
  // What a chain, a graph or another provider's model gives has its marker elsewhere, or none: a parser's strings.
  terminal: null,
  text: ['content'],
  measured: '@langchain/core 1.4, @langchain/openai 1.6',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'langchain',
  title: 'LangChain',
  modules: ['langchain', '@langchain/'],
  // The models over OpenAI's chat completions, and the client of a LangGraph server.
  clients: ['ChatOpenAI', 'AzureChatOpenAI', 'Client'],
  sameClient: ['bind', 'bindTools', 'withConfig'],
  docs: 'https://docs.langchain.com/oss/javascript/langchain/streaming',
  apis: [
    {
      ...fields,
      name: 'runs.stream',
      protocol: null,
      headersWait: 'headers',
      types: ['TypedAsyncGenerator'],
      reach: 'client',
      of: ['Client'],
      awaited: false,
      signal: { argument: 2, path: ['signal'] },
      timeouts: [],
      // Re-attached where the server sends a `Location` and says that the run goes on: langgraph-sdk/utils/stream.js
      // `streamWithRetry()`.
      onCleanEnd: 'silent',
      inBandError: 'chunk',
      // The same function releases its reader, and does not cancel it.
      closesOnBreak: false,
      text: ['data'],
      measured: '@langchain/langgraph-sdk 1.15',
      example: `import { Client } from '@langchain/langgraph-sdk';

const client = new Client({ apiUrl: 'http://localhost:2024' });
const stream = client.runs.stream(null, 'agent', { input: { messages: [{ role: 'user', content: 'Hello' }] } });
for await (const chunk of stream) {
  console.log(chunk.event, chunk.data);
}
`,
    },
    {
      ...fields,
      name: 'stream',
      reach: 'client',
      protocol: 'langchain',
      scope: 'request',
      headersWait: 'first-token',
      of: ['ChatOpenAI', 'AzureChatOpenAI'],
      ownRetries: { ...ownRetries, client: 'maxRetries' },
      terminal: { path: ['response_metadata', 'finish_reason'], values: null, finishReason: null },
      example: `import { ChatOpenAI } from '@langchain/openai';

const model = new ChatOpenAI({ model: 'gpt-5' });
const stream = await model.stream('Hello');
for await (const chunk of stream) {
  process.stdout.write(chunk.text);
}
`,
    },
    {
      ...fields,
      name: 'stream',
      // Of messages. Behind a parser, the strings and objects say nothing of the end.
      protocol: 'langchain',
      headersWait: 'first-token',
      ownRetries,
      types: ['IterableReadableStream', 'AIMessageChunk', 'ChatGenerationChunk', 'GenerationChunk'],
      typeTells: ['AIMessageChunk', 'ChatGenerationChunk'],
      nameTells: ['_streamResponseChunks', 'bindTools().stream', 'withStructuredOutput().stream'],
      // Of all chunks of all SDKs only LangChain's message chunks have these.
      fingerprint: [{ path: ['tool_call_chunks'], values: null }],
      example: `import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { ChatOpenAI } from '@langchain/openai';

const prompt = ChatPromptTemplate.fromTemplate('Say hello to {name}.');
const chain = prompt.pipe(new ChatOpenAI({ model: 'gpt-5' })).pipe(new StringOutputParser());
const stream = await chain.stream({ name: 'Ada' });
for await (const chunk of stream) {
  process.stdout.write(chunk);
}
`,
    },
    {
      ...fields,
      name: 'streamEvents',
      // Of versions 1 and 2; without a version, those of a model are 'langchain-model-events'.
      protocol: 'langchain-events',
      headersWait: 'headers',
      ownRetries,
      types: ['IterableReadableStream', 'StreamEvent', 'ChatModelStreamEvent'],
      nameTells: ['streamEvents'],
      awaited: false,
      // With `version: 'v2'`. `on_chat_model_end` comes at any end, so that it proves nothing.
      text: ['data', 'chunk', 'content'],
      textWhen: [{ path: ['event'], values: ['on_chat_model_stream'] }],
      fingerprint: [
        {
          path: ['event'],
          values: [
            'on_chat_model_start',
            'on_chat_model_stream',
            'on_chat_model_end',
            'on_llm_stream',
            'on_chain_stream',
          ],
        },
      ],
      example: `import { ChatOpenAI } from '@langchain/openai';

const model = new ChatOpenAI({ model: 'gpt-5' });
const stream = model.streamEvents('Hello', { version: 'v2' });
for await (const chunk of stream) {
  if (chunk.event === 'on_chat_model_stream') process.stdout.write(chunk.data.chunk.text);
}
`,
    },
    {
      ...fields,
      name: 'streamLog',
      protocol: null,
      headersWait: 'headers',
      types: ['RunLogPatch'],
      nameTells: ['streamLog'],
      awaited: false,
      // core/runnables/base.js `_streamLog()`: its `finally` waits for the whole answer.
      closesOnBreak: false,
      text: ['ops', 0, 'value', 'content'],
      measured: '@langchain/core 1.4',
      example: `import { ChatOpenAI } from '@langchain/openai';

const model = new ChatOpenAI({ model: 'gpt-5' });
const stream = model.streamLog('Hello');
for await (const chunk of stream) {
  console.log(chunk.ops);
}
`,
    },
  ],
});
