import { resilientStream, RetryBudget } from 'resilient-stream';
import { describe, expect, it, vi } from 'vitest';
import { recordedAnswers } from './recorded.ts';

const parts = recordedAnswers.find(({ title }) => title === 'ai v5 parts')!.chunks as readonly {
  readonly type: string;
}[];
const options = { backoff: { initialMs: 0 }, retryBudget: new RetryBudget() };

async function* play(chunks: readonly object[]): AsyncGenerator<object> {
  yield* chunks;
}

/** What `streamText` gives: parts, a text that hides errors, and promises that reject when somebody looks. */
function streamTextResult(chunks: readonly object[], name: 'stream' | 'fullStream'): object {
  return {
    get [name]() {
      return play(chunks);
    },
    get textStream(): never {
      throw new Error('textStream hides errors');
    },
    get response(): never {
      throw new Error('looking makes an unhandled rejection');
    },
    get finishReason(): never {
      throw new Error('looking makes an unhandled rejection');
    },
  };
}

async function readText(open: () => object): Promise<string> {
  let text = '';
  for await (const delta of resilientStream(open as () => AsyncIterable<object>, options).text()) text += delta;
  return text;
}

describe('a result of the AI SDK', () => {
  it.each(['stream', 'fullStream'] as const)('is read by its %s, and gives text by .text()', async (name) => {
    expect(await readText(() => streamTextResult(parts, name))).toBe('Héllo');
  });

  it('gives parts to a loop', async () => {
    const got: object[] = [];
    for await (const part of await resilientStream(
      () => streamTextResult(parts, 'fullStream') as { readonly fullStream: AsyncIterable<object> },
      options,
    ))
      got.push(part);
    expect(got).toEqual(parts);
  });

  it('that was cut is truncated, where its textStream ends silently', async () => {
    const cut = [
      ...parts.slice(0, 4),
      { type: 'finish-step', finishReason: 'interrupted' },
      { type: 'finish', finishReason: 'interrupted' },
    ];
    await expect(readText(() => streamTextResult(cut, 'stream'))).rejects.toMatchObject({
      code: 'truncated',
      partial: { text: 'Hé' },
    });
  });

  it('whose request failed is requested again, where its textStream is empty', async () => {
    const open = vi.fn(() =>
      streamTextResult(
        open.mock.calls.length === 1
          ? [{ type: 'start' }, { type: 'error', error: Object.assign(new Error('busy'), { statusCode: 503 }) }]
          : parts,
        'stream',
      ),
    );
    expect(await readText(open)).toBe('Héllo');
    expect(open).toHaveBeenCalledTimes(2);
  });
});

describe('other wrappings', () => {
  it("Bedrock's result holds its events in `stream`", async () => {
    const events = recordedAnswers.find(({ title }) => title === 'bedrock converse')!;
    expect(await readText(() => ({ $metadata: {}, stream: play(events.chunks) }))).toBe(events.text);
  });

  it('a stream that has a member `stream` of its own is read itself', async () => {
    expect(await readText(() => Object.assign(play(parts), { stream: play([]) }))).toBe('Héllo');
  });

  it("a stream that is a promise as well is not awaited: LangChain's would give the whole message", async () => {
    const stream = Object.assign(play(parts), {
      then: () => {
        throw new Error('awaited');
      },
    });
    expect(await readText(() => stream)).toBe('Héllo');
  });

  it('what holds no stream is refused', async () => {
    await expect(readText(() => ({ stream: 'no', textStream: [] }))).rejects.toThrow('something iterable');
  });
});
