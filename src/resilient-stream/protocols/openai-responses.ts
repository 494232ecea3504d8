import { findFailure, type OpenAIError } from './openai-error.ts';
import type { Protocol } from './protocol.ts';

interface ResponseEvent extends OpenAIError {
  readonly type: string;
  readonly delta?: string;
  readonly item?: { readonly type?: string };
  readonly response?: { readonly status?: string; readonly incomplete_details?: { readonly reason?: string } | null; readonly error?: OpenAIError | null };
  readonly error?: OpenAIError | null;
}

// What comes before the first thing worth showing. Everything not named here is content.
const PREAMBLE = new Set([
  'response.created', 'response.queued', 'response.in_progress',
  'response.output_item.added', 'response.content_part.added', 'response.reasoning_summary_part.added', 'keepalive',
]);

/**
 * OpenAI Responses: the events of `responses.create({ stream: true })` and of `responses.stream()`.
 *
 * `response.failed`, `response.incomplete` and (openai 6) the flat `error` event come as ordinary chunks and nothing is
 * thrown, so a loop that reads only text deltas takes a failed answer for a whole one.
 */
export const openaiResponses: Protocol = {
  name: 'openai-responses',
  matches: ({ type, sequence_number: sequence }) =>
    typeof type === 'string' && (type.startsWith('response.') || (type === 'error' && typeof sequence === 'number')),
  start: () => (event: ResponseEvent, progress) => {
    const { type } = event;
    if (type === 'response.output_text.delta') {
      progress.delta = event.delta ?? '';
      progress.hasContent = true;
      return;
    }
    progress.hasContent ||= !PREAMBLE.has(type);
    if (type === 'response.output_item.added') progress.toolCallOpen = event.item?.type?.endsWith('_call') ?? false;
    else if (type === 'response.output_item.done') progress.toolCallOpen = false;
    else if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.cancelled') {
      progress.terminal = true;
      progress.toolCallOpen = false;
      progress.finishReason = event.response?.incomplete_details?.reason ?? event.response?.status ?? type.slice('response.'.length);
    } else if (type === 'response.failed' || type === 'error') {
      // The error itself, or the flat event, whose `type` says no more than `error`.
      const { code, message } = event.response?.error ?? event.error ?? event;
      progress.failure = findFailure({ code, message });
    }
  },
};
