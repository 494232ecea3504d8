import { StreamingError, type StreamingErrorCode } from './streaming-error.ts';

interface Answer { readonly status?: unknown; readonly headers?: unknown }

// Errors are told apart by their properties: classes differ between copies of an SDK, openai's `name` is always 'Error',
// and a minifier renames constructors.
interface Duck {
  readonly name?: unknown; readonly message?: unknown; readonly cause?: unknown; readonly code?: unknown; readonly type?: unknown;
  readonly status?: unknown; readonly statusCode?: unknown; readonly status_code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly headers?: unknown; readonly responseHeaders?: unknown; readonly response?: Answer; readonly httpResponse?: Answer;
  readonly error?: { readonly type?: unknown; readonly code?: unknown; readonly error?: { readonly type?: unknown } };
}

// Codes of Node and undici, and messages. `terminated`, `fetch failed`: undici; `Failed to fetch`: Chromium; `Load failed`: WebKit;
// `NetworkError`: Gecko; `Connection error.`, `Request timed out.`: the openai and Anthropic SDKs, the latter without a cause before openai 7.
const NETWORK = /^(ECONN|EPIPE$|ETIMEDOUT$|EAI_AGAIN$|ENOTFOUND$|E(NET|HOST)UNREACH$|UND_ERR_(?!ABORTED)|ERR_HTTP2_|ERR_STREAM_PREMATURE_CLOSE$|(terminated|aborted|fetch failed|failed to fetch|load failed|network ?error.*|network connection lost|socket hang up|connection error|request timed out|premature close|other side closed)\.?$)/i;
const TRANSIENT = /^(overloaded|server_error|internal_(server_)?error|api_error|rate_limit|timeout|service_unavailable|engine_overloaded|slow_down|vector_store_timeout)/;
// The exceptions in an event stream of AWS have no status; the Agents SDK hides the failed response in a sentence.
const TRANSIENT_TOLD = /^(ModelStreamError|ModelTimeout|Throttling|ServiceUnavailable|InternalServer)Exception$|terminal state "response\.failed"/;
const ABORTED = /^(AbortError|APIUserAbortError|Request was aborted\.)$/;
// The `.stream()` helpers say so of a stream that ended early, and Ollama, the AI SDK, the Agents SDK; the loops over `create()` say nothing.
const ENDED_EARLY = /^(missing finish_reason|request ended without sending any|did not receive done|response stream ended without|no output generated\. the model|model did not produce a final)/i;
// The SDK of AWS about a cut frame; Mistral's about an event that is no chunk; Google's where it takes a body of JSON for a stream.
const MALFORMED = /malformed|Incomplete JSON segment|^Truncated event message|"path": \[\s+"data"|^asyncIterable\[Symbol/;

const fits = (pattern: RegExp, ...words: readonly unknown[]): boolean => words.some((word) => pattern.test(String(word)));

function isDuck(value: unknown): value is Duck {
  return typeof value === 'object' && value !== null;
}

/** Where Hugging Face keeps the response, and Replicate and axios. */
const findAnswer = (error: Duck): Answer | undefined => error.httpResponse ?? error.response;

/** The HTTP status, wherever the SDK keeps it. */
function findStatus(error: Duck): number | null {
  const status = error.status ?? error.statusCode ?? error.status_code ?? error.$metadata?.httpStatusCode ?? findAnswer(error)?.status;
  return typeof status === 'number' ? status : null;
}

/** A response header of a failed request, wherever and however the SDK keeps them. */
export function findHeader(error: unknown, name: string): string | null {
  if (!isDuck(error)) return null;
  const headers = error.headers ?? error.responseHeaders ?? findAnswer(error)?.headers;
  if (!isDuck(headers)) return null;
  const { get } = headers as { readonly get?: unknown };
  const value: unknown = typeof get === 'function' ? get.call(headers, name) : (headers as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : null;
}

/** The error and its causes, outermost first. Bounded, for a cause may name itself. */
function listCauses(error: unknown): Duck[] {
  const causes: Duck[] = [];
  for (let at = error; isDuck(at) && causes.length < 6; at = at.cause) causes.push(at);
  return causes;
}

const isNetworkFailure = (error: unknown): boolean => listCauses(error).some(({ code, message }) => fits(NETWORK, code, message));

/**
 * Whether another attempt may do better: network failures, our own open, first-chunk and idle timeouts, truncation, cut
 * chunks, 408, 409, 425, 429, 5xx (529 too), in-band `overloaded_error`, `server_error`, `rate_limit…`, and an error in the body
 * of a good response that the provider has no word for.
 * Never: an abort, other 4xx, an exhausted quota, a refusal. A header `x-should-retry` decides, as it does in the SDKs.
 *
 * The default of the option of the same name; call it in your own to extend it.
 */
export function isRetryable(error: unknown): boolean {
  if (!isDuck(error)) return false;
  if (error instanceof StreamingError) {
    if (error.code === 'total-timeout' || error.code === 'rejected-finish') return false;
    return error.code !== 'interrupted' || error.cause === undefined || isRetryable(error.cause);
  }
  const told = findHeader(error, 'x-should-retry');
  if (told === 'true' || told === 'false') return told === 'true';
  // OpenAI answers an empty account with 429; waiting does not fill it.
  if (error.code === 'insufficient_quota' || error.type === 'insufficient_quota') return false;
  const status = findStatus(error);
  if (status !== null && status >= 300) return [408, 409, 425, 429].includes(status) || status >= 500;
  const { name, constructor, message, type, code, error: inner } = error;
  if (fits(ABORTED, name, constructor?.name, message)) return false;
  // The SDKs nest the error of the API: `error.type`, `error.error.type`, `error.error.error.type`.
  const words = [type, code, inner?.type, inner?.code, inner?.error?.type];
  if (fits(TRANSIENT, ...words) || fits(TRANSIENT_TOLD, name, message) || findFaultCode(error) !== null || isNetworkFailure(error)) return true;
  // An error in a good response is most likely the provider's, unless it has a word for it.
  return status !== null && !words.some(Boolean);
}

/** Whether the provider does not take the request of a recovery, so that another recovery may still go on. */
export function isRefusal(error: unknown): boolean {
  const status = isDuck(error) ? findStatus(error) : null;
  return [400, 404, 410, 422].includes(status!);
}

/**
 * Which of our codes describes an error thrown while chunks were read; `null` for an SDK's own typed error, which has its
 * say, and for anything unknown.
 */
export function findFaultCode(error: unknown): StreamingErrorCode | null {
  // Each typed error of these SDKs has the property, if only as `undefined`: openai's APIError sets it always.
  if (!isDuck(error) || ['status', 'statusCode', 'status_code', '$fault'].some((name) => name in error)) return null;
  if (fits(ENDED_EARLY, error.message)) return 'truncated';
  if (listCauses(error).some((cause) => cause instanceof SyntaxError || fits(MALFORMED, cause.message))) return 'incomplete-chunk';
  return isNetworkFailure(error) ? 'interrupted' : null;
}
