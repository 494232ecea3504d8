import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const request = {
  isHeldByHost: true,
  client: (url: string, options: Untyped, { Ollama }: Untyped) => new Ollama({ host: url, ...options }),
  // The SDK has an `abort()` and no signal; its `fetch` option is the only way in for one.
  signal: null,
  retries: null,
  timeouts: [],
  // A plain `Error` with the server's sentence: nothing tells a passing failure from a lasting one.
  beyondHelp: [
    {
      cases: ['error', 'error-head', 'error-body', 'busy-error'],
      wrong: /throws Error/,
      why: 'Its errors have neither a type nor a status, so none of them is retried.',
    },
  ],
  helper: {
    client: (url: string, options: Untyped, signal: AbortSignal, { Ollama }: Untyped) =>
      new Ollama({
        host: url,
        fetch: (input: RequestInfo, init: RequestInit) =>
          fetch(input, { ...init, signal: AbortSignal.any([signal, ...(init.signal ? [init.signal] : [])]) }),
        ...options,
      }),
  },
} satisfies Partial<EntryPoint>;

export default {
  id: 'ollama',
  title: 'Ollama',
  packages: { newest: ['ollama'], previous: ['ollama'] },
  entryPoints: [
    {
      ...request,
      name: 'chat',
      dialect: 'ollama-chat',
      proves: { module: 'ollama', api: 'chat', iterable: null },
      arguments: [{ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true }],
      call: (client, given) => client.chat(...given),
      findText: (chunk) => chunk.message?.content,
    },
    {
      ...request,
      name: 'generate',
      dialect: 'ollama-generate',
      proves: { module: 'ollama', api: 'generate', iterable: null },
      arguments: [{ model: 'm', prompt: 'hi', stream: true }],
      call: (client, given) => client.generate(...given),
      findText: (chunk) => chunk.response,
    },
  ],
} satisfies Sdk;
