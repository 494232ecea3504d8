import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const MODULE = '@aws-sdk/client-bedrock-runtime';
const account = { region: 'eu-west-1', credentials: { accessKeyId: 'key', secretAccessKey: 'secret' } };

const overHttp2 = (url: string, options: Untyped, { BedrockRuntimeClient }: Untyped): Untyped =>
  new BedrockRuntimeClient({ ...account, endpoint: url, ...options });
const methodsOverHttp2 = (url: string, options: Untyped, { BedrockRuntime }: Untyped): Untyped =>
  new BedrockRuntime({ ...account, endpoint: url, ...options });
const overHttp1 = (
  url: string,
  options: Untyped,
  { BedrockRuntimeClient }: Untyped,
  { NodeHttpHandler }: Untyped,
): Untyped =>
  new BedrockRuntimeClient({ ...account, endpoint: url, requestHandler: new NodeHttpHandler(), ...options });

const request = {
  call: async (client: Untyped, [{ Command, ...input }, options]: Untyped[], modules: Untyped) =>
    client.send(new modules[Command](input), options),
  signal: { argument: 1, path: ['abortSignal'] },
  // Throttling, and 500, 502, 503 and 504: @smithy/core, retry/service-error-classification.
  retries: { option: { client: 'maxAttempts' }, off: 1, never: [529] },
  timeouts: [{ option: { argument: 1, path: ['requestTimeout'] } }],
  transport: 'aws',
} satisfies Partial<EntryPoint>;

const http2Limits: EntryPoint['timeouts'] = [
  ...request.timeouts,
  { option: { client: 'requestHandler' }, print: (requestTimeout) => ({ requestTimeout }) },
];

const converse = {
  ...request,
  dialect: 'bedrock-converse',
  arguments: [
    { Command: 'ConverseStreamCommand', modelId: 'm', messages: [{ role: 'user', content: [{ text: 'hi' }] }] },
  ],
  iterate: ({ stream }: Untyped) => stream,
  findText: (chunk: Untyped): string => chunk.contentBlockDelta?.delta?.text,
} satisfies Partial<EntryPoint>;

const invoke = {
  ...request,
  dialect: 'bedrock-invoke',
  arguments: [
    { Command: 'InvokeModelWithResponseStreamCommand', modelId: 'm', contentType: 'application/json', body: '{}' },
  ],
  iterate: ({ body }: Untyped) => body,
  findText: (chunk: Untyped): string =>
    chunk.chunk ? JSON.parse(new TextDecoder().decode(chunk.chunk.bytes)).delta?.text : '',
} satisfies Partial<EntryPoint>;

/** HTTP/2 is the SDK's own choice; HTTP/1 is `requestHandler: new NodeHttpHandler()`. */
export default {
  id: 'bedrock',
  title: 'Amazon Bedrock',
  packages: { newest: [MODULE, '@smithy/node-http-handler'], previous: [MODULE, '@smithy/node-http-handler'] },
  entryPoints: [
    {
      ...converse,
      name: 'ConverseStream',
      http2: true,
      client: overHttp2,
      timeouts: http2Limits,
      proves: { module: MODULE, api: 'send', iterable: 'stream' },
    },
    {
      ...invoke,
      name: 'InvokeModelWithResponseStream',
      http2: true,
      client: overHttp2,
      timeouts: http2Limits,
      proves: { module: MODULE, api: 'send', iterable: 'body' },
    },
    {
      ...converse,
      name: 'converseStream',
      http2: true,
      client: methodsOverHttp2,
      timeouts: http2Limits,
      proves: { module: MODULE, api: 'converseStream', iterable: 'stream' },
      call: async (client, [{ Command: _, ...input }, options]) => client.converseStream(input, options ?? {}),
    },
    {
      ...invoke,
      name: 'invokeModelWithResponseStream',
      http2: true,
      client: methodsOverHttp2,
      timeouts: http2Limits,
      proves: { module: MODULE, api: 'invokeModelWithResponseStream', iterable: 'body' },
      call: async (client, [{ Command: _, ...input }, options]) =>
        client.invokeModelWithResponseStream(input, options ?? {}),
    },
    { ...converse, name: 'ConverseStream, HTTP/1', client: overHttp1, proves: null, transport: null },
    { ...invoke, name: 'InvokeModelWithResponseStream, HTTP/1', client: overHttp1, proves: null, transport: null },
  ],
} satisfies Sdk;
