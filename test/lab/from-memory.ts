import { PassThrough } from 'node:stream';
import type { Dialect } from './dialects/dialect.ts';

/** An answer that needs no network: all of its bytes at once, and then the end, or a reset as undici tells it. */
export interface Recorded {
  readonly bytes: Uint8Array;
  readonly end: 'end' | 'reset';
}

const reset = (): Error => new TypeError('terminated', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });

function openBody({ bytes, end }: Recorded): ReadableStream<Uint8Array> {
  let isOver = bytes.length === 0;
  // Nothing is read ahead: an error would throw away what waits.
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (!isOver) {
        isOver = true;
        controller.enqueue(bytes);
      } else if (end === 'end') {
        controller.close();
      } else {
        controller.error(reset());
      }
    },
  }, { highWaterMark: 0 });
}

/** A `fetch` that gives the recorded answer. */
export function fetchRecorded(dialect: Dialect, recorded: Recorded): typeof fetch {
  return async (input) => {
    const { pathname, origin } = new URL(input instanceof Request ? input.url : input);
    if (dialect.created && pathname.endsWith('/predictions')) return Response.json(dialect.created(origin), { status: 201 });
    return new Response(openBody(recorded), { headers: { 'content-type': dialect.contentType } });
  };
}

/** The same for the AWS SDK, whose requests go through a handler. */
export function handleRecorded(dialect: Dialect, { bytes, end }: Recorded): object {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async () => {
      const body = new PassThrough();
      body.on('error', () => {});
      if (bytes.length > 0) body.write(bytes);
      if (end === 'end') body.end();
      // Behind what is read first.
      else setImmediate(() => setImmediate(() => setImmediate(() => body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })))));
      return { response: { statusCode: 200, headers: { 'content-type': dialect.contentType }, body } };
    },
    destroy: () => {},
  };
}
