import { readOptions, type Open, type ResilientStreamOptions } from './options.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { Run } from './run.ts';
import type { PartialAnswer } from './streaming-error.ts';

/**
 * A stream that is open, or opens at the first `next()`. Not awaitable, so an `await` ends with it. It can be iterated
 * once.
 */
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

/** The type of `resilientStream`. What has no type, as the chunks of an untyped client, has none here. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `unknown` would make a program wrong that was not
export type ResilientStreamFunction = <Chunk = any>(
  open: Open<Chunk>,
  options?: ResilientStreamOptions<Chunk>,
) => ResilientStream<Chunk>;

class OpenedStream<Chunk> implements OpenStream<Chunk> {
  readonly #run: Run<Chunk>;

  constructor(run: Run<Chunk>) {
    this.#run = run;
  }

  get partial(): PartialAnswer {
    return this.#run.partial;
  }
  get attempts(): number {
    return this.#run.attempts;
  }
  get finishReason(): string | null {
    return this.#run.progress.finishReason;
  }
  get requestId(): string | null {
    return this.#run.requestId;
  }
  get controller(): AbortController {
    return this.#run.controller;
  }

  async *text(): AsyncIterable<string> {
    for await (const chunk of this) {
      void chunk;
      const { delta } = this.#run.progress;
      if (delta) yield delta;
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    // A second loop over an SDK's stream ends at once or hangs; neither would be noticed.
    if (this.#run.iterated)
      throw new TypeError(
        'resilientStream: this stream has been iterated already. Call `resilientStream` again for a second answer.',
      );
    this.#run.iterated = true;
    return this.#run;
  }
}

// Awaitable on purpose: the code around an SDK's call has an `await`.
function createAwaitable<Chunk>(run: Run<Chunk>): ResilientStream<Chunk> {
  let opened: Promise<OpenStream<Chunk>> | null = null;
  const open = (): Promise<OpenStream<Chunk>> => (opened ??= run.opened().then(() => new OpenedStream(run)));
  const promise: Pick<Promise<OpenStream<Chunk>>, 'then' | 'catch' | 'finally'> = {
    then: (onOpen, onError) => open().then(onOpen, onError),
    catch: (onError) => open().catch(onError),
    finally: (onEnd) => open().finally(onEnd),
  };
  return Object.assign(new OpenedStream(run), promise);
}

/**
 * A `resilientStream` that recognises only `protocols`. For bundles that talk to one provider: the other protocols are
 * left out.
 */
export function createResilientStream(protocols: readonly Protocol[]): ResilientStreamFunction {
  return (open, options = {}) => createAwaitable(new Run(open, readOptions(open, options), protocols));
}
