import { defineProvider } from './provider.ts';

export default defineProvider({
  id: 'groq',
  title: 'Groq',
  modules: ['groq-sdk'],
  clients: ['Groq'],
  sameClient: ['withOptions'],
  withOptions: ['withOptions'],
  abortErrors: ['APIUserAbortError'],
  docs: 'https://github.com/groq/groq-typescript',
  apis: [
    {
      name: 'chat.completions.create',
      types: ['ChatCompletionChunk'],
      reach: 'client',
      protocol: 'openai-chat',
      scope: 'request',
      headersWait: 'headers',
      enabledBy: { argument: 0, path: ['stream'] },
      awaited: true,
      withResponse: true,
      signal: { argument: 1, path: ['signal'] },
      retries: { argument: 1, path: ['maxRetries'] },
      ownRetries: { times: 2, client: 'maxRetries' },
      // Cleared once the headers arrive: client.mjs `fetchWithTimeout()`.
      timeouts: [
        { option: { argument: 1, path: ['timeout'] }, bounds: 'headers' },
        { option: { client: 'timeout' }, bounds: 'headers' },
      ],
      onCleanEnd: 'silent',
      // core/streaming.mjs `fromSSEResponse()`: `if (isAbortError(e)) return`.
      onAbort: 'silent',
      inBandError: 'throws',
      closesOnBreak: true,
      terminal: { path: ['choices', 0, 'finish_reason'], values: null, finishReason: null },
      text: ['choices', 0, 'delta', 'content'],
      // No fingerprint: the chunks are those of OpenAI.
      example: `import Groq from 'groq-sdk';

const client = new Groq();
const stream = await client.chat.completions.create({
  model: 'llama-3.3-70b-versatile',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
      measured: 'groq-sdk 1.6',
    },
  ],
});
