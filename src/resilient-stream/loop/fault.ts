import { propertiesOf } from './properties.ts';
import { findFaultCode } from './retryable.ts';
import { StreamingError, type FailedAt, type StreamingErrorCode } from './streaming-error.ts';

/** What a failure is, where no SDK has said it. */
export type Fault = readonly [code: StreamingErrorCode, what: string];

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const printReason = (error: unknown): string => String(propertiesOf(error)['message'] ?? error);

/** An end that was not announced. */
export const describeEnd = (protocol?: string): Fault => [
  'truncated',
  `The stream ended without its terminal marker${protocol ? ` (${protocol})` : ''}`,
];

/** An error that the source threw while it was read; `null` for one that has its own say. */
export function describeError(error: unknown): Fault | null {
  const code = findFaultCode(error);
  if (code === 'truncated') return describeEnd();
  return (
    code && [
      code,
      code === 'incomplete-chunk' ? 'A chunk arrived cut or malformed' : `The stream broke off (${printReason(error)})`,
    ]
  );
}

/** `cause` is `null` where no error was thrown. */
export function createError(facts: FailedAt, [code, what]: Fault, cause: unknown): StreamingError {
  const {
    partial: { chunks, text },
    attempts,
  } = facts;
  const progress = `after ${plural(chunks, 'chunk')}${text && ` with ${plural(text.length, 'character')}`}, in attempt ${attempts}.`;
  return new StreamingError(code, `${what}, ${progress}`, { ...facts, cause });
}
