import { findDelayMs } from './backoff.ts';
import { setAlarm, type Alarm } from './clock.ts';
import { CollectedText } from './collected-text.ts';
import { createError, describeEnd, describeError, printReason, type Fault } from './fault.ts';
import { findLastLife } from '../wire/life.ts';
import type { Open, Settings } from './options.ts';
import { propertiesOf } from './properties.ts';
import { createProgress, type Progress, type Protocol, type ReadChunk } from '../protocols/protocol.ts';
import type { Delivery, Preparation, Recovery } from './recovery.ts';
import { RETRY_COST, TIMEOUT_COST } from './retry-budget.ts';
import { isRefusal } from './retryable.ts';
import { closeSource, findController, findRequestId, openSource, type Source } from './source.ts';
import { publish, type StreamEvent } from './stream-event.ts';
import { StreamingError, type PartialAnswer } from './streaming-error.ts';
import { Watch, type Watched } from './watch.ts';

/** Behind the terminal marker only usage follows; a connection that stays open is not worth more. */
const TRAILING_MS = 1_000;
/** How long leaving a loop waits for the source's own clean-up. `return()` of a stalled SDK stream never settles. */
const CLOSING_MS = 1_000;
/** How often a limit on short waits is looked at: it strikes at most this part of itself late. */
const LOOKS_PER_LIMIT = 16;

/** An outcome with an error; the object tells `throw undefined` from no error. */
interface Failure {
  readonly error: unknown;
}
type Resolve = (result: IteratorResult<unknown> | Promise<never>) => void;

let streams = 0;

/** Reads strings as text and nothing else; of an unknown shape, an end is an end. */
const readUnknown = (chunk: unknown, progress: Progress): void => {
  progress.hasContent = true;
  if (typeof chunk === 'string') progress.delta = chunk;
};

const reject = async ({ error }: Failure): Promise<never> => {
  throw error;
};

/**
 * One stream, from its first request to its end. It is the iterator that the consumer holds.
 *
 * Somebody asks for a chunk (`next`), so `#serve` gives what is queued, or the end, or pulls at the source. What comes
 * of that is read (`#arrive`) and goes straight to the consumer once the answer flows; until then, and at its end, it
 * is weighed first (`#weigh`). Each failure goes to `#fail`, which decides: `#begin` another attempt after a pause, or
 * `#finish`, the one way out.
 */
export class Run<Chunk> implements AsyncIterableIterator<Chunk>, Watched {
  progress = createProgress();
  attempts = 0;
  requestId: string | null = null;
  iterated = false;
  readonly #open: Open<Chunk>;
  readonly #settings: Settings;
  readonly #protocols: readonly Protocol[];
  #id = 0;
  #startedAt = 0;
  #spent = 0;
  #ownController: AbortController | null = null;
  #ended = false;
  /** How it ended, until somebody was told. */
  #outcome: Failure | null = null;

  // The consumer. The one function of its promise is kept, not its sibling: each store of a young object into an old
  // one costs as much as all else here.
  #resolve: Resolve | null = null;
  readonly #capture = (resolve: Resolve): void => {
    if (this.#resolve) this.#turns.push(resolve);
    else this.#resolve = resolve;
  };
  /** Who called `next()` again without awaiting the last one: one after another, as a generator has it. */
  readonly #turns: Resolve[] = [];
  /** Who awaits the opening. */
  #opener: ((opened?: Promise<never>) => void) | null = null;
  /**
   * What comes next; kept back while `#holds`: preamble until there is content, or what may repeat the attempt before.
   */
  #queue: Delivery<Chunk>[] = [];
  #holds = false;
  #delivered = 0;
  #text: CollectedText | null;

  // The attempt that goes on.
  /** `null` between two. */
  #controller: AbortController | null = null;
  /** `null` while it is opening, and behind its end. */
  #source: Source<Chunk> | null = null;
  #protocol: Protocol | null = null;
  #read: ReadChunk | null = null;
  #preparation: Partial<Preparation> = {};
  /** It has brought a chunk. */
  #begun = false;
  /** Nothing is special about the next chunk: take it, pass it on. */
  #flowing = false;
  #onResult!: (result: IteratorResult<Chunk>) => void;
  #onError!: (error: unknown) => void;

  // The answer, over attempts.
  /** A chunk of it went out. */
  #committed = false;
  #toolCalled = false;
  /** The caller's predicate has seen the end; what the protocol says of it does not count then. */
  #terminal = false;
  #recoveries: readonly Recovery[];
  /** The one that the attempt tries, until its first chunk. */
  #trying: Recovery | null = null;
  /** What the next attempt is to make good. */
  #setback: unknown;

  // Limits: of the wait that goes on, and of the whole.
  readonly #watch = new Watch(this);
  #total: Alarm | null = null;

  constructor(open: Open<Chunk>, settings: Settings, protocols: readonly Protocol[]) {
    this.#open = open;
    this.#settings = settings;
    this.#protocols = protocols;
    this.#recoveries = settings.recover;
    this.#text = settings.collectText ? new CollectedText() : null;
  }

  get partial(): PartialAnswer {
    const { finishReason, toolCallOpen } = this.progress;
    return { text: this.#text?.join() ?? '', chunks: this.#delivered, finishReason, toolCallOpen };
  }

  get controller(): AbortController {
    // Made when it is asked for: few do, and it is a good part of what a stream weighs.
    if (!this.#ownController) {
      this.#ownController = new AbortController();
      this.#ownController.signal.addEventListener('abort', this);
    }
    return this.#ownController;
  }

  /** Opens the stream, if it is not open, and waits for that. */
  opened(): Promise<unknown> {
    // Aborted before it began; the loop, if there is one, throws the same.
    if (this.#outcome) return reject(this.#outcome);
    return new Promise<void>((resolve) => {
      if (this.attempts > 0 || this.#ended) return resolve();
      this.#opener = resolve;
      this.#start();
    });
  }

  // ── The consumer ──────────────────────────────────────────────────────────────────────────────────────────────────

  next(): Promise<IteratorResult<Chunk>> {
    const isFirst = this.#resolve === null;
    const promise = new Promise(this.#capture);
    if (isFirst) {
      if (this.#flowing && !this.#watch.dormant && this.#queue.length === 0) this.#pull();
      else this.#serve();
    }
    return promise as Promise<IteratorResult<Chunk>>;
  }

  async return(value?: unknown): Promise<IteratorResult<Chunk>> {
    const closing = this.#finish(null, true);
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      closing,
      new Promise((resolve) => {
        timer = setTimeout(resolve, CLOSING_MS);
      }),
    ]);
    clearTimeout(timer);
    return { done: true, value };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives whoever waits what there is, or sees that there will be something. */
  #serve(): void {
    while (this.#resolve) {
      if (this.#queue.length > 0 && !this.#holds) {
        const { result, delta } = this.#queue.shift()!;
        this.progress.delta = delta;
        this.#deliver(result);
      } else if (this.#ended) {
        const outcome = this.#outcome;
        this.#outcome = null;
        this.#settle(outcome ? reject(outcome) : { done: true, value: undefined });
      } else {
        if (this.attempts === 0) this.#start();
        // Otherwise the attempt is still opening, or waits for its turn: it serves when it is through.
        else if (this.#source) this.#pull();
        return;
      }
    }
  }

  #deliver(result: IteratorResult<Chunk>): void {
    const { delta } = this.progress;
    this.#delivered += 1;
    if (delta !== '') this.#text?.add(delta);
    this.#settle(result);
  }

  #settle(result: IteratorResult<Chunk> | Promise<never>): void {
    const resolve = this.#resolve!;
    this.#resolve = this.#turns.length > 0 ? this.#turns.shift()! : null;
    resolve(result);
  }

  // ── Attempts ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #start(): void {
    const { signal, totalTimeoutMs } = this.#settings;
    this.#id = streams += 1;
    this.#startedAt = performance.now();
    if (signal?.aborted) return void this.#finish({ error: signal.reason });
    signal?.addEventListener('abort', this);
    if (totalTimeoutMs < Infinity)
      setAlarm(
        (this.#total = { at: 0, ring: () => this.#timeOut('total', 'end', totalTimeoutMs) }),
        this.#startedAt + totalTimeoutMs,
      );
    void this.#begin({});
  }

  async #begin(preparation: Partial<Preparation>): Promise<void> {
    const { hints, isSeen, join } = (this.#preparation = preparation);
    const { openTimeoutMs, firstChunkTimeoutMs, holdPreamble, protocol } = this.#settings;
    const controller = (this.#controller = new AbortController());
    const isCurrent = (): boolean => this.#controller === controller;
    // In one and the same answer the protocol stays; and where its chunks follow each other, what they said stands.
    if (!isSeen) {
      this.progress = createProgress();
      this.#read = null;
    }
    if (!isSeen && !join) this.#protocol = protocol;
    this.progress.failure = null;
    this.#begun = this.#flowing = this.#terminal = false;
    this.#holds = !!join || (holdPreamble && !this.#committed);
    this.attempts += 1;
    this.#limit('open', 'stream', openTimeoutMs);
    try {
      const source = await openSource(this.#open, { ...hints, signal: controller.signal, attempt: this.attempts });
      // It may have come too late; its connection must not stay open.
      if (!isCurrent()) return void closeSource(source);
      this.#source = source;
      this.requestId = source.requestId;
      this.#tell('open', { rateLimit: source.rateLimit });
    } catch (error) {
      // Of a request, the SDK's error says all.
      if (isCurrent()) return this.#fail(error, null);
    }
    // A listener may have aborted.
    if (!isCurrent()) return;
    this.#onResult = (result) => {
      if (this.#controller === controller) this.#arrive(result);
    };
    this.#onError = (error) => {
      if (isCurrent()) this.#fail(error);
    };
    this.#opener?.();
    this.#opener = null;
    this.#limit('first-chunk', 'first chunk', firstChunkTimeoutMs);
    this.#serve();
  }

  #pull(): void {
    // Behind the terminal marker each wait has the whole limit.
    if (this.#watch.dormant || this.progress.terminal) this.#watch.renew();
    try {
      const promised = this.#source!.iterator!.next();
      Promise.resolve(promised).then(this.#onResult, this.#onError);
    } catch (error) {
      this.#onError(error);
    }
  }

  #arrive(result: IteratorResult<Chunk>): void {
    const { progress } = this;
    const { terminal: expected } = this.#settings;
    try {
      if (result.done) return this.#end();
      const chunk = result.value;
      if (!this.#begun) {
        if (this.#preparation.isSeen?.(chunk)) return this.#pull();
        this.#begun = true;
        this.#trying = null;
        this.#tell('first-chunk');
      }
      const read = this.#read ?? this.#recognise(chunk);
      progress.delta = '';
      try {
        read(chunk as never, progress);
      } catch {
        // A chunk of another shape says nothing; it is passed on all the same.
      }
      if (typeof expected === 'function') progress.terminal = this.#terminal ||= expected(chunk);
      if (progress.toolCallOpen) this.#toolCalled = true;
      if (this.#flowing && !progress.terminal && progress.failure === null) {
        this.#deliver(result);
        if (this.#resolve) this.#serve();
      } else {
        this.#weigh(result);
      }
    } catch (error) {
      // A predicate of the caller's threw, or the source is no iterator.
      void this.#finish({ error });
    }
  }

  /**
   * By the first object, for a string tells nothing: the stream may be of text alone, and it may be an event that the
   * SDK could not read.
   */
  #recognise(chunk: unknown): ReadChunk {
    const first = propertiesOf(chunk);
    if (first !== chunk) return this.#protocol?.start() ?? readUnknown;
    this.#protocol ??= this.#protocols.find(({ matches }) => matches(first)) ?? null;
    return (this.#read = this.#protocol?.start(this.progress.hasContent) ?? readUnknown);
  }

  /** A chunk that something is special about: before the content, terminal or behind it, or a failure. */
  #weigh(result: IteratorResult<Chunk>): void {
    // A listener or a predicate may have aborted.
    if (this.#ended) return;
    const { terminal, hasContent, failure, delta } = this.progress;
    const { join } = this.#preparation;
    const delivery = { result, delta };
    if (failure) {
      const tail = [...this.#queue, delivery];
      if (failure.error !== undefined) return this.#fail(failure.error, undefined, tail);
      const { message, code, status } = failure;
      const cause = Object.assign(new Error(message), { code, chunk: result.value as unknown }, status && { status });
      return this.#fail(cause, ['interrupted', `The provider reported a failure (${message})`], tail);
    }
    const counts = hasContent || terminal;
    // Where an answer goes on, its preamble was delivered by the attempt before.
    if (counts || !join) this.#queue.push(delivery);
    if (counts || !this.#holds) this.#release(terminal);
    this.#serve();
  }

  /** Lets go what is held, if it may go. */
  #release(last: boolean): void {
    const { join } = this.#preparation;
    const joined = join ? (join(this.#queue, last) as Delivery<Chunk>[] | null) : this.#queue;
    if (!joined) return;
    this.#queue = joined;
    this.#preparation = {};
    this.#holds = false;
    this.#committed = true;
    const { idleTimeoutMs } = this.#settings;
    if (last) this.#watch.bound(TRAILING_MS, () => void this.#finish(null));
    // Until here the first chunk's limit stood: what is held back is no sign that the model has done thinking.
    else if (!this.#flowing) this.#limit('idle', 'chunk', idleTimeoutMs, idleTimeoutMs / LOOKS_PER_LIMIT);
    this.#flowing = !last;
  }

  #end(): void {
    const { terminal, mayEnd } = this.progress;
    const { terminal: expected } = this.#settings;
    const source = this.#source!;
    // Its connection may be open all the same.
    source.iterator = null;
    // An end before any chunk is a cut one whatever the protocol.
    if (terminal || mayEnd || expected === 'optional' || (expected === 'required' && this.#begun && !this.#protocol)) {
      this.#release(true);
      return void this.#finish(null);
    }
    // The raw streams of openai and Anthropic end silently when aborted; here somebody else aborted.
    const signal = findController(source.stream)?.signal;
    if (signal?.aborted) return void this.#finish({ error: signal.reason });
    this.#fail(null, describeEnd(this.#protocol?.name));
  }

  // ── Limits ────────────────────────────────────────────────────────────────────────────────────────────────────────

  get wait(): number | null {
    return this.#resolve || this.#opener ? this.#delivered : null;
  }

  findLife(since: number): number {
    if (!this.#flowing) return 0;
    const { stream } = this.#source!;
    const { firstChunkTimeoutMs, idleTimeoutMs } = this.#settings;
    const lived = findLastLife(
      this.#controller?.signal,
      findController(stream)?.signal,
      propertiesOf(stream)['response'],
    );
    // A wait has a bound all the same: keep-alives for ever are no answer.
    return Math.min(lived, since + firstChunkTimeoutMs - idleTimeoutMs);
  }

  #limit(name: 'open' | 'first-chunk' | 'idle', missing: string, ms: number, grainMs?: number): void {
    this.#watch.bound(ms, () => this.#timeOut(name, missing, ms), grainMs);
  }

  #timeOut(name: 'open' | 'first-chunk' | 'idle' | 'total', missing: string, ms: number): void {
    this.#fail(null, [`${name}-timeout`, `No ${missing} within ${ms} ms`]);
  }

  // ── Failures ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** An abort: of the caller's signal, or of the stream's own controller. */
  handleEvent({ target }: Event): void {
    if (this.#ended) return;
    this.#queue = [];
    void this.#finish({ error: (target as AbortSignal).reason });
  }

  /** Counts what is queued as delivered, for it comes before the error. */
  #createError(fault: Fault, cause: unknown): StreamingError {
    const { attempts, requestId, partial } = this;
    const ahead = this.#text ? this.#queue.map(({ delta }) => delta).join('') : '';
    return createError(
      {
        partial: { ...partial, text: partial.text + ahead, chunks: partial.chunks + this.#queue.length },
        attempts,
        requestId,
      },
      fault,
      cause,
    );
  }

  /** Another error in the place of the setback, under its code. */
  #createFollower(what: string, cause: unknown): StreamingError {
    return this.#createError(
      [this.#setback instanceof StreamingError ? this.#setback.code : 'interrupted', what],
      cause,
    );
  }

  /** The attempt failed: retry, or recover, or end. `tail`: what to deliver before the error, if this is the end. */
  #fail(reason: unknown, fault = describeError(reason), tail: readonly Delivery<Chunk>[] = []): void {
    void this.#close();
    if (this.#ended) return;
    // After the terminal marker nothing is lost.
    if (this.progress.terminal) return void this.#finish(null);
    this.#queue = [];
    this.#holds = false;
    this.requestId = findRequestId(reason) ?? this.requestId;
    let outcome = fault ? this.#createError(fault, reason) : reason;
    const code = fault?.[0] ?? '';
    const isTimeout = code.endsWith('-timeout');
    if (isTimeout || code === 'truncated') this.#tell(isTimeout ? 'stall' : 'truncated', { error: outcome });
    // A listener may have aborted.
    if (this.#ended) return;
    const refused = this.#trying && isRefusal(reason) ? this.#trying : null;
    this.#trying = null;
    if (refused) {
      this.#recoveries = this.#recoveries.filter((each) => each !== refused);
      outcome = this.#createFollower(
        `The stream broke off, and \`${refused.name}\` was refused (${printReason(reason)})`,
        this.#setback,
      );
    }
    const cost = isTimeout ? TIMEOUT_COST : RETRY_COST;
    let delayMs: number | null;
    try {
      delayMs = code === 'total-timeout' ? null : this.#findDelay(reason, outcome, refused, cost);
    } catch (error) {
      return void this.#finish({ error });
    }
    if (delayMs === null) {
      this.#queue.push(...tail);
      return void this.#finish({ error: fault && tail.length > 0 ? this.#createError(fault, reason) : outcome });
    }
    this.#spent += cost;
    this.#setback = outcome;
    this.#tell('retry', { error: outcome, delayMs });
    if (!this.#ended) this.#watch.bound(delayMs, () => void this.#again());
  }

  /** How long the next attempt waits; `null` where there is to be none. Throws what a predicate of the caller's throws. */
  #findDelay(reason: unknown, outcome: unknown, refused: unknown, cost: number): number | null {
    const { maxRetries, isRetryable, retryBudget, backoff } = this.#settings;
    const hasRetry = this.attempts <= maxRetries && !this.progress.toolRan;
    if (!hasRetry || (this.#committed && !this.#recoveries.length)) return null;
    if (!refused && !isRetryable(reason ?? outcome)) return null;
    const delayMs = refused ? 0 : findDelayMs(this.attempts, reason, backoff);
    return delayMs === null || retryBudget.spend(cost) ? delayMs : null;
  }

  async #again(): Promise<void> {
    if (!this.#committed) return this.#begin({});
    const failed = { error: this.#setback };
    // `undo` is the caller's and may hang.
    this.#watch.bound(this.#settings.openTimeoutMs, () => void this.#finish(failed));
    try {
      for (const recovery of this.#recoveries) {
        const {
          partial,
          progress: { cursor, blockOpen },
        } = this;
        const preparation = await recovery.prepare({
          partial,
          cursor,
          protocol: this.#protocol,
          beyondText: this.#toolCalled || blockOpen,
          cause: this.#setback,
        });
        if (this.#ended) return;
        if (!preparation) continue;
        this.#tell('recover', { error: this.#setback, recovery: recovery.name });
        if (this.#ended) return;
        if (preparation.takenBack) {
          this.#text &&= new CollectedText();
          this.#delivered = 0;
          this.#committed = this.#toolCalled = false;
        }
        this.#trying = recovery;
        return void this.#begin(preparation);
      }
      void this.#finish(failed);
    } catch (thrown) {
      void this.#finish({
        error: this.#createFollower('`recover` threw, and what was shown may not have been taken back', thrown),
      });
    }
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Closes the connection of the attempt, by each way there is. Gives what there is to wait for. */
  #close(reason?: unknown): Promise<void> | null {
    const source = this.#source;
    const controller = this.#controller;
    this.#source = this.#controller = null;
    this.#flowing = false;
    controller?.abort(reason);
    return source && closeSource(source, reason);
  }

  /** Ends the whole, with an error or without, once. Gives what there is to wait for until the connection is closed. */
  #finish(outcome: Failure | null, stopped = false): Promise<void> | null {
    if (this.#ended) return null;
    const { signal, rejectFinish, retryBudget } = this.#settings;
    const { finishReason } = this.progress;
    this.#ended = true;
    setAlarm(this.#watch, Infinity);
    if (this.#total) setAlarm(this.#total, Infinity);
    signal?.removeEventListener('abort', this);
    if (stopped) this.#queue = [];
    else if (!outcome && rejectFinish.includes(finishReason!))
      outcome = { error: this.#createError(['rejected-finish', `The model stopped for \`${finishReason}\``], null) };
    this.#outcome = outcome;
    const closing = this.#close(outcome?.error);
    if (!outcome && !stopped) retryBudget.refund(this.#spent || 1);
    this.#tell(outcome ? 'fail' : 'complete', { ...outcome, stopped });
    this.#opener?.(outcome ? reject(outcome) : undefined);
    this.#serve();
    return closing;
  }

  #tell(type: StreamEvent['type'], more: Partial<StreamEvent> = {}): void {
    const {
      attempts: attempt,
      requestId,
      progress: { finishReason },
    } = this;
    void publish(
      {
        stream: this.#id,
        type,
        attempt,
        delivered: this.#delivered,
        elapsedMs: performance.now() - this.#startedAt,
        requestId,
        finishReason,
        delayMs: null,
        error: null,
        recovery: null,
        rateLimit: null,
        stopped: false,
        ...more,
      },
      this.#settings.onEvent,
    );
  }
}
