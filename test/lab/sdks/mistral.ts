import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const request = {
  client: (url: string, options: Untyped, { Mistral }: Untyped) =>
    new Mistral({ apiKey: 'key', serverURL: url, ...options }),
  findText: (chunk: Untyped): string => chunk.data.choices[0]?.delta?.content,
  signal: { argument: 1, path: ['signal'] },
  retries: { option: { argument: 1, path: ['retries'] }, off: { strategy: 'none' } },
  timeouts: [{ option: { argument: 1, path: ['timeoutMs'] } }],
  // A signal in the call is lost to the garbage collector: https://github.com/nodejs/undici/issues/4068
  helper: {
    client: (url: string, options: Untyped, signal: AbortSignal, { Mistral, HTTPClient }: Untyped) => {
      const httpClient = new HTTPClient({ fetcher: (request: Request) => fetch(request, { signal }) });
      return new Mistral({ apiKey: 'key', serverURL: url, httpClient, ...options });
    },
  },
} satisfies Partial<EntryPoint>;

const messages = [{ role: 'user', content: 'hi' }];
const proves = (api: string): EntryPoint['proves'] => ({ module: '@mistralai/mistralai', api, iterable: null });

export default {
  id: 'mistral',
  title: 'Mistral',
  packages: { newest: ['@mistralai/mistralai'], previous: ['@mistralai/mistralai'] },
  entryPoints: [
    {
      ...request,
      name: 'chat.stream',
      dialect: 'mistral-chat',
      proves: proves('chat.stream'),
      arguments: [{ model: 'm', messages }],
      call: (client, given) => client.chat.stream(...given),
    },
    {
      ...request,
      name: 'agents.stream',
      dialect: 'mistral-chat',
      proves: proves('agents.stream'),
      arguments: [{ agentId: 'a', messages }],
      call: (client, given) => client.agents.stream(...given),
    },
    {
      ...request,
      name: 'fim.stream',
      dialect: 'mistral-chat',
      proves: proves('fim.stream'),
      arguments: [{ model: 'm', prompt: 'hi' }],
      call: (client, given) => client.fim.stream(...given),
    },
    {
      ...request,
      name: 'beta.conversations.startStream',
      dialect: 'mistral-conversations',
      proves: proves('beta.conversations.startStream'),
      arguments: [{ model: 'm', inputs: 'hi' }],
      call: (client, given) => client.beta.conversations.startStream(...given),
      findText: (chunk) => (chunk.data.type === 'message.output.delta' ? chunk.data.content : ''),
      helper: { ...request.helper, ownProtocol: true },
    },
  ],
} satisfies Sdk;
