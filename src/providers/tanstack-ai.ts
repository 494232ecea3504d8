import { defineProvider } from './provider.ts';

export default defineProvider({
  id: 'tanstack-ai',
  title: 'TanStack AI',
  modules: ['@tanstack/ai'],
  docs: 'https://tanstack.com/ai/latest/docs/guides/streaming',
  apis: [
    {
      name: 'chat',
      protocol: null,
      // With `tools` a call is a run.
      scope: 'request',
      headersWait: 'headers',
      types: ['StreamChunk', 'AGUIEvent', 'ChatStream'],
      reach: 'module',
      // It always streams: `stream: false` and `outputSchema` give a promise, which nobody iterates.
      awaited: false,
      // An `AbortController`, not its signal.
      signal: { argument: 0, path: ['abortController'] },
      retries: null,
      // Of the adapter's client.
      ownRetries: { times: 2, client: null },
      timeouts: [],
      onCleanEnd: 'silent',
      // activities/chat/index.js `run()`: `if (this.isCancelled()) return`.
      onAbort: 'silent',
      // Even a connection that drops comes as a `RUN_ERROR` chunk; the loop ends normally behind it.
      inBandError: 'chunk',
      closesOnBreak: true,
      // The adapter ends a cut answer with a `RUN_FINISHED` of its own making, its finish reason 'stop': no chunk can
      // tell.
      terminal: null,
      text: ['delta'],
      textWhen: [{ path: ['type'], values: ['TEXT_MESSAGE_CONTENT'] }],
      // No fingerprint: the event names are those of the AG-UI protocol, which others speak too.
      example: `import { chat } from '@tanstack/ai';
import { openaiText } from '@tanstack/ai-openai';

const stream = chat({ adapter: openaiText('gpt-5'), messages: [{ role: 'user', content: 'Hello' }] });
for await (const chunk of stream) {
  if (chunk.type === 'TEXT_MESSAGE_CONTENT') process.stdout.write(chunk.delta);
}
`,
      measured: '@tanstack/ai 0.58, @tanstack/ai-openai 0.23',
    },
  ],
});
