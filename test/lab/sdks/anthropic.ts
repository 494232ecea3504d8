import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const request = {
  dialect: 'anthropic-messages',
  client: (url: string, options: Untyped, { default: Anthropic }: Untyped) =>
    new Anthropic({ apiKey: 'key', baseURL: url, logLevel: 'off', ...options }),
  findText: (chunk: Untyped): string => (chunk.type === 'content_block_delta' ? (chunk.delta.text ?? '') : ''),
  signal: { argument: 1, path: ['signal'] },
  retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0 },
  timeouts: [{ option: { argument: 1, path: ['timeout'] } }, { option: { client: 'timeout' } }],
} satisfies Partial<EntryPoint>;

const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };

/** A loop over the turns, and in it a loop over the stream of each. */
async function* readTurns(runner: Untyped): AsyncGenerator<Untyped> {
  for await (const stream of runner) yield* stream;
}

export default {
  id: 'anthropic',
  title: 'Anthropic',
  // The flavours bring an SDK of their own, on both Nodes.
  packages: {
    newest: ['@anthropic-ai/sdk', '@anthropic-ai/bedrock-sdk', '@anthropic-ai/vertex-sdk'],
    previous: ['@anthropic-ai/sdk-0', '@anthropic-ai/bedrock-sdk', '@anthropic-ai/vertex-sdk'],
  },
  entryPoints: [
    {
      ...request,
      name: 'messages.create',
      proves: { module: '@anthropic-ai/sdk', api: 'messages.create', iterable: null },
      arguments: [{ ...body, stream: true }],
      call: (client, given) => client.messages.create(...given),
    },
    {
      ...request,
      name: 'messages.stream',
      proves: { module: '@anthropic-ai/sdk', api: 'messages.stream', iterable: null },
      arguments: [body],
      call: (client, given) => client.messages.stream(...given),
    },
    {
      ...request,
      name: 'beta.messages.toolRunner',
      proves: { module: '@anthropic-ai/sdk', api: 'beta.messages.toolRunner', iterable: '[]' },
      runsTools: true,
      arguments: [{ ...body, tools: [], stream: true }],
      // The runner is a promise of the last message, too.
      call: (client, given) => ({ runner: client.beta.messages.toolRunner(...given) }),
      iterate: ({ runner }) => readTurns(runner),
      retries: { option: { client: 'maxRetries' }, off: 0 },
      timeouts: [{ option: { client: 'timeout' } }],
    },
    {
      ...request,
      name: 'beta.sessions.events.stream',
      dialect: 'anthropic-session',
      proves: { module: '@anthropic-ai/sdk', api: 'beta.sessions.events.stream', iterable: null },
      findText: (chunk) => (chunk.type === 'agent.message' ? chunk.content[0].text : ''),
      helper: { ownProtocol: true },
      arguments: ['sesn_1', {}],
      call: (client, given) => client.beta.sessions.events.stream(...given),
      signal: { argument: 2, path: ['signal'] },
      retries: { option: { argument: 2, path: ['maxRetries'] }, off: 0 },
      timeouts: [{ option: { argument: 2, path: ['timeout'] } }, { option: { client: 'timeout' } }],
    },
    {
      ...request,
      name: 'Bedrock messages.create',
      dialect: 'bedrock-invoke',
      proves: null,
      client: (url, options, _, { AnthropicBedrock }) =>
        new AnthropicBedrock({
          awsRegion: 'eu-west-1',
          awsAccessKey: 'key',
          awsSecretKey: 'secret',
          baseURL: url,
          logLevel: 'off',
          ...options,
        }),
      arguments: [{ ...body, stream: true }],
      call: (client, given) => client.messages.create(...given),
    },
    {
      ...request,
      name: 'Vertex messages.create',
      proves: null,
      client: (url, options, _, __, { AnthropicVertex }) =>
        new AnthropicVertex({
          region: 'eu',
          projectId: 'p',
          authClient: { projectId: 'p', getRequestHeaders: async () => new Headers({ authorization: 'Bearer key' }) },
          baseURL: url,
          logLevel: 'off',
          ...options,
        }),
      arguments: [{ ...body, stream: true }],
      call: (client, given) => client.messages.create(...given),
    },
  ],
} satisfies Sdk;
