import { defineProvider } from './provider.ts';

/**
 * A model's HTTP API read without an SDK: the body of a response, or what a parser of the program's own makes of it.
 * Who asks for `"stream": true`, or calls an address that only streams, gets tokens.
 */
export default defineProvider({
  id: 'http',
  title: 'HTTP without an SDK',
  modules: [],
  docs: 'https://developer.mozilla.org/docs/Web/API/Fetch_API',
  apis: [
    {
      name: 'fetch',
      reach: 'request',
      // The bytes may be anybody's. What `sse()` and `ndjson()` of the helper make of them it recognises by itself.
      protocol: null,
      scope: 'request',
      headersWait: 'headers',
      awaited: true,
      iterables: ['body'],
      signal: { argument: 1, path: ['signal'] },
      retries: null,
      timeouts: [],
      onCleanEnd: 'silent',
      onAbort: 'throws',
      inBandError: 'hidden',
      closesOnBreak: true,
      // Bytes: the marker (`[DONE]`, a finish reason) is inside the text that the program parses itself.
      terminal: null,
      text: null,
      example: `const response = await fetch('https://api.openai.com/v1/chat/completions', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: \`Bearer \${process.env.OPENAI_API_KEY}\` },
  body: JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hello' }], stream: true }),
});
const decoder = new TextDecoder();
for await (const chunk of response.body) {
  process.stdout.write(decoder.decode(chunk, { stream: true }));
}
`,
      measured: 'undici 7.29, Node 24.21',
    },
  ],
});
