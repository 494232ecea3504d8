import type { Sdk } from '../sdk.ts';

const settings = { model: 'gpt-4o', apiKey: 'key' };

export default {
  id: 'llamaindex',
  title: 'LlamaIndex',
  packages: { newest: ['@llamaindex/openai'], previous: ['@llamaindex/openai'] },
  entryPoints: [
    {
      name: 'chat', dialect: 'openai-chat', proves: { module: '@llamaindex/openai', api: 'chat', iterable: null },
      client: (url, options, { OpenAI }) => new OpenAI({ ...settings, baseURL: `${url}/v1`, ...options }),
      arguments: [{ messages: [{ role: 'user', content: 'hi' }], stream: true }],
      call: (llm, given) => llm.chat(...given),
      findText: (chunk) => chunk.delta,
      // There is no option for a signal; the `fetch` of the client that it vendors is the way in.
      signal: null,
      retries: { option: { client: 'maxRetries' }, off: 0 },
      timeouts: [{ option: { client: 'timeout' } }],
      helper: {
        client: (url, options, signal, { OpenAI }) => {
          const withSignal = (input: RequestInfo, init: RequestInit): Promise<Response> => fetch(input, { ...init, signal: AbortSignal.any([signal, ...(init.signal ? [init.signal] : [])]) });
          return new OpenAI({ ...settings, baseURL: `${url}/v1`, additionalSessionOptions: { fetch: withSignal }, ...options });
        },
      },
    },
  ],
} satisfies Sdk;
