import { ndjson, sse } from 'resilient-stream';
import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const body = JSON.stringify({ model: 'm', stream: true });

/** What a careful program writes itself: bytes decoded with carry-over, lines buffered, `[DONE]` left out. */
async function* readLines(pieces: AsyncIterable<Uint8Array>, prefix = 'data: '): AsyncGenerator<Untyped> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines)
      if (line.startsWith(prefix) && line !== '' && line.trimEnd() !== 'data: [DONE]')
        yield JSON.parse(line.slice(prefix.length));
  }
}

async function* readEvents(events: AsyncIterable<{ data: string }>): AsyncGenerator<Untyped> {
  for await (const { data } of events) if (data !== '[DONE]') yield JSON.parse(data);
}

function ensureOk(response: Response): Response {
  if (!response.ok)
    throw Object.assign(new Error(`http ${response.status}`), { status: response.status, headers: response.headers });
  return response;
}

const request = {
  dialect: 'openai-chat',
  proves: null,
  client: (url: string) => `${url}/v1/chat/completions`,
  findText: (chunk: Untyped): string => chunk.choices?.[0]?.delta?.content,
  retries: null,
} satisfies Partial<EntryPoint>;

export default {
  id: 'by-hand',
  title: 'Read by hand',
  packages: { newest: ['eventsource-parser/stream', 'axios'], previous: ['eventsource-parser-3/stream', 'axios'] },
  entryPoints: [
    {
      ...request,
      name: 'fetch',
      proves: { module: '', api: 'fetch', iterable: 'body' },
      // The loop over the bytes is inside `readLines`, which makes a chunk of it.
      otherwise: { inBandError: 'chunk' },
      arguments: ['the address', { method: 'POST', body }],
      call: async (url, [, init]) =>
        readLines(ensureOk(await fetch(url, init)).body as unknown as AsyncIterable<Uint8Array>),
      signal: { argument: 1, path: ['signal'] },
      timeouts: [],
    },
    {
      ...request,
      name: 'fetch, sse()',
      arguments: [{ method: 'POST', body }],
      call: (url, [init]) => fetch(url, init),
      iterate: (response) => readLines(ensureOk(response).body!),
      helper: { give: (response) => sse(response) },
      signal: { argument: 0, path: ['signal'] },
      timeouts: [],
    },
    {
      ...request,
      name: 'fetch, ndjson()',
      dialect: 'ollama-chat',
      client: (url) => `${url}/api/chat`,
      findText: (chunk) => chunk.message?.content,
      arguments: [{ method: 'POST', body }],
      call: (url, [init]) => fetch(url, init),
      iterate: (response) => readLines(ensureOk(response).body!, ''),
      helper: { give: (response) => ndjson(response) },
      signal: { argument: 0, path: ['signal'] },
      timeouts: [],
    },
    {
      ...request,
      name: 'EventSourceParserStream',
      arguments: [{ method: 'POST', body }],
      call: async (url, [init], { EventSourceParserStream }) =>
        readEvents(
          ensureOk(await fetch(url, init))
            .body!.pipeThrough(new TextDecoderStream() as never)
            .pipeThrough(new EventSourceParserStream()),
        ),
      signal: { argument: 0, path: ['signal'] },
      timeouts: [],
      errorOvertakes: 'reset',
    },
    {
      ...request,
      name: 'axios',
      arguments: [{ responseType: 'stream' }],
      call: async (url, [config], _, { default: axios }) => readLines((await axios.post(url, body, config)).data),
      signal: { argument: 0, path: ['signal'] },
      timeouts: [{ option: { argument: 0, path: ['timeout'] } }],
      transport: null,
    },
  ],
} satisfies Sdk;
