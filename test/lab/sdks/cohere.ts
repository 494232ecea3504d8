import type { Sdk } from '../sdk.ts';

const seconds = (ms: number): number => ms / 1_000;

export default {
  id: 'cohere',
  title: 'Cohere',
  packages: { newest: ['cohere-ai'], previous: ['cohere-ai'] },
  entryPoints: [
    {
      name: 'chatStream', dialect: 'cohere-chat', proves: { module: 'cohere-ai', api: 'chatStream', iterable: null },
      client: (url, options, { CohereClientV2 }) => new CohereClientV2({ token: 'key', environment: url, ...options }),
      arguments: [{ model: 'm', messages: [{ role: 'user', content: 'hi' }] }],
      call: (client, given) => client.chatStream(...given),
      findText: (chunk) => (chunk.type === 'content-delta' ? chunk.delta?.message?.content?.text : ''),
      signal: { argument: 1, path: ['abortSignal'] },
      retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0 },
      timeouts: [{ option: { argument: 1, path: ['timeoutInSeconds'] }, print: seconds }, { option: { client: 'timeoutInSeconds' }, print: seconds }],
      // core/stream/Stream.js `iterDataMessages()`: `line.includes('[DONE]')`.
      beyondHelp: [{ cases: ['done-in-text'], wrong: /'Hello ', of|with restart: throws StreamingError \(truncated/, why: 'A `[DONE]` in the text ends its stream; the helper tells.' }],
    },
  ],
} satisfies Sdk;
