import type { Limit } from './clock.ts';
import type { Consumer } from './consumer.ts';
import { isObject } from './opened-source.ts';
import type { Settings } from './options.ts';
import { findFaultCode } from './retryable.ts';
import { printProgress, StreamingError, type FailedAt, type StreamingErrorCode } from './streaming-error.ts';

/** What a failure is, where no SDK has said it. */
export type Fault = readonly [code: StreamingErrorCode, what: string];

const MISSING = { 'open-timeout': 'stream', 'first-chunk-timeout': 'first chunk', 'idle-timeout': 'chunk', 'total-timeout': 'end' };

const printReason = (error: unknown): string => (isObject(error) ? String(error['message']) : String(error));

/** The code of an outcome that goes on under another name. */
export const findCode = (outcome: unknown): StreamingErrorCode => (outcome instanceof StreamingError ? outcome.code : 'interrupted');

/** An end that was not announced. */
export const describeEnd = (protocol?: string): Fault => ['truncated', `The stream ended without its terminal marker${protocol ? ` (${protocol})` : ''}`];

export function describeLimit(limit: keyof typeof MISSING & Limit, settings: Settings): Fault {
  // `idle-timeout` is the limit that `idleTimeoutMs` sets.
  const option = `${limit.replace(/-./g, ([, letter]) => letter!.toUpperCase())}Ms` as 'idleTimeoutMs';
  return [limit, `No ${MISSING[limit]} within ${settings[option]} ms`];
}

/** An error that the source threw while it was read; `null` for one that has its own say. */
export function describeError(error: unknown): Fault | null {
  const code = findFaultCode(error);
  if (code === 'truncated') return describeEnd();
  return code && [code, code === 'incomplete-chunk' ? 'A chunk arrived cut or malformed' : `The stream broke off (${printReason(error)})`];
}

export const describeRefusal = (outcome: unknown, recovery: string, reason: unknown): Fault => [findCode(outcome), `The stream broke off, and \`${recovery}\` was refused (${printReason(reason)})`];

/** `cause` is `null` where no error was thrown. Counts what is queued as delivered, for it comes before the error. */
export function createError<Chunk>({ partial, attempts, requestId, consumer: { queue, text } }: FailedAt & { readonly consumer: Consumer<Chunk> }, [code, what]: Fault, cause: unknown): StreamingError {
  const ahead = text ? queue.map(({ delta }) => delta).join('') : '';
  const facts = { partial: { ...partial, text: partial.text + ahead, chunks: partial.chunks + queue.length }, attempts, requestId };
  return new StreamingError(code, `${what}, ${printProgress(facts)}`, { ...facts, cause: cause ?? undefined });
}
