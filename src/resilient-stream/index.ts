import { anthropicMessages } from './protocols/anthropic-messages.ts';
import { openaiChat } from './protocols/openai-chat.ts';
import { openaiCompletions } from './protocols/openai-completions.ts';
import { openaiResponses } from './protocols/openai-responses.ts';
import { createResilientStream, type ResilientStreamFunction } from './resilient-stream.ts';

/**
 * Reads a language model's stream so that a cut answer can never pass for a whole one.
 *
 * ```ts
 * for await (const chunk of await resilientStream(({ signal }) =>
 *   client.chat.completions.create({ model, messages, stream: true }, { signal, maxRetries: 0 }))) {
 *   process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
 * }
 * ```
 *
 * Nothing starts before it is awaited or iterated. `open` is called once per attempt, and is best given the SDK's own
 * retries switched off (`maxRetries: 0`), or the two multiply.
 *
 * The loop ends normally only behind the protocol's terminal marker. Otherwise it throws a {@link StreamingError}, or the SDK's own typed
 * error untouched, or `signal.reason` after an abort. Chunks are the SDK's own objects; each is delivered at most once.
 *
 * @throws TypeError at the call, for an `open` that is no function or an option that is wrong or unknown.
 */
export const resilientStream: ResilientStreamFunction = /* @__PURE__ */ createResilientStream([openaiChat, openaiCompletions, openaiResponses, anthropicMessages]);

export { createResilientStream, type OpenStream, type ResilientStream, type ResilientStreamFunction } from './resilient-stream.ts';
export type { AttemptContext, Open, Opened, ResilientStreamOptions } from './options.ts';
export type { Backoff } from './backoff.ts';
export { restart, type AttemptHints, type Interruption, type Preparation, type Recovery } from './recovery.ts';
export { RetryBudget } from './retry-budget.ts';
export { isRetryable } from './retryable.ts';
export type { StreamEvent } from './stream-event.ts';
export { StreamingError, type FailedAt, type PartialAnswer, type StreamingErrorCode } from './streaming-error.ts';
export type { InBandFailure, Progress, Protocol, ReadChunk } from './protocols/protocol.ts';
export { anthropicMessages, openaiChat, openaiCompletions, openaiResponses };
