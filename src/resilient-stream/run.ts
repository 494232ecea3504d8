import { Attempt, type AttemptOwner } from './attempt.ts';
import { findDelayMs } from './backoff.ts';
import { Deadline, type Limit, type Watched } from './clock.ts';
import { Consumer, type Delivery, type Feed } from './consumer.ts';
import { createError, describeError, describeLimit, findCode, type Fault } from './fault.ts';
import { findLastLife } from './life.ts';
import { findController, findRequestId, isObject } from './opened-source.ts';
import type { Open, Settings } from './options.ts';
import { createProgress, type Progress, type Protocol } from './protocols/protocol.ts';
import { Recovering } from './recovering.ts';
import type { Preparation } from './recovery.ts';
import { RETRY_COST, TIMEOUT_COST } from './retry-budget.ts';
import { publish, type StreamEvent } from './stream-event.ts';
import type { PartialAnswer } from './streaming-error.ts';

/** An outcome with an error; the object tells `throw undefined` from no error. */
interface Failure { readonly error: unknown }

const NOTHING: Progress = /* @__PURE__ */ createProgress();
let streams = 0;

/** One stream, from its first request to its end: attempts, retries, recoveries, and the one outcome. */
export class Run<Chunk> implements AttemptOwner<Chunk>, Feed, Watched {
  readonly open: Open<Chunk>;
  readonly settings: Settings;
  readonly protocols: readonly Protocol[];
  readonly isTerminal: ((chunk: unknown) => boolean) | null;
  readonly consumer: Consumer<Chunk>;
  readonly deadline: Deadline = new Deadline(this);
  /** The one that goes on; `null` before the first, between two, and after the last. */
  attempt: Attempt<Chunk> | null = null;
  attempts = 0;
  progress = NOTHING;
  requestId: string | null = null;
  /** A chunk of this answer went out, or is queued to go out. */
  committed = false;
  /** The answer has a tool call in it. */
  toolCalled = false;
  readonly recovering: Recovering;
  private ownController: AbortController | null = null;
  private iterated = false;
  /** The last one that was made. */
  latest: Attempt<Chunk> | null = null;
  /** What the next attempt is to make good. */
  private setback: unknown;
  private id = 0;
  private startedAt = 0;
  private spent = 0;
  ended = false;
  private outcome: Failure | null = null;
  private waitsForOpen: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | null = null;

  constructor(open: Open<Chunk>, settings: Settings, protocols: readonly Protocol[]) {
    this.open = open;
    this.settings = settings;
    this.protocols = protocols;
    this.recovering = new Recovering(settings.recover);
    this.isTerminal = typeof settings.terminal === 'function' ? settings.terminal : null;
    this.consumer = new Consumer(this, settings.collectText);
  }

  get partial(): PartialAnswer {
    const { consumer: { text, delivered }, progress: { finishReason, toolCallOpen } } = this;
    return { text: text?.join() ?? '', chunks: delivered, finishReason, toolCallOpen };
  }

  /** The text of the latest chunk. */
  get delta(): string {
    return this.consumer.delta ?? this.progress.delta;
  }

  tell(type: StreamEvent['type'], more: Partial<StreamEvent> = {}): void {
    const { id, attempts, requestId, consumer: { delivered }, progress: { finishReason } } = this;
    const event = { stream: id, type, attempt: attempts, delivered, elapsedMs: performance.now() - this.startedAt, requestId, finishReason };
    publish({ ...event, delayMs: null, error: null, recovery: null, rateLimit: null, stopped: false, ...more }, this.settings.onEvent);
  }

  get controller(): AbortController {
    // Made when it is asked for: few do, and it is a good part of what a stream weighs.
    if (!this.ownController) {
      this.ownController = new AbortController();
      this.ownController.signal.addEventListener('abort', this);
    }
    return this.ownController;
  }

  iterate(): AsyncIterator<Chunk> {
    // A second loop over an SDK's stream ends at once or hangs; neither would be noticed.
    if (this.iterated) throw new TypeError('resilientStream: this stream has been iterated already. Call `resilientStream` again for a second answer.');
    this.iterated = true;
    return this.consumer;
  }

  /** Opens the stream, if it is not open, and waits for that. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      // Aborted before it began; the loop, if there is one, throws the same.
      const failure = this.outcome as { readonly error: Error } | null;
      if (failure) return reject(failure.error);
      if (this.attempts > 0 || this.ended) return resolve();
      this.waitsForOpen = { resolve, reject };
      this.start();
    });
  }

  // ── What the consumer asks ────────────────────────────────────────────────────────────────────────────────────────

  advance(): void {
    const { attempt, deadline } = this;
    if (attempt?.flowing) {
      if (deadline.dormant) deadline.start();
      attempt.pull();
    } else if (this.ended) {
      this.deliverEnd();
    } else if (this.attempts === 0) {
      this.start();
    } else if (attempt?.iterator) {
      deadline.start();
      attempt.pull();
    }
    // Otherwise the attempt is still opening, or waits for its turn: it pulls when it is through.
  }

  leave(): unknown {
    return this.finish(null, true);
  }

  private deliverEnd(): void {
    const { outcome, consumer } = this;
    this.outcome = null;
    if (outcome) consumer.fail(outcome.error as Error);
    else consumer.end();
  }

  // ── What the clock asks ───────────────────────────────────────────────────────────────────────────────────────────

  findWait(): number {
    return this.consumer.waiting || this.waitsForOpen ? this.consumer.waits + 1 : 0;
  }

  findLife(): number {
    const { attempt, deadline, settings } = this;
    if (!attempt?.flowing) return 0;
    const lived = findLastLife(attempt.controller.signal, findController(attempt.source)?.signal, isObject(attempt.source) && attempt.source['response']);
    // A wait has a bound all the same: keep-alives for ever are no answer.
    return Math.min(lived, deadline.since + settings.firstChunkTimeoutMs - settings.idleTimeoutMs);
  }

  strike(limit: Limit): void {
    if (limit === 'trailing') return void this.finish(null);
    if (limit === 'backoff') return void this.again();
    if (limit === 'recovery') return void this.finish({ error: this.setback });
    this.fail(null, describeLimit(limit, this.settings));
  }

  // ── Attempts ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** An abort: of the caller's signal, or of the stream's own controller. */
  handleEvent({ target }: Event): void {
    if (this.ended) return;
    this.consumer.queue.length = 0;
    this.finish({ error: (target as AbortSignal).reason });
  }

  private start(): void {
    const { signal, totalTimeoutMs } = this.settings;
    this.id = streams += 1;
    this.startedAt = performance.now();
    if (signal?.aborted) return void this.finish({ error: signal.reason });
    signal?.addEventListener('abort', this);
    this.deadline.boundTotal(totalTimeoutMs);
    this.begin({});
  }

  private begin(preparation: Partial<Preparation>): void {
    this.attempts += 1;
    // Where the chunks follow each other, what they said stands.
    if (!preparation.isSeen) this.progress = createProgress();
    this.progress.failure = null;
    this.attempt = this.latest = new Attempt(this, this.progress, preparation, this.latest);
    this.deadline.bound('open-timeout', this.settings.openTimeoutMs);
    void this.attempt.open(preparation.hints ?? {});
  }

  /** The attempt has its stream. */
  onOpen(): void {
    this.waitsForOpen?.resolve();
    this.waitsForOpen = null;
    this.deadline.bound('first-chunk-timeout', this.settings.firstChunkTimeoutMs);
    if (this.consumer.waiting) this.attempt!.pull();
  }

  onFirstChunk(): void {
    this.recovering.settle();
    this.tell('first-chunk');
  }

  // ── Failures ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The source threw while it was read. */
  breakOff(error: unknown, tail: readonly Delivery<Chunk>[] = []): void {
    this.fail(error, describeError(error), tail);
  }

  /** The attempt failed: retry, or recover, or end. `tail`: what to deliver before the error, if this is the end. */
  fail(reason: unknown, fault: Fault | null = null, tail: readonly Delivery<Chunk>[] = []): void {
    const { attempt, consumer: { queue }, settings } = this;
    this.attempt = null;
    attempt?.release(undefined);
    if (this.ended) return;
    // After the terminal marker nothing is lost.
    if (this.progress.terminal) return void this.finish(null);
    const code = fault?.[0];
    if (code === 'total-timeout') queue.length = 0;
    this.requestId = findRequestId(reason) ?? this.requestId;
    let outcome = fault ? createError(this, fault, reason) : reason;
    const isTimeout = code?.endsWith('-timeout');
    if (isTimeout || code === 'truncated') this.tell(isTimeout ? 'stall' : 'truncated', { error: outcome });
    // A listener may have aborted.
    if (this.ended) return;
    const refusal = this.recovering.findRefusal(reason);
    if (refusal) outcome = createError(this, ...refusal);
    const cost = isTimeout ? TIMEOUT_COST : RETRY_COST;
    let delayMs: number | null = null;
    try {
      const mayRetry = this.attempts <= settings.maxRetries && !this.progress.toolRan && (!this.committed || this.recovering.left.length > 0);
      if (mayRetry && (refusal || settings.isRetryable(reason ?? outcome))) delayMs = refusal ? 0 : findDelayMs(this.attempts, reason, settings.backoff);
      if (delayMs !== null && !settings.retryBudget.spend(cost)) delayMs = null;
    } catch (error) {
      return void this.finish({ error });
    }
    if (delayMs === null) {
      queue.push(...tail);
      return void this.finish({ error: fault && tail.length > 0 ? createError(this, fault, reason) : outcome });
    }
    this.spent += cost;
    this.setback = outcome;
    this.tell('retry', { error: outcome, delayMs });
    if (!this.ended) this.deadline.bound('backoff', delayMs);
  }

  private async again(): Promise<void> {
    if (!this.committed) return this.begin({});
    const { setback } = this;
    // `undo` is the caller's and may hang.
    this.deadline.bound('recovery', this.settings.openTimeoutMs);
    try {
      const preparation = await this.recovering.prepare(this, setback);
      if (this.ended) return;
      if (preparation) this.begin(preparation);
      else this.finish({ error: setback });
    } catch (thrown) {
      this.finish({ error: createError(this, [findCode(setback), '`recover` threw, and what was shown may not have been taken back'], thrown) });
    }
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends the whole, with an error or without, once. Gives what there is to wait for until the connection is closed. */
  finish(outcome: Failure | null, stopped = false): unknown {
    if (this.ended) return undefined;
    const { attempt, consumer, settings, waitsForOpen, progress: { finishReason } } = this;
    this.ended = true;
    this.attempt = null;
    this.deadline.stop();
    settings.signal?.removeEventListener('abort', this);
    if (stopped) consumer.queue.length = 0;
    else if (!outcome && settings.rejectFinish.includes(finishReason!)) outcome = { error: createError(this, ['rejected-finish', `The model stopped for \`${finishReason}\``], null) };
    this.outcome = outcome;
    const closing = attempt?.release(outcome?.error);
    if (outcome) {
      this.tell('fail', { error: outcome.error });
    } else {
      if (!stopped) settings.retryBudget.refund(this.spent || 1);
      this.tell('complete', { stopped });
    }
    if (outcome) waitsForOpen?.reject(outcome.error);
    else waitsForOpen?.resolve();
    this.waitsForOpen = null;
    if (consumer.waiting && !consumer.deliverQueued()) this.deliverEnd();
    return closing;
  }
}
