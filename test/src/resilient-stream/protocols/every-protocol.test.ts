import { readdirSync } from 'node:fs';
import { RetryBudget, resilientStream, StreamingError, type Progress, type Protocol } from 'resilient-stream';
import { describe, expect, it } from 'vitest';
import { allProtocols } from '../../../../src/resilient-stream/protocols/all.ts';
import { createProgress } from '../../../../src/resilient-stream/protocols/protocol.ts';
import { exportedProtocols, recordedAnswers } from './recorded.ts';

/** What a protocol has understood behind each chunk. */
function follow(protocol: Protocol, chunks: readonly object[]): Progress[] {
  const read = protocol.start();
  const progress = createProgress();
  return chunks.map((chunk) => {
    progress.delta = '';
    read(chunk as never, progress);
    return { ...progress };
  });
}

const findProtocols = (chunk: object): string[] =>
  allProtocols.filter(({ matches }) => matches(chunk as Record<string, unknown>)).map(({ name }) => name);
const findIndices = (states: readonly Progress[], isSo: (state: Progress) => boolean): number[] =>
  states.flatMap((state, at) => (isSo(state) ? [at] : []));

/** A shallow copy of each chunk, frozen: reading changes nothing. */
const freeze = (chunks: readonly object[]): readonly object[] => chunks.map((chunk) => Object.freeze({ ...chunk }));

async function read(
  chunks: readonly unknown[],
): Promise<{ text: string; chunks: object[]; error: unknown; finishReason: string | null }> {
  const got: object[] = [];
  const stream = resilientStream(() => chunks as readonly object[], { maxRetries: 0, retryBudget: new RetryBudget() });
  let error: unknown = null;
  try {
    for await (const chunk of stream) got.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  return { text: stream.partial.text, chunks: got, error, finishReason: stream.finishReason };
}

describe('the list', () => {
  it('holds each protocol that there is a file of, and the package exports each', () => {
    const machinery = ['all.ts', 'exports.ts', 'openai-choices.ts', 'protocol.ts'];
    const files = readdirSync(new URL('../../../../src/resilient-stream/protocols', import.meta.url)).filter(
      (file) => !machinery.includes(file),
    );
    expect(allProtocols.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
    expect(exportedProtocols.map(({ name }) => name).sort()).toEqual(allProtocols.map(({ name }) => name).sort());
  });

  it('has a recorded answer for each', () => {
    expect([...new Set(recordedAnswers.map(({ protocol }) => protocol.name))].sort()).toEqual(
      allProtocols.map(({ name }) => name).sort(),
    );
  });
});

describe.each(recordedAnswers)(
  '$title',
  ({ protocol, chunks, text, finishReason, content, terminal, toolOpen = [], blockOpen = [], toolRan }) => {
    const states = follow(protocol, freeze(chunks));

    it('is detected by its first chunk, and by no other protocol', () => {
      expect(findProtocols(chunks[0]!)).toEqual([protocol.name]);
    });

    it('has no chunk that another recognises, but for the one that is asked last', () => {
      const others = new Set(chunks.flatMap(findProtocols).filter((name) => name !== protocol.name));
      expect([...others]).toEqual([...others].filter((name) => name === allProtocols.at(-1)!.name));
    });

    it('has its text read, to the character', () => {
      expect(states.map(({ delta }) => delta).join('')).toBe(text);
      expect(states.at(-1)?.finishReason).toBe(finishReason);
    });

    it('takes what comes before the content for preamble', () => {
      expect(states.findIndex(({ hasContent }) => hasContent)).toBe(content);
    });

    it('is over at its terminal marker and not before', () => {
      expect(states.findIndex((state) => state.terminal || state.mayEnd)).toBe(terminal);
      expect(states.at(-1)).toMatchObject({ failure: null, toolCallOpen: false, blockOpen: false });
    });

    it('tells an open tool call, an open block, and that a tool ran', () => {
      expect(findIndices(states, (state) => state.toolCallOpen)).toEqual(toolOpen);
      expect(findIndices(states, (state) => state.blockOpen)).toEqual(blockOpen);
      expect(states.findIndex((state) => state.toolRan)).toBe(toolRan ?? -1);
    });

    it('is delivered whole', async () => {
      expect(await read(chunks)).toEqual({ text, chunks, error: null, finishReason });
    });

    it('cut behind any chunk before the terminal one, is truncated with the exact prefix', async () => {
      for (let count = 0; count < terminal; count += 1) {
        const { error, ...got } = await read(chunks.slice(0, count));
        expect(error).toMatchObject({ name: 'StreamingError', code: 'truncated' });
        const prefix = count > content ? chunks.slice(0, count) : [];
        expect(got.chunks).toEqual(prefix);
        expect((error as StreamingError).partial).toMatchObject({
          text: follow(protocol, prefix)
            .map(({ delta }) => delta)
            .join(''),
          chunks: prefix.length,
        });
      }
    });

    it('is recognised behind a string, and cut there it is no whole answer', async () => {
      const { error } = await read(['Searching', ...chunks.slice(0, terminal)]);
      // An event that is no JSON comes as a string here, so one is lost.
      const isLost = protocol.name === 'google-interactions';
      expect(error).toMatchObject({ name: 'StreamingError', code: isLost ? 'incomplete-chunk' : 'truncated' });
      if (!isLost)
        expect(await read(['Searching', ...chunks])).toEqual({
          text: `Searching${text}`,
          chunks: ['Searching', ...chunks],
          error: null,
          finishReason,
        });
    });

    it('cut behind the terminal chunk, is whole', async () => {
      expect(await read(chunks.slice(0, terminal + 1))).toMatchObject({ text, error: null });
    });

    it('gives a copy of a chunk with another text, if it gives one at all', () => {
      if (!protocol.withText) return;
      for (const [at, chunk] of chunks.entries()) {
        if (!states[at]?.delta) continue;
        const before = structuredClone(chunk);
        const copy = protocol.withText(chunk as never, 'other') as object;
        expect(chunk).toEqual(before);
        expect(follow(protocol, [...chunks.slice(0, at), copy]).at(-1)?.delta).toBe('other');
        expect(Object.keys(copy)).toEqual(Object.keys(chunk));
      }
    });
  },
);

describe('a stream of an unknown shape', () => {
  it('may be strings, and then whatever it likes', async () => {
    const chunks = ['{"a":', '1}', null, { type: 'token', value: 'x' }, 'end'];
    expect(await read(chunks)).toEqual({ text: '{"a":1}end', chunks, error: null, finishReason: null });
  });

  it.each<[string, object]>([
    ['an empty object', {}],
    ['an object of the user', { type: 'token', value: 'x' }],
    ['a `start` with something to say', { type: 'start', conversation: 1 }],
    ['an event of another', { event: 'ping', data: 1 }],
    ['a `done` of another', { done: false }],
    ['a message', { role: 'assistant', content: 'x' }],
    ['no error', { error: null }],
  ])('%s is of no protocol', (_, chunk) => {
    expect(findProtocols(chunk)).toEqual([]);
  });
});
