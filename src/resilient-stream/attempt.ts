import type { Consumer, Delivery } from './consumer.ts';
import { describeEnd, type Fault } from './fault.ts';
import { findController, findIterator, isObject, openSource, printKind } from './opened-source.ts';
import type { Open, Settings } from './options.ts';
import type { Progress, Protocol, ReadChunk } from './protocols/protocol.ts';
import type { AttemptHints, Preparation } from './recovery.ts';
import type { StreamEvent } from './stream-event.ts';

/** Behind the terminal marker only usage follows; a connection that stays open is not worth more. */
const TRAILING_MS = 1_000;

const ignore = (): void => {};

/** Streams that can be iterated once, and were. */
const used = new WeakSet<object>();

/** Reads strings as text and nothing else; of an unknown shape, an end is an end. */
const readUnknown = (chunk: unknown, progress: Progress): void => {
  progress.hasContent = true;
  if (typeof chunk === 'string') progress.delta = chunk;
};

/** What an attempt knows of its stream, and tells it. */
export interface AttemptOwner<Chunk> {
  readonly open: Open<Chunk>;
  readonly settings: Settings;
  readonly protocols: readonly Protocol[];
  readonly isTerminal: ((chunk: unknown) => boolean) | null;
  readonly consumer: Consumer<Chunk>;
  readonly deadline: { readonly bound: (limit: 'trailing' | 'idle-timeout', limitMs: number, coarse?: boolean) => void };
  readonly attempts: number;
  /** The one that goes on: what any other still brings does not count. */
  attempt: Attempt<Chunk> | null;
  requestId: string | null;
  /** A chunk of this answer went out, or is queued to go out. */
  committed: boolean;
  /** The answer has a tool call in it. */
  toolCalled: boolean;
  readonly tell: (type: StreamEvent['type'], more?: Partial<StreamEvent>) => void;
  readonly onOpen: () => void;
  readonly onFirstChunk: () => void;
  readonly fail: (reason: unknown, fault?: Fault | null, tail?: readonly Delivery<Chunk>[]) => void;
  readonly breakOff: (error: unknown, tail?: readonly Delivery<Chunk>[]) => void;
  readonly finish: (outcome: { readonly error: unknown } | null) => unknown;
}

/** One request, the stream that came of it, and the reading of its chunks. */
export class Attempt<Chunk> {
  readonly progress: Progress;
  readonly controller = new AbortController();
  source: unknown = null;
  /** `null` while it is opening. */
  iterator: Iterator<Chunk> | AsyncIterator<Chunk> | null = null;
  protocol: Protocol | null;
  /** Kept back: preamble until there is content, or what may repeat the attempt before. */
  held: Delivery<Chunk>[] = [];
  /** `null` until the first chunk. */
  read: ReadChunk | null = null;
  /** Nothing is special about the next chunk: take it, pass it on. */
  flowing = false;
  /** The caller's predicate has seen the end; what the protocol says of it does not count then. */
  private terminal = false;
  private readonly run: AttemptOwner<Chunk>;
  /** Reads on where the attempt before, whose chunks these follow, left off. */
  private readonly readOn: ReadChunk | null;
  private readonly isSeen: Preparation['isSeen'];
  private join: Preparation['join'];
  private readonly onResult = (result: IteratorResult<Chunk>): void => this.arrive(result);
  private readonly onError = (error: unknown): void => { if (this.run.attempt === this) this.run.breakOff(error); };

  /** `before`: the attempt that this one follows in the same answer. */
  constructor(run: AttemptOwner<Chunk>, progress: Progress, { isSeen, join }: Partial<Preparation>, before: Attempt<Chunk> | null) {
    this.run = run;
    this.progress = progress;
    this.isSeen = isSeen;
    this.join = join;
    this.readOn = isSeen && before ? (before.read ?? before.readOn) : null;
    // In one and the same answer the protocol stays, also behind an attempt that brought nothing.
    this.protocol = run.settings.protocol ?? (isSeen || join ? before!.protocol : null);
  }

  async open(hints: AttemptHints): Promise<void> {
    const { run } = this;
    try {
      const { source, requestId, rateLimit } = await openSource(run.open, { ...hints, signal: this.controller.signal, attempt: run.attempts });
      this.source = source;
      // At once: the SDKs' `.stream()` helpers lose what arrives before somebody iterates.
      this.iterator = findIterator<Chunk>(source);
      // It may have come too late; its connection must not stay open.
      if (run.attempt !== this) return void this.release(undefined);
      run.requestId = requestId;
      if (!this.iterator) throw new TypeError(`resilientStream: expected \`open\` to give something iterable, or a promise of it, got ${printKind(source)}.`);
      if (this.iterator === source) {
        if (used.has(this.iterator)) throw new TypeError('resilientStream: expected `open` to make a new request for each attempt, got a stream that was used before.');
        used.add(this.iterator);
      }
      run.tell('open', { rateLimit });
    } catch (error) {
      if (run.attempt === this) run.fail(error);
      return;
    }
    // A listener may have aborted.
    if (run.attempt === this) run.onOpen();
  }

  pull(): void {
    try {
      const promised = this.iterator!.next();
      (promised instanceof Promise ? promised : Promise.resolve(promised)).then(this.onResult, this.onError);
    } catch (error) {
      this.onError(error);
    }
  }

  private arrive(result: IteratorResult<Chunk>): void {
    const { run, progress } = this;
    if (run.attempt !== this) return;
    try {
      if (result.done) return this.end();
      const chunk = result.value;
      if (this.read === null && this.isSeen?.(chunk)) return this.pull();
      const read = this.read ?? this.begin(chunk);
      progress.delta = '';
      try {
        read(chunk as never, progress);
      } catch {
        // A chunk of another shape says nothing; it is passed on all the same.
      }
      if (run.isTerminal !== null) progress.terminal = this.terminal ||= run.isTerminal(chunk);
      if (progress.toolCallOpen) run.toolCalled = true;
      if (this.flowing && !progress.terminal && progress.failure === null) run.consumer.deliver(result, progress.delta);
      // A listener or a predicate may have aborted.
      else if (run.attempt === this) this.weigh({ result, delta: progress.delta });
    } catch (error) {
      // A predicate of the caller's threw, or the source is no iterator.
      run.finish({ error });
    }
  }

  private begin(chunk: unknown): ReadChunk {
    const { run } = this;
    run.onFirstChunk();
    this.protocol ??= isObject(chunk) ? (run.protocols.find(({ matches }) => matches(chunk)) ?? null) : null;
    this.read = this.readOn ?? this.protocol?.start() ?? readUnknown;
    return this.read;
  }

  /** A chunk that something is special about: before the content, terminal or behind it, or a failure. */
  private weigh(delivery: Delivery<Chunk>): void {
    const { run, progress, held } = this;
    const { terminal, hasContent, failure } = progress;
    if (failure !== null) {
      const tail = [...held, delivery];
      if (failure.error !== undefined) return run.breakOff(failure.error, tail);
      const cause = Object.assign(new Error(failure.message), { code: failure.code, chunk: delivery.result.value as unknown }, failure.status && { status: failure.status });
      return run.fail(cause, ['interrupted', `The provider reported a failure (${failure.message})`], tail);
    }
    if (terminal) run.deadline.bound('trailing', TRAILING_MS);
    if (!hasContent && !terminal) {
      // Where an answer goes on, its preamble was delivered by the attempt before.
      if (this.join) return this.pull();
      if (run.settings.holdPreamble && !run.committed) {
        held.push(delivery);
        return this.pull();
      }
    }
    held.push(delivery);
    if (!this.takeHeld(terminal)) return this.pull();
    // Until here the first chunk's limit stood: what is held back is no sign that the model has done thinking.
    if (!this.flowing && !terminal) run.deadline.bound('idle-timeout', run.settings.idleTimeoutMs, true);
    this.flowing = !terminal;
    run.consumer.deliverQueued();
  }

  /** Queues what is held; `false` if there is nothing to deliver yet. */
  private takeHeld(last: boolean): boolean {
    const joined = this.join ? (this.join(this.held, last) as Delivery<Chunk>[] | null) : this.held;
    if (joined === null) return false;
    this.held = [];
    this.join = undefined;
    this.run.committed = true;
    return this.run.consumer.queue.push(...joined) > 0;
  }

  private end(): void {
    const { run, protocol, read, progress } = this;
    // It is done, so nobody is to call its `return`; its connection may be open all the same.
    this.iterator = null;
    const hasMarker = protocol !== null || run.isTerminal !== null;
    // An end before any chunk is a cut one whatever the protocol.
    if (progress.terminal || progress.mayEnd || run.settings.terminal === 'optional' || (read !== null && !hasMarker)) {
      this.takeHeld(true);
      return void run.finish(null);
    }
    // The raw streams of openai and Anthropic end silently when aborted; here somebody else aborted.
    const signal = findController(this.source)?.signal;
    if (signal?.aborted) return void run.finish({ error: signal.reason });
    run.fail(null, describeEnd(protocol?.name));
  }

  /** Closes the connection, by each way there is. Gives what there is to wait for, which may never settle. */
  release(reason: unknown): unknown {
    // First the signals: behind a pending `next()` of a stalled SDK stream, `return()` never settles.
    this.controller.abort(reason);
    findController(this.source)?.abort(reason);
    try {
      const closing = this.iterator?.return?.();
      Promise.resolve(closing).catch(ignore);
      return closing;
    } catch {
      return undefined;
    }
  }
}
