import { defineProvider, type StreamApi } from './provider.ts';

/**
 * `timeoutInSeconds` is cleared once the headers arrive (core/fetcher/requestWithRetries.js,
 * core/fetcher/makeRequest.js).
 */
const chat = {
  protocol: 'cohere',
  scope: 'request',
  headersWait: 'headers',
  reach: 'client',
  awaited: true,
  signal: { argument: 1, path: ['abortSignal'] },
  retries: { argument: 1, path: ['maxRetries'] },
  ownRetries: { times: 2, client: 'maxRetries' },
  timeouts: [
    { option: { argument: 1, path: ['timeoutInSeconds'] }, bounds: 'headers' },
    { option: { client: 'timeoutInSeconds' }, bounds: 'headers' },
  ],
  onCleanEnd: 'silent',
  onAbort: 'throws',
  // A ParseError, where the event has no discriminant; one of an unknown type is passed on as a chunk.
  inBandError: 'throws',
  closesOnBreak: true,
  measured: 'cohere-ai 8.1',
} satisfies Partial<StreamApi>;

/** core/stream/Stream.js ends the stream at a line with '[DONE]' in it, were it the model's own text. */
const v2 = {
  ...chat,
  // `message-end` with the finish reason ERROR; an event of no known type throws a ParseError.
  inBandError: 'chunk',
  terminal: { path: ['type'], values: ['message-end'], finishReason: ['delta', 'finishReason'] },
  text: ['delta', 'message', 'content', 'text'],
  textWhen: [{ path: ['type'], values: ['content-delta'] }],
  fingerprint: [{ path: ['delta', 'message', 'content'], values: null }],
} satisfies Partial<StreamApi>;

const v1Clients = ['CohereClient', 'AwsClient', 'BedrockClient', 'SagemakerClient'];
const v2Clients = ['CohereClientV2', 'AwsClientV2', 'BedrockClientV2', 'SagemakerClientV2'];

export default defineProvider({
  id: 'cohere',
  title: 'Cohere',
  modules: ['cohere-ai'],
  clients: [...v2Clients, ...v1Clients],
  finishNames: ['is_finished', 'isFinished'],
  docs: 'https://docs.cohere.com/docs/streaming',
  apis: [
    {
      ...v2,
      name: 'chatStream',
      types: ['V2ChatStreamResponse'],
      of: v2Clients,
      example: `import { CohereClientV2 } from 'cohere-ai';

const client = new CohereClientV2({ token: process.env.COHERE_API_KEY });
const stream = await client.chatStream({
  model: 'command-a-03-2025',
  messages: [{ role: 'user', content: 'Hello' }],
});
for await (const chunk of stream) {
  if (chunk.type === 'content-delta') process.stdout.write(chunk.delta?.message?.content?.text ?? '');
}
`,
    },
    {
      ...v2,
      name: 'v2.chatStream',
      types: ['V2ChatStreamResponse'],
      of: v1Clients,
      example: `import { CohereClient } from 'cohere-ai';

const client = new CohereClient({ token: process.env.COHERE_API_KEY });
const stream = await client.v2.chatStream({
  model: 'command-a-03-2025',
  messages: [{ role: 'user', content: 'Hello' }],
});
for await (const chunk of stream) {
  if (chunk.type === 'content-delta') process.stdout.write(chunk.delta?.message?.content?.text ?? '');
}
`,
    },
    {
      ...chat,
      // Version 1 of the API: the method has the name of version 2's, the class and the chunks differ.
      name: 'chatStream',
      // `stream-end` with the finish reason ERROR.
      inBandError: 'chunk',
      types: ['StreamedChatResponse'],
      of: v1Clients,
      terminal: { path: ['eventType'], values: ['stream-end'], finishReason: ['finishReason'] },
      text: ['text'],
      textWhen: [{ path: ['eventType'], values: ['text-generation'] }],
      fingerprint: [
        {
          path: ['eventType'],
          values: ['text-generation', 'stream-end', 'citation-generation', 'tool-calls-generation'],
        },
        // As the API itself spells it.
        {
          path: ['event_type'],
          values: ['text-generation', 'stream-end', 'citation-generation', 'tool-calls-generation'],
        },
      ],
      example: `import { CohereClient } from 'cohere-ai';

const client = new CohereClient({ token: process.env.COHERE_API_KEY });
const stream = await client.chatStream({ model: 'command-r', message: 'Hello' });
for await (const chunk of stream) {
  if (chunk.eventType === 'text-generation') process.stdout.write(chunk.text);
}
`,
    },
  ],
});
