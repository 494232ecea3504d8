import type { BodyChunks } from './body.ts';
import type { AttemptContext, Open, Opened } from './options.ts';

/** What an attempt's request gave. */
export interface OpenedSource {
  /** To be iterated; not yet known to be iterable. */
  readonly source: unknown;
  readonly requestId: string | null;
  /** The headers whose name holds `ratelimit`; `null` where the SDK does not show its response. */
  readonly rateLimit: Readonly<Record<string, string>> | null;
}

export function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function printKind(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

/** Calls `open`. The promises of openai and Anthropic tell the request id and the headers only if asked by `withResponse()`. */
export async function openSource<Chunk>(open: Open<Chunk>, attempt: AttemptContext): Promise<OpenedSource> {
  const promised = open(attempt) as PromiseLike<Opened<Chunk>> & { withResponse?: () => Promise<Opened<Chunk>> };
  const asks = typeof promised?.then === 'function' && typeof promised.withResponse === 'function';
  // A stream may be a promise as well: that of LangChain's models, awaited, is the whole message.
  const answer: unknown = isIterable(promised) ? promised : await (asks ? promised.withResponse!() : promised);
  const wrapped = isObject(answer) && !isIterable(answer) && 'data' in answer ? answer : {};
  const source = findStream(wrapped['data'] ?? answer);
  // `sse` and `ndjson` know a response that is not ok; what it says belongs to the opening.
  if (isObject(source) && typeof source['refuse'] === 'function') await (source as unknown as BodyChunks<Chunk>).refuse!();
  return { source, requestId: findRequestId(wrapped) ?? findRequestId(source), rateLimit: findRateLimit(wrapped['response']) };
}

const isIterable = (value: unknown): boolean => isObject(value) && Symbol.asyncIterator in value;

/** The results of the AI SDK hold their parts, and their `textStream` hides errors; Bedrock's hold their events in `stream`. */
function findStream(answer: unknown): unknown {
  if (!isObject(answer) || isIterable(answer)) return answer;
  return [answer['stream'], answer['fullStream']].find(isIterable) ?? answer;
}

export function findIterator<Chunk>(source: unknown): Iterator<Chunk> | AsyncIterator<Chunk> | null {
  if (!isObject(source)) return null;
  const iterate = source[Symbol.asyncIterator] ?? source[Symbol.iterator];
  return typeof iterate === 'function' ? (iterate.call(source) as Iterator<Chunk> | AsyncIterator<Chunk>) : null;
}

/** The controller that the SDKs' streams carry: it closes the connection even where our signal never reached the SDK. */
export function findController(source: unknown): AbortController | null {
  const controller = isObject(source) ? source['controller'] : null;
  return isObject(controller) && isObject(controller['signal']) && typeof controller['abort'] === 'function' ? (controller as unknown as AbortController) : null;
}

/** `request_id`: `withResponse()` and Anthropic's `MessageStream`; `requestID`: the errors of both SDKs. */
export function findRequestId(holder: unknown): string | null {
  const id = isObject(holder) ? (holder['request_id'] ?? holder['requestID']) : null;
  return typeof id === 'string' ? id : null;
}

function findRateLimit(response: unknown): Record<string, string> | null {
  const headers = isObject(response) ? response['headers'] : null;
  if (!(headers instanceof Headers)) return null;
  return Object.fromEntries([...headers].filter(([name]) => name.includes('ratelimit')));
}
