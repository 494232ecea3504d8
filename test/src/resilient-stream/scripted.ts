import { RetryBudget, type PartialAnswer, type ResilientStreamOptions } from 'resilient-stream';
import { vi } from 'vitest';
import { scriptedStream, type ScriptedStream, type Step } from '../../../src/resilient-stream/testing.ts';

/** A chat chunk with this text. */
export const chunk = (content: string, finishReason: string | null = null): ChatChunk => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, finish_reason: finishReason }],
});
/** The preamble of a chat stream. */
export const role = (): ChatChunk => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
});
export const finish = (reason = 'stop'): ChatChunk => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: {}, finish_reason: reason }],
});
export const usage = (): ChatChunk => ({ object: 'chat.completion.chunk', choices: [] });

export interface ChatChunk {
  readonly object: 'chat.completion.chunk';
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly content?: string; readonly role?: 'assistant' };
    readonly finish_reason: string | null;
  }[];
}

const sleep = (ms: number): Promise<void> => {
  if (!vi.isFakeTimers()) throw new Error('A test that pauses needs a scripted clock.');
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
};

export { scriptedStream as scripted };
export type { ScriptedStream as Scripted, Step };

/** What tests look for in whatever was thrown. */
export interface Thrown {
  readonly message: string;
  readonly code?: string;
  readonly status?: number;
  readonly partial?: PartialAnswer;
}

/** What a loop got, and how it ended. */
export interface Read<Chunk> {
  readonly chunks: Chunk[];
  error: Thrown | null;
  ended: boolean;
}

/** Reads to the end; never rejects. What has come so far can be looked at any time. */
export function readAll<Chunk>(
  stream: AsyncIterable<Chunk> | PromiseLike<AsyncIterable<Chunk>>,
  pauseMs = 0,
): Read<Chunk> & { readonly over: Promise<void> } {
  const read: Read<Chunk> = { chunks: [], error: null, ended: false };
  const over = (async () => {
    try {
      for await (const each of await stream) {
        read.chunks.push(each);
        if (pauseMs > 0) await sleep(pauseMs);
      }
      read.ended = true;
    } catch (error) {
      read.error = error as Thrown;
    }
  })();
  return Object.assign(read, { over });
}

export const findText = (chunks: readonly ChatChunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');

/** A budget of its own and next to no delay, so that tests neither share nor wait. */
export const swift = (options: ResilientStreamOptions<ChatChunk> = {}): ResilientStreamOptions<ChatChunk> => ({
  retryBudget: new RetryBudget(),
  backoff: { initialMs: 1, maxMs: 1 },
  ...options,
});

export const httpError = (status: number, headers: Record<string, string> = {}): Error =>
  Object.assign(new Error(`http ${status}`), { status, headers: new Headers(headers) });
export const terminated = (): TypeError =>
  new TypeError('terminated', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
