import { lives, type Life } from './wire/life.ts';

/** What a fetch looks like to an SDK that takes one. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface LivenessOptions {
  /** Fetches in the end. @default globalThis.fetch, as it is at the call */
  readonly fetch?: Fetch | undefined;
  /**
   * The signal that `open` was given. Needed only where the stream cannot be told by itself, with a client made for the
   * attempt: `({ signal }) => client.withOptions({ fetch: livenessFetch({ signal }) })…`.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Bodies that come bit by bit: SSE, NDJSON in its spellings, the frames of AWS. Others are read whole, and left alone.
 */
const STREAMED = /event-?stream|ndjson|jsonl|json-seq/i;

/** The same bytes at the same pace; each read that brings some is written down. */
function watch(body: ReadableStream<Uint8Array>, life: Life): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        life.at = performance.now();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/**
 * A `fetch` to give to an SDK, so that bytes count as life which the SDK never shows: SSE comments, and the pings of
 * Anthropic. With it, `idleTimeoutMs` can be short without ending models that think; a wait for a chunk still has its
 * bound, `firstChunkTimeoutMs`.
 *
 * ```ts
 * const client = new OpenAI({ fetch: livenessFetch() });
 * const stream = await resilientStream(open, { idleTimeoutMs: 15_000 });
 * ```
 *
 * A stream knows which responses are its own by the signal of their requests: the one that `open` passed on, or, with
 * the openai and Anthropic SDKs, that of the `controller` which their streams carry; and by the `response` that
 * Anthropic's `messages.stream()` carries. openai's `.stream()` helpers show neither: name the attempt's `signal` in
 * the options there.
 */
export function livenessFetch({ fetch, signal }: LivenessOptions = {}): Fetch {
  if (fetch !== undefined && typeof fetch !== 'function')
    throw new TypeError(`livenessFetch: expected \`fetch\` to be a function, got ${typeof fetch}.`);
  return async (input, init) => {
    const response = await (fetch ?? globalThis.fetch)(input, init);
    const { body, status, statusText, headers, url } = response;
    if (!body || !STREAMED.test(headers.get('content-type') ?? '')) return response;
    const life: Life = { at: performance.now() };
    const watched = new Response(watch(body, life), { status, statusText, headers });
    // A response that was made by hand has no address.
    Object.defineProperty(watched, 'url', { value: url });
    const own = init?.signal ?? (input instanceof Request ? input.signal : null);
    for (const key of [watched, own, signal]) if (key) lives.set(key, life);
    return watched;
  };
}
