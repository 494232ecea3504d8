import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { resilientStream, type ResilientStreamOptions } from 'resilient-stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { livenessFetch, type Fetch } from '../../../src/resilient-stream/fetch.ts';
import { readAll } from './scripted.ts';

const IDLE_MS = 150;
const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const chat = (content: string, reason: string | null = null): string =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: reason }] })}

`;
const event = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const text = (delta: string): string =>
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: delta } });

/** Begins an answer, then sends keep-alives for several idle limits, and then either the rest or nothing at all. */
function play(start: string, keepAlive: string, rest: string | null): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(encoder.encode(start));
      for (let at = 0; at < 12; at += 1) {
        await sleep(50);
        controller.enqueue(encoder.encode(keepAlive));
      }
      if (rest === null) return;
      controller.enqueue(encoder.encode(rest));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** What stands for the network: an answer of the provider whose path it is, alive or dead by its address. */
function answer(path: string): Response {
  const isAlive = !path.includes('dead');
  if (path.includes('chat'))
    return play(chat('a'), ': keep-alive\n\n', isAlive ? `${chat('b', 'stop')}data: [DONE]\n\n` : null);
  const message = {
    id: 'm',
    type: 'message',
    role: 'assistant',
    content: [],
    model: 'm',
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  const start =
    event('message_start', { message }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
    text('a');
  const end =
    text('b') +
    event('content_block_stop', { index: 0 }) +
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }) +
    event('message_stop');
  return play(start, event('ping'), isAlive ? end : null);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const response = answer(input instanceof Request ? input.url : input.toString());
    init?.signal?.addEventListener('abort', () => void response.body?.cancel().catch(() => {}));
    return response;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Open = (
  fetch: Fetch | undefined,
  baseURL: string,
  signal: AbortSignal,
) => AsyncIterable<unknown> | PromiseLike<AsyncIterable<unknown>>;

const openai = (fetch: Fetch | undefined, baseURL: string): OpenAI =>
  new OpenAI({ apiKey: 'k', maxRetries: 0, baseURL, fetch });
const anthropic = (fetch: Fetch | undefined, baseURL: string): Anthropic =>
  new Anthropic({ apiKey: 'k', maxRetries: 0, baseURL, fetch });
const message = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'x' }] };

const opens: readonly (readonly [string, Open])[] = [
  [
    'openai chat.completions.create',
    (fetch, baseURL, signal) =>
      openai(fetch, baseURL).chat.completions.create({ model: 'm', messages: [], stream: true }, { signal }),
  ],
  [
    'anthropic messages.create',
    (fetch, baseURL, signal) => anthropic(fetch, baseURL).messages.create({ ...message, stream: true }, { signal }),
  ],
  [
    'anthropic messages.stream',
    (fetch, baseURL, signal) => anthropic(fetch, baseURL).messages.stream(message, { signal }),
  ],
];

async function read(
  open: Open,
  fetch: (signal: AbortSignal) => Fetch | undefined,
  path: string,
  options: ResilientStreamOptions = {},
) {
  const start = performance.now();
  const outcome = readAll(
    resilientStream(({ signal }) => open(fetch(signal), `http://127.0.0.1/${path}`, signal), {
      idleTimeoutMs: IDLE_MS,
      maxRetries: 0,
      ...options,
    }),
  );
  let ms = 0;
  void outcome.over.then(() => {
    ms = performance.now() - start;
  });
  await vi.advanceTimersByTimeAsync(5_000);
  await outcome.over;
  return { ...outcome, ms };
}

describe.each(opens)('livenessFetch with %s', (_, open) => {
  it('lets a short idle limit survive keep-alives', async () => {
    expect(await read(open, () => livenessFetch(), 'alive')).toMatchObject({ ended: true, error: null });
  });

  it('lets it strike when they stop, too', async () => {
    const { error, ms } = await read(open, () => livenessFetch(), 'dead');
    expect(error?.code).toBe('idle-timeout');
    expect(ms).toBeGreaterThan(700);
  });

  it('is what makes the difference', async () => {
    expect((await read(open, () => undefined, 'alive')).error?.code).toBe('idle-timeout');
  });

  it('does not let keep-alives go on for ever: firstChunkTimeoutMs bounds the wait', async () => {
    expect((await read(open, () => livenessFetch(), 'alive', { firstChunkTimeoutMs: 350 })).error?.code).toBe(
      'idle-timeout',
    );
  });
});

describe('livenessFetch', () => {
  it("finds the stream by the attempt's signal, where the SDK's stream shows nothing", async () => {
    const open: Open = (fetch, baseURL, signal) =>
      openai(fetch, baseURL).chat.completions.stream({ model: 'm', messages: [] }, { signal });
    expect(await read(open, (signal) => livenessFetch({ signal }), 'alive')).toMatchObject({
      ended: true,
      error: null,
    });
    expect((await read(open, (signal) => livenessFetch({ signal }), 'dead')).error?.code).toBe('idle-timeout');
  });

  it('leaves a response that is not streamed as it is', async () => {
    const response = Response.json({ ok: true });
    expect(await livenessFetch({ fetch: async () => response })('http://x')).toBe(response);
  });

  it('keeps bytes, status, headers and address, and passes a cancellation on', async () => {
    let cancelled: unknown = null;
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('data: 1\n\n'));
      },
      cancel(reason) {
        cancelled = reason;
      },
    });
    const original = new Response(body, {
      status: 203,
      headers: { 'content-type': 'text/event-stream', 'x-request-id': 'r' },
    });
    Object.defineProperty(original, 'url', { value: 'http://x/y' });
    const response = await livenessFetch({ fetch: async () => original })('http://x/y');
    expect([response.status, response.url, response.headers.get('x-request-id')]).toEqual([203, 'http://x/y', 'r']);
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 1\n\n');
    await reader.cancel('enough');
    expect(cancelled).toBe('enough');
  });

  it('wants a function', () => {
    expect(() => livenessFetch({ fetch: 'x' as never })).toThrow(
      'livenessFetch: expected `fetch` to be a function, got string.',
    );
  });
});
