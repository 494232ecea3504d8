import { Readable } from 'node:stream';
import type { Dialect } from './dialects/dialect.ts';
import type { EntryPoint } from './sdk.ts';

const realFetch = globalThis.fetch;

/** Answers that need no network, one a request. */
export type Answering = () => Response;

/** How undici tells that the server reset the connection. */
export const printReset = (): Error =>
  new TypeError('terminated', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });

/** An answer's bytes all at once, and then the end, or a reset. */
export interface Recorded {
  readonly bytes: Uint8Array;
  readonly end: 'end' | 'reset';
}

export function openRecorded({ contentType }: Dialect, { bytes, end }: Recorded): Response {
  let isOver = bytes.length === 0;
  // Nothing is read ahead: an error would throw away what waits.
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (!isOver) {
          isOver = true;
          controller.enqueue(bytes);
        } else if (end === 'end') {
          controller.close();
        } else {
          controller.error(printReset());
        }
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'content-type': contentType } });
}

/** A `fetch` that gives the answers. */
function fetchFrom(dialect: Dialect, answer: Answering): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    // openai asks for `data:,` to learn what the runtime's `fetch` can do.
    if (url.protocol === 'data:') return realFetch(input, init);
    const { pathname, origin } = url;
    if (dialect.created && pathname.endsWith('/predictions'))
      return Response.json(dialect.created(origin), { status: 201 });
    return answer();
  };
}

async function* readPieces({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } catch (error) {
    // Node drops what a destroyed stream still holds, so what came first is read first.
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    throw Object.assign(new Error('aborted'), { code: (error as { cause: { code: string } }).cause.code });
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The same for the AWS SDK, whose requests go through a handler. */
function handleFrom(answer: Answering): object {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async () => {
      const response = answer();
      const body = Readable.from(readPieces(response), { objectMode: false });
      body.on('error', () => {});
      return { response: { statusCode: response.status, headers: Object.fromEntries(response.headers), body } };
    },
    destroy: () => {},
  };
}

/**
 * From now on, the entry point's requests are answered from memory: those of the one that is given back, by the global
 * `fetch` or by its own handler.
 */
export function feedFrom(entry: EntryPoint, dialect: Dialect, answer: Answering): EntryPoint {
  globalThis.fetch = fetchFrom(dialect, answer);
  if (entry.transport !== 'aws') return entry;
  return {
    ...entry,
    client: (url, options, ...all) => entry.client(url, { ...options, requestHandler: handleFrom(answer) }, ...all),
  };
}

/** The network is there again. */
export function stopFeeding(): void {
  globalThis.fetch = realFetch;
}
