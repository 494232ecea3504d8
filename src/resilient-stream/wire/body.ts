import { lives, type Life } from './life.ts';

/** How long a body that has said its last is waited for, so that its connection can be used again. */
const DRAIN_MS = 100;

/**
 * What a request by hand gives: a `fetch` Response, its body, or any other stream of bytes or strings, such as Node's.
 */
export type Body = Response | ReadableStream<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** The chunks of a body. Leaving the loop closes the connection. */
export interface BodyChunks<Chunk> extends AsyncIterableIterator<Chunk> {
  /** What the chunks are read from. Bytes that are no chunk, such as comments, count as its life. */
  readonly response: Body;
  /** Of a response that is not ok: throws what it says. Asked at opening; iterating throws the same. */
  readonly refuse: (() => Promise<never>) | null;
}

/** Makes chunks of lines. */
export interface LineParser<Chunk> {
  /** `line` is without its end. Gives `true` where nothing more counts. */
  readonly take: (line: string, chunks: Chunk[]) => boolean;
  /** The body ended behind `rest`, which no line end followed. @throws SyntaxError if something is cut. */
  readonly end: (rest: string, chunks: Chunk[]) => void;
}

/**
 * A piece of a body that ended before it was whole can be told only where it says so itself: an object or an array
 * does.
 */
export function parseRest<Chunk>(text: string): Chunk {
  if (!/^\s*[{[]/.test(text)) throw new SyntaxError(`The body ended in the middle of a chunk: ${text.slice(0, 100)}`);
  return JSON.parse(text) as Chunk;
}

export function readBody<Chunk>(body: Body, parser: LineParser<Chunk>): BodyChunks<Chunk> {
  return new Reader(body, parser);
}

interface Pieces {
  readonly next: () => Promise<{ readonly done?: boolean; readonly value?: Uint8Array | string | undefined }>;
  readonly cancel: () => unknown;
}

const ignore = (): void => {};
const isResponse = (body: Body): body is Response => 'ok' in body && 'body' in body;

function openPieces(body: Body): Pieces {
  const source = isResponse(body) ? (body.body ?? []) : body;
  // Not every browser's stream is iterable, and a reader can be cancelled while it waits, which an iterator cannot.
  if ('getReader' in source) {
    const reader = source.getReader() as ReadableStreamDefaultReader<Uint8Array | string>;
    return { next: () => reader.read(), cancel: () => reader.cancel() };
  }
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : (source as Iterable<string>)[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    cancel() {
      // Node's streams: their iterator's `return()` waits for the pending read.
      (source as { destroy?: () => void }).destroy?.();
      return iterator.return?.();
    },
  };
}

/** What the server says in a response that is not ok, as the SDKs' errors have it. */
async function throwRefusal(response: Response): Promise<never> {
  const { status, headers } = response;
  const text = await response.text().catch(() => '');
  let said: unknown = text;
  try {
    said = JSON.parse(text);
  } catch {
    // A gateway's page.
  }
  const { error = said } = Object(said) as { error?: unknown };
  const { message, code, type } = Object(error) as { message?: string; code?: unknown; type?: unknown };
  throw Object.assign(new Error(`${status} ${message ?? (text.slice(0, 200) || response.statusText)}`), {
    status,
    headers,
    code,
    type,
    error,
    request_id: headers.get('x-request-id') ?? headers.get('request-id'),
  });
}

class Reader<Chunk> implements BodyChunks<Chunk> {
  readonly response: Body;
  readonly refuse: (() => Promise<never>) | null;
  private readonly parser: LineParser<Chunk>;
  /**
   * Those of the latest piece; those before `at` have been given. Not shifted: of a body in one piece that would cost
   * seconds.
   */
  private chunks: Chunk[] = [];
  private at = 0;
  private readonly life: Life;
  // The mark is taken off by hand: pieces may be strings.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private pieces: Pieces | null = null;
  /** The begun line. */
  private line = '';
  private atStart = true;
  /** The last piece ended in a CR; an LF right behind it belongs to it. */
  private afterCr = false;
  private ended = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(body: Body, parser: LineParser<Chunk>) {
    if (typeof body !== 'object' || body === null)
      throw new TypeError(
        `Expected a Response or a stream of bytes or strings, got ${body === null ? 'null' : typeof body}.`,
      );
    this.response = body;
    this.parser = parser;
    this.refuse = isResponse(body) && !body.ok ? () => throwRefusal(body) : null;
    this.life = lives.get(body) ?? { at: 0 };
    lives.set(body, this.life);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Chunk>> {
    while (this.at === this.chunks.length && !this.ended) await this.read();
    if (this.at < this.chunks.length) {
      this.at += 1;
      return { done: false, value: this.chunks[this.at - 1]! };
    }
    const { failure } = this;
    this.failure = null;
    if (failure) throw failure.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Chunk>> {
    this.chunks = [];
    this.at = 0;
    this.failure = null;
    this.close();
    return { done: true, value: undefined };
  }

  private async read(): Promise<void> {
    try {
      if (this.refuse) await this.refuse();
      this.pieces ??= openPieces(this.response);
      const { done, value } = await this.pieces.next();
      if (this.ended) return;
      // Not so where two reads wait at once: the first one's chunks go first.
      if (this.at === this.chunks.length) {
        this.chunks = [];
        this.at = 0;
      }
      this.life.at = performance.now();
      if (done) {
        this.ended = true;
        this.split(this.decoder.decode());
        this.parser.end(this.line, this.chunks);
      } else {
        this.split(typeof value === 'string' ? value : this.decoder.decode(value, { stream: true }));
      }
    } catch (error) {
      // Chunks from the same piece go first.
      this.failure = { error };
      this.close();
    }
  }

  private split(text: string): void {
    if (text === '') return;
    let from = (this.atStart && text.startsWith('\uFEFF')) || (this.afterCr && text.startsWith('\n')) ? 1 : 0;
    this.atStart = this.afterCr = false;
    let lf = text.indexOf('\n', from);
    let cr = text.indexOf('\r', from);
    while (lf >= 0 || cr >= 0) {
      const isCr = cr >= 0 && (lf < 0 || cr < lf);
      const at = isCr ? cr : lf;
      const line = this.line + text.slice(from, at);
      this.line = '';
      from = at + 1;
      if (isCr) {
        this.afterCr = from === text.length;
        if (lf === from) from += 1;
        cr = text.indexOf('\r', from);
      }
      if (lf < from) lf = text.indexOf('\n', from);
      if (this.parser.take(line, this.chunks)) return this.drain();
    }
    this.line += text.slice(from);
  }

  /**
   * Behind the last chunk the body ends at once, and its connection can be used again; or it is held open, and is
   * closed.
   */
  private drain(): void {
    this.ended = true;
    this.line = '';
    const timer = setTimeout(() => this.cancel(), DRAIN_MS);
    const settle = ({ done }: { readonly done?: boolean }): void => {
      clearTimeout(timer);
      if (!done) this.cancel();
    };
    this.pieces!.next().then(settle, () => settle({ done: true }));
  }

  private close(): void {
    this.ended = true;
    this.cancel();
  }

  private cancel(): void {
    const { pieces, response } = this;
    // What nobody has read yet holds its connection too.
    Promise.resolve(
      pieces ? pieces.cancel() : isResponse(response) && !response.bodyUsed && response.body?.cancel(),
    ).catch(ignore);
  }
}
