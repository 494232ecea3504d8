import {
  anthropicMessages,
  continueText,
  googleGenai,
  googleInteractions,
  openaiResponses,
  resilientStream,
  restart,
  resume,
  StreamingError,
  type AttemptContext,
  type Protocol,
  type StreamEvent,
} from 'resilient-stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { findOverlap } from '../../../../src/resilient-stream/loop/continue-text.ts';
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
  type ChatChunk,
  type Read,
  type Step,
} from '../scripted.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function settle(read: { over: Promise<void> }, ms = 5_000): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await read.over;
}

type Source = readonly Step<ChatChunk>[] | Error;

/** Plays one script per attempt, and tells what each attempt was given. */
function play(...sources: readonly Source[]) {
  return vi.fn(({ attempt }: AttemptContext) => {
    const source = sources[Math.min(attempt, sources.length) - 1]!;
    if (source instanceof Error) throw source;
    return scripted<ChatChunk>(...source);
  });
}

async function readContinued(
  delivered: readonly string[],
  ...heads: readonly string[]
): Promise<Read<ChatChunk> & { sent: readonly (string | undefined)[] }> {
  const open = play(
    delivered.map((text) => chunk(text)),
    [role(), ...heads.map((text) => chunk(text)), finish()],
  );
  const read = readAll(resilientStream(open, swift({ recover: continueText() })));
  await settle(read);
  return Object.assign(read, { sent: open.mock.calls.map(([{ text }]) => text) });
}

describe('resume', () => {
  const event = (sequence: number, more: object = {}): object => ({
    type: 'response.output_text.delta',
    sequence_number: sequence,
    delta: `${sequence} `,
    ...more,
  });
  const created = { type: 'response.created', sequence_number: 0, response: { id: 'resp_1', background: true } };
  const completed = { type: 'response.completed', sequence_number: 9, response: { status: 'completed' } };
  const readResumed = async (first: readonly Step<object>[], second: readonly Step<object>[], recover = [resume()]) => {
    const open = vi.fn(({ attempt }: AttemptContext) => scripted<object>(...(attempt === 1 ? first : second)));
    const stream = resilientStream(open, { recover, backoff: { maxMs: 0 } });
    const read = readAll(stream);
    await settle(read);
    return { open, read, stream };
  };

  it('re-attaches an OpenAI response behind the last chunk', async () => {
    const { open, read, stream } = await readResumed(
      [created, event(1), event(2), { throws: terminated() }],
      [event(3), completed],
    );
    expect(open.mock.calls[1]![0].cursor).toEqual({ responseId: 'resp_1', startingAfter: 2 });
    expect(read).toMatchObject({ ended: true, chunks: [created, event(1), event(2), event(3), completed] });
    expect(stream.partial).toMatchObject({ text: '1 2 3 ', chunks: 5 });
  });

  it('drops chunks that come again, from wherever the provider starts', async () => {
    for (const from of [0, 1, 2, 3]) {
      const again = [created, event(1), event(2), event(3)].slice(from);
      const { read } = await readResumed([created, event(1), event(2)], [...again, completed]);
      expect(read.chunks).toEqual([created, event(1), event(2), event(3), completed]);
    }
  });

  it('resumes in the middle of a tool call, whose state stands', async () => {
    const call = { type: 'response.output_item.added', sequence_number: 1, item: { type: 'function_call' } };
    const { read, stream } = await readResumed(
      [created, call, event(2, { type: 'response.function_call_arguments.delta' })],
      [event(3, { type: 'response.function_call_arguments.delta' })],
    );
    expect(read.error?.partial?.toolCallOpen).toBe(true);
    expect(stream.attempts).toBe(3);
  });

  it('resumes as often as retries are left, each time from where it was', async () => {
    const open = vi.fn(
      ({ attempt }: AttemptContext) => [[created, event(1)], [event(2)], [event(3), completed]][attempt - 1]!,
    );
    const read = readAll(resilientStream(open, { recover: resume(), backoff: { maxMs: 0 } }));
    await settle(read);
    expect(
      open.mock.calls.map(([{ cursor }]) => (cursor as { startingAfter?: number } | undefined)?.startingAfter),
    ).toEqual([undefined, 1, 2]);
    expect(read.chunks).toHaveLength(5);
  });

  it('re-attaches a Gemini interaction', async () => {
    const step = (id: string): object => ({
      event_type: 'step.delta',
      event_id: id,
      delta: { type: 'text', text: id },
    });
    const start = { event_type: 'interaction.created', event_id: 'e0', interaction: { id: 'v1' } };
    const end = { event_type: 'interaction.completed', event_id: 'e9', interaction: { id: 'v1', status: 'completed' } };
    const { open, read } = await readResumed([start, step('e1'), step('e2')], [step('e2'), step('e3'), end]);
    expect(open.mock.calls[1]![0].cursor).toEqual({ id: 'v1', lastEventId: 'e2' });
    expect(read.chunks).toEqual([start, step('e1'), step('e2'), step('e3'), end]);
  });

  it('has nothing to re-attach to without background mode: the next recovery has its turn', async () => {
    const undo = vi.fn();
    const { read } = await readResumed(
      [{ ...created, response: { id: 'resp_1' } }, event(1)],
      [event(1), completed],
      [resume(), restart(undo)],
    );
    expect(undo).toHaveBeenCalledOnce();
    expect(read.ended).toBe(true);
  });
});

describe('continueText', () => {
  it('asks for what follows the text, and joins it', async () => {
    const { chunks, ended, sent } = await readContinued(['Hello ', 'wor'], 'ld.');
    expect(findText(chunks)).toBe('Hello world.');
    expect(sent).toEqual([undefined, 'Hello wor']);
    expect(ended).toBe(true);
  });

  it.each<[string, string[], string[], string]>([
    ['cuts what the model repeats, within a chunk', ['Hello wor'], ['world', '.'], 'Hello world.'],
    [
      'cuts what it repeats over several chunks',
      ['The quick brown fox'],
      ['quick', ' brown', ' fox', ' jumps'],
      'The quick brown fox jumps',
    ],
    ['keeps what only began like a repetition', ['one two three'], ['two', ' ducks'], 'one two threetwo ducks'],
    ['keeps an overlap of two, which may be meant', ['hel'], ['lo'], 'hello'],
    ['keeps a run of one character', ['a ----'], ['---- b'], 'a -------- b'],
    ['cuts a whole answer that is said again', ['Hello world'], ['Hello', ' world'], 'Hello world'],
    ['cuts white space that was not sent', ['Hello  '], [' ', ' world'], 'Hello  world'],
    ['does not cut white space that was not there', ['Hello'], [' world'], 'Hello world'],
    ['keeps surrogate pairs whole', ['go 👍🏽'], ['👍🏽 on'], 'go 👍🏽👍🏽 on'],
    ['cuts them whole', ['a b 👍🏽'], ['b 👍🏽!'], 'a b 👍🏽!'],
  ])('%s', async (_, delivered, heads, whole) => {
    const { chunks, error } = await readContinued(delivered, ...heads);
    expect(error).toBeNull();
    expect(findText(chunks)).toBe(whole);
  });

  it('delivers a copy of the one chunk that is cut, and drops the preamble', async () => {
    const [again, rest] = [chunk('world'), chunk('.')];
    const read = readAll(
      resilientStream(play([chunk('Hello wor')], [role(), again, rest, finish()]), swift({ recover: continueText() })),
    );
    await settle(read);
    expect(read.chunks.slice(1)).toEqual([chunk('ld'), rest, finish()]);
    expect(again).toEqual(chunk('world'));
    expect(read.chunks[2]).toBe(rest);
  });

  it('never cuts inside a pair, and never more than a repetition', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '👍', '👎', ' ') }),
        fc.string({ unit: fc.constantFrom('a', 'b', '👍', '👎', ' ') }),
        fc.integer({ min: 1, max: 4 }),
        (tail, head, least) => {
          const overlap = findOverlap(tail, head, true, least)!;
          expect(tail.endsWith(head.slice(0, overlap))).toBe(true);
          expect(/^[\udc00-\udfff]/.test(head.slice(overlap))).toBe(false);
        },
      ),
    );
  });

  it('says that the recovery happened, where the seam is', async () => {
    const events: StreamEvent[] = [];
    await settle(
      readAll(
        resilientStream(
          play([chunk('Hello wor')], [chunk('ld'), finish()]),
          swift({ recover: continueText(), onEvent: (event) => events.push(event) }),
        ),
      ),
    );
    expect(events.find(({ type }) => type === 'recover')).toMatchObject({
      recovery: 'continue-text',
      delivered: 1,
      attempt: 1,
      error: { code: 'truncated' },
    });
  });

  const refused = async (protocolChunks: readonly object[]): Promise<Read<object>> => {
    const open = vi.fn(() => scripted<object>(...protocolChunks));
    const read = readAll(resilientStream<object>(open, { recover: continueText(), backoff: { maxMs: 0 } }));
    await settle(read);
    expect(open).toHaveBeenCalledTimes(1);
    return read;
  };
  const block = (type: string): object => ({ type: 'content_block_start', content_block: { type } });
  const said = (text: string): object => ({ type: 'content_block_delta', delta: { type: 'text_delta', text } });
  const stop = { type: 'content_block_stop' };

  it.each<[string, object[]]>([
    ['a tool call is open', [block('text'), said('Let me see'), stop, block('tool_use')]],
    ['a tool was called', [block('text'), said('Let me see'), stop, block('tool_use'), stop]],
    [
      'the model thinks',
      [
        block('text'),
        said('Well'),
        stop,
        block('thinking'),
        { type: 'content_block_delta', delta: { type: 'thinking_delta' } },
      ],
    ],
    ['the text is JSON', [chunk('{"a": 1'), chunk(', "b"')]],
    ['the text is JSON in a fence', [chunk('```json\n{"a"')]],
    ['half a surrogate pair is delivered', [chunk('go \ud83d')]],
    ['there is no text', [{ type: 'content_block_delta', delta: { type: 'signature_delta' } }]],
  ])('is refused while %s', async (_, chunks) => {
    expect((await refused(chunks)).error).toMatchObject({ code: 'truncated', attempts: 1 });
  });

  it('falls back when the provider takes no prefill, and then succeeds', async () => {
    const undo = vi.fn();
    const open = play([chunk('Hello wor')], httpError(400), [role(), chunk('Hello world'), finish()]);
    const events: StreamEvent[] = [];
    const read = readAll(
      resilientStream(
        open,
        swift({
          recover: [
            continueText(),
            restart(() => {
              undo();
              read.chunks.length = 0;
            }),
          ],
          onEvent: (event) => events.push(event),
        }),
      ),
    );
    await settle(read);
    expect(undo).toHaveBeenCalledOnce();
    expect(findText(read.chunks)).toBe('Hello world');
    expect(events.filter(({ type }) => type === 'recover').map(({ recovery }) => recovery)).toEqual([
      'continue-text',
      'restart',
    ]);
  });

  it('falls back once, and reports the first error as the cause', async () => {
    const open = play([chunk('Hello wor'), { throws: terminated() }], httpError(400));
    const read = readAll(resilientStream(open, swift({ recover: continueText(), maxRetries: 9 })));
    await settle(read);
    expect(open).toHaveBeenCalledTimes(2);
    expect(read.error).toMatchObject({
      code: 'interrupted',
      attempts: 2,
      partial: { text: 'Hello wor' },
      cause: { code: 'interrupted', attempts: 1, cause: { message: 'terminated' } },
    });
    expect(read.error?.message).toBe(
      'The stream broke off, and `continue-text` was refused (http 400), after 1 chunk with 9 characters, in attempt 2.',
    );
  });

  it('goes on once more behind what it joined', async () => {
    const open = play([chunk('one ')], [chunk('two ')], [chunk('three'), finish()]);
    const read = readAll(resilientStream(open, swift({ recover: continueText() })));
    await settle(read);
    expect(open.mock.calls.map(([{ text }]) => text)).toEqual([undefined, 'one', 'one two']);
    expect(findText(read.chunks)).toBe('one two three');
  });

  it('loses nothing that was held back when the joined attempt breaks, too', async () => {
    const open = play(
      [chunk('The quick brown')],
      [chunk('quick'), { throws: terminated() }],
      [chunk(' fox'), finish()],
    );
    const read = readAll(resilientStream(open, swift({ recover: continueText() })));
    await settle(read);
    expect(findText(read.chunks)).toBe('The quick brown fox');
  });

  it('joins exactly with minOverlap: Infinity', async () => {
    const open = play([chunk('ding dong')], [chunk(' dong'), finish()]);
    const read = readAll(resilientStream(open, swift({ recover: continueText({ minOverlap: Infinity }) })));
    await settle(read);
    expect(findText(read.chunks)).toBe('ding dong dong');
  });
});

describe('a recovery that cannot work', () => {
  const open = (): object[] => [];
  it.each<[string, () => unknown, string]>([
    [
      'resume on a protocol without a cursor',
      () => resilientStream(open, { protocol: anthropicMessages, recover: resume() }),
      "expected `recover` to be a recovery that the protocol `anthropic-messages` can do, got 'resume'.",
    ],
    [
      'continueText on a protocol that copies no chunks',
      () =>
        resilientStream(open, {
          protocol: { ...googleGenai, withText: undefined } as unknown as Protocol,
          recover: [restart(() => {}), continueText()],
        }),
      "got 'continue-text'.",
    ],
    [
      'continueText without the text',
      () => resilientStream(open, { collectText: false, recover: continueText() }),
      'expected `collectText` to be true for the recovery `continue-text`, got false.',
    ],
    [
      'half an overlap',
      () => continueText({ minOverlap: 0 }),
      'expected `minOverlap` to be a number of 1 or more, got 0.',
    ],
  ])('%s is a TypeError at the call', (_, call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });

  it('resume is known to OpenAI Responses and Gemini interactions', () => {
    for (const protocol of [openaiResponses, googleInteractions])
      expect(() => resilientStream(open, { protocol, recover: resume() })).not.toThrow();
  });
});

describe('once a tool ran', () => {
  it('nothing is requested again, whatever recover says', async () => {
    const protocol: Protocol = {
      name: 'own',
      matches: () => true,
      start: () => (_, progress) => {
        progress.hasContent = progress.toolRan = true;
      },
    };
    const open = vi.fn(() => scripted<object>({}, { throws: terminated() }));
    const read = readAll(resilientStream(open, { protocol, recover: restart(() => {}), backoff: { maxMs: 0 } }));
    await settle(read);
    expect(open).toHaveBeenCalledOnce();
    expect(read.error).toBeInstanceOf(StreamingError);
  });
});

describe('rejectFinish', () => {
  it('throws behind the last chunk for a reason it names, and asks for no other answer', async () => {
    const open = play([chunk('Hello'), finish('length')]);
    const read = readAll(
      resilientStream(open, swift({ rejectFinish: ['length', 'content_filter'], recover: restart(() => {}) })),
    );
    await settle(read);
    expect(open).toHaveBeenCalledOnce();
    expect(read.chunks).toHaveLength(2);
    expect(read.error).toMatchObject({
      code: 'rejected-finish',
      partial: { text: 'Hello', chunks: 2, finishReason: 'length' },
      message: 'The model stopped for `length`, after 2 chunks with 5 characters, in attempt 1.',
    });
  });

  it('lets others pass, and does not care once the loop was left', async () => {
    const read = readAll(resilientStream(play([chunk('Hello'), finish('stop')]), swift({ rejectFinish: ['length'] })));
    await settle(read);
    expect(read.ended).toBe(true);
    for await (const each of resilientStream(play([chunk('Hello', 'length')]), swift({ rejectFinish: ['length'] }))) {
      void each;
      break;
    }
  });
});

describe('collectText: false', () => {
  it('keeps no text, and counts all the same', async () => {
    const stream = resilientStream(play([chunk('Hello'), chunk('world')]), swift({ collectText: false }));
    const read = readAll(stream);
    await settle(read);
    expect(read.error).toMatchObject({
      code: 'truncated',
      partial: { text: '', chunks: 2 },
      message: 'The stream ended without its terminal marker (openai-chat), after 2 chunks, in attempt 1.',
    });
  });

  it('gives text() all the same', async () => {
    const texts: string[] = [];
    for await (const text of resilientStream(
      play([role(), chunk('Hello'), chunk('world'), finish()]),
      swift({ collectText: false }),
    ).text())
      texts.push(text);
    expect(texts).toEqual(['Hello', 'world']);
  });
});
