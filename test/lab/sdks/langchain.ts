import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const model = {
  dialect: 'openai-chat',
  client: (url: string, options: Untyped, { ChatOpenAI }: Untyped): Untyped =>
    new ChatOpenAI({ model: 'm', apiKey: 'key', configuration: { baseURL: `${url}/v1` }, ...options }),
  retries: { option: { client: 'maxRetries' }, off: 0 },
  signal: { argument: 1, path: ['signal'] },
} satisfies Partial<EntryPoint>;

export default {
  id: 'langchain',
  title: 'LangChain',
  packages: {
    newest: ['@langchain/openai', '@langchain/core/prompts', '@langchain/langgraph-sdk'],
    previous: ['@langchain/openai-1.5', '@langchain/core/prompts', '@langchain/langgraph-sdk'],
  },
  entryPoints: [
    {
      ...model,
      name: 'model.stream',
      proves: { module: '@langchain/openai', api: 'stream', iterable: null, reach: 'client' },
      arguments: ['hi'],
      call: (chat, given) => chat.stream(...given),
      findText: (chunk) => chunk.content,
      timeouts: [{ option: { argument: 1, path: ['timeout'] } }, { option: { client: 'timeout' } }],
    },
    {
      ...model,
      name: 'chain.stream',
      proves: { module: '@langchain/core', api: 'stream', iterable: null, reach: 'any' },
      arguments: [{ question: 'hi' }],
      call: (chat, given, _, { ChatPromptTemplate }) =>
        ChatPromptTemplate.fromTemplate('{question}')
          .pipe(chat)
          .stream(...given),
      findText: (chunk) => chunk.content,
      timeouts: [],
    },
    {
      ...model,
      name: 'model.streamEvents',
      proves: { module: '@langchain/openai', api: 'streamEvents', iterable: null },
      arguments: ['hi', { version: 'v2' }],
      call: (chat, given) => chat.streamEvents(...given),
      findText: (chunk) => (chunk.event === 'on_chat_model_stream' ? chunk.data.chunk.content : ''),
      timeouts: [],
    },
    {
      name: 'runs.stream',
      dialect: 'langgraph-runs',
      proves: { module: '@langchain/langgraph-sdk', api: 'runs.stream', iterable: null },
      client: (url, options, _, __, { Client }) => new Client({ apiUrl: url, ...options }),
      arguments: [null, 'agent', { input: {}, streamMode: 'custom' }],
      call: (client, given) => client.runs.stream(...given),
      findText: (chunk) => (chunk.event === 'custom' ? chunk.data : ''),
      errorOvertakes: 'any',
      helper: { ownProtocol: true, findFailure: ({ event, data }) => (event === 'error' ? data.message : null) },
      beyondHelp: [
        {
          cases: ['clean-end', 'cut-line', 'no-marker', 'empty', 'end', 'cuts'],
          wrong: /ends silently|ended|and \d+ more/,
          why: 'A graph streams what it likes, and no event says that all has come.',
        },
        {
          cases: ['reset-headers', 'error-body'],
          wrong: /is not retried/,
          why: 'Its errors of a request that failed otherwise than by its status have neither a type nor a cause.',
        },
      ],
      signal: { argument: 2, path: ['signal'] },
      retries: { option: { client: 'callerOptions.maxRetries' }, off: 0 },
      timeouts: [],
    },
  ],
} satisfies Sdk;
