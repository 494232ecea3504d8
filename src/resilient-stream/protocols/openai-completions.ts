import { findFailure, type OpenAIError } from './openai-error.ts';
import type { Protocol } from './protocol.ts';

interface CompletionChunk {
  readonly choices?: readonly { readonly index?: number; readonly text?: string | null; readonly finish_reason?: string | null }[];
  readonly error?: OpenAIError | null;
}

/** OpenAI's legacy completions: `completions.create({ stream: true })`. Finished by the `finish_reason` of each choice. */
export const openaiCompletions: Protocol = {
  name: 'openai-completions',
  matches: ({ object, choices }) =>
    object === 'text_completion' ||
    (Array.isArray(choices) && typeof choices[0] === 'object' && choices[0] !== null && 'text' in choices[0]),
  start() {
    const seen = new Set<number>([0]);
    const finished = new Set<number>();
    return ({ choices = [], error }: CompletionChunk, progress) => {
      if (error) progress.failure = findFailure(error);
      for (const { text, finish_reason: reason, index = 0 } of choices) {
        if (index === 0 && text) progress.delta += text;
        if (text) progress.hasContent = true;
        seen.add(index);
        if (!reason) continue;
        finished.add(index);
        progress.finishReason ??= reason;
        progress.terminal = finished.size >= seen.size;
      }
    };
  },
};
