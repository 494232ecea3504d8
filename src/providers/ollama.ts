import { defineProvider, type StreamApi } from './provider.ts';

/**
 * An `AbortableAsyncIterator`. It takes neither a signal nor a limit: `stream.abort()` and `client.abort()` stop it, a
 * `fetch` of the client's config can do more.
 */
const iterator = {
  reach: 'client',
  protocol: 'ollama',
  scope: 'request',
  // The server sends its headers with the first token, behind the loading of the model and its work on the prompt.
  headersWait: 'first-token',
  enabledBy: { argument: 0, path: ['stream'] },
  awaited: true,
  signal: null,
  retries: null,
  timeouts: [],
  // dist/browser.mjs `AbortableAsyncIterator`: "Did not receive done or success response in stream."
  onCleanEnd: 'throws',
  onAbort: 'throws',
  inBandError: 'throws',
  // `parseJSON()` has no `finally`; it also drops a line that is no JSON, with a warning.
  closesOnBreak: false,
  // False until the last chunk.
  terminal: { path: ['done'], values: ['true'], finishReason: ['done'], isCommon: true },
  fingerprint: [
    { path: ['done_reason'], values: null },
    { path: ['prompt_eval_count'], values: null },
    { path: ['eval_duration'], values: null },
  ],
  measured: 'ollama 0.6',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'ollama',
  title: 'Ollama',
  modules: ['ollama'],
  clients: ['Ollama'],
  instances: ['default'],
  finishNames: ['done', 'done_reason'],
  docs: 'https://github.com/ollama/ollama-js#streaming-responses',
  apis: [
    {
      ...iterator,
      name: 'chat',
      types: ['ChatResponse'],
      text: ['message', 'content'],
      example: `import ollama from 'ollama';

const stream = await ollama.chat({
  model: 'llama3.2',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.message.content);
}
`,
    },
    {
      ...iterator,
      name: 'generate',
      types: ['GenerateResponse'],
      text: ['response'],
      example: `import { Ollama } from 'ollama';

const client = new Ollama({ host: 'http://127.0.0.1:11434' });
const stream = await client.generate({ model: 'llama3.2', prompt: 'Hello', stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.response ?? '');
}
`,
    },
  ],
});
