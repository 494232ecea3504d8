import { StreamingError, type StreamingErrorCode } from './streaming-error.ts';

// Errors are told apart by their properties: classes differ between copies of an SDK, openai's `name` is always 'Error',
// and a minifier renames constructors.
interface Duck {
  readonly name?: unknown; readonly message?: unknown; readonly cause?: unknown; readonly code?: unknown; readonly type?: unknown;
  readonly status?: unknown; readonly statusCode?: unknown; readonly status_code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly headers?: unknown; readonly responseHeaders?: unknown; readonly response?: { readonly headers?: unknown };
  readonly error?: { readonly type?: unknown; readonly code?: unknown; readonly error?: { readonly type?: unknown } };
}

const NETWORK_CODE = /^(ECONN|EPIPE$|ETIMEDOUT$|EAI_AGAIN$|ENOTFOUND$|ENETUNREACH$|EHOSTUNREACH$|UND_ERR_(?!ABORTED)|ERR_HTTP2_|ERR_STREAM_PREMATURE_CLOSE$)/;
// `terminated`: undici; `fetch failed`: undici; `Failed to fetch`: Chromium; `Load failed`: WebKit; `NetworkError`: Gecko;
// `Connection error.` and `Request timed out.`: the openai and Anthropic SDKs, the latter without a cause before openai 7.
const NETWORK_MESSAGE = /^(terminated|aborted|fetch failed|failed to fetch|load failed|network ?error.*|network connection lost\.?|socket hang up|connection error\.?|request timed out\.?|premature close|other side closed)$/i;
const TRANSIENT_TYPE = /^(overloaded|server_error|internal_server_error|internal_error|api_error|rate_limit|timeout|service_unavailable|engine_overloaded|slow_down|vector_store_timeout)/;
const ABORTED = /^(AbortError|APIUserAbortError)$/;
// The `.stream()` helpers say so of a stream that ended early; the loops over `create()` say nothing.
const ENDED_EARLY = /^(missing finish_reason|request ended without sending any)/;
const MALFORMED = /malformed|Incomplete JSON segment/;

function isDuck(value: unknown): value is Duck {
  return typeof value === 'object' && value !== null;
}

/** The HTTP status, wherever the SDK keeps it. */
function findStatus(error: Duck): number | null {
  const status = error.status ?? error.statusCode ?? error.status_code ?? error.$metadata?.httpStatusCode;
  return typeof status === 'number' ? status : null;
}

/** A response header of a failed request, wherever and however the SDK keeps them. */
export function findHeader(error: unknown, name: string): string | null {
  if (!isDuck(error)) return null;
  const headers = error.headers ?? error.responseHeaders ?? error.response?.headers;
  if (!isDuck(headers)) return null;
  const value: unknown = headers instanceof Headers || typeof (headers as Headers).get === 'function'
    ? (headers as Headers).get(name)
    : (headers as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : null;
}

/** The error and its causes, outermost first. Bounded, for a cause may name itself. */
function listCauses(error: unknown): Duck[] {
  const causes: Duck[] = [];
  for (let at = error; isDuck(at) && causes.length < 6; at = at.cause) causes.push(at);
  return causes;
}

function isNetworkFailure(error: unknown): boolean {
  return listCauses(error).some(({ code, message }) => NETWORK_CODE.test(String(code)) || NETWORK_MESSAGE.test(String(message)));
}

function isAbort(error: Duck): boolean {
  return ABORTED.test(String(error.name)) || ABORTED.test(String(error.constructor?.name)) || error.message === 'Request was aborted.';
}

/** Error types and codes of the API, as the SDKs nest them: `error.type`, `error.error.type`, `error.error.error.type`. */
function hasTransientType({ type, code, error }: Duck): boolean {
  return [type, code, error?.type, error?.code, error?.error?.type].some((word) => TRANSIENT_TYPE.test(String(word)));
}

/**
 * Whether another attempt may do better: network failures, our own open, first-chunk and idle timeouts, truncation, cut
 * chunks, 408, 409, 425, 429, 5xx (529 too), and in-band `overloaded_error`, `server_error`, `rate_limit…`.
 * Never: an abort, other 4xx, an exhausted quota, a refusal. A header `x-should-retry` decides, as it does in the SDKs.
 *
 * The default of the option of the same name; call it in your own to extend it.
 */
export function isRetryable(error: unknown): boolean {
  if (!isDuck(error)) return false;
  if (error instanceof StreamingError) {
    if (error.code === 'total-timeout') return false;
    return error.code !== 'interrupted' || error.cause === undefined || isRetryable(error.cause);
  }
  const told = findHeader(error, 'x-should-retry');
  if (told === 'true' || told === 'false') return told === 'true';
  // OpenAI answers an empty account with 429; waiting does not fill it.
  if (error.code === 'insufficient_quota' || error.type === 'insufficient_quota') return false;
  const status = findStatus(error);
  // A status of 200 is an error found in the body of a good response.
  if (status !== null && status >= 300) return status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;
  if (isAbort(error)) return false;
  return hasTransientType(error) || findFault(error) !== null || isNetworkFailure(error);
}

/**
 * Which of our codes describes an error thrown while chunks were read; `null` for an SDK's own typed error, which has its
 * say, and for anything unknown.
 */
export function findFault(error: unknown): StreamingErrorCode | null {
  // Each typed error of these SDKs has the property, if only as `undefined`: openai's APIError sets it always.
  if (!isDuck(error) || 'status' in error || 'statusCode' in error || 'status_code' in error || '$metadata' in error) return null;
  if (ENDED_EARLY.test(String(error.message))) return 'truncated';
  if (listCauses(error).some((cause) => cause instanceof SyntaxError || MALFORMED.test(String(cause.message)))) return 'incomplete-chunk';
  return isNetworkFailure(error) ? 'interrupted' : null;
}
