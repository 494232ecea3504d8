import type { BodyChunks } from '../wire/body.ts';
import type { AttemptContext, Open, Opened } from './options.ts';
import { propertiesOf } from './properties.ts';

/** What an attempt's request gave. */
export interface Source<Chunk> {
  /** As the SDK gave it. */
  readonly stream: unknown;
  /** `null` once it is done: nobody is to call its `return` then. */
  iterator: Iterator<Chunk> | AsyncIterator<Chunk> | null;
  readonly requestId: string | null;
  /** The headers whose name holds `ratelimit`; `null` where the SDK does not show its response. */
  readonly rateLimit: Readonly<Record<string, string>> | null;
}

/** Streams that can be iterated once, and were. */
const used = new WeakSet<object>();

/**
 * `value`, if it is a stream. Not asked of a property twice: the AI SDK's make another copy of the stream each time.
 */
const asStream = (value: unknown): unknown =>
  typeof propertiesOf(value)[Symbol.asyncIterator] === 'function' ? value : null;

/**
 * Calls `open`, and begins to iterate what it gives. The promises of openai and Anthropic tell the request id and the
 * headers only if asked by `withResponse()`.
 */
export async function openSource<Chunk>(open: Open<Chunk>, attempt: AttemptContext): Promise<Source<Chunk>> {
  const promised = open(attempt) as PromiseLike<Opened<Chunk>> & { withResponse?: () => Promise<Opened<Chunk>> };
  // A stream may be a promise as well: that of LangChain's models, awaited, is the whole message.
  const answer = asStream(promised) ?? (await (promised?.withResponse?.() ?? promised));
  const data = asStream(answer) ? null : propertiesOf(answer)['data'];
  const wrapped = propertiesOf(data && answer);
  const inner = data ?? answer;
  // The results of the AI SDK hold their parts, and their `textStream` hides errors; Bedrock's hold their events in
  // `stream`.
  const stream =
    asStream(inner) ?? asStream(propertiesOf(inner)['stream']) ?? asStream(propertiesOf(inner)['fullStream']) ?? inner;
  if (stream !== inner) muteWhole(inner);
  const properties = propertiesOf(stream);
  // `sse` and `ndjson` know a response that is not ok; what it says belongs to the opening.
  if (properties['refuse']) await (stream as BodyChunks<Chunk>).refuse!();
  const iterate = (properties[Symbol.asyncIterator] ?? properties[Symbol.iterator]) as () => Iterator<Chunk>;
  if (stream !== properties || typeof iterate !== 'function')
    throw new TypeError(
      `resilientStream: expected \`open\` to give something iterable, or a promise of it, got ${stream === null ? 'null' : typeof stream}.`,
    );
  // At once: the SDKs' `.stream()` helpers lose what arrives before somebody iterates.
  const iterator = iterate.call(stream);
  if (iterator === stream) {
    if (used.has(stream))
      throw new TypeError(
        'resilientStream: expected `open` to make a new request for each attempt, got a stream that was used before.',
      );
    used.add(stream);
  }
  const { headers } = propertiesOf(wrapped['response']);
  return {
    stream,
    iterator,
    requestId: findRequestId(wrapped) ?? findRequestId(stream),
    rateLimit:
      headers instanceof Headers
        ? Object.fromEntries([...headers].filter(([name]) => name.includes('ratelimit')))
        : null,
  };
}

/**
 * Google's results promise the whole answer beside the stream, in `response`, which nobody hears of here: where that
 * rejects, as it does behind each abort, the process would end. The AI SDK's is a getter that reads the stream.
 */
function muteWhole(result: unknown): void {
  const whole: unknown = Object.getOwnPropertyDescriptor(propertiesOf(result), 'response')?.value;
  if (whole instanceof Promise) whole.catch(() => {});
}

/**
 * The controller that the SDKs' streams carry: it closes the connection even where our signal never reached the SDK.
 */
export function findController(stream: unknown): AbortController | null {
  const controller = propertiesOf(stream)['controller'] as Partial<AbortController> | null | undefined;
  return controller?.signal && typeof controller.abort === 'function' ? (controller as AbortController) : null;
}

/** `request_id`: `withResponse()` and Anthropic's `MessageStream`; `requestID`: the errors of both SDKs. */
export function findRequestId(holder: unknown): string | null {
  const { request_id: id, requestID = null } = propertiesOf(holder);
  return (id ?? requestID) as string | null;
}

/** Closes what `open` gave. Never rejects, and may never settle. */
export async function closeSource<Chunk>({ stream, iterator }: Source<Chunk>, reason?: unknown): Promise<void> {
  try {
    // First the signal: behind a pending `next()` of a stalled SDK stream, `return()` never settles.
    findController(stream)?.abort(reason);
    await iterator?.return?.();
  } catch {
    // It is given up anyway.
  }
}
