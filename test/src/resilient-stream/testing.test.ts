import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { resilientStream, restart, StreamingError } from 'resilient-stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { faultyFetch, type Plan, type Reply } from '../../../src/resilient-stream/testing.ts';
import { chunk, finish, readAll, role, usage } from './scripted.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const chunks = [role(), chunk('Hello '), chunk('world'), finish(), usage(), '[DONE]'];

async function read(...plan: Plan) {
  const fetch = faultyFetch(plan);
  const client = new OpenAI({ apiKey: 'test', fetch, maxRetries: 0 });
  const open = ({ signal }: { signal: AbortSignal }) =>
    client.chat.completions.create({ model: 'm', messages: [], stream: true }, { signal });
  const outcome = readAll(resilientStream(open, { idleTimeoutMs: 1_000, backoff: { maxMs: 0 } }));
  await vi.advanceTimersByTimeAsync(100_000);
  await outcome.over;
  return { ...outcome, fetch, text: outcome.chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('') };
}

describe('faultyFetch, by the openai SDK and the helper', () => {
  it.each<[string, Reply, string]>([
    ['cut', { chunks, fault: 'cut', afterChunks: 2 }, 'truncated'],
    ['reset', { chunks, fault: 'reset', afterChunks: 2 }, 'interrupted'],
    ['stall', { chunks, fault: 'stall', afterChunks: 2 }, 'idle-timeout'],
    ['malformed', { chunks, fault: 'malformed', afterChunks: 2 }, 'incomplete-chunk'],
  ])('a %s after two chunks', async (_, reply, code) => {
    const { error, text } = await read(reply);
    expect(error).toBeInstanceOf(StreamingError);
    expect(error).toMatchObject({ code, partial: { text: 'Hello ' } });
    expect(text).toBe('Hello ');
  });

  it('an error told in a chunk', async () => {
    expect(
      (
        await read({
          chunks,
          fault: { error: { error: { message: 'Overloaded', type: 'server_error' } } },
          afterChunks: 2,
        })
      ).error,
    ).toMatchObject({ type: 'server_error' });
  });

  it('a cut after any number of bytes', async () => {
    for (const afterBytes of [0, 1, 150, 260, 300]) {
      const { ended, text } = await read({ chunks, fault: 'cut', afterBytes });
      expect(ended).toBe(false);
      expect('Hello world'.startsWith(text)).toBe(true);
    }
  });

  it.each<[string, Reply | 'reset' | 'stall']>([
    ['a 429 with Retry-After', { status: 429, headers: { 'retry-after': '1' } }],
    ['a 503', { status: 503 }],
    ['a refused connection', 'reset'],
    ['silence before the headers', 'stall'],
    ['a cut in the preamble', { chunks, fault: 'cut', afterChunks: 1 }],
  ])('%s and then the answer', async (_, first) => {
    const { ended, text, fetch } = await read(first, { chunks });
    expect({ ended, text }).toEqual({ ended: true, text: 'Hello world' });
    expect(fetch.requests).toHaveLength(2);
    expect(fetch.requests[0]).toMatchObject({
      url: 'https://api.openai.com/v1/chat/completions',
      body: { model: 'm', stream: true },
    });
  });

  it("writes the event names that Anthropic's SDK goes by", async () => {
    const events = [
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} },
      { type: 'message_stop' },
    ];
    const client = new Anthropic({ apiKey: 'test', fetch: faultyFetch([{ chunks: events }]) });
    const texts: string[] = [];
    for await (const text of resilientStream(({ signal }) =>
      client.messages.create({ model: 'm', max_tokens: 9, messages: [], stream: true }, { signal, maxRetries: 0 }),
    ).text())
      texts.push(text);
    expect(texts).toEqual(['Hi']);
  });

  it('ends a request that is aborted', async () => {
    const controller = new AbortController();
    const response = await faultyFetch([{ chunks, fault: 'stall' }])('http://x', { signal: controller.signal });
    const body = response.text();
    controller.abort(new Error('enough'));
    await expect(body).rejects.toThrow('enough');
    await expect(faultyFetch(['stall'])('http://x', { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('writes lines of JSON', async () => {
    const response = await faultyFetch([{ chunks: [{ a: 1 }, { b: 2 }], format: 'ndjson', everyMs: 0 }])('http://x');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(await response.text()).toBe('{"a":1}\n{"b":2}\n');
  });

  it.each([[undefined], [[]], [{}]])('wants a plan, not %j', (plan) => {
    expect(() => faultyFetch(plan as never)).toThrow('faultyFetch: expected a list of at least one reply.');
  });
});

// What follows stands in the readme: a test of a user's own.

/** What the example tests: an answer that starts anew when it breaks. */
async function showAnswer(client: OpenAI, show: (text: string) => void): Promise<void> {
  const stream = await resilientStream(
    ({ signal }) =>
      client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true }, { signal, maxRetries: 0 }),
    { recover: restart(() => show('\f')), backoff: { maxMs: 0 } },
  );
  for await (const each of stream) show(each.choices[0]?.delta?.content ?? '');
}

it('clears the screen and shows the answer anew after a cut', async () => {
  const say = (content: string, finish_reason: string | null = null) => ({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason }],
  });
  const answer = [say('Hello '), say('world', 'stop'), '[DONE]'];
  const fetch = faultyFetch([{ chunks: answer, fault: 'cut', afterChunks: 1 }, { chunks: answer }]);
  let screen = '';
  const shown = showAnswer(new OpenAI({ apiKey: 'test', fetch }), (text) => {
    screen = text === '\f' ? '' : screen + text;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  await shown;
  expect(screen).toBe('Hello world');
  expect(fetch.requests).toHaveLength(2);
});
