import { fail, finish, type Progress } from './protocol.ts';

/** A chunk of choices, as OpenAI has them and many hosts and SDKs copied them. */
export interface ChoicesChunk {
  readonly object?: string;
  readonly type?: string;
  readonly choices?: readonly Choice[];
  /**
   * OpenRouter and others put an error beside empty choices; the official SDK throws it, streams read by hand do not.
   */
  readonly error?: unknown;
  /** Groq. */
  readonly x_groq?: { readonly error?: unknown };
}

interface Choice {
  readonly index?: number;
  /** Legacy completions. */
  readonly text?: string | null;
  readonly delta?: Delta | null;
  readonly finish_reason?: string | null;
  /** Mistral. */
  readonly finishReason?: string | null;
}

interface Delta {
  readonly [key: string]: unknown;
  readonly content?: Content | null;
  readonly tool_calls?: readonly unknown[] | null;
  /** Mistral. */
  readonly toolCalls?: readonly unknown[] | null;
}

/** Text, whole or in typed blocks: Mistral's models that think, and LangChain. */
export type Content = string | readonly { readonly type?: string; readonly text?: string }[];

/** The text of a content goes to `delta`. Any other block of it is one that text cannot follow. */
export function readContent(content: Content | null | undefined, progress: Progress): void {
  if (!content?.length) return;
  if (typeof content === 'string') {
    progress.delta += content;
    progress.blockOpen = false;
  } else {
    for (const { type, text = '' } of content) {
      progress.delta += text;
      progress.blockOpen = type !== 'text';
    }
  }
  progress.hasContent ||= progress.blockOpen || progress.delta !== '';
}

// Everything but a role is content: tool calls, a refusal, audio, the `reasoning_content` or `reasoning` of compatible
// hosts.
function hasContent(delta: Delta): boolean {
  for (const key in delta) {
    const value = delta[key] as { readonly length?: number } | null;
    if (value && key !== 'role' && value.length !== 0) return true;
  }
  return false;
}

function readDelta(delta: Delta, index: number, progress: Progress): void {
  const { content, tool_calls: calls = delta.toolCalls } = delta;
  if (calls?.length) progress.toolCallOpen = true;
  progress.hasContent ||= hasContent(delta);
  if (!content?.length) progress.blockOpen ||= !!(delta['reasoning_content'] ?? delta['reasoning']);
  else if (index === 0) readContent(content, progress);
}

/**
 * Reads choices. Finished when every choice has its finish reason: with `n` above 1 each one ends for itself, and index
 * 0 is always there.
 */
export function startChoices(): (chunk: ChoicesChunk, progress: Progress) => void {
  let count = 1;
  const finished = new Set<number>();
  return (chunk, progress) => {
    const { choices, type, object = type, x_groq: groq, error = groq?.error ?? (object === 'error' && chunk) } = chunk;
    if (error) return fail(progress, error);
    if (!choices) return;
    for (const { delta, text, index = 0, finishReason, finish_reason: reason = finishReason } of choices) {
      if (delta) readDelta(delta, index, progress);
      else if (text) {
        if (index === 0) progress.delta += text;
        progress.hasContent = true;
      }
      count = Math.max(count, index + 1);
      // Some hosts send an empty finish reason on each chunk.
      if (!reason) continue;
      if (reason === 'error') return fail(progress, chunk);
      finished.add(index);
      finish(progress, reason);
    }
    if (finished.size > 0) progress.terminal = finished.size >= count;
  };
}
