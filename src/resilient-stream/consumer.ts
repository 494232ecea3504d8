import { CollectedText } from './collected-text.ts';

/** How long leaving a loop waits for the source's own clean-up. `return()` of a stalled SDK stream never settles. */
const CLOSING_MS = 1_000;

/** A chunk on its way to the consumer, and the text in it. */
export interface Delivery<Chunk> { readonly result: IteratorResult<Chunk>; readonly delta: string }

/** What the consumer asks for. */
export interface Feed {
  /** Somebody waits and nothing is queued: bring the next chunk, or the end. */
  readonly advance: () => void;
  /** The loop was left. Gives what there is to wait for until the connection is closed. */
  readonly leave: () => unknown;
}

type Resolve = (result: IteratorResult<unknown> | Promise<never>) => void;

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

/** The one who reads: whether it waits, what is queued for it, and what it has got. */
export class Consumer<Chunk> implements AsyncIterableIterator<Chunk> {
  /** `null`: nobody waits. The one function is kept, not its sibling: each store of a young object into an old one costs as much as all else here. */
  private resolve: Resolve | null = null;
  private readonly capture = (resolve: Resolve): void => { this.resolve = resolve; };
  private turn: Promise<unknown> | null = null;
  private readonly feed: Feed;
  readonly queue: Delivery<Chunk>[] = [];
  /** `null`: text is not collected. */
  readonly text: CollectedText | null;
  /** Waits so far: the number of the one that is going on. */
  waits = 0;
  /** Chunks delivered so far. */
  delivered = 0;
  /** The text of the latest chunk, if it was queued. */
  delta: string | null = null;

  constructor(feed: Feed, collectsText: boolean) {
    this.feed = feed;
    this.text = collectsText ? new CollectedText() : null;
  }

  get waiting(): boolean {
    return this.resolve !== null;
  }

  next(): Promise<IteratorResult<Chunk>> {
    return this.resolve === null && this.turn === null ? this.wait() : this.takeTurn();
  }

  async return(value?: unknown): Promise<IteratorResult<Chunk>> {
    await settledWithin(this.feed.leave(), CLOSING_MS);
    return { done: true, value };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  deliver(result: IteratorResult<Chunk>, delta: string): void {
    const resolve = this.resolve!;
    this.resolve = null;
    this.delivered += 1;
    this.delta = null;
    if (delta !== '') this.text?.add(delta);
    resolve(result);
  }

  /** Delivers what comes first in the queue, if somebody waits for it; `false` if the queue is empty. */
  deliverQueued(): boolean {
    const first = this.queue[0];
    if (first === undefined || this.resolve === null) return first !== undefined;
    this.queue.shift();
    this.deliver(first.result, first.delta);
    this.delta = first.delta;
    return true;
  }

  /** The end, for whoever waits for it. */
  end(): void {
    this.resolve?.({ done: true, value: undefined });
    this.resolve = null;
  }

  fail(error: Error): void {
    this.resolve?.(Promise.reject(error));
    this.resolve = null;
  }

  private wait(): Promise<IteratorResult<Chunk>> {
    const promise = new Promise(this.capture);
    this.waits += 1;
    if (this.queue.length === 0 || !this.deliverQueued()) this.feed.advance();
    return promise as Promise<IteratorResult<Chunk>>;
  }

  /** Somebody calls `next()` again without awaiting the last one: one after another, as a generator has it. */
  private takeTurn(): Promise<IteratorResult<Chunk>> {
    this.turn ??= new Promise<void>((over) => {
      const resolve = this.resolve!;
      this.resolve = (result) => { resolve(result); over(); };
    });
    const wait = (): Promise<IteratorResult<Chunk>> => this.wait();
    const turn = this.turn.then(wait, wait);
    this.turn = turn;
    const leave = (): void => { if (this.turn === turn) this.turn = null; };
    turn.then(leave, leave);
    return turn;
  }
}
