import type { Sdk } from '../sdk.ts';

export default {
  id: 'mistral',
  title: 'Mistral',
  packages: { newest: ['@mistralai/mistralai'], previous: ['@mistralai/mistralai'] },
  entryPoints: [
    {
      name: 'chat.stream', dialect: 'mistral-chat', proves: { module: '@mistralai/mistralai', api: 'chat.stream', iterable: null },
      client: (url, options, { Mistral }) => new Mistral({ apiKey: 'key', serverURL: url, ...options }),
      arguments: [{ model: 'm', messages: [{ role: 'user', content: 'hi' }] }],
      call: (client, given) => client.chat.stream(...given),
      findText: (chunk) => chunk.data.choices[0]?.delta?.content,
      signal: { argument: 1, path: ['signal'] },
      retries: { option: { argument: 1, path: ['retries'] }, off: { strategy: 'none' } },
      timeouts: [{ option: { argument: 1, path: ['timeoutMs'] } }],
      // A signal in the call is lost to the garbage collector: https://github.com/nodejs/undici/issues/4068
      helper: {
        client: (url, options, signal, { Mistral, HTTPClient }) => {
          const httpClient = new HTTPClient({ fetcher: (request: Request) => fetch(request, { signal }) });
          return new Mistral({ apiKey: 'key', serverURL: url, httpClient, ...options });
        },
      },
    },
  ],
} satisfies Sdk;
