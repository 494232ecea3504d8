import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

/** What workers are started with. */
export interface Workshop {
  /** A module that calls `serve`. */
  readonly program: URL;
  /** Its `workerData`. */
  readonly data: unknown;
  readonly count: number;
}

/**
 * So many are handed over at once: enough that nobody waits for the post, few enough that nobody waits for the last.
 */
const BATCH = 32;
/** Batches per worker that may be done before their turn, so that the results of a whole tree are never in memory. */
const AHEAD = 4;
/** A worker takes some tenths of a second to load, in which one thread alone has done as many. */
const WORTHWHILE = 2_000;
/** Each takes some 100 MB. */
const MOST = 8;
/** Half of what V8 takes by default: there is one for each worker, and to empty it twice as often costs little. */
const YOUNG_MB = 24;

/**
 * How many workers do so many things best; 1: none but this thread. It keeps a core: beside it and V8's own threads, a
 * second worker on two cores saves no time.
 */
export const countWorkers = (items: number, cores = availableParallelism()): number =>
  Math.max(1, Math.min(cores - 1, MOST, Math.floor(items / WORTHWHILE)));

/**
 * The results of work on each item, in the order of the items, by workers that are gone when it is over. What makes a
 * worker die is tried once more, alone; `toLost` says what is to stand for it where that ends the same way.
 */
export async function* workInOrder<Item, Result>(
  items: readonly Item[],
  workshop: Workshop,
  toLost: (item: Item, reason: string) => Result,
): AsyncGenerator<Result> {
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
  const crew = new Crew<Item, Result>({ ...workshop, count: Math.min(workshop.count, batches.length) }, toLost);
  const started: Promise<readonly Result[]>[] = [];
  try {
    for (const index of batches.keys()) {
      while (started.length < Math.min(batches.length, index + 1 + workshop.count * AHEAD))
        started.push(heeded(crew.work(batches[started.length]!)));
      yield* await started[index]!;
      started[index] = DONE;
    }
  } finally {
    await crew.end();
  }
}

const DONE: Promise<never[]> = Promise.resolve([]);

/** Whoever awaits it hears of its failure; until then it is no unhandled one. */
function heeded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Workers that take batches as they come. */
class Crew<Item, Result> {
  readonly #posts: readonly Post<Item, Result>[];
  readonly #free: Post<Item, Result>[];
  readonly #waiting: ((post: Post<Item, Result>) => void)[] = [];
  readonly #toLost: (item: Item, reason: string) => Result;
  #isOver = false;

  constructor(workshop: Workshop, toLost: (item: Item, reason: string) => Result) {
    this.#posts = Array.from({ length: workshop.count }, () => new Post<Item, Result>(workshop));
    this.#free = [...this.#posts];
    this.#toLost = toLost;
  }

  async work(batch: readonly Item[]): Promise<readonly Result[]> {
    const post =
      this.#free.shift() ?? (await new Promise<Post<Item, Result>>((resolve) => this.#waiting.push(resolve)));
    try {
      return await this.#workAt(post, batch);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(post);
      else this.#free.push(post);
    }
  }

  async #workAt(post: Post<Item, Result>, batch: readonly Item[]): Promise<readonly Result[]> {
    if (this.#isOver) return [];
    const results = await post.work(batch);
    if (!(results instanceof Death) || this.#isOver) return results instanceof Death ? [] : results;
    if (batch.length === 1) return [this.#toLost(batch[0]!, results.reason)];
    const each: Result[] = [];
    for (const item of batch) each.push(...(await this.#workAt(post, [item])));
    return each;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#posts.map((post) => post.end()));
  }
}

/** A worker has ended amidst its work. */
class Death {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

const READY = 'ready';
type Message<Result> = typeof READY | readonly Result[];

/** Where one worker works, and another after it has died. */
class Post<Item, Result> {
  readonly #workshop: Workshop;
  #worker: Worker | null;
  #onEnd: (results: readonly Result[] | Death) => void = () => {};
  #onFailure: (error: Error) => void = () => {};

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    this.#worker = this.#start();
  }

  work(batch: readonly Item[]): Promise<readonly Result[] | Death> {
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
    const { program, data } = this.#workshop;
    const worker = new Worker(program, { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
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
      // What cannot even start is the fault of no item.
      if (isReady) this.#onEnd(new Death(reason));
      else this.#onFailure(failure ?? new Error(reason));
    });
    return worker;
  }
}

/** In a worker: does the work on each item that it is handed. */
export function serve<Item, Result>(work: (item: Item) => Promise<Result>): void {
  const port = parentPort!;
  const workAll = async (batch: readonly Item[]): Promise<void> => {
    const results: Result[] = [];
    for (const item of batch) results.push(await work(item));
    port.postMessage(results);
  };
  port.on('message', (batch: readonly Item[]) => void workAll(batch));
  port.postMessage(READY satisfies Message<Result>);
}
