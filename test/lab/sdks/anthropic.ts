import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const request = {
  dialect: 'anthropic-messages',
  client: (url: string, options: Untyped, { default: Anthropic }: Untyped) => new Anthropic({ apiKey: 'key', baseURL: url, logLevel: 'off', ...options }),
  findText: (chunk: Untyped): string => (chunk.type === 'content_block_delta' ? (chunk.delta.text ?? '') : ''),
  signal: { argument: 1, path: ['signal'] },
  retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0 },
  timeouts: [{ option: { argument: 1, path: ['timeout'] } }, { option: { client: 'timeout' } }],
} satisfies Partial<EntryPoint>;

const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };

export default {
  id: 'anthropic',
  title: 'Anthropic',
  packages: { newest: ['@anthropic-ai/sdk'], previous: ['@anthropic-ai/sdk-0'] },
  entryPoints: [
    {
      ...request, name: 'messages.create', proves: { module: '@anthropic-ai/sdk', api: 'messages.create', iterable: null },
      arguments: [{ ...body, stream: true }],
      call: (client, given) => client.messages.create(...given),
    },
    {
      ...request, name: 'messages.stream', proves: { module: '@anthropic-ai/sdk', api: 'messages.stream', iterable: null },
      arguments: [body],
      call: (client, given) => client.messages.stream(...given),
    },
  ],
} satisfies Sdk;
