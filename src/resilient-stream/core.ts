import { createResilientStream, type ResilientStream } from './loop/resilient-stream.ts';
import type { Open, ResilientStreamOptions } from './loop/options.ts';
import type { Protocol } from './protocols/protocol.ts';

/** Options that say how to read the chunks, for here nothing is recognised. */
export type NamedProtocolOptions<Chunk> =
  | (ResilientStreamOptions<Chunk> & { readonly protocol: Protocol })
  | (ResilientStreamOptions<Chunk> & { readonly terminal: 'optional' | ((chunk: Chunk) => boolean) });

const create = /* @__PURE__ */ createResilientStream([]);

/**
 * The `resilientStream` for small bundles: it recognises no protocol, so it holds only the one that you name.
 *
 * ```ts
 * import { openaiChat, resilientStream } from 'resilient-stream/core';
 *
 * resilientStream(open, { protocol: openaiChat })
 * ```
 *
 * @throws TypeError at the call, also where neither `protocol` nor `terminal` says what an end is: every cut would be
 * one.
 */
export const resilientStream = <Chunk>(
  open: Open<Chunk>,
  options: NamedProtocolOptions<Chunk>,
): ResilientStream<Chunk> => {
  if (!options?.protocol && (options?.terminal ?? 'required') === 'required')
    throw new TypeError(
      'resilientStream: expected `protocol` to be named, for `resilient-stream/core` recognises none.',
    );
  return create(open, options);
};

export {
  createResilientStream,
  type OpenStream,
  type ResilientStream,
  type ResilientStreamFunction,
} from './loop/resilient-stream.ts';
export type { AttemptContext, Open, Opened, ResilientStreamOptions } from './loop/options.ts';
export type { Backoff } from './loop/backoff.ts';
export { continueText, type ContinueTextOptions } from './loop/continue-text.ts';
export {
  restart,
  resume,
  type AttemptHints,
  type Interruption,
  type Preparation,
  type Recovery,
} from './loop/recovery.ts';
export { RetryBudget } from './loop/retry-budget.ts';
export { isRetryable } from './loop/retryable.ts';
export type { StreamEvent } from './loop/stream-event.ts';
export { StreamingError, type FailedAt, type PartialAnswer, type StreamingErrorCode } from './loop/streaming-error.ts';
export type { FirstChunk, InBandFailure, Progress, Protocol, ReadChunk } from './protocols/protocol.ts';
export type { InteractionsCursor } from './protocols/google-interactions.ts';
export type { ResponsesCursor } from './protocols/openai-responses.ts';
export { sse } from './wire/sse.ts';
export { ndjson } from './wire/ndjson.ts';
export type { Body, BodyChunks } from './wire/body.ts';
export * from './protocols/exports.ts';
