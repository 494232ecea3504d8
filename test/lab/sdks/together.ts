import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const request = {
  dialect: 'openai-chat',
  client: (url: string, options: Untyped, { default: Together }: Untyped) =>
    new Together({ apiKey: 'key', baseURL: url, ...options }),
  findText: (chunk: Untyped): string => chunk.choices[0]?.delta?.content,
  signal: { argument: 1, path: ['signal'] },
  // client.mjs `shouldRetry()`: 500 "should be considered actual errors that are unlikely to be fixed by a retry".
  retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0, never: [500] },
  timeouts: [{ option: { argument: 1, path: ['timeout'] } }, { option: { client: 'timeout' } }],
} satisfies Partial<EntryPoint>;

const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

export default {
  id: 'together',
  title: 'Together',
  packages: { newest: ['together-ai'], previous: ['together-ai'] },
  entryPoints: [
    {
      ...request,
      name: 'chat.completions.create',
      proves: { module: 'together-ai', api: 'chat.completions.create', iterable: null },
      arguments: [{ ...body, stream: true }],
      call: (client, given) => client.chat.completions.create(...given),
    },
    {
      ...request,
      name: 'completions.create',
      dialect: 'together-completions',
      proves: { module: 'together-ai', api: 'completions.create', iterable: null },
      arguments: [{ model: 'm', prompt: 'hi', stream: true }],
      call: (client, given) => client.completions.create(...given),
      findText: (chunk) => chunk.choices[0]?.text,
    },
    {
      ...request,
      name: 'chat.completions.stream',
      proves: { module: 'together-ai', api: 'chat.completions.stream', iterable: null },
      arguments: [body],
      // Each reset would wait for the limit.
      transport: null,
      beyondHelp: [
        {
          cases: ['reset', 'no-terminator', 'malformed', 'busy-reset'],
          wrong: /unhandled rejection of ReferenceError/,
          // lib/AbstractChatCompletionRunner.mjs: `const TogetherError = new TogetherError(…)`.
          why: 'Its error handler throws a ReferenceError that nobody can catch, and the loop never ends; the idle limit ends it.',
        },
      ],
      call: (client, given) => client.chat.completions.stream(...given),
    },
  ],
} satisfies Sdk;
