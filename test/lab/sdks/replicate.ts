import type { Sdk } from '../sdk.ts';

export default {
  id: 'replicate',
  title: 'Replicate',
  packages: { newest: ['replicate'], previous: ['replicate'] },
  entryPoints: [
    {
      name: 'stream',
      dialect: 'replicate-sse',
      proves: { module: 'replicate', api: 'stream', iterable: null },
      client: (url, options, { default: Replicate }) => new Replicate({ auth: 'key', baseUrl: url, ...options }),
      arguments: ['owner/model', { input: { prompt: 'hi' } }],
      call: (client, given) => client.stream(...given),
      findText: (chunk) => (chunk.event === 'output' ? chunk.data : ''),
      signal: { argument: 1, path: ['signal'] },
      retries: null,
      timeouts: [],
      errorOvertakes: 'any',
      beyondHelp: [
        {
          cases: ['error', 'error-head', 'busy-error'],
          wrong: /throws Error/,
          why: 'Its errors have neither a type nor a status, so none of them is retried.',
        },
        // vendor/eventsource-parser
        {
          cases: ['crlf'],
          wrong: /ends silently/,
          why: 'Its parser loses events whose CR and LF come apart, and hands on the end.',
        },
      ],
    },
  ],
} satisfies Sdk;
