import { propertiesOf } from './properties.ts';
import { StreamingError, type StreamingErrorCode } from './streaming-error.ts';

interface Answer {
  readonly status?: unknown;
  readonly headers?: unknown;
}

// Errors are told apart by their properties: classes differ between copies of an SDK, openai's `name` is always
// 'Error',
// and a minifier renames constructors.
interface Duck {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly status_code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly headers?: unknown;
  readonly responseHeaders?: unknown;
  readonly response?: Answer;
  readonly httpResponse?: Answer;
  readonly error?: { readonly type?: unknown; readonly code?: unknown; readonly error?: { readonly type?: unknown } };
}

// The words of the providers; and the exceptions in an event stream of AWS, which have no status; Anthropic's SDK for
// it writes them small.
const TRANSIENT =
  /overloaded|(server|api|internal)_error|rate_limit|timeout|service_unavailable|slow_down|^([Mm]odel(StreamError|Timeout)|[Tt]hrottling|[Ss]erviceUnavailable|[Ii]nternalServer)Exception$/;
// The Agents SDK hides the failed response in a sentence.
const FAILED = /terminal state "response\.failed"/;
const ABORTED = /^(AbortError|APIUserAbortError|Request was aborted\.)$/;

/** What the name, the code or the message of an error, or of one of its causes, says; the first that fits. */
const MEANINGS: readonly (readonly [StreamingErrorCode, RegExp])[] = [
  // The `.stream()` helpers say so of a stream that ended early, and Ollama, the AI SDK, the Agents SDK; the loops over
  // `create()` say nothing.
  [
    'truncated',
    /^(missing finish_reason|request ended without|did not receive done|(response )?stream ended without|no output generated\. the model|model did not produce|final run has not)/i,
  ],
  // The SDK of AWS about a cut frame; Mistral's about an event that is no chunk; Google's where it takes a body of JSON
  // for a stream.
  [
    'incomplete-chunk',
    /^SyntaxError|malformed|Incomplete JSON segment|^Truncated event message|"path": \[\s+"data"|^asyncIterable\[Symbol/,
  ],
  // Codes of Node and undici, and messages. `terminated`, `fetch failed`: undici; `Failed to fetch`: Chromium; `Load
  // failed`: WebKit;
  // `NetworkError`: Gecko; `Connection error.`, `Request timed out.`: the openai and Anthropic SDKs, the latter without
  // a cause before openai 7.
  [
    'interrupted',
    /^(ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|E(NET|HOST)UNREACH|UND_ERR_(?!ABORTED)|ERR_HTTP2_|ERR_STREAM_PREMATURE|network ?error|((fetch|load) failed|failed to fetch|terminated|aborted|network connection lost|socket hang up|connection error|request timed out|premature close|other side closed)\.?$)/i,
  ],
];

const fits = (pattern: RegExp, ...words: readonly unknown[]): boolean =>
  words.some((word) => pattern.test(String(word)));

const duck = propertiesOf as (error: unknown) => Duck;

/** Where Hugging Face keeps the response, and Replicate and axios. */
const findAnswer = (error: unknown): Answer | undefined => duck(error).httpResponse ?? duck(error).response;

/** The HTTP status, wherever the SDK keeps it; 0 if it has none. */
function findStatus(error: unknown): number {
  const { status, statusCode, status_code: code, $metadata } = duck(error);
  return Number(status ?? statusCode ?? code ?? $metadata?.httpStatusCode ?? findAnswer(error)?.status) || 0;
}

/** A response header of a failed request, wherever and however the SDK keeps them. */
export function findHeader(error: unknown, name: string): string | null {
  const headers = propertiesOf(duck(error).headers ?? duck(error).responseHeaders ?? findAnswer(error)?.headers);
  const value: unknown =
    typeof headers['get'] === 'function' ? (headers as unknown as Headers).get(name) : headers[name];
  return typeof value === 'string' ? value : null;
}

/** The error and its causes, outermost first. Bounded, for a cause may name itself. */
const listCauses = (error: unknown, left = 6): Duck[] =>
  error && left ? [error, ...listCauses(duck(error).cause, left - 1)] : [];

const findMeaning = (error: unknown): StreamingErrorCode | null =>
  MEANINGS.find(([, pattern]) =>
    listCauses(error).some(({ name, code, message }) => fits(pattern, name, code, message)),
  )?.[0] ?? null;

/**
 * Which of our codes describes an error thrown while chunks were read; `null` for an SDK's own typed error, which has
 * its say, and for anything unknown.
 */
export function findFaultCode(error: unknown): StreamingErrorCode | null {
  // Each typed error of these SDKs has the property, if only as `undefined`: openai's APIError sets it always.
  return ['status', 'statusCode', 'status_code', '$fault'].some((name) => name in propertiesOf(error))
    ? null
    : findMeaning(error);
}

/**
 * Whether another attempt may do better: network failures, our own open, first-chunk and idle timeouts, truncation, cut
 * chunks, 408, 409, 425, 429, 5xx (529 too), in-band `overloaded_error`, `server_error`, `rate_limit…`, and an error in
 * the body of a good response that the provider has no word for. Never: an abort, other 4xx, an exhausted quota, a
 * refusal. A header `x-should-retry` decides, as it does in the SDKs.
 *
 * The default of the option of the same name; call it in your own to extend it.
 */
export function isRetryable(error: unknown): boolean {
  const { name, constructor, message, type, code, cause, error: inner } = duck(error);
  if (error instanceof StreamingError)
    return code === 'interrupted' && cause !== undefined
      ? isRetryable(cause)
      : !fits(/^(total-timeout|rejected-finish)$/, code);
  const told = findHeader(error, 'x-should-retry');
  if (told === 'true' || told === 'false') return told === 'true';
  // The SDKs nest the error of the API: `error.type`, `error.error.type`, `error.error.error.type`.
  const words = [type, code, inner?.type, inner?.code, inner?.error?.type];
  // OpenAI answers an empty account with 429; waiting does not fill it.
  if (words.includes('insufficient_quota')) return false;
  const status = findStatus(error);
  if (status >= 300) return status >= 500 || [408, 409, 425, 429].includes(status);
  if (fits(ABORTED, name, constructor?.name, message)) return false;
  // An error in a good response is most likely the provider's, unless it has a word for it.
  return (
    fits(TRANSIENT, name, ...words) ||
    fits(FAILED, message) ||
    findMeaning(error) !== null ||
    (status > 0 && !words.some(Boolean))
  );
}

/** Whether the provider does not take the request of a recovery, so that another recovery may still go on. */
export const isRefusal = (error: unknown): boolean => [400, 404, 410, 422].includes(findStatus(error));
