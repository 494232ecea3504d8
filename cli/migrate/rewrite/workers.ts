import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

export interface WorkerSetup {
  /** The module that each worker runs; it calls `serveWork`. */
  readonly program: URL;
  /** The `workerData` of each worker. */
  readonly data: unknown;
  readonly count: number;
}

/** Items in one message to a worker: enough that messages cost little, few enough that the workers end together. */
const BATCH_SIZE = 32;
/** Batches per worker that may be done before their results are read: the results of a whole tree need much memory. */
const BATCHES_AHEAD = 4;
/** A worker takes some tenths of a second to load. In that time one thread alone does as many items as this. */
const ITEMS_PER_WORKER = 2_000;
/** Each worker takes some 100 MB. */
const MOST_WORKERS = 8;
/** Half of V8's default: every worker has a young generation of its own, and collecting it more often costs little. */
const YOUNG_GENERATION_MB = 24;

/**
 * How many workers to start for so many items; 1: none, this thread does the work. One core is left to this thread and
 * V8's own threads: on two cores, a second worker saves no time.
 */
export const countWorkers = (items: number, cores = availableParallelism()): number =>
  Math.max(1, Math.min(cores - 1, MOST_WORKERS, Math.floor(items / ITEMS_PER_WORKER)));

/**
 * The results of the work on each item, in the order of the items. An item at which a worker dies is tried once more,
 * alone; if the worker dies again, `toLostResult` makes the result. The workers end with the generator.
 */
export async function* workInOrder<Item, Result>(
  items: readonly Item[],
  setup: WorkerSetup,
  toLostResult: (item: Item, reason: string) => Result,
): AsyncGenerator<Result> {
  const batches = Array.from({ length: Math.ceil(items.length / BATCH_SIZE) }, (_, index) =>
    items.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
  const pool = new WorkerPool<Item, Result>({ ...setup, count: Math.min(setup.count, batches.length) }, toLostResult);
  const started: Promise<readonly Result[]>[] = [];
  try {
    for (const index of batches.keys()) {
      while (started.length < Math.min(batches.length, index + 1 + setup.count * BATCHES_AHEAD))
        started.push(markHandled(pool.run(batches[started.length]!)));
      yield* await started[index]!;
      started[index] = READ; // drops the results
    }
  } finally {
    await pool.end();
  }
}

const READ: Promise<never[]> = Promise.resolve([]);

/** The promise is awaited later. If it rejects before that, Node must not report an unhandled rejection. */
function markHandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Gives each batch to the next worker that is free. */
class WorkerPool<Item, Result> {
  readonly #slots: readonly WorkerSlot<Item, Result>[];
  readonly #free: WorkerSlot<Item, Result>[];
  readonly #waiting: ((slot: WorkerSlot<Item, Result>) => void)[] = [];
  readonly #toLostResult: (item: Item, reason: string) => Result;
  #isOver = false;

  constructor(setup: WorkerSetup, toLostResult: (item: Item, reason: string) => Result) {
    this.#slots = Array.from({ length: setup.count }, () => new WorkerSlot<Item, Result>(setup));
    this.#free = [...this.#slots];
    this.#toLostResult = toLostResult;
  }

  async run(batch: readonly Item[]): Promise<readonly Result[]> {
    const slot =
      this.#free.shift() ?? (await new Promise<WorkerSlot<Item, Result>>((resolve) => this.#waiting.push(resolve)));
    try {
      return await this.#runIn(slot, batch);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(slot);
      else this.#free.push(slot);
    }
  }

  async #runIn(slot: WorkerSlot<Item, Result>, batch: readonly Item[]): Promise<readonly Result[]> {
    if (this.#isOver) return [];
    const results = await slot.run(batch);
    if (!(results instanceof WorkerDeath)) return results;
    if (this.#isOver) return [];
    if (batch.length === 1) return [this.#toLostResult(batch[0]!, results.reason)];
    const each: Result[] = [];
    for (const item of batch) each.push(...(await this.#runIn(slot, [item])));
    return each;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#slots.map((slot) => slot.end()));
  }
}

/** The worker ended before it had done its batch. */
class WorkerDeath {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

const READY = 'ready';
type Message<Result> = typeof READY | readonly Result[];

/** The place of one worker. After a worker has died, the next batch starts another. */
class WorkerSlot<Item, Result> {
  readonly #setup: WorkerSetup;
  #worker: Worker | null;
  #onEnd: (results: readonly Result[] | WorkerDeath) => void = () => {};
  #onFailure: (error: Error) => void = () => {};

  constructor(setup: WorkerSetup) {
    this.#setup = setup;
    this.#worker = this.#start();
  }

  run(batch: readonly Item[]): Promise<readonly Result[] | WorkerDeath> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#onEnd = resolve;
      this.#onFailure = reject;
      worker.postMessage(batch);
    });
  }

  async end(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const { program, data } = this.#setup;
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
    const worker = new Worker(program, { workerData: data, resourceLimits });
    let isReady = false;
    let failure: Error | null = null;
    worker.on('message', (message: Message<Result>) => {
      if (message === READY) isReady = true;
      else this.#onEnd(message);
    });
    worker.on('error', (error) => (failure = error));
    worker.on('exit', (code) => {
      this.#worker = null;
      const reason = failure?.message ?? `it ended with ${code}`;
      // A worker that dies before it is ready did not die of an item: the whole run fails.
      if (isReady) this.#onEnd(new WorkerDeath(reason));
      else this.#onFailure(failure ?? new Error(reason));
    });
    return worker;
  }
}

/** In a worker: does the work on each item that the main thread sends. */
export function serveWork<Item, Result>(work: (item: Item) => Promise<Result>): void {
  const port = parentPort!;
  const workAll = async (batch: readonly Item[]): Promise<void> => {
    const results: Result[] = [];
    for (const item of batch) results.push(await work(item));
    port.postMessage(results);
  };
  port.on('message', (batch: readonly Item[]) => void workAll(batch));
  port.postMessage(READY satisfies Message<Result>);
}
