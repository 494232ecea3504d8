// A `try` that ends before the loop, where most errors of a stream surface: the visitor waits for ever, the process may
// end.
import Anthropic from '@anthropic-ai/sdk';
import { createServer } from 'node:http';

const client = new Anthropic();

const server = createServer();
// eslint-disable-next-line @typescript-eslint/no-misused-promises -- the mistake that this example shows
server.on('request', async (request, response) => {
  let stream;
  try {
    stream = await client.messages.create({
      model: 'claude-sonnet-4-5',
      max_tokens: 1024,
      messages: [{ role: 'user', content: decodeURIComponent(request.url?.slice(1) ?? '') }],
      stream: true,
    });
  } catch (error) {
    response.writeHead(502).end(String(error));
    return;
  }
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') response.write(event.delta.text);
  }
  response.end();
});

if (process.argv[1]?.endsWith('server.ts')) server.listen(3000, '127.0.0.1');
