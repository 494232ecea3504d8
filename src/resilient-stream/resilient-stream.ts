import { findDelayMs } from './backoff.ts';
import { CollectedText } from './collected-text.ts';
import { Deadline } from './deadline.ts';
import { readOptions, type Open, type ResilientStreamOptions, type Settings } from './options.ts';
import { createProgress, type InBandFailure, type Progress, type Protocol, type ReadChunk } from './protocols/protocol.ts';
import { findController, findIterator, findRequestId, isObject, openSource, printKind } from './opened-source.ts';
import type { AttemptHints, Preparation } from './recovery.ts';
import { RETRY_COST, TIMEOUT_COST } from './retry-budget.ts';
import { findFault } from './retryable.ts';
import { publish, type StreamEvent } from './stream-event.ts';
import { printProgress, StreamingError, type PartialAnswer, type StreamingErrorCode } from './streaming-error.ts';

/** Behind the terminal marker only usage follows; a connection that stays open is not worth more. */
const TRAILING_MS = 1_000;
/** How long leaving a loop waits for the source's own clean-up. `return()` of a stalled SDK stream never settles. */
const CLOSING_MS = 1_000;

/** A stream that is open, or opens at the first `next()`. Not awaitable, so an `await` ends with it. It can be iterated once. */
export interface OpenStream<Chunk> extends AsyncIterable<Chunk> {
  /** What has been delivered so far. */
  readonly partial: PartialAnswer;
  /** Requests made so far. */
  readonly attempts: number;
  /** The provider's word for why it stopped (`stop`, `length`, `end_turn`, …); `null` while it has not said. */
  readonly finishReason: string | null;
  /** The provider's id of the latest request, where the SDK tells it. */
  readonly requestId: string | null;
  /** As the SDKs' own streams have it, but an abort makes the loop throw the reason; it never ends it silently. */
  readonly controller: AbortController;
  /** The text alone, whatever the protocol. Iterates the stream: use it instead of a loop over the stream itself. */
  text(): AsyncIterable<string>;
}

/** What `resilientStream` gives: iterate it, or `await` it first to have the errors of opening at the `await`. */
export type ResilientStream<Chunk> = OpenStream<Chunk> & Pick<Promise<OpenStream<Chunk>>, 'then' | 'catch' | 'finally'>;

/** The type of `resilientStream`. */
export type ResilientStreamFunction = <Chunk>(open: Open<Chunk>, options?: ResilientStreamOptions<Chunk>) => ResilientStream<Chunk>;

/**
 * A `resilientStream` that recognises only `protocols`. For bundles that talk to one provider: the other protocols are
 * left out.
 */
export function createResilientStream(protocols: readonly Protocol[]): ResilientStreamFunction {
  return <Chunk>(open: Open<Chunk>, options: ResilientStreamOptions<Chunk> = {}) => {
    const { stream, ready } = readStream(open, readOptions(open, options), protocols);
    return Object.create(stream, {
      // oxlint-disable-next-line unicorn/no-thenable -- awaitable on purpose: the code around an SDK's call has an `await`
      then: { value: (...handlers: Parameters<Promise<unknown>['then']>) => ready().then(...handlers) },
      catch: { value: (handler: () => unknown) => ready().catch(handler) },
      finally: { value: (handler: () => void) => ready().finally(handler) },
    }) as ResilientStream<Chunk>;
  };
}

/** One request and the stream that came of it. */
interface Attempt<Chunk> {
  readonly controller: AbortController;
  readonly progress: Progress;
  readonly onResult: (result: IteratorResult<Chunk>) => void;
  readonly onError: (error: unknown) => void;
  source: unknown;
  iterator: Iterator<Chunk> | AsyncIterator<Chunk> | null;
  protocol: Protocol | null;
  /** `null` until the first chunk. */
  read: ReadChunk | null;
  /** The caller's predicate has seen the end. */
  terminal: boolean;
  /** Preamble kept back until there is content. */
  held: IteratorResult<Chunk>[];
}

/** The last chunks of an answer that ends with an error. */
interface Tail<Chunk> { readonly chunks: readonly IteratorResult<Chunk>[]; readonly outcome: StreamingError }

/** An outcome with an error; the object tells `throw undefined` from no error. */
interface Failure { readonly error: unknown }

const ignore = (): void => {};

/** Reads strings as text and nothing else; of an unknown shape, an end is an end. */
const readUnknown = (chunk: unknown, progress: Progress): void => {
  progress.hasContent = true;
  if (typeof chunk === 'string') progress.delta = chunk;
};

function toError({ code, message }: InBandFailure, chunk: unknown): Error {
  return Object.assign(new Error(message), { code, chunk });
}

async function settledWithin(work: unknown, limitMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    Promise.resolve(work).then(settle, settle);
  });
}

/** The machine: attempts, their chunks, and the one consumer. All its state is in this closure. */
function readStream<Chunk>(open: Open<Chunk>, settings: Settings, protocols: readonly Protocol[]): { stream: OpenStream<Chunk>; ready: () => Promise<OpenStream<Chunk>> } {
  const isTerminal = typeof settings.terminal === 'function' ? settings.terminal : null;
  const deadline = new Deadline({ findWait: () => (resolveNext !== null || resolveReady !== null ? waits + 1 : 0) });

  let attempts = 0;
  let current: Attempt<Chunk> | null = null;
  let progress = createProgress();
  let requestId: string | null = null;
  let spent = 0;
  let protocolName: string | null = null;

  const text = new CollectedText();
  let delta = '';
  let delivered = 0;
  /** A chunk of this answer went out, or is queued to go out. */
  let committed = false;
  /** Nothing is special about the next chunk: take it, pass it on. */
  let flowing = false;
  let queue: IteratorResult<Chunk>[] = [];
  let queuedDelta = '';

  let ended = false;
  let failure: Failure | null = null;

  let controller: AbortController | null = null;
  let iterated = false;
  let waits = 0;
  let resolveNext: ((result: IteratorResult<Chunk>) => void) | null = null;
  let rejectNext: (error: unknown) => void = ignore;
  let opened: Promise<OpenStream<Chunk>> | null = null;
  let resolveReady: ((stream: OpenStream<Chunk>) => void) | null = null;
  let rejectReady: (error: unknown) => void = ignore;
  let lastTurn: Promise<unknown> | null = null;

  const capture = (resolve: (result: IteratorResult<Chunk>) => void, reject: (error: unknown) => void): void => {
    resolveNext = resolve;
    rejectNext = reject;
  };

  const findPartial = (): PartialAnswer => ({ text: text.join(), chunks: delivered, finishReason: progress.finishReason, toolCallOpen: progress.toolCallOpen });

  function tell(type: StreamEvent['type'], more: Partial<StreamEvent> = {}): void {
    const common = { attempt: attempts, delivered, requestId, finishReason: progress.finishReason };
    publish({ type, ...common, delayMs: null, error: null, recovery: null, rateLimit: null, stopped: false, ...more }, settings.onEvent);
  }

  /** `ahead`: chunks that will have been delivered when it is thrown. */
  function createError(code: StreamingErrorCode, what: string, cause?: unknown, ahead = 0): StreamingError {
    const partial = findPartial();
    const facts = { partial: { ...partial, chunks: partial.chunks + ahead }, attempts, requestId };
    return new StreamingError(code, `${what}, ${printProgress(facts)}`, { ...facts, cause });
  }

  // ── The consumer ──────────────────────────────────────────────────────────────────────────────────────────────────

  function deliver(result: IteratorResult<Chunk>): void {
    const resolve = resolveNext!;
    delivered += 1;
    resolveNext = null;
    resolve(result);
  }

  function deliverQueued(): void {
    const result = queue.shift();
    if (!result) return;
    delta = queue.length === 0 ? queuedDelta : '';
    if (delta !== '') text.add(delta);
    deliver(result);
  }

  function deliverEnd(): void {
    const resolve = resolveNext;
    if (resolve === null) return;
    resolveNext = null;
    if (failure === null) return resolve({ done: true, value: undefined });
    const { error } = failure;
    failure = null;
    rejectNext(error);
  }

  function next(): Promise<IteratorResult<Chunk>> {
    return resolveNext === null && lastTurn === null ? wait() : takeTurn();
  }

  function wait(): Promise<IteratorResult<Chunk>> {
    const promise = new Promise(capture);
    waits += 1;
    if (flowing && queue.length === 0) {
      if (deadline.dormant) deadline.start();
      pull(current!);
    } else {
      step();
    }
    return promise;
  }

  /** Somebody calls `next()` again without awaiting the last one: one after another, as a generator has it. */
  function takeTurn(): Promise<IteratorResult<Chunk>> {
    lastTurn ??= new Promise<void>((resolve) => {
      const [answer, refuse] = [resolveNext!, rejectNext];
      resolveNext = (result) => { answer(result); resolve(); };
      rejectNext = (error) => { refuse(error); resolve(); };
    });
    const turn = lastTurn.then(wait, wait);
    lastTurn = turn;
    const leave = (): void => { if (lastTurn === turn) lastTurn = null; };
    turn.then(leave, leave);
    return turn;
  }

  function step(): void {
    if (queue.length > 0) return deliverQueued();
    if (ended) return deliverEnd();
    if (attempts === 0) return start();
    // Without an iterator the attempt is still opening, or waits for its turn: it pulls when it is through.
    if (!current?.iterator) return;
    deadline.start();
    pull(current);
  }

  const iterator: AsyncIterableIterator<Chunk> = {
    next,
    async return(value?: unknown) {
      await settledWithin(finish(null, true), CLOSING_MS);
      return { done: true, value };
    },
    async throw(error?: unknown) {
      await settledWithin(finish(null, true), CLOSING_MS);
      throw error;
    },
    [Symbol.asyncIterator]: () => iterator,
  };

  // ── Attempts ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const onAbort = (event: Event): void => {
    if (ended) return;
    queue = [];
    finish({ error: (event.target as AbortSignal).reason });
  };

  function start(): void {
    if (settings.signal?.aborted) {
      finish({ error: settings.signal.reason });
      return;
    }
    settings.signal?.addEventListener('abort', onAbort);
    deadline.boundTotal(settings.totalTimeoutMs, () => {
      const error = createError('total-timeout', `The whole took longer than ${settings.totalTimeoutMs} ms`);
      queue = [];
      tell('stall', { error });
      finish({ error });
    });
    begin({});
  }

  function begin(hints: AttemptHints): void {
    attempts += 1;
    progress = createProgress();
    const attempt: Attempt<Chunk> = {
      controller: new AbortController(),
      progress,
      onResult: (result) => { if (attempt === current) arrive(attempt, result); },
      onError: (error) => { if (attempt === current) breakOff(error); },
      source: null,
      iterator: null,
      protocol: settings.protocol ?? null,
      read: null,
      terminal: false,
      held: [],
    };
    current = attempt;
    deadline.bound(settings.openTimeoutMs, () => timeOut('open-timeout', `No stream within ${settings.openTimeoutMs} ms`));
    void openAttempt(attempt, hints);
  }

  async function openAttempt(attempt: Attempt<Chunk>, hints: AttemptHints): Promise<void> {
    try {
      const { source, requestId: id, rateLimit } = await openSource(open, { ...hints, signal: attempt.controller.signal, attempt: attempts });
      attempt.source = source;
      // At once: the SDKs' `.stream()` helpers lose what arrives before somebody iterates.
      attempt.iterator = findIterator<Chunk>(source);
      if (attempt !== current) {
        // It came too late; its connection must not stay open.
        release(attempt, undefined);
        return;
      }
      requestId = id;
      if (!attempt.iterator) throw new TypeError(`resilientStream: expected \`open\` to give something iterable, or a promise of it, got ${printKind(source)}.`);
      tell('open', { rateLimit });
    } catch (error) {
      if (attempt === current) fail(error, error);
      return;
    }
    resolveReady?.(stream);
    resolveReady = null;
    deadline.bound(settings.firstChunkTimeoutMs, () => timeOut('first-chunk-timeout', `No first chunk within ${settings.firstChunkTimeoutMs} ms`));
    if (resolveNext !== null) pull(attempt);
  }

  function pull({ iterator: source, onResult, onError }: Attempt<Chunk>): void {
    try {
      Promise.resolve(source!.next()).then(onResult, onError);
    } catch (error) {
      onError(error);
    }
  }

  // ── Chunks ────────────────────────────────────────────────────────────────────────────────────────────────────────

  function arrive(attempt: Attempt<Chunk>, result: IteratorResult<Chunk>): void {
    try {
      if (result.done) return reachEnd(attempt);
      progress.delta = '';
      const read = attempt.read ?? beginReading(attempt, result.value);
      try {
        read(result.value as never, progress);
      } catch {
        // A chunk of another shape says nothing; it is passed on all the same.
      }
      if (isTerminal !== null) progress.terminal = attempt.terminal ||= isTerminal(result.value);
      if (flowing && !progress.terminal && progress.failure === null) {
        delta = progress.delta;
        if (delta !== '') text.add(delta);
        deliver(result);
        return;
      }
      weigh(attempt, result);
    } catch (error) {
      // A predicate of the caller's threw, or the source is no iterator.
      finish({ error });
    }
  }

  function beginReading(attempt: Attempt<Chunk>, chunk: unknown): ReadChunk {
    tell('first-chunk');
    attempt.protocol ??= isObject(chunk) ? (protocols.find(({ matches }) => matches(chunk)) ?? null) : null;
    protocolName = attempt.protocol?.name ?? null;
    attempt.read = attempt.protocol?.start() ?? readUnknown;
    return attempt.read;
  }

  const onIdle = (): void => timeOut('idle-timeout', `No chunk for ${settings.idleTimeoutMs} ms`);

  /** A chunk that something is special about: before the content, terminal or behind it, or a failure. */
  function weigh(attempt: Attempt<Chunk>, result: IteratorResult<Chunk>): void {
    // A listener or a predicate may have aborted.
    if (ended) return;
    if (progress.failure !== null) {
      const cause = toError(progress.failure, result.value);
      const what = `The provider reported a failure (${cause.message})`;
      const chunks = [...attempt.held, result];
      return fail(cause, createError('interrupted', what, cause), { chunks, outcome: createError('interrupted', what, cause, chunks.length) });
    }
    if (progress.terminal) deadline.bound(TRAILING_MS, () => void finish(null));
    if (!committed && settings.holdPreamble && !progress.hasContent && !progress.terminal) {
      attempt.held.push(result);
      return pull(attempt);
    }
    // Until here the first chunk's limit stood: what is held back is no sign that the model has done thinking.
    if (!flowing && !progress.terminal) deadline.bound(settings.idleTimeoutMs, onIdle, true);
    committed = true;
    flowing = !progress.terminal;
    queue.push(...attempt.held, result);
    attempt.held = [];
    queuedDelta = progress.delta;
    deliverQueued();
  }

  function reachEnd(attempt: Attempt<Chunk>): void {
    const hasMarker = attempt.read !== null && (attempt.protocol !== null || isTerminal !== null);
    // An end before any chunk is a cut one whatever the protocol.
    const isWhole = progress.terminal || settings.terminal === 'optional' || (attempt.read !== null && !hasMarker);
    if (isWhole) {
      if (!committed) queue.push(...attempt.held);
      current = null;
      return void finish(null);
    }
    // The raw streams of openai and Anthropic end silently when aborted; here somebody else aborted.
    const signal = findController(attempt.source)?.signal;
    if (signal?.aborted) return void finish({ error: signal.reason });
    const error = createError('truncated', `The stream ended without its terminal marker${attempt.protocol ? ` (${attempt.protocol.name})` : ''}`);
    tell('truncated', { error });
    fail(error, error);
  }

  // ── Failures ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The source threw while it was read. */
  function breakOff(error: unknown): void {
    const code = findFault(error);
    if (code === null) return fail(error, error);
    const what = { truncated: 'The stream ended without its terminal marker', 'incomplete-chunk': 'A chunk arrived cut or malformed' };
    fail(error, createError(code, what[code as keyof typeof what] ?? `The stream broke off (${isObject(error) ? String(error['message']) : String(error)})`, error));
  }

  function timeOut(code: StreamingErrorCode, what: string): void {
    const error = createError(code, what);
    tell('stall', { error });
    fail(error, error);
  }

  /**
   * An attempt failed by `reason`: retry, or recover, or end with `outcome`. `tail` is what to deliver, and what to throw
   * then, if this is the end.
   */
  function fail(reason: unknown, outcome: unknown, tail: Tail<Chunk> | null = null): void {
    if (current) void release(current, undefined);
    if (ended) return;
    // After the terminal marker nothing is lost.
    if (progress.terminal) return void finish(null);
    requestId = findRequestId(reason) ?? requestId;
    const cost = outcome instanceof StreamingError && outcome.code.endsWith('-timeout') ? TIMEOUT_COST : RETRY_COST;
    let delayMs: number | null;
    try {
      delayMs = findRetry(reason, cost);
    } catch (thrown) {
      return void finish({ error: thrown });
    }
    if (delayMs === null) {
      if (tail === null) return void finish({ error: outcome });
      queue.push(...tail.chunks);
      queuedDelta = progress.delta;
      return void finish({ error: tail.outcome });
    }
    spent += cost;
    tell('retry', { error: outcome, delayMs });
    deadline.bound(delayMs, () => void again(outcome));
  }

  /** The delay before another attempt, `null` if there is to be none. */
  function findRetry(reason: unknown, cost: number): number | null {
    if (attempts > settings.maxRetries || (committed && settings.recover.length === 0)) return null;
    if (!settings.isRetryable(reason)) return null;
    const delayMs = findDelayMs(attempts, reason, settings.backoff);
    return delayMs !== null && settings.retryBudget.spend(cost) ? delayMs : null;
  }

  async function again(outcome: unknown): Promise<void> {
    if (!committed) return begin({});
    // `undo` is the caller's and may hang.
    deadline.bound(settings.openTimeoutMs, () => void finish({ error: outcome }));
    try {
      const preparation = await prepare(outcome);
      if (ended) return;
      if (!preparation) return void finish({ error: outcome });
      begin(preparation.hints);
    } catch (thrown) {
      const code = outcome instanceof StreamingError ? outcome.code : 'interrupted';
      finish({ error: createError(code, '`recover` threw, and what was shown may not have been taken back', thrown) });
    }
  }

  async function prepare(cause: unknown): Promise<Preparation | null> {
    for (const recovery of settings.recover) {
      const preparation = await recovery.prepare({ partial: findPartial(), cursor: progress.cursor, protocol: protocolName, cause });
      if (ended) return null;
      if (!preparation) continue;
      tell('recover', { error: cause, recovery: recovery.name });
      if (preparation.takenBack) {
        text.clear();
        delivered = 0;
        committed = false;
      }
      return preparation;
    }
    return null;
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Closes the connection of an attempt, by each way there is, and waits for none of them. */
  function release(attempt: Attempt<Chunk>, reason: unknown): unknown {
    if (attempt === current) {
      current = null;
      flowing = false;
    }
    // First the signals: behind a pending `next()` of a stalled SDK stream, `return()` never settles.
    attempt.controller.abort(reason);
    findController(attempt.source)?.abort(reason);
    try {
      const closing = attempt.iterator?.return?.();
      Promise.resolve(closing).catch(ignore);
      return closing;
    } catch {
      return undefined;
    }
  }

  /** Ends the whole, with an error or without, once. Gives what there is to wait for until the connection is closed. */
  function finish(outcome: Failure | null, stopped = false): unknown {
    if (ended) return undefined;
    ended = true;
    flowing = false;
    failure = outcome;
    deadline.stop();
    settings.signal?.removeEventListener('abort', onAbort);
    if (stopped) queue = [];
    const closing = current ? release(current, outcome?.error) : undefined;
    if (outcome) {
      tell('fail', { error: outcome.error });
    } else {
      if (!stopped) settings.retryBudget.refund(spent || 1);
      tell('complete', { stopped });
    }
    if (resolveReady !== null) {
      if (outcome) rejectReady(outcome.error);
      else resolveReady(stream);
      resolveReady = null;
    }
    if (resolveNext !== null) step();
    return closing;
  }

  const stream: OpenStream<Chunk> = {
    get partial() { return findPartial(); },
    get attempts() { return attempts; },
    get finishReason() { return progress.finishReason; },
    get requestId() { return requestId; },
    get controller() {
      // Made when it is asked for: few do, and it is a tenth of what a stream weighs.
      if (controller === null) {
        controller = new AbortController();
        controller.signal.addEventListener('abort', onAbort);
      }
      return controller;
    },
    async *text() {
      for await (const chunk of stream) {
        void chunk;
        if (delta) yield delta;
      }
    },
    [Symbol.asyncIterator]() {
      // A second loop over an SDK's stream ends at once or hangs; neither would be noticed.
      if (iterated) throw new TypeError('resilientStream: this stream has been iterated already. Call `resilientStream` again for a second answer.');
      iterated = true;
      return iterator;
    },
  };

  function ready(): Promise<OpenStream<Chunk>> {
    opened ??= new Promise((resolve, reject) => {
      rejectReady = reject;
      // Aborted before it began; the loop, if there is one, throws the same.
      if (failure !== null) return rejectReady(failure.error);
      if (attempts > 0 || ended) return resolve(stream);
      resolveReady = resolve;
      start();
    });
    return opened;
  }

  return { stream, ready };
}
