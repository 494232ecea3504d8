import { closeBlock, fail, finish, openBlock, say, type Protocol } from './protocol.ts';

interface ResponseEvent {
  readonly type: string;
  readonly sequence_number?: number;
  readonly delta?: string;
  readonly code?: string | null;
  readonly message?: string;
  readonly item?: { readonly type?: string };
  readonly response?: {
    readonly id?: string;
    readonly background?: boolean | null;
    readonly status?: string;
    readonly incomplete_details?: { readonly reason?: string } | null;
    readonly error?: unknown;
  };
  readonly error?: unknown;
}

/** Where `responses.retrieve(responseId, { stream: true, starting_after: startingAfter })` goes on. */
export interface ResponsesCursor {
  readonly responseId: string;
  startingAfter: number;
}

// What comes before the first thing worth showing, and failures. Everything not named here is content.
const PREAMBLE = /^(keepalive|response\.(created|queued|in_progress|failed)|error)$|_(item|part)\.added$/;

/**
 * OpenAI Responses: the events of `responses.create({ stream: true })` and of `responses.stream()`.
 *
 * `response.failed`, `response.incomplete` and (openai 6) the flat `error` event come as ordinary chunks and nothing is
 * thrown, so a loop that reads only text deltas takes a failed answer for a whole one.
 */
export const openaiResponses: Protocol = {
  name: 'openai-responses',
  matches: ({ type, sequence_number: sequence }) =>
    /^response\./.test(type) || (type === 'error' && sequence !== undefined),
  start: () => (event: ResponseEvent, progress) => {
    const { type, delta, sequence_number: sequence, item, response } = event;
    // Only a response made with `background: true` outlives its connection; of another, a retrieval finds nothing.
    if (response?.background) progress.cursor ??= { responseId: response.id, startingAfter: 0 };
    if (progress.cursor && sequence !== undefined) (progress.cursor as ResponsesCursor).startingAfter = sequence;
    if (type === 'response.output_text.delta') return say(progress, delta);
    progress.hasContent ||= !PREAMBLE.test(type);
    if (type === 'response.output_item.added') openBlock(progress, item?.type);
    else if (type === 'response.output_item.done') closeBlock(progress);
    else if (/^response\.(completed|incomplete|cancelled)$/.test(type)) {
      finish(progress, response?.incomplete_details?.reason ?? response?.status ?? type.slice(9));
    } else if (type === 'response.failed' || type === 'error') {
      // The error itself, or the flat event.
      fail(progress, response?.error ?? event.error ?? event);
    }
  },
  withText: (event: ResponseEvent, delta) => ({ ...event, delta }),
  isSeen: ({ sequence_number: sequence = Infinity }: ResponseEvent, cursor: ResponsesCursor) =>
    sequence <= cursor.startingAfter,
};
