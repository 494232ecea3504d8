import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const seconds = (ms: number): number => ms / 1_000;

const request = {
  arguments: [{ model: 'm', messages: [{ role: 'user', content: 'hi' }] }],
  signal: { argument: 1, path: ['abortSignal'] },
  retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0 },
  timeouts: [
    { option: { argument: 1, path: ['timeoutInSeconds'] }, print: seconds },
    { option: { client: 'timeoutInSeconds' }, print: seconds },
  ],
} satisfies Partial<EntryPoint>;

const v2 = {
  ...request,
  dialect: 'cohere-chat',
  findText: (chunk: Untyped): string => (chunk.type === 'content-delta' ? chunk.delta?.message?.content?.text : ''),
  // core/stream/Stream.js `iterDataMessages()`: `line.includes('[DONE]')`.
  beyondHelp: [
    {
      cases: ['done-in-text'],
      wrong: /'Hello ', of|with restart: throws StreamingError \(truncated/,
      why: 'A `[DONE]` in the text ends its stream; the helper tells.',
    },
  ],
} satisfies Partial<EntryPoint>;

const v1Client = (url: string, options: Untyped, { CohereClient }: Untyped): Untyped =>
  new CohereClient({ token: 'key', environment: url, ...options });

export default {
  id: 'cohere',
  title: 'Cohere',
  packages: { newest: ['cohere-ai'], previous: ['cohere-ai'] },
  entryPoints: [
    {
      ...v2,
      name: 'chatStream',
      proves: { module: 'cohere-ai', api: 'chatStream', iterable: null, of: 'CohereClientV2' },
      client: (url, options, { CohereClientV2 }) => new CohereClientV2({ token: 'key', environment: url, ...options }),
      call: (client, given) => client.chatStream(...given),
    },
    {
      ...v2,
      name: 'v2.chatStream',
      proves: { module: 'cohere-ai', api: 'v2.chatStream', iterable: null },
      client: v1Client,
      call: (client, given) => client.v2.chatStream(...given),
    },
    {
      ...request,
      name: 'chatStream, version 1',
      dialect: 'cohere-v1-chat',
      proves: { module: 'cohere-ai', api: 'chatStream', iterable: null, of: 'CohereClient' },
      client: v1Client,
      arguments: [{ model: 'm', message: 'hi' }],
      call: (client, given) => client.chatStream(...given),
      findText: (chunk) => (chunk.eventType === 'text-generation' ? chunk.text : ''),
    },
  ],
} satisfies Sdk;
