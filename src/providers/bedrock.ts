import { defineProvider, type StreamApi } from './provider.ts';

/**
 * The facts of the default transport, HTTP/2, where a reset, an abort and a timeout look like the end of the answer:
 * @smithy/node-http-handler node-http2-handler.js closes the session as soon as the headers are there, and later closes
 * the stream with NO_ERROR. With a `NodeHttpHandler` they throw; there only `socketTimeout` bounds the wait for a
 * chunk.
 */
const request = {
  scope: 'request',
  // @smithy/core EventStreamSerde.js `deserializeEventStream()` looks at the first event, before all else.
  headersWait: 'first-token',
  reach: 'client',
  awaited: true,
  signal: { argument: 1, path: ['abortSignal'] },
  // `maxAttempts` is the client's.
  retries: null,
  ownRetries: { times: 2, client: 'maxAttempts', countsFirst: true },
  timeouts: [
    { option: { argument: 1, path: ['requestTimeout'] }, bounds: 'idle' },
    { option: { client: 'requestHandler' }, bounds: 'idle' },
  ],
  onCleanEnd: 'silent',
  onAbort: 'silent',
  inBandError: 'throws',
  // @smithy/core eventstream-serde getChunkedStream.js pulls by hand, with no `finally`.
  closesOnBreak: false,
  measured: '@aws-sdk/client-bedrock-runtime 3.1163',
} satisfies Partial<StreamApi>;

const converse = {
  ...request,
  protocol: 'bedrock-converse',
  iterables: ['stream'],
  foundByHelper: ['stream'],
  terminal: { path: ['messageStop'], values: null, finishReason: ['messageStop', 'stopReason'] },
  text: ['contentBlockDelta', 'delta', 'text'],
  fingerprint: [
    { path: ['contentBlockDelta', 'delta'], values: null },
    { path: ['messageStop', 'stopReason'], values: null },
  ],
} satisfies Partial<StreamApi>;

/**
 * Each chunk holds bytes of JSON in the model's own format: what says "finished" is inside,
 * 'amazon-bedrock-invocationMetrics' the only common sign.
 */
const invoke = {
  ...request,
  protocol: 'bedrock-invoke',
  iterables: ['body'],
  terminal: null,
  text: null,
  // No fingerprint: agents for Bedrock send `chunk.bytes` too.
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'bedrock',
  title: 'Amazon Bedrock',
  modules: ['@aws-sdk/client-bedrock-runtime'],
  clients: ['BedrockRuntimeClient', 'BedrockRuntime'],
  finishNames: ['stopReason'],
  docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html',
  apis: [
    {
      ...converse,
      name: 'send',
      types: ['ConverseStreamOutput', 'ConverseStreamCommandOutput', 'ConverseStreamResponse'],
      typeTells: ['ConverseStreamOutput'],
      command: { argument: 0, classes: ['ConverseStreamCommand'] },
      example: `import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';

const client = new BedrockRuntimeClient({ region: 'us-east-1' });
const { stream } = await client.send(
  new ConverseStreamCommand({
    modelId: 'amazon.nova-lite-v1:0',
    messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
  }),
);
for await (const chunk of stream ?? []) {
  process.stdout.write(chunk.contentBlockDelta?.delta?.text ?? '');
}
`,
    },
    {
      ...converse,
      name: 'converseStream',
      example: `import { BedrockRuntime } from '@aws-sdk/client-bedrock-runtime';

const client = new BedrockRuntime({ region: 'us-east-1' });
const { stream } = await client.converseStream({
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
});
for await (const chunk of stream ?? []) {
  process.stdout.write(chunk.contentBlockDelta?.delta?.text ?? '');
}
`,
    },
    {
      ...invoke,
      name: 'send',
      types: ['ResponseStream', 'InvokeModelWithResponseStreamCommandOutput', 'InvokeModelWithResponseStreamResponse'],
      command: { argument: 0, classes: ['InvokeModelWithResponseStreamCommand'] },
      example: `import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';

const client = new BedrockRuntimeClient({ region: 'us-east-1' });
const { body: stream } = await client.send(
  new InvokeModelWithResponseStreamCommand({
    modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0',
    contentType: 'application/json',
    body: JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 1024, messages: [{ role: 'user', content: 'Hello' }] }),
  }),
);
const decoder = new TextDecoder();
for await (const chunk of stream ?? []) {
  if (chunk.chunk?.bytes) process.stdout.write(JSON.parse(decoder.decode(chunk.chunk.bytes)).delta?.text ?? '');
}
`,
    },
    {
      ...invoke,
      name: 'invokeModelWithResponseStream',
      example: `import { BedrockRuntime } from '@aws-sdk/client-bedrock-runtime';

const client = new BedrockRuntime({ region: 'us-east-1' });
const { body: stream } = await client.invokeModelWithResponseStream({
  modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0',
  contentType: 'application/json',
  body: JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 1024, messages: [{ role: 'user', content: 'Hello' }] }),
});
const decoder = new TextDecoder();
for await (const chunk of stream ?? []) {
  if (chunk.chunk?.bytes) process.stdout.write(JSON.parse(decoder.decode(chunk.chunk.bytes)).delta?.text ?? '');
}
`,
    },
  ],
});
