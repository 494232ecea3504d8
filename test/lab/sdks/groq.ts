import type { Sdk } from '../sdk.ts';

export default {
  id: 'groq',
  title: 'Groq',
  packages: { newest: ['groq-sdk'], previous: ['groq-sdk'] },
  entryPoints: [
    {
      name: 'chat.completions.create',
      dialect: 'openai-chat',
      proves: { module: 'groq-sdk', api: 'chat.completions.create', iterable: null },
      client: (url, options, { default: Groq }) => new Groq({ apiKey: 'key', baseURL: url, ...options }),
      arguments: [{ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true }],
      call: (client, given) => client.chat.completions.create(...given),
      findText: (chunk) => chunk.choices[0]?.delta?.content,
      signal: { argument: 1, path: ['signal'] },
      retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0 },
      timeouts: [{ option: { argument: 1, path: ['timeout'] } }, { option: { client: 'timeout' } }],
    },
  ],
} satisfies Sdk;
