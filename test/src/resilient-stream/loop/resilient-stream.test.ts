import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createResilientStream,
  openaiChat,
  resilientStream,
  RetryBudget,
  restart,
  StreamingError,
  type StreamEvent,
} from 'resilient-stream';
import { resilientStream as resilientStreamOfCore } from '../../../../src/resilient-stream/core.ts';
import {
  chunk,
  findText,
  finish,
  httpError,
  readAll,
  role,
  scripted,
  swift,
  terminated,
  usage,
  type ChatChunk,
  type Scripted,
} from '../scripted.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Gives each attempt the next source; the last one repeats. */
function inTurn(...sources: (Scripted<ChatChunk> | (() => unknown))[]) {
  return vi.fn(({ attempt }: { attempt: number; signal: AbortSignal }) => {
    const source = sources[Math.min(attempt, sources.length) - 1]!;
    return (typeof source === 'function' ? source() : source) as AsyncIterable<ChatChunk>;
  });
}

const whole = (): Scripted<ChatChunk> =>
  scripted<ChatChunk>(role(), chunk('Hello '), chunk('world'), finish(), usage());
const refuse = (error: unknown) => (): never => {
  throw error;
};

async function settle(read: { over: Promise<void> }, ms = 5_000): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await read.over;
}

describe('opening', () => {
  it('starts nothing by itself', async () => {
    const open = inTurn(whole());
    resilientStream(open, swift());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(open).not.toHaveBeenCalled();
  });

  it('gives, awaited, a stream that cannot be awaited again', async () => {
    const stream = await resilientStream(inTurn(whole()), swift());
    expect('then' in stream).toBe(false);
    const read = readAll(stream);
    await settle(read);
    expect(findText(read.chunks)).toBe('Hello world');
  });

  it('opens once, however often it is awaited and then iterated', async () => {
    const open = inTurn(whole());
    const stream = resilientStream(open, swift());
    expect(await stream).toBe(await stream);
    const read = readAll(stream);
    await settle(read);
    expect(read.ended).toBe(true);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('can be iterated without an await', async () => {
    let text = '';
    for await (const each of resilientStream(inTurn(whole()), swift())) text += findText([each]);
    expect(text).toBe('Hello world');
  });

  it('throws the errors of opening at the await, as they are', async () => {
    const error = httpError(401);
    await expect((async () => resilientStream(inTurn(refuse(error)), swift()))()).rejects.toBe(error);
  });

  it('offers catch and finally, as a promise does', async () => {
    const last = vi.fn();
    await expect(
      resilientStream(inTurn(refuse(httpError(400))), swift()).catch((error: { status: number }) => error.status),
    ).resolves.toBe(400);
    await resilientStream(inTurn(whole()), swift()).finally(last);
    expect(last).toHaveBeenCalledOnce();
  });

  it.each<[string, () => unknown]>([
    ['a promise', () => Promise.resolve(whole())],
    ['an array', () => [role(), chunk('Hello world'), finish()]],
    ['what withResponse() gives', () => ({ data: whole(), response: {}, request_id: 'req_1' })],
  ])('reads %s', async (_, make) => {
    const stream = resilientStream(inTurn(make), swift());
    const read = readAll(stream);
    await settle(read);
    expect(findText(read.chunks)).toBe('Hello world');
    expect(read.ended).toBe(true);
  });

  it('asks the promise of an SDK for its response, and tells request id and rate limits', async () => {
    const events: StreamEvent[] = [];
    const response = {
      headers: new Headers({ 'x-ratelimit-remaining-requests': '7', 'content-type': 'text/event-stream' }),
    };
    const promise = Object.assign(Promise.resolve(whole()), {
      withResponse: async () => ({ data: whole(), response, request_id: 'req_1' }),
    });
    const stream = await resilientStream(() => promise, swift({ onEvent: (event) => events.push(event) }));
    expect(stream.requestId).toBe('req_1');
    expect(events[0]).toMatchObject({
      type: 'open',
      attempt: 1,
      requestId: 'req_1',
      rateLimit: { 'x-ratelimit-remaining-requests': '7' },
    });
    await stream[Symbol.asyncIterator]().return?.();
  });

  it('takes the iterator of a stream before the await is over, for helpers lose what comes earlier', async () => {
    const source = whole();
    const iterate = vi.spyOn(source, Symbol.asyncIterator);
    await resilientStream(inTurn(source), swift());
    expect(iterate).toHaveBeenCalledOnce();
    expect(source.pulled).toBe(0);
  });

  it('refuses a second iteration, which would end at once or hang', async () => {
    const stream = resilientStream(inTurn(whole()), swift());
    await settle(readAll(stream));
    expect(() => stream[Symbol.asyncIterator]()).toThrow('has been iterated already');
  });
});

describe('a result that promises the whole answer beside its stream', () => {
  const lost: unknown[] = [];
  const hear = (error: unknown): void => void lost.push(error);
  beforeEach(() => {
    process.on('unhandledRejection', hear);
  });
  afterEach(() => {
    process.off('unhandledRejection', hear);
  });

  it('ends no process where the loop is left and that promise rejects', async () => {
    const open = ({ signal }: { signal: AbortSignal }): AsyncIterable<ChatChunk> => {
      const response = new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('Error reading from the stream')));
      });
      return { stream: whole(), response } as never;
    };
    let rejects: Promise<unknown> | null = null;
    const stream = resilientStream((attempt) => {
      const result = open(attempt);
      rejects = (result as unknown as { response: Promise<unknown> }).response;
      return result;
    }, swift());
    for await (const first of stream) {
      expect(first).toEqual(role());
      break;
    }
    vi.useRealTimers();
    // Node tells of a lost rejection before the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    await expect(rejects).rejects.toThrow('Error reading from the stream');
    expect(lost).toEqual([]);
  });

  it('reads no `response` that is made by asking for it', async () => {
    const asked = vi.fn();
    const read = readAll(
      resilientStream(
        () =>
          ({
            fullStream: whole(),
            get response() {
              return asked();
            },
          }) as never,
        swift(),
      ),
    );
    await settle(read);
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('before the first content', () => {
  it.each([408, 409, 425, 429, 500, 503, 529])('retries a %i', async (status) => {
    const open = inTurn(refuse(httpError(status)), whole());
    const read = readAll(resilientStream(open, swift()));
    await settle(read);
    expect(findText(read.chunks)).toBe('Hello world');
    expect(open).toHaveBeenCalledTimes(2);
  });

  it.each([400, 401, 403, 404, 422])('does not retry a %i', async (status) => {
    const open = inTurn(refuse(httpError(status)), whole());
    const read = readAll(resilientStream(open, swift()));
    await settle(read);
    expect(read.error?.status).toBe(status);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it("throws the SDK's own error, untouched, when the retries are spent", async () => {
    const error = httpError(503);
    const open = inTurn(refuse(error));
    const read = readAll(resilientStream(open, swift({ maxRetries: 3 })));
    await settle(read);
    expect(read.error).toBe(error);
    expect(open).toHaveBeenCalledTimes(4);
  });

  it('retries a failure behind the preamble unseen', async () => {
    const overloaded = Object.assign(new Error('Overloaded'), { status: undefined, type: 'overloaded_error' });
    const first = scripted<ChatChunk>(role(), { throws: overloaded });
    const read = readAll(resilientStream(inTurn(first, whole()), swift()));
    await settle(read);
    expect(read.chunks).toEqual([role(), chunk('Hello '), chunk('world'), finish(), usage()]);
  });

  it('passes the preamble on at once, and commits, without holdPreamble', async () => {
    const read = readAll(
      resilientStream(
        inTurn(scripted<ChatChunk>(role(), 'stall')),
        swift({ holdPreamble: false, idleTimeoutMs: 1_000 }),
      ),
    );
    await vi.advanceTimersByTimeAsync(10);
    expect(read.chunks).toEqual([role()]);
    await settle(read);
    expect(read.error).toMatchObject({ code: 'idle-timeout', attempts: 1 });
  });

  it('retries an end before any chunk, and then calls it truncated', async () => {
    const open = inTurn(() => scripted());
    const read = readAll(resilientStream(open, swift()));
    await settle(read);
    expect(read.error).toMatchObject({ code: 'truncated', attempts: 3, partial: { text: '', chunks: 0 } });
  });

  it('lets a custom isRetryable decide', async () => {
    const open = inTurn(refuse(httpError(404)), whole());
    const read = readAll(
      resilientStream(open, swift({ isRetryable: (error) => (error as { status: number }).status === 404 })),
    );
    await settle(read);
    expect(read.ended).toBe(true);
  });

  it('throws what a custom isRetryable throws, instead of hanging', async () => {
    const bug = new Error('bug');
    const read = readAll(
      resilientStream(
        inTurn(refuse(httpError(500))),
        swift({
          isRetryable: () => {
            throw bug;
          },
        }),
      ),
    );
    await settle(read);
    expect(read.error).toBe(bug);
  });
});

describe('the wait before a retry', () => {
  async function findDelay(error: unknown, options = {}): Promise<number | null | undefined> {
    const events: StreamEvent[] = [];
    const read = readAll(
      resilientStream(inTurn(refuse(error), whole()), {
        retryBudget: new RetryBudget(),
        onEvent: (event) => events.push(event),
        ...options,
      }),
    );
    await settle(read, 100_000);
    return events.find(({ type }) => type === 'retry')?.delayMs;
  }

  it('is what Retry-After says in seconds', async () => {
    expect(await findDelay(httpError(429, { 'retry-after': '7' }))).toBe(7_000);
  });
  it('is what retry-after-ms says first', async () => {
    expect(await findDelay(httpError(429, { 'retry-after-ms': '30', 'retry-after': '7' }))).toBe(30);
  });
  it('is what Retry-After says as a date', async () => {
    vi.setSystemTime(new Date('2026-01-01T00:00:00Z'));
    expect(await findDelay(httpError(503, { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }))).toBe(5_000);
  });
  it('is found in plain headers, too', async () => {
    expect(
      await findDelay(Object.assign(new Error('x'), { statusCode: 429, responseHeaders: { 'retry-after': '2' } })),
    ).toBe(2_000);
  });
  it('is none if the server asks for more than 60 s: the error surfaces', async () => {
    expect(await findDelay(httpError(429, { 'retry-after': '61' }))).toBeUndefined();
  });
  it('is drawn below a doubling bound otherwise', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
    const delays: (number | null)[] = [];
    const read = readAll(
      resilientStream(inTurn(refuse(httpError(500))), {
        maxRetries: 8,
        retryBudget: new RetryBudget(),
        onEvent: ({ delayMs, type }) => {
          if (type === 'retry') delays.push(Math.round(delayMs!));
        },
      }),
    );
    await settle(read, 200_000);
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    vi.restoreAllMocks();
  });
  it('ends at once when the caller aborts', async () => {
    const caller = new AbortController();
    const open = inTurn(refuse(httpError(429, { 'retry-after': '50' })), whole());
    const read = readAll(resilientStream(open, swift({ signal: caller.signal })));
    await vi.advanceTimersByTimeAsync(10);
    caller.abort(new Error('enough'));
    await read.over;
    expect(read.error?.message).toBe('enough');
    expect(open).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('never silent', () => {
  it('throws for an end without a terminal marker, with the exact text so far', async () => {
    const stream = resilientStream(inTurn(scripted<ChatChunk>(role(), chunk('Hel'), chunk('lo'))), swift());
    const read = readAll(stream);
    await settle(read);
    expect(read.error).toBeInstanceOf(StreamingError);
    expect(read.error).toMatchObject({
      name: 'StreamingError',
      code: 'truncated',
      attempts: 1,
      requestId: null,
      partial: { text: 'Hello', chunks: 3, finishReason: null, toolCallOpen: false },
      message:
        'The stream ended without its terminal marker (openai-chat), after 3 chunks with 5 characters, in attempt 1.',
    });
    expect(stream.partial).toEqual(read.error?.partial);
  });

  it('takes an end for an end with terminal: optional', async () => {
    const read = readAll(resilientStream(inTurn(scripted<ChatChunk>(chunk('Hello'))), swift({ terminal: 'optional' })));
    await settle(read);
    expect(read).toMatchObject({ ended: true, error: null });
  });

  it('asks a predicate, and believes it for good', async () => {
    const source = () => scripted({ kind: 'text' }, { kind: 'bye' }, { kind: 'usage' });
    const terminal = (each: { kind: string }): boolean => each.kind === 'bye';
    const read = readAll(resilientStream(source, { terminal }));
    await settle(read);
    expect(read).toMatchObject({ ended: true, chunks: [{ kind: 'text' }, { kind: 'bye' }, { kind: 'usage' }] });
    const cut = readAll(resilientStream(() => scripted({ kind: 'text' }), { terminal }));
    await settle(cut);
    expect(cut.error?.code).toBe('truncated');
  });

  it('takes an end for an end in a stream of unknown shape', async () => {
    const read = readAll(resilientStream(() => scripted({ a: 1 }, { a: 2 })));
    await settle(read);
    expect(read).toMatchObject({ ended: true, chunks: [{ a: 1 }, { a: 2 }] });
  });

  it('passes chunks on that do not fit the protocol', async () => {
    const odd = [chunk('a'), null, 'x', { choices: [null] }, new Map(), finish()] as unknown as ChatChunk[];
    const read = readAll(resilientStream(() => odd, swift()));
    await settle(read);
    expect(read.error).toBe(null);
    expect(read.chunks).toEqual(odd);
  });

  it('waits for every choice to finish', async () => {
    const choice = (index: number, reason: string | null): ChatChunk => ({
      object: 'chat.completion.chunk',
      choices: [{ index, delta: { content: 'x' }, finish_reason: reason }],
    });
    const read = readAll(resilientStream(() => [choice(0, null), choice(1, null), choice(0, 'stop')], swift()));
    await settle(read);
    expect(read.error?.code).toBe('truncated');
  });

  it('wraps a dropped connection, keeping its cause', async () => {
    const cause = terminated();
    const read = readAll(resilientStream(() => scripted<ChatChunk>(chunk('Hel'), { throws: cause }), swift()));
    await settle(read);
    expect(read.error).toMatchObject({ code: 'interrupted', cause, partial: { text: 'Hel', chunks: 1 } });
  });

  it('wraps a cut chunk', async () => {
    const read = readAll(
      resilientStream(
        () => scripted<ChatChunk>(chunk('Hel'), { throws: new SyntaxError('Unexpected end of JSON input') }),
        swift(),
      ),
    );
    await settle(read);
    expect(read.error?.code).toBe('incomplete-chunk');
  });

  it.each([
    ['a typed API error', Object.assign(new Error('Overloaded'), { status: undefined, type: 'overloaded_error' })],
    ['an error of unknown kind', new RangeError('bug in a transform')],
  ])('throws %s in mid-answer untouched', async (_, error) => {
    const read = readAll(resilientStream(() => scripted<ChatChunk>(chunk('Hel'), { throws: error }), swift()));
    await settle(read);
    expect(read.error).toBe(error);
  });

  it('throws for a failure told in a chunk, after delivering the chunk itself', async () => {
    const failed = {
      type: 'response.failed',
      sequence_number: 2,
      response: { status: 'failed', error: { code: 'server_error', message: 'The model failed.' } },
    };
    const read = readAll(
      resilientStream(
        () =>
          scripted<object>({ type: 'response.created' }, { type: 'response.output_text.delta', delta: 'Hi' }, failed),
        { retryBudget: new RetryBudget() },
      ),
    );
    await settle(read);
    expect(read.chunks.at(-1)).toBe(failed);
    expect(read.error).toMatchObject({
      code: 'interrupted',
      partial: { text: 'Hi', chunks: 3 },
      cause: { message: 'The model failed.', code: 'server_error', chunk: failed },
    });
  });

  it('retries a failure told in a chunk before the content, if its code is a transient one', async () => {
    const failed = (code: string) => ({ type: 'response.failed', response: { error: { code, message: 'no' } } });
    const answer: object[] = [
      { type: 'response.output_text.delta', delta: 'Hi' },
      { type: 'response.completed', response: { status: 'completed' } },
    ];
    const transient = readAll(
      resilientStream(({ attempt }) => (attempt === 1 ? [failed('server_error')] : answer), { backoff: { maxMs: 0 } }),
    );
    await settle(transient);
    expect(transient).toMatchObject({ ended: true, chunks: answer });
    const permanent = readAll(resilientStream(({ attempt }) => (attempt === 1 ? [failed('invalid_prompt')] : answer)));
    await settle(permanent);
    expect(permanent.error).toMatchObject({ code: 'interrupted', attempts: 1 });
    expect(permanent.chunks).toEqual([failed('invalid_prompt')]);
  });
});

describe('behind the terminal marker', () => {
  it('the connection is closed at a normal end too: the SDK may be done before its connection is', async () => {
    const source = whole();
    const open = inTurn(source);
    const stream = resilientStream(open, swift());
    const read = readAll(stream);
    await settle(read);
    expect(read).toMatchObject({ ended: true, error: null });
    expect(open.mock.calls[0]![0].signal.aborted).toBe(true);
    expect(source.returned).toBe(0);
    // The stream's own controller is the caller's to use, and says nothing of it.
    expect(stream.controller.signal.aborted).toBe(false);
  });

  it('ends a connection that is held open after one second', async () => {
    const source = scripted<ChatChunk>(chunk('Hi'), finish(), 'stall');
    const read = readAll(resilientStream(inTurn(source), swift()));
    await vi.advanceTimersByTimeAsync(990);
    expect(read.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(20);
    expect(read.ended).toBe(true);
    expect(source.returned).toBe(1);
  });

  it('takes an error for no failure', async () => {
    const read = readAll(
      resilientStream(() => scripted<ChatChunk>(chunk('Hi'), finish(), { throws: terminated() }), swift()),
    );
    await settle(read);
    expect(read).toMatchObject({ ended: true, error: null });
  });

  it('tells the finish reason', async () => {
    const stream = resilientStream(() => [chunk('Hi'), finish('length'), usage()], swift());
    await settle(readAll(stream));
    expect(stream.finishReason).toBe('length');
  });
});

describe('never hanging', () => {
  it('gives up an open call after openTimeoutMs, and closes what comes of it later', async () => {
    const late = whole();
    const open = inTurn(
      () =>
        new Promise((resolve) => {
          setTimeout(() => resolve(late), 3_000);
        }),
      () => new Promise(() => {}),
    );
    const read = readAll(resilientStream(open, swift({ openTimeoutMs: 1_000, maxRetries: 1 })));
    await vi.advanceTimersByTimeAsync(999);
    expect(open).toHaveBeenCalledTimes(1);
    await settle(read);
    expect(read.error).toMatchObject({ code: 'open-timeout', attempts: 2 });
    expect(open.mock.calls.every(([{ signal }]) => signal.aborted)).toBe(true);
    expect(late.pulled).toBe(0);
  });

  it('gives up at firstChunkTimeoutMs, though preamble has come', async () => {
    const read = readAll(
      resilientStream(
        () => scripted<ChatChunk>(role(), 'stall'),
        swift({ firstChunkTimeoutMs: 2_000, idleTimeoutMs: 50, maxRetries: 0 }),
      ),
    );
    await vi.advanceTimersByTimeAsync(1_999);
    expect(read.error).toBe(null);
    await settle(read, 1);
    expect(read.error).toMatchObject({ code: 'first-chunk-timeout', partial: { chunks: 0 } });
  });

  it('frees the consumer of a deaf stream at idleTimeoutMs', async () => {
    const source = scripted<ChatChunk>(chunk('Hel'), chunk('lo'), 'stall');
    const open = inTurn(source);
    const read = readAll(resilientStream(open, swift({ idleTimeoutMs: 1_600 })));
    await vi.advanceTimersByTimeAsync(1_599);
    expect(read.error).toBe(null);
    await settle(read, 101);
    expect(read.error).toMatchObject({ code: 'idle-timeout', partial: { text: 'Hello', chunks: 2 } });
    expect(open.mock.calls[0]![0].signal.aborted).toBe(true);
    expect(source.returned).toBe(1);
  });

  it('counts no idle time while the consumer is busy', async () => {
    const read = readAll(
      resilientStream(
        () => scripted<ChatChunk>(chunk('a'), { waitMs: 600 }, chunk('b'), { waitMs: 600 }, chunk('c', 'stop')),
        swift({ idleTimeoutMs: 1_000 }),
      ),
      60_000,
    );
    await settle(read, 400_000);
    expect(read).toMatchObject({ ended: true, error: null });
  });

  it('counts each wait anew', async () => {
    const steps = Array.from({ length: 20 }, () => [{ waitMs: 900 }, chunk('a')]).flat();
    const read = readAll(
      resilientStream(
        () => scripted<ChatChunk>(...steps, finish()),
        swift({ idleTimeoutMs: 1_000, firstChunkTimeoutMs: 1_000 }),
      ),
    );
    await settle(read, 60_000);
    expect(read.ended).toBe(true);
  });

  it('ends everything at totalTimeoutMs, retries and waits included', async () => {
    const open = inTurn(refuse(httpError(503, { 'retry-after': '20' })));
    const read = readAll(resilientStream(open, swift({ totalTimeoutMs: 30_000, maxRetries: 9 })));
    await vi.advanceTimersByTimeAsync(29_999);
    expect(read.error).toBe(null);
    await settle(read, 1);
    expect(read.error).toMatchObject({ code: 'total-timeout', attempts: 2 });
  });

  it('closes the connection at totalTimeoutMs even if nobody waits', async () => {
    const open = inTurn(scripted<ChatChunk>(chunk('a'), chunk('b', 'stop')));
    const iterator = resilientStream(open, swift({ totalTimeoutMs: 1_000 }))[Symbol.asyncIterator]();
    await iterator.next();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(open.mock.calls[0]![0].signal.aborted).toBe(true);
    await expect(iterator.next()).rejects.toMatchObject({ code: 'total-timeout' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('bounds an undo that never comes back', async () => {
    const read = readAll(
      resilientStream(
        () => scripted<ChatChunk>(chunk('a')),
        swift({ recover: restart(() => new Promise(() => {})), openTimeoutMs: 500 }),
      ),
    );
    await settle(read);
    expect(read.error?.code).toBe('truncated');
  });

  it('bounds the clean-up of a stalled source when the loop is left', async () => {
    const source = scripted<ChatChunk>(chunk('a'), 'stall');
    const iterator = resilientStream(inTurn(source), swift())[Symbol.asyncIterator]();
    await iterator.next();
    const pending = iterator.next();
    let left = false;
    void iterator.return?.().then(() => {
      left = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(left).toBe(true);
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  it('starts no timer per chunk', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const read = readAll(
      resilientStream(() => [...Array.from({ length: 5_000 }, () => chunk('a')), finish()], swift()),
    );
    await settle(read, 0);
    expect(read.chunks).toHaveLength(5_001);
    expect(timers.mock.calls.length).toBeLessThan(10);
    vi.restoreAllMocks();
  });

  it('leaves no timer behind', async () => {
    await settle(readAll(resilientStream(inTurn(whole()), swift({ totalTimeoutMs: 60_000 }))), 0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps no timer for a stream that was opened and then forgotten', async () => {
    await resilientStream(inTurn(whole()), swift());
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the caller', () => {
  it('gets signal.reason at an abort, though the source ends silently', async () => {
    const caller = new AbortController();
    const open = ({ signal }: { signal: AbortSignal }): AsyncIterable<ChatChunk> =>
      (async function* () {
        yield chunk('a');
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
      })();
    const read = readAll(resilientStream(open, swift({ signal: caller.signal })));
    await vi.advanceTimersByTimeAsync(10);
    caller.abort('no longer needed');
    await read.over;
    expect(read).toMatchObject({ error: 'no longer needed', ended: false });
  });

  it('gets the reason even if it is busy when the abort comes', async () => {
    const caller = new AbortController();
    const iterator = resilientStream(inTurn(whole()), swift({ signal: caller.signal }))[Symbol.asyncIterator]();
    await iterator.next();
    caller.abort(new Error('enough'));
    await expect(iterator.next()).rejects.toThrow('enough');
  });

  it('makes no request with a signal that is aborted already', async () => {
    const open = inTurn(whole());
    await expect((async () => resilientStream(open, swift({ signal: AbortSignal.abort('early') })))()).rejects.toBe(
      'early',
    );
    expect(open).not.toHaveBeenCalled();
  });

  it("gets the reason of an abort by the stream's own controller", async () => {
    const stream = await resilientStream(inTurn(scripted<ChatChunk>(chunk('a'), 'stall')), swift());
    const read = readAll(stream);
    await vi.advanceTimersByTimeAsync(1);
    stream.controller.abort(new Error('stop'));
    await read.over;
    expect(read.error?.message).toBe('stop');
  });

  it('gets the reason at the await, and no request, if that controller was aborted before', async () => {
    const open = inTurn(whole());
    const stream = resilientStream(open, swift());
    stream.controller.abort('never mind');
    await expect((async () => stream)()).rejects.toBe('never mind');
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toBe('never mind');
    expect(open).not.toHaveBeenCalled();
  });

  it('may abort from a listener or a predicate', async () => {
    for (const type of ['open', 'first-chunk', 'retry', 'truncated', 'recover']) {
      const caller = new AbortController();
      const sources = [scripted<ChatChunk>(chunk('a')), scripted<ChatChunk>(role(), { throws: terminated() })];
      const read = readAll(
        resilientStream(
          inTurn(...sources),
          swift({
            signal: caller.signal,
            recover: restart(() => {}),
            onEvent: (event) => {
              if (event.type === type) caller.abort(type);
            },
          }),
        ),
      );
      await settle(read);
      expect(read.error).toBe(type);
      expect(vi.getTimerCount()).toBe(0);
    }
    const caller = new AbortController();
    const read = readAll(
      resilientStream(
        inTurn(whole()),
        swift({
          signal: caller.signal,
          terminal: () => {
            caller.abort('predicate');
            return false;
          },
        }),
      ),
    );
    await settle(read);
    expect(read.error).toBe('predicate');
  });

  it("gets the reason when the SDK's controller was aborted behind our back", async () => {
    const controller = new AbortController();
    const source = Object.assign(scripted<ChatChunk>(chunk('a')), { controller });
    const read = readAll(
      resilientStream(() => {
        controller.abort('elsewhere');
        return source;
      }, swift()),
    );
    await settle(read);
    expect(read.error).toBe('elsewhere');
  });

  it('closes the connection by a break, through signal, controller and return()', async () => {
    const controller = new AbortController();
    const source = Object.assign(whole(), { controller });
    const open = inTurn(() => source);
    for await (const each of resilientStream(open, swift())) {
      void each;
      break;
    }
    expect(open.mock.calls[0]![0].signal.aborted).toBe(true);
    expect(controller.signal.aborted).toBe(true);
    expect(source.returned).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await settle(readAll(resilientStream(inTurn(refuse(httpError(500)), whole()), swift({ signal }))));
    expect(added).toHaveBeenCalledOnce();
    expect(removed).toHaveBeenCalledOnce();
  });

  it('may call next() several times at once', async () => {
    const iterator = resilientStream(inTurn(whole()), swift())[Symbol.asyncIterator]();
    const results = await Promise.all(Array.from({ length: 7 }, () => iterator.next()));
    expect(findText(results.flatMap((result) => (result.done ? [] : [result.value])))).toBe('Hello world');
    expect(results.map(({ done }) => done)).toEqual([false, false, false, false, false, true, true]);
  });
});

describe('recovery', () => {
  it('takes back what was shown and starts anew', async () => {
    const read = readAll(
      resilientStream(
        inTurn(
          scripted<ChatChunk>(role(), chunk('Hel')),
          scripted<ChatChunk>(chunk('He'), { throws: terminated() }),
          whole(),
        ),
        swift({
          recover: restart(async () => {
            await Promise.resolve();
            read.chunks.length = 0;
          }),
        }),
      ),
    );
    await settle(read);
    expect(findText(read.chunks)).toBe('Hello world');
    expect(read.ended).toBe(true);
  });

  it('keeps partial to what the last attempt delivered', async () => {
    const stream = resilientStream(
      inTurn(scripted<ChatChunk>(chunk('abc'), chunk('def')), scripted<ChatChunk>(chunk('x'))),
      swift({ recover: [restart(() => {})], maxRetries: 1 }),
    );
    const read = readAll(stream);
    await settle(read);
    expect(read.error).toMatchObject({ code: 'truncated', attempts: 2, partial: { text: 'x', chunks: 1 } });
  });

  it('tells undo what had been delivered', async () => {
    const undo = vi.fn();
    await settle(
      readAll(resilientStream(inTurn(scripted<ChatChunk>(chunk('abc')), whole()), swift({ recover: restart(undo) }))),
    );
    expect(undo).toHaveBeenCalledExactlyOnceWith({ text: 'abc', chunks: 1, finishReason: null, toolCallOpen: false });
  });

  it('requests nothing again if undo throws', async () => {
    const bug = new Error('no such line');
    const open = inTurn(scripted<ChatChunk>(chunk('abc')), whole());
    const read = readAll(
      resilientStream(
        open,
        swift({
          recover: restart(() => {
            throw bug;
          }),
        }),
      ),
    );
    await settle(read);
    expect(read.error).toMatchObject({ code: 'truncated', cause: bug, partial: { text: 'abc' } });
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('tries a list in order, and hands the hints of the one that can to open', async () => {
    const cannot = { name: 'resume' as const, prepare: vi.fn(() => null) };
    const can = {
      name: 'continue-text' as const,
      prepare: ({ partial }: { partial: { text: string } }) => ({ takenBack: false, hints: { text: partial.text } }),
    };
    const open = vi.fn(({ text }: { text?: string }) =>
      text === undefined ? [chunk('abc')] : [chunk('def'), finish()],
    );
    const stream = resilientStream(open, swift({ recover: [cannot, can] }));
    const read = readAll(stream);
    await settle(read);
    expect(cannot.prepare).toHaveBeenCalledOnce();
    expect(findText(read.chunks)).toBe('abcdef');
    expect(stream.partial).toMatchObject({ text: 'abcdef', chunks: 3 });
  });
});

describe('the retry budget', () => {
  it('stops the retries when it is empty', async () => {
    const retryBudget = new RetryBudget(12);
    const open = inTurn(refuse(httpError(500)));
    const read = readAll(resilientStream(open, swift({ maxRetries: 9, retryBudget })));
    await settle(read);
    expect(open).toHaveBeenCalledTimes(3);
    expect(retryBudget.remaining).toBe(2);
  });

  it('is charged double for a timeout, and gets back what a stream spent that completed', async () => {
    const retryBudget = new RetryBudget(100);
    const read = readAll(
      resilientStream(
        inTurn(() => new Promise(() => {}), whole()),
        swift({ retryBudget, openTimeoutMs: 100 }),
      ),
    );
    await vi.advanceTimersByTimeAsync(100);
    expect(retryBudget.remaining).toBe(90);
    await settle(read);
    expect(retryBudget.remaining).toBe(100);
  });
});

describe('events', () => {
  it('tell the story of a stream', async () => {
    const events: unknown[][] = [];
    const onEvent = ({ type, attempt, delivered }: StreamEvent): void => {
      events.push([type, attempt, delivered]);
    };
    await settle(
      readAll(
        resilientStream(
          inTurn(refuse(httpError(500)), scripted<ChatChunk>(role(), chunk('a')), whole()),
          swift({ onEvent, recover: restart(() => {}) }),
        ),
      ),
    );
    expect(events).toEqual([
      ['retry', 1, 0],
      ['open', 2, 0],
      ['first-chunk', 2, 0],
      ['truncated', 2, 2],
      ['retry', 2, 2],
      ['recover', 2, 2],
      ['open', 3, 0],
      ['first-chunk', 3, 0],
      ['complete', 3, 5],
    ]);
  });

  it('cannot break the stream', async () => {
    const read = readAll(
      resilientStream(
        inTurn(whole()),
        swift({
          onEvent: () => {
            throw new Error('bug');
          },
        }),
      ),
    );
    await settle(read);
    expect(read.ended).toBe(true);
    const later = readAll(resilientStream(inTurn(whole()), swift({ onEvent: () => Promise.reject(new Error('bug')) })));
    await settle(later);
    expect(later.ended).toBe(true);
  });

  it('are published on the diagnostics channel', async () => {
    const { subscribe, unsubscribe } = await import('node:diagnostics_channel');
    const types: string[] = [];
    const listen = (event: unknown): void => {
      types.push((event as StreamEvent).type);
    };
    subscribe('resilient-stream', listen);
    await settle(readAll(resilientStream(inTurn(whole()), swift())));
    unsubscribe('resilient-stream', listen);
    expect(types).toEqual(['open', 'first-chunk', 'complete']);
  });
});

describe('text()', () => {
  it('gives the text alone, whatever the protocol', async () => {
    const texts: string[] = [];
    for await (const text of resilientStream(inTurn(whole()), swift()).text()) texts.push(text);
    expect(texts).toEqual(['Hello ', 'world']);
  });

  it('gives a stream of strings as it is', async () => {
    const texts: string[] = [];
    for await (const text of resilientStream(() => ['a', 'b']).text()) texts.push(text);
    expect(texts).toEqual(['a', 'b']);
  });
});

describe('createResilientStream', () => {
  it('recognises only the protocols it was given', async () => {
    const read = readAll(createResilientStream([openaiChat])(() => [{ type: 'message_start' }]));
    await settle(read);
    expect(read.ended).toBe(true);
  });
});

describe('bad input', () => {
  it.each<[string, () => unknown, string]>([
    [
      'no open',
      () => resilientStream(undefined as never),
      'expected `open` to be a function that makes the request, got undefined.',
    ],
    [
      'a promise for open',
      () => resilientStream(Promise.resolve([]) as never),
      'Did you mean `resilientStream(({ signal }) => …)`?',
    ],
    [
      'a negative limit',
      () => resilientStream(whole, { idleTimeoutMs: -1 }),
      'expected `idleTimeoutMs` to be a number of milliseconds above 0, or Infinity, got -1.',
    ],
    ['a limit of 0', () => resilientStream(whole, { openTimeoutMs: 0 }), '`openTimeoutMs`'],
    ['NaN', () => resilientStream(whole, { totalTimeoutMs: NaN }), 'got NaN.'],
    ['a limit in words', () => resilientStream(whole, { firstChunkTimeoutMs: '5s' as never }), "got '5s'."],
    [
      'half a retry',
      () => resilientStream(whole, { maxRetries: 0.5 }),
      'expected `maxRetries` to be a whole number, 0 or more, got 0.5.',
    ],
    [
      'an unknown terminal',
      () => resilientStream(whole, { terminal: 'maybe' as never }),
      "expected `terminal` to be 'required', 'optional' or a function, got 'maybe'.",
    ],
    [
      'a function for recover',
      () => resilientStream(whole, { recover: (() => {}) as never }),
      'expected `recover` to be a recovery such as `restart(undo)`, or a list of them, got a function.',
    ],
    ['an unknown protocol', () => resilientStream(whole, { protocol: 'openai' as never }), '`protocol`'],
    [
      'a signal that is none',
      () => resilientStream(whole, { signal: new AbortController() as never }),
      'expected `signal` to be an AbortSignal, got an object.',
    ],
    ['a bad backoff', () => resilientStream(whole, { backoff: { factor: 0 } }), '`backoff`'],
    [
      'a finish reason for a list',
      () => resilientStream(whole, { rejectFinish: 'length' as never }),
      "expected `rejectFinish` to be a list of finish reasons, got 'length'.",
    ],
    [
      'a word for a switch',
      () => resilientStream(whole, { collectText: 'no' as never }),
      "expected `collectText` to be true or false, got 'no'.",
    ],
    [
      'a hook that is none',
      () => resilientStream(whole, { onEvent: {} as never }),
      'expected `onEvent` to be a function, got an object.',
    ],
    [
      'half a list of recoveries',
      () => resilientStream(whole, { recover: [restart(() => {}), null as never] }),
      '`recover`',
    ],
    [
      'core without a protocol',
      () => resilientStreamOfCore(whole, {} as never),
      'expected `protocol` to be named, for `resilient-stream/core` recognises none.',
    ],
    [
      'a misspelt option',
      () => resilientStream(whole, { idleTimeout: 5 } as never),
      'there is no option `idleTimeout`.',
    ],
    ['null options', () => resilientStream(whole, null as never), 'expected the options to be an object, got null.'],
    ['restart without undo', () => restart(undefined as never), 'restart: expected a function'],
  ])('%s is a TypeError at the call', (_, call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });

  it('a stream that was used before is a TypeError, not an empty answer', async () => {
    const source = (async function* () {
      yield chunk('Hel');
    })();
    const open = vi.fn(() => source);
    const read = readAll(resilientStream(open, swift({ recover: restart(() => {}) })));
    await settle(read);
    expect(open).toHaveBeenCalledTimes(2);
    expect(read.error).toBeInstanceOf(TypeError);
    expect(read.error?.message).toBe(
      'resilientStream: expected `open` to make a new request for each attempt, got a stream that was used before.',
    );
  });

  it.each([
    [null],
    ['text'],
    [7],
    [undefined],
    [Symbol('s')],
    [new Map()],
    [
      new (class Chunk {
        text = 'x';
      })(),
    ],
  ])('a chunk that is %s is delivered as it is', async (odd) => {
    for (const chunks of [[odd], [chunk('a'), odd, finish()]]) {
      const read = readAll(resilientStream<unknown>(() => chunks));
      await settle(read);
      expect(read).toMatchObject({ ended: true, error: null });
      expect(read.chunks).toEqual(chunks);
    }
  });

  it('a source whose next() gives no result fails, and does not hang', async () => {
    for (const broken of [undefined, 7]) {
      const source = {
        next: () => broken,
        [Symbol.asyncIterator]() {
          return this;
        },
      };
      const read = readAll(resilientStream(() => source as never, swift({ maxRetries: 0, idleTimeoutMs: 100 })));
      await settle(read, 400_000);
      expect(read.ended && read.chunks.length > 0).toBe(false);
    }
  });

  it.each([[undefined], [null], [42], ['text'], [{}]])(
    '%s from open is a TypeError at the await, and not retried',
    async (given) => {
      const open = vi.fn(() => given as never);
      await expect((async () => resilientStream(open))()).rejects.toThrow(
        /^resilientStream: expected `open` to give something iterable, or a promise of it, got /,
      );
      expect(open).toHaveBeenCalledOnce();
    },
  );
});

it('a `signal` of null is none, as in the options of the SDKs', async () => {
  const chunks: unknown[] = [];
  for await (const chunk of resilientStream(whole, { signal: null })) chunks.push(chunk);
  expect(chunks.length).toBeGreaterThan(0);
});
