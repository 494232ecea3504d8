import { defineProvider } from './provider.ts';

export default defineProvider({
  id: 'replicate',
  title: 'Replicate',
  modules: ['replicate'],
  clients: ['Replicate'],
  docs: 'https://replicate.com/docs/topics/predictions/streaming',
  apis: [
    {
      name: 'stream',
      types: ['ServerSentEvent'],
      reach: 'client',
      protocol: 'replicate',
      scope: 'request',
      headersWait: 'headers',
      awaited: false,
      // Of the event stream only: index.js `stream()` does not hand it to the request that creates the prediction.
      signal: { argument: 1, path: ['signal'] },
      retries: null,
      timeouts: [],
      onCleanEnd: 'silent',
      onAbort: 'throws',
      inBandError: 'throws',
      // lib/stream.js `createReadableStream()` has no `cancel`.
      closesOnBreak: false,
      // The reason is inside the JSON text `data`: '{"reason":"error"}' ends the loop like any other.
      terminal: { path: ['event'], values: ['done'], finishReason: null },
      text: ['data'],
      textWhen: [{ path: ['event'], values: ['output'] }],
      example: `import Replicate from 'replicate';

const client = new Replicate();
const stream = client.stream('meta/meta-llama-3-8b-instruct', { input: { prompt: 'Hello' } });
for await (const chunk of stream) {
  if (chunk.event === 'output') process.stdout.write(chunk.data);
}
`,
      measured: 'replicate 1.4',
    },
  ],
});
