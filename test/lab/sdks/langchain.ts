import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const model = {
  dialect: 'openai-chat',
  client: (url: string, options: Untyped, { ChatOpenAI }: Untyped): Untyped => new ChatOpenAI({ model: 'm', apiKey: 'key', configuration: { baseURL: `${url}/v1` }, ...options }),
  retries: { option: { client: 'maxRetries' }, off: 0 },
  signal: { argument: 1, path: ['signal'] },
} satisfies Partial<EntryPoint>;

export default {
  id: 'langchain',
  title: 'LangChain',
  packages: { newest: ['@langchain/openai', '@langchain/core/prompts'], previous: ['@langchain/openai-1.5', '@langchain/core/prompts'] },
  entryPoints: [
    {
      ...model, name: 'model.stream', proves: { module: '@langchain/openai', api: 'stream', iterable: null },
      arguments: ['hi'],
      call: (chat, given) => chat.stream(...given),
      findText: (chunk) => chunk.content,
      timeouts: [{ option: { argument: 1, path: ['timeout'] } }, { option: { client: 'timeout' } }],
    },
    {
      ...model, name: 'chain.stream', proves: null,
      arguments: [{ question: 'hi' }],
      call: (chat, given, _, { ChatPromptTemplate }) => ChatPromptTemplate.fromTemplate('{question}').pipe(chat).stream(...given),
      findText: (chunk) => chunk.content,
      timeouts: [],
    },
    {
      ...model, name: 'model.streamEvents', proves: { module: '@langchain/openai', api: 'streamEvents', iterable: null },
      arguments: ['hi', { version: 'v2' }],
      call: (chat, given) => chat.streamEvents(...given),
      findText: (chunk) => (chunk.event === 'on_chat_model_stream' ? chunk.data.chunk.content : ''),
      timeouts: [],
    },
  ],
} satisfies Sdk;
