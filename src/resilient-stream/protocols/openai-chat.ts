import { findFailure, type OpenAIError } from './openai-error.ts';
import type { Protocol } from './protocol.ts';

interface ChatChunk {
  readonly choices?: readonly {
    readonly index?: number;
    readonly delta?: Delta | null;
    readonly finish_reason?: string | null;
  }[];
  /** OpenRouter and others put an error beside empty choices; the official SDK throws it, streams read by hand do not. */
  readonly error?: OpenAIError | null;
}

interface Delta { readonly [key: string]: unknown; readonly content?: string | null; readonly tool_calls?: readonly unknown[] | null }

// Keys of a delta that say nothing a user could be shown. Everything else (content, tool_calls, refusal,
// and the `reasoning_content` or `reasoning` of compatible hosts) is content.
const PREAMBLE_KEYS = new Set(['role']);

function hasContent(delta: Delta): boolean {
  for (const key in delta) {
    const value = delta[key];
    if (value && !PREAMBLE_KEYS.has(key) && !(Array.isArray(value) && value.length === 0)) return true;
  }
  return false;
}

/**
 * OpenAI chat completions and the many hosts that speak the same: the chunks of `chat.completions.create({ stream: true })`
 * and of `chat.completions.stream()`. Finished when every choice has a `finish_reason`; a usage chunk with no choices may follow.
 */
export const openaiChat: Protocol = {
  name: 'openai-chat',
  matches: ({ object, choices }) =>
    object === 'chat.completion.chunk' ||
    (Array.isArray(choices) && (choices.length === 0 || (typeof choices[0] === 'object' && choices[0] !== null && 'delta' in choices[0]))),
  start() {
    const seen = new Set<number>();
    const finished = new Set<number>();
    return ({ choices, error }: ChatChunk, progress) => {
      if (error) progress.failure = findFailure(error);
      if (!choices) return;
      for (let at = 0; at < choices.length; at += 1) {
        const { delta, finish_reason: reason, index = 0 } = choices[at]!;
        if (delta) {
          if (index === 0 && delta.content) progress.delta += delta.content;
          if (delta.tool_calls?.length) progress.toolCallOpen = true;
          progress.hasContent ||= hasContent(delta);
        }
        if (index > 0) seen.add(index);
        // Some hosts send an empty finish reason on each chunk.
        if (!reason) continue;
        finished.add(index);
        progress.finishReason ??= reason;
        progress.toolCallOpen = false;
      }
      // With `n` above 1 each choice ends for itself; index 0 is always there.
      if (finished.size > 0) progress.terminal = finished.size >= new Set([0, ...seen]).size;
    };
  },
};
