import { Readable } from 'node:stream';
import fc from 'fast-check';
import { ndjson, resilientStream, RetryBudget, sse, type BodyChunks } from 'resilient-stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findLastLife } from '../../../../src/resilient-stream/wire/life.ts';
import { readChunks, split, streamOf } from '../protocols/bodies.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const readAll = async (text: string): Promise<unknown[]> => {
  const { chunks, error } = await readChunks(sse, streamOf([text]));
  if (error) throw error as Error;
  return chunks;
};

const chat = (content: string, finishReason: string | null = null): object => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, finish_reason: finishReason }],
});
const answer = [
  chat('Hé'),
  chat('llo 🙂'),
  chat('\u2028x\u2029'),
  chat('', 'stop'),
  { object: 'chat.completion.chunk', choices: [], usage: {} },
];

/** A turn of the event loop: by then everything has come that waits for nothing. */
const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

afterEach(() => {
  vi.useRealTimers();
});

describe('an event stream', () => {
  it.each<[string, string, unknown[]]>([
    ['LF', 'data: {"a":1}\n\ndata: {"a":2}\n\n', [{ a: 1 }, { a: 2 }]],
    ['CRLF', 'data: {"a":1}\r\n\r\ndata: {"a":2}\r\n\r\n', [{ a: 1 }, { a: 2 }]],
    ['CR', 'data: {"a":1}\r\rdata: {"a":2}\r\r', [{ a: 1 }, { a: 2 }]],
    ['a mixture of them', 'data: {"a":1}\r\n\ndata: {"a":2}\r\r\ndata: {"a":3}\n\r\n', [{ a: 1 }, { a: 2 }, { a: 3 }]],
    ['no space behind the colon', 'data:{"a":1}\n\n', [{ a: 1 }]],
    ['more than one space behind it', 'data:   {"a":1}\n\n', [{ a: 1 }]],
    ['data on many lines', 'data: {"a":\ndata: [1,\ndata: 2]}\n\n', [{ a: [1, 2] }]],
    ['a byte order mark', '\uFEFFdata: {"a":1}\n\n', [{ a: 1 }]],
    ['a mark inside a text', 'data: {"a":"\uFEFF"}\n\n', [{ a: '\uFEFF' }]],
    ['comments', ': hello\n\n:\n\n: x\ndata: {"a":1}\n: y\n\n', [{ a: 1 }]],
    ['names, ids and waits', 'event: delta\nid: 7\nretry: 100\ndata: {"a":1}\n\n', [{ a: 1 }]],
    ['fields that nobody knows, and one without a colon', 'foo: 1\nbar\ndata: {"a":1}\n\n', [{ a: 1 }]],
    ['an event without data', 'event: ping\n\ndata: {"a":1}\n\n', [{ a: 1 }]],
    ['empty data', 'data:\n\ndata: \n\ndata\n\ndata: {"a":1}\n\n', [{ a: 1 }]],
    ['many blank lines', '\n\n\ndata: {"a":1}\n\n\n\n', [{ a: 1 }]],
    ['data that is no object', 'data: 1\n\ndata: "x"\n\ndata: null\n\n', [1, 'x', null]],
    ['[DONE], and nothing behind it', 'data: {"a":1}\n\ndata: [DONE]\n\ndata: {"a":2}\n\n', [{ a: 1 }]],
    ['[DONE] inside a text', 'data: {"a":"[DONE]"}\n\ndata: {"a":2}\n\n', [{ a: '[DONE]' }, { a: 2 }]],
    ['[DONE] with no blank line behind it', 'data: {"a":1}\n\ndata: [DONE]', [{ a: 1 }]],
    ['a last event that no blank line ends, but is whole', 'data: {"a":1}\n\ndata: {"a":2}', [{ a: 1 }, { a: 2 }]],
    ['a comment at the end', 'data: {"a":1}\n\n: bye', [{ a: 1 }]],
    ['nothing', '', []],
  ])('has %s', async (_, text, chunks) => {
    expect(await readAll(text)).toEqual(chunks);
  });

  it('a mark is taken off once, also from strings', async () => {
    expect(
      (
        await readChunks(
          sse,
          (async function* () {
            yield '';
            yield '\uFEFFdata: 1\n';
            yield '\n';
          })(),
        )
      ).chunks,
    ).toEqual([1]);
    const { chunks } = await readChunks(sse, streamOf([encode('\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n')]));
    expect(chunks).toEqual([2]);
  });

  it.each<[string, string]>([
    ['cut in its JSON', 'data: {"a":1}\n\ndata: {"a":'],
    ['cut in its JSON, at the end of a line', 'data: {"a":1}\n\ndata: {"a":\n'],
    ['cut in the name of its field', 'data: {"a":1}\n\nda'],
    ['cut behind the name of the event', 'data: {"a":1}\n\nevent: delta\ndata:'],
    ['cut behind the line of its name', 'data: {"a":1}\n\nevent: delta\n'],
    ['a number, of which nobody knows whether it is whole', 'data: {"a":1}\n\ndata: 12'],
    ['no JSON', 'data: {"a":1}\n\ndata: oops\n\n'],
    ['cut in [DONE]', 'data: {"a":1}\n\ndata: [DON'],
  ])('is %s: throws a SyntaxError behind the exact prefix', async (_, text) => {
    const { chunks, error } = await readChunks(sse, streamOf([text]));
    expect(chunks).toEqual([{ a: 1 }]);
    expect(error).toBeInstanceOf(SyntaxError);
  });

  it('an event that is called error looks like one, whatever its data', async () => {
    expect(await readAll('event: error\ndata: {"message":"boom"}\n\n')).toEqual([
      { type: 'error', error: { message: 'boom' } },
    ]);
    expect(await readAll('event: error\ndata: boom\n\n')).toEqual([{ type: 'error', error: 'boom' }]);
    expect(await readAll('event: error\ndata: {"error":{"message":"boom"}}\n\n')).toEqual([
      { error: { message: 'boom' } },
    ]);
    expect(
      await readAll('event: error\ndata: {"type":"error","code":"x"}\n\nevent: message\ndata: {"message":"fine"}\n\n'),
    ).toEqual([{ type: 'error', code: 'x' }, { message: 'fine' }]);
  });

  it('gives the chunks of a piece before the failure in it', async () => {
    const chunks = sse(streamOf(['data: 1\n\ndata: 2\n\ndata: oops\n\ndata: 3\n\n']));
    expect([await chunks.next(), await chunks.next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
    ]);
    await expect(chunks.next()).rejects.toThrow(SyntaxError);
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  it('gives each chunk once, in order, to whoever asks for many at a time', async () => {
    const chunks = sse(streamOf(['data: 1\n\ndata: 2\n\n', 'data: 3\n\n', 'data: 4\n\ndata: 5\n\n']));
    const results = await Promise.all([1, 2, 3, 4, 5, 6].map(() => chunks.next()));
    expect(results.map(({ value }) => value as unknown)).toEqual([1, 2, 3, 4, 5, undefined]);
  });

  it('throws what reading throws, behind the chunks that were whole', async () => {
    const reset = new TypeError('terminated');
    expect(await readChunks(sse, streamOf(['data: 1\n\ndata: {"a"'], reset))).toEqual({ chunks: [1], error: reset });
  });
});

describe('lines of JSON', () => {
  it.each<[string, string, unknown[]]>([
    ['LF', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['CRLF and blank lines', '{"a":1}\r\n\r\n  \n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
    ['a last line without an end', '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['a byte order mark', '\uFEFF{"a":1}\n', [{ a: 1 }]],
  ])('with %s', async (_, text, chunks) => {
    expect(await readChunks(ndjson, streamOf([text]))).toEqual({ chunks, error: null });
  });

  it.each(['{"a":1}\n{"a":', '{"a":1}\n12', '{"a":1}\noops\n{"a":2}\n'])(
    'cut or malformed, %j, throw behind the exact prefix',
    async (text) => {
      expect(await readChunks(ndjson, streamOf([text]))).toEqual({
        chunks: [{ a: 1 }],
        error: expect.any(SyntaxError),
      });
    },
  );
});

describe('any split, any cut', () => {
  const json = fc
    .oneof(fc.jsonValue(), fc.record({ text: fc.string({ unit: 'grapheme' }) }))
    .map((value) => ({ value }));
  const end = fc.constantFrom('\n', '\r\n', '\r');
  const extra = fc.constantFrom('', ': ping', 'event: delta', 'id: 1');
  const events = fc.array(fc.tuple(json, end, extra), { maxLength: 8 });
  const print = (list: readonly (readonly [object, string, string])[]): string =>
    list
      .map(([value, lineEnd, field]) =>
        [...(field ? [field] : []), `data: ${JSON.stringify(value)}`, '', ''].join(lineEnd),
      )
      .join('');
  const plain = (list: readonly (readonly [object, ...unknown[]])[]): unknown[] =>
    list.map(([value]) => JSON.parse(JSON.stringify(value)) as unknown);

  it('events are the same however their bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.array(fc.nat(), { maxLength: 40 }), async (list, positions) => {
        expect(await readChunks(sse, streamOf(split(encode(print(list)), positions)))).toEqual({
          chunks: plain(list),
          error: null,
        });
      }),
    );
  });

  it('lines are the same however their bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.array(fc.nat(), { maxLength: 40 }), async (list, positions) => {
        const bytes = encode(list.map(([value, lineEnd]) => JSON.stringify(value) + lineEnd).join(''));
        expect(await readChunks(ndjson, streamOf(split(bytes, positions)))).toEqual({
          chunks: plain(list),
          error: null,
        });
      }),
    );
  });

  it.each<[string, (body: ReadableStream) => BodyChunks<unknown>, string]>([
    [
      'events',
      sse,
      answer.map((chunk) => `event: x\r\ndata: ${JSON.stringify(chunk)}\r\n\r\n`).join('') + 'data: [DONE]\r\n\r\n',
    ],
    ['lines', ndjson, answer.map((chunk) => `${JSON.stringify(chunk)}\n`).join('')],
  ])(
    '%s cut at any byte: through the helper the whole text, or a typed error with the exact prefix',
    async (_, open, text) => {
      const bytes = encode(text);
      for (const end of ['close', new TypeError('terminated')] as const) {
        for (let at = 0; at <= bytes.length; at += 1) {
          const stream = resilientStream(() => open(streamOf([bytes.subarray(0, at)], end)), {
            maxRetries: 0,
            retryBudget: new RetryBudget(),
          });
          const got: unknown[] = [];
          let error: unknown = null;
          try {
            for await (const chunk of stream) got.push(chunk);
          } catch (thrown) {
            error = thrown;
          }
          expect(got).toEqual(answer.slice(0, got.length));
          if (error === null)
            expect(stream.partial).toMatchObject({ text: 'Héllo 🙂\u2028x\u2029', finishReason: 'stop' });
          else
            expect(error).toMatchObject({
              name: 'StreamingError',
              code: expect.stringMatching(/^(truncated|incomplete-chunk|interrupted)$/) as string,
            });
        }
      }
    },
  );

  it('one byte at a time', async () => {
    const bytes = encode(
      `\uFEFF: hi\r\n\r\n${answer.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')}`,
    );
    expect((await readChunks(sse, streamOf([...bytes].map((byte) => Uint8Array.of(byte))))).chunks).toEqual(answer);
  });
});

describe('where it is read from', () => {
  const text = 'data: 1\n\ndata: 2\n\n';

  it.each<[string, () => Parameters<typeof sse>[0]]>([
    ['a Response', () => new Response(text)],
    ['a body', () => new Response(text).body!],
    ['a stream of strings', () => new Response(text).body!.pipeThrough(new TextDecoderStream())],
    ['a Readable of Node', () => Readable.from([Buffer.from(text)])],
    [
      'a generator of strings',
      () =>
        (async function* () {
          yield text;
        })(),
    ],
  ])('%s', async (_, make) => {
    expect(await readChunks(sse, make())).toEqual({ chunks: [1, 2], error: null });
  });

  it('a Response without a body is an empty one', async () => {
    expect(await readChunks(sse, new Response(null))).toEqual({ chunks: [], error: null });
  });

  it.each([undefined, null, 'data: 1\n\n'])('%j is refused at the call', (body) => {
    expect(() => sse(body as never)).toThrow(TypeError);
  });
});

describe('a response that is not ok', () => {
  const refusal = (status: number, body: string, headers: Record<string, string> = {}): Response =>
    new Response(body, { status, headers });

  it('throws at the opening what the server says, with status and headers', async () => {
    const body = JSON.stringify({
      error: { message: 'No such model', type: 'invalid_request_error', code: 'model_not_found' },
    });
    const opening = (async () => resilientStream(async () => sse(refusal(404, body, { 'x-request-id': 'req_1' }))))();
    await expect(opening).rejects.toMatchObject({
      status: 404,
      message: '404 No such model',
      code: 'model_not_found',
      type: 'invalid_request_error',
      request_id: 'req_1',
      headers: expect.any(Headers) as Headers,
    });
  });

  it('throws the same from a loop without the helper', async () => {
    expect((await readChunks(ndjson, refusal(500, '<html>Bad gateway</html>'))).error).toMatchObject({
      status: 500,
      message: '500 <html>Bad gateway</html>',
    });
  });

  it('is retried as its status and its Retry-After say', async () => {
    vi.useFakeTimers();
    const open = vi.fn(async ({ attempt }: { attempt: number }) =>
      sse(
        attempt === 1
          ? refusal(429, '', { 'retry-after': '7' })
          : new Response(answer.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')),
      ),
    );
    const got: unknown[] = [];
    const over = (async () => {
      for await (const chunk of await resilientStream(open, { retryBudget: new RetryBudget() })) got.push(chunk);
    })();
    await vi.advanceTimersByTimeAsync(6_900);
    expect(open).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    await over;
    expect(got).toEqual(answer);
  });

  it('is not retried where an account is empty', async () => {
    const open = vi.fn(async () =>
      sse(refusal(429, JSON.stringify({ error: { message: 'Quota', code: 'insufficient_quota' } }))),
    );
    await expect(
      (async () => resilientStream(open, { retryBudget: new RetryBudget(), backoff: { initialMs: 0 } }))(),
    ).rejects.toMatchObject({ status: 429 });
    expect(open).toHaveBeenCalledOnce();
  });
});

describe('the connection', () => {
  it('is closed by break, and by a throw in the loop', async () => {
    const [left, thrown] = [streamOf(['data: 1\n\n'], 'open'), streamOf(['data: 1\n\n'], 'open')];
    for await (const chunk of sse(left)) if (chunk === 1) break;
    await expect(
      (async () => {
        for await (const chunk of sse(thrown)) throw new Error(`seen ${String(chunk)}`);
      })(),
    ).rejects.toThrow('seen 1');
    expect([left.cancelled, thrown.cancelled]).toEqual([1, 1]);
  });

  it('is closed by return() while a chunk is waited for', async () => {
    const body = streamOf([], 'open');
    const chunks = sse(body);
    const waiting = chunks.next();
    await chunks.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(body.cancelled).toBe(1);
  });

  it('of a stream of Node is closed by return() while a chunk is waited for', async () => {
    const body = new Readable({ read() {} });
    const chunks = sse(body);
    const waiting = chunks.next().catch(() => {});
    await chunks.return?.();
    await waiting;
    expect(body.destroyed).toBe(true);
  });

  it('is closed where a chunk is no JSON', async () => {
    const body = streamOf(['data: oops\n\n'], 'open');
    await readChunks(sse, body);
    expect(body.cancelled).toBe(1);
  });

  it('is read to its end behind [DONE], to be used again', async () => {
    const body = streamOf(['data: 1\n\ndata: [DONE]\n\n']);
    await readChunks(sse, body);
    await turn();
    expect(body.pulled).toBe(2);
    expect(body.cancelled).toBe(0);
  });

  it('held open behind [DONE] is closed soon, and nobody waits for it', async () => {
    vi.useFakeTimers();
    const body = streamOf(['data: 1\n\ndata: [DONE]\n\n'], 'open');
    expect((await readChunks(sse, body)).chunks).toEqual([1]);
    await vi.advanceTimersByTimeAsync(200);
    expect(body.cancelled).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of a Response that nobody read is closed by leaving', async () => {
    const body = streamOf(['data: 1\n\n'], 'open');
    await sse(new Response(body)).return?.();
    expect(body.cancelled).toBe(1);
  });

  it('lives while bytes come that are no chunk', async () => {
    const response = new Response(streamOf([': ping\n\n', ': ping\n\n'], 'open'));
    const chunks = sse(response);
    expect(findLastLife(response)).toBe(0);
    void chunks.next();
    await turn();
    expect(findLastLife(chunks.response)).toBeGreaterThan(0);
    await chunks.return?.();
  });
});
