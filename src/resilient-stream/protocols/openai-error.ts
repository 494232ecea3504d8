import type { InBandFailure } from './protocol.ts';

/** The error object of OpenAI's API, as chunks of hosts like it carry it. */
export interface OpenAIError {
  readonly type?: string | null;
  readonly code?: string | number | null;
  readonly message?: string | null;
}

export function findFailure({ type, code, message }: OpenAIError): InBandFailure {
  const word = code ?? type ?? null;
  return { code: word === null ? null : String(word), message: message ?? String(word) };
}
