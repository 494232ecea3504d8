/**
 * What the helper costs, beside its peers, all in one run: per chunk over a generator, over the real SDKs, and in
 * memory. The figures are medians; read the ratios, not the nanoseconds. It measures what is published, so build first.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { defer, from, retry, timeout } from 'rxjs';
import { findMedian } from './figures.ts';

const { resilientStream } = (await import(
  new URL('../src/resilient-stream/dist/index.js', import.meta.url).href
)) as typeof import('resilient-stream');

const CHUNKS = 50_000;
const SDK_CHUNKS = 10_000;
const ROUNDS = 21;
const LIMIT_MS = 120_000;
const MILLION = 1_000_000;
const STREAMS = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Chunk {
  readonly object: 'chat.completion.chunk';
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
}

const createChunk = (at: number, last: boolean): Chunk => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content: ` word${at % 7}` }, finish_reason: last ? 'stop' : null }],
});

async function* answer(chunks: number): AsyncGenerator<Chunk> {
  for (let at = 1; at <= chunks; at += 1) {
    yield {
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: ` word${at % 7}` }, finish_reason: at === chunks ? 'stop' : null }],
    };
  }
}

async function* passOn(stream: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  for await (const chunk of stream) yield chunk;
}

/** The idle limit as most people write it: a race per chunk, with a timer of its own. */
async function* race(stream: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  const iterator = stream[Symbol.asyncIterator]();
  for (;;) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('late')), LIMIT_MS);
    });
    try {
      const result = await Promise.race([iterator.next(), late]);
      if (result.done) return;
      yield result.value;
    } finally {
      clearTimeout(timer);
    }
  }
}

async function count(stream: AsyncIterable<Chunk>): Promise<number> {
  let chunks = 0;
  for await (const chunk of stream) chunks += chunk.choices.length;
  return chunks;
}

async function countObserved(): Promise<number> {
  let chunks = 0;
  await defer(() => from(answer(CHUNKS)))
    .pipe(timeout({ each: LIMIT_MS }), retry(2))
    .forEach((chunk) => {
      chunks += chunk.choices.length;
    });
  return chunks;
}

// ── The real SDKs, fed from memory ──────────────────────────────────────────────────────────────────────────────────

/** Event by event, as a server flushes them. */
function respond(events: readonly Uint8Array[]): Response {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const event = events[at++];
      if (event) controller.enqueue(event);
      else controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

const encode = (event: string): Uint8Array => new TextEncoder().encode(event);
const chatEvents = Array.from(
  { length: SDK_CHUNKS },
  (_, at) =>
    `data: ${JSON.stringify({ id: 'c', model: 'm', created: 1, ...createChunk(at, at === SDK_CHUNKS - 1) })}\n\n`,
)
  .concat('data: [DONE]\n\n')
  .map(encode);
const messageEvents = [
  {
    type: 'message_start',
    message: { id: 'm', type: 'message', role: 'assistant', content: [], model: 'm', usage: {} },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...Array.from({ length: SDK_CHUNKS }, (_, at) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: ` word${at % 7}` },
  })),
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} },
  { type: 'message_stop' },
]
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .map(encode);

const openai = new OpenAI({ apiKey: 'k', maxRetries: 0, fetch: async () => respond(chatEvents) });
const anthropic = new Anthropic({ apiKey: 'k', maxRetries: 0, fetch: async () => respond(messageEvents) });
const openChat = (signal?: AbortSignal) =>
  openai.chat.completions.create({ model: 'm', messages: [], stream: true }, { signal });
const openMessage = (signal?: AbortSignal) =>
  anthropic.messages.create({ model: 'm', max_tokens: 1, messages: [], stream: true }, { signal });

async function countAll(stream: AsyncIterable<unknown>): Promise<number> {
  let chunks = 0;
  for await (const chunk of stream) chunks += chunk ? 1 : 0;
  return chunks;
}

// ── Time ────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Ways = Readonly<Record<string, () => Promise<number>>>;

const overGenerator: Ways = {
  'bare for await': () => count(answer(CHUNKS)),
  'a generator that passes on': () => count(passOn(answer(CHUNKS))),
  'resilient-stream, all defaults': () => count(resilientStream(() => answer(CHUNKS))),
  'Promise.race with a timer': () => count(race(answer(CHUNKS))),
  'RxJS timeout + retry': countObserved,
};
const overOpenai: Ways = {
  'openai, raw loop': async () => countAll(await openChat()),
  'openai, resilient-stream': async () => countAll(await resilientStream(({ signal }) => openChat(signal))),
};
const overAnthropic: Ways = {
  'anthropic, raw loop': async () => countAll(await openMessage()),
  'anthropic, resilient-stream': async () => countAll(await resilientStream(({ signal }) => openMessage(signal))),
};

/**
 * Nanoseconds of processor time per chunk of each way, round by round: the garbage collector counts, what else the
 * machine does counts not.
 */
async function time(ways: Ways, expected: number): Promise<Map<string, number[]>> {
  const names = Object.keys(ways);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    // There and back, so that what one leaves behind does not always fall on the same other; round 0 warms up.
    for (const name of round % 2 ? names : names.toReversed()) {
      const start = process.cpuUsage();
      const chunks = await ways[name]!();
      if (chunks !== expected) throw new Error(`Expected ${expected} chunks, got ${chunks}.`);
      const { user, system } = process.cpuUsage(start);
      if (round > 0) times.get(name)!.push(((user + system) * 1e3) / chunks);
    }
  }
  return times;
}

/** The median of the rounds' own figures: a slow moment of the machine falls on a whole round. */
const compare = (rows: readonly (readonly number[])[], figure: (...row: number[]) => number): number =>
  findMedian(rows[0]!.map((_, round) => figure(...rows.map((row) => row[round]!))));

// ── Memory ──────────────────────────────────────────────────────────────────────────────────────────────────────────

async function measureHeap(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

/** Heap behind so many chunks, less the heap behind the first, and the characters that came between. */
async function grow(chunks: number, collectText: boolean): Promise<{ bytes: number; characters: number }> {
  const iterator = resilientStream(() => answer(chunks + 2), { collectText })[Symbol.asyncIterator]();
  await iterator.next();
  const before = await measureHeap();
  let characters = 0;
  for (let at = 0; at < chunks; at += 1) {
    const { value } = (await iterator.next()) as IteratorYieldResult<Chunk>;
    characters += value.choices[0]?.delta.content?.length ?? 0;
  }
  const bytes = (await measureHeap()) - before;
  await iterator.return?.();
  return { bytes, characters };
}

/** Gives one chunk, and then nothing for ever. */
function stall(): AsyncIterableIterator<Chunk> {
  let pulled = 0;
  return {
    next: () =>
      pulled++ === 0 ? Promise.resolve({ done: false, value: createChunk(0, false) }) : new Promise(() => {}),
    return: () => Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function hold(
  make: () => AsyncIterator<Chunk>,
): Promise<{ bytes: number; held: readonly AsyncIterator<Chunk>[] }> {
  const before = await measureHeap();
  const held = Array.from({ length: STREAMS }, make);
  await Promise.all(held.map((iterator) => iterator.next()));
  for (const iterator of held) void iterator.next().catch(() => {});
  return { bytes: ((await measureHeap()) - before) / STREAMS, held };
}

const countTimers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

// ── The report ──────────────────────────────────────────────────────────────────────────────────────────────────────

function printRow(what: string, figure: string, bar = '', isMet = true): void {
  console.log(`  ${what.padEnd(58)}${figure.padStart(12)}${bar && `   ${isMet ? 'bar' : 'misses the bar'} ${bar}`}`);
}

const ratio = (value: number): string => `${value.toFixed(2)} ×`;

async function reportTime(): Promise<void> {
  console.log(
    `Processor time per chunk, median of ${ROUNDS} rounds of ${CHUNKS} chunks over an async generator, Node ${process.version}`,
  );
  const times = await time(overGenerator, CHUNKS);
  const [bare, passing, ours, racing, rx] = [...times.values()] as [number[], number[], number[], number[], number[]];
  for (const [name, values] of times) printRow(name, `${findMedian(values).toFixed(0)} ns`);
  const own = compare([ours, passing], (value, base) => value / base);
  printRow('resilient-stream : a generator that passes on', ratio(own), '≤ 1.00', own <= 1);
  for (const [name, values] of [
    ['Promise.race', racing],
    ['RxJS', rx],
  ] as const) {
    const added = compare([values, ours, bare], (other, value, base) => (other - base) / (value - base));
    printRow(`added cost, ${name} : resilient-stream`, ratio(added), '≥ 5', added >= 5);
  }
  for (const [ways, chunks] of [
    [overOpenai, SDK_CHUNKS],
    [overAnthropic, SDK_CHUNKS + 5],
  ] as const) {
    const sdk = await time(ways, chunks);
    for (const [name, values] of sdk) printRow(name, `${findMedian(values).toFixed(0)} ns`);
    const [[, raw], [name, wrapped]] = [...sdk] as [[string, number[]], [string, number[]]];
    const more = compare([wrapped, raw], (value, base) => value / base);
    printRow(`${name} : raw loop`, ratio(more), '≤ 1.05', more <= 1.05);
  }
}

async function reportMemory(): Promise<void> {
  const original = globalThis.setTimeout;
  let timers = 0;
  globalThis.setTimeout = ((...parameters: Parameters<typeof setTimeout>) => {
    timers += 1;
    return original(...parameters);
  }) as typeof setTimeout;
  await count(resilientStream(() => answer(CHUNKS)));
  globalThis.setTimeout = original;
  console.log(`\nTimers and memory, Node ${process.version}`);
  printRow(`timers started for ${CHUNKS} chunks`, String(timers), '< 10', timers < 10);
  await grow(CHUNKS, true);
  const { bytes, characters } = await grow(MILLION, true);
  printRow(
    `heap after ${MILLION} chunks with ${(characters / 1e6).toFixed(1)} MB of text`,
    `${(bytes / 1e6).toFixed(2)} MB`,
    'the text, 5 % for its bookkeeping',
    bytes <= characters * 1.05,
  );
  const { bytes: lean } = await grow(MILLION, false);
  printRow('the same with `collectText: false`', `${(lean / 1e6).toFixed(2)} MB`, '< 1 MB', lean < 1e6);
  const alone = await hold(stall);
  const before = countTimers();
  const helped = await hold(() =>
    resilientStream(({ signal }) => Object.assign(stall(), { signal }))[Symbol.asyncIterator](),
  );
  const each = helped.bytes - alone.bytes;
  printRow(
    `each of ${STREAMS} stalled streams, beyond its source`,
    `${(each / 1e3).toFixed(2)} kB`,
    '< 3 kB',
    each < 3_000,
  );
  printRow('timers of all these streams', String(countTimers() - before), '≤ 1', countTimers() - before <= 1);
  for (const iterator of [...alone.held, ...helped.held]) void iterator.return?.();
}

/** Runs and prints. */
export async function runHelperBench(): Promise<void> {
  await reportTime();
  await reportMemory();
}

if (process.argv[1] === import.meta.filename) await runHelperBench();
