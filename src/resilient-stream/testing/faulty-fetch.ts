/** What befalls an answer on its way. */
export type Fault =
  /** The connection ends, cleanly, as if that had been all. */
  | 'cut'
  /** The connection breaks. */
  | 'reset'
  /** The connection stays open, and nothing more comes. */
  | 'stall'
  /** The next chunk is no JSON; the rest follows. */
  | 'malformed'
  /** The provider reports a failure: this chunk, and then the end. */
  | { readonly error: unknown };

/** How one request is answered. */
export interface Reply {
  /** The whole answer: objects are written as JSON, strings as they are (`'[DONE]'`). */
  readonly chunks?: readonly unknown[];
  /** How chunks are written. `event:` lines are added for chunks that have a `type`. @default 'sse' */
  readonly format?: 'sse' | 'ndjson';
  readonly fault?: Fault;
  /** The fault strikes behind so many chunks. @default behind all of them */
  readonly afterChunks?: number;
  /** The fault strikes behind so many bytes instead. */
  readonly afterBytes?: number;
  /** Between two chunks. @default 0 */
  readonly everyMs?: number;
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in place of chunks, as JSON, with a status of 400 or more. */
  readonly body?: unknown;
}

/** A reply, or a fault before there is any: `reset` refuses the connection, `stall` never answers. */
export type Plan = readonly (Reply | 'reset' | 'stall')[];

/** A request that was made. */
export interface SeenRequest {
  readonly url: string;
  /** What was sent, parsed if it is JSON. */
  readonly body: unknown;
  readonly signal: AbortSignal | null;
}

export interface FaultyFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** In order. */
  readonly requests: readonly SeenRequest[];
}

/** As undici puts it. */
const reset = (message: string): TypeError =>
  new TypeError(message, { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });

function print(chunk: unknown, format: 'sse' | 'ndjson'): string {
  const json = typeof chunk === 'string' ? chunk : JSON.stringify(chunk);
  if (format === 'ndjson') return `${json}\n`;
  const { type } = Object(chunk) as { readonly type?: unknown };
  return `${typeof type === 'string' ? `event: ${type}\n` : ''}data: ${json}\n\n`;
}

/** The pieces that are sent before the fault. */
function* listPieces({
  chunks = [],
  format = 'sse',
  fault,
  afterChunks = chunks.length,
  afterBytes,
}: Reply): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const until = fault && afterBytes === undefined && fault !== 'malformed' ? afterChunks : chunks.length;
  let left = fault && afterBytes !== undefined ? afterBytes : Infinity;
  for (const [at, chunk] of chunks.slice(0, until).entries()) {
    const piece = encoder
      .encode(print(fault === 'malformed' && at === afterChunks ? '{"cut' : chunk, format))
      .subarray(0, left);
    left -= piece.length;
    if (piece.length > 0) yield piece;
  }
  if (typeof fault === 'object') yield encoder.encode(print(fault.error, format));
}

function createBody(reply: Reply, signal: AbortSignal | null): ReadableStream<Uint8Array> {
  const pieces = listPieces(reply);
  const { fault, everyMs = 0 } = reply;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Closed already, if it is all over.
        signal?.addEventListener(
          'abort',
          () => {
            try {
              controller.error(signal.reason);
            } catch {
              /* see above */
            }
          },
          { once: true },
        );
      },
      async pull(controller) {
        if (everyMs > 0)
          await new Promise((resolve) => {
            setTimeout(resolve, everyMs);
          });
        const piece = pieces.next();
        if (!piece.done) return controller.enqueue(piece.value);
        if (fault === 'stall') return new Promise(() => {});
        if (fault === 'reset') return controller.error(reset('terminated'));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function answer(reply: Reply | 'reset' | 'stall', signal: AbortSignal | null): Promise<Response> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal!.reason as Error);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    if (reply === 'reset') return reject(reset('fetch failed'));
    if (reply === 'stall') return;
    const { status = 200, headers, body, format } = reply;
    const type =
      status >= 400 ? 'application/json' : format === 'ndjson' ? 'application/x-ndjson' : 'text/event-stream';
    const content =
      status >= 400
        ? JSON.stringify(body ?? { error: { type: 'error', message: `status ${status}` } })
        : createBody(reply, signal);
    resolve(new Response(content, { status, headers: { 'content-type': type, ...headers } }));
  });
}

/**
 * A `fetch` that answers the first request with the first reply of the plan, the second with the second, and so on; the
 * last one repeats. For any SDK that takes a `fetch`, to test your own handling of broken streams without a network:
 *
 * ```ts
 * const fetch = faultyFetch([
 *   { status: 429, headers: { 'retry-after': '1' } },
 *   { chunks, fault: 'cut', afterChunks: 2 },
 *   { chunks },
 * ]);
 * const client = new OpenAI({ apiKey: 'test', fetch });
 * ```
 *
 * @throws TypeError for a plan that is no list, or an empty one.
 */
export function faultyFetch(plan: Plan): FaultyFetch {
  if (!Array.isArray(plan) || plan.length === 0)
    throw new TypeError('faultyFetch: expected a list of at least one reply.');
  const replies: Plan = plan;
  const requests: SeenRequest[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? input : null;
    const signal = init?.signal ?? request?.signal ?? null;
    const sent = init?.body ?? (request?.body ? await request.clone().text() : null);
    requests.push({
      url: request?.url ?? (typeof input === 'string' ? input : (input as URL).href),
      body: parse(sent),
      signal,
    });
    return answer(replies[Math.min(requests.length, replies.length) - 1]!, signal);
  };
  return Object.assign(fetch, { requests });
}

function parse(sent: unknown): unknown {
  if (typeof sent !== 'string') return sent;
  try {
    return JSON.parse(sent);
  } catch {
    return sent;
  }
}
