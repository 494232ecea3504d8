import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const createModel = (url: string, options: Untyped, { OpenAI }: Untyped): Untyped =>
  new OpenAI({ model: 'gpt-4o', apiKey: 'key', baseURL: `${url}/v1`, ...options });

/** Everything is made of a model over OpenAI's chat completions. */
const model = {
  dialect: 'openai-chat',
  client: createModel,
  // There is no option for a signal; the `fetch` of the client that it vendors is the way in.
  signal: null,
  retries: { option: { client: 'maxRetries' }, off: 0 },
  timeouts: [{ option: { client: 'timeout' } }],
  helper: {
    client: (url: string, options: Untyped, signal: AbortSignal, ...modules: [Untyped]) => {
      const withSignal = (input: RequestInfo, init: RequestInit): Promise<Response> =>
        fetch(input, { ...init, signal: AbortSignal.any([signal, ...(init.signal ? [init.signal] : [])]) });
      return createModel(url, { additionalSessionOptions: { fetch: withSignal }, ...options }, ...modules);
    },
  },
} satisfies Partial<EntryPoint>;

// There is no other major.
const packages = [
  '@llamaindex/openai',
  '@llamaindex/core/chat-engine',
  '@llamaindex/core/query-engine',
  '@llamaindex/core/response-synthesizers',
  '@llamaindex/core/schema',
];

/** Finds the one text that there is. */
const createRetriever = ({ TextNode }: Untyped): Untyped => ({
  retrieve: async () => [{ node: new TextNode({ text: 'noon' }), score: 1 }],
});

const proves = (api: string): EntryPoint['proves'] => ({ module: 'llamaindex', api, iterable: null, reach: 'any' });

/** The marker of the model is nowhere in these. */
const unmarked = {
  helper: { ...model.helper, ownProtocol: true },
  beyondHelp: [
    {
      cases: ['clean-end', 'cut-line', 'no-marker', 'empty', 'end', 'cuts'],
      wrong: /ends silently|ended|and \d+ more/,
      why: 'What the model says of its end is left out of the chunks.',
    },
  ],
} satisfies Partial<EntryPoint>;

export default {
  id: 'llamaindex',
  title: 'LlamaIndex',
  packages: {
    newest: packages,
    previous: packages,
  },
  entryPoints: [
    {
      ...model,
      name: 'chat',
      proves: { module: '@llamaindex/openai', api: 'chat', iterable: null },
      arguments: [{ messages: [{ role: 'user', content: 'hi' }], stream: true }],
      call: (llm, given) => llm.chat(...given),
      findText: (chunk) => chunk.delta,
    },
    {
      ...model,
      ...unmarked,
      name: 'complete',
      proves: proves('complete'),
      arguments: [{ prompt: 'hi', stream: true }],
      call: (llm, given) => llm.complete(...given),
      findText: (chunk) => chunk.text,
    },
    {
      ...model,
      name: 'ContextChatEngine.chat',
      proves: proves('chat'),
      arguments: [{ message: 'hi', stream: true }],
      call: (llm, given, _, { ContextChatEngine }, __, ___, schema) =>
        new ContextChatEngine({ chatModel: llm, retriever: createRetriever(schema) }).chat(...given),
      findText: (chunk) => chunk.delta,
    },
    {
      ...model,
      ...unmarked,
      name: 'RetrieverQueryEngine.query',
      proves: proves('query'),
      arguments: [{ query: 'hi', stream: true }],
      call: (llm, given, _, __, { RetrieverQueryEngine }, { getResponseSynthesizer }, schema) =>
        new RetrieverQueryEngine(createRetriever(schema), getResponseSynthesizer('compact', { llm })).query(...given),
      findText: (chunk) => chunk.delta,
    },
  ],
} satisfies Sdk;
