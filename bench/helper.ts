/**
 * What the helper costs per chunk, beside its peers, all in one run on the same stream of chat chunks.
 * The figures are medians; read the ratios, not the nanoseconds.
 */
import { resilientStream } from 'resilient-stream';
import { defer, from, retry, timeout } from 'rxjs';

const CHUNKS = 50_000;
const ROUNDS = 15;
const LIMIT_MS = 120_000;

interface Chunk {
  readonly object: 'chat.completion.chunk';
  readonly choices: readonly { readonly index: number; readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[];
}

async function* answer(): AsyncGenerator<Chunk> {
  for (let at = 1; at <= CHUNKS; at += 1) {
    yield { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: ` word${at % 7}` }, finish_reason: at === CHUNKS ? 'stop' : null }] };
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
    const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error('late')), LIMIT_MS); });
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
  await defer(() => from(answer())).pipe(timeout({ each: LIMIT_MS }), retry(2)).forEach((chunk) => { chunks += chunk.choices.length; });
  return chunks;
}

const ways: Readonly<Record<string, () => Promise<number>>> = {
  'bare for await': () => count(answer()),
  'a generator that passes on': () => count(passOn(answer())),
  'resilient-stream, all defaults': () => count(resilientStream(() => answer())),
  'Promise.race with a timer': () => count(race(answer())),
  'RxJS timeout + retry': countObserved,
};

function findMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function time(way: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const chunks = await way();
  if (chunks !== CHUNKS) throw new Error(`Expected ${CHUNKS} chunks, got ${chunks}.`);
  return ((performance.now() - start) * 1e6) / CHUNKS;
}

/** Runs and prints. */
export async function runHelperBench(): Promise<void> {
  const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  // By turns, so that what else the machine does falls on all alike; the first round warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const ns = await time(way);
      if (round > 0) times.get(name)?.push(ns);
    }
  }
  const medians = new Map([...times].map(([name, values]) => [name, findMedian(values)]));
  const bare = medians.get('bare for await') ?? NaN;
  const passing = medians.get('a generator that passes on') ?? NaN;
  console.log(`Cost per chunk over an async generator: median of ${ROUNDS} rounds of ${CHUNKS} chunks, Node ${process.version}`);
  console.log(`  ${'way'.padEnd(32)}${'ns'.padStart(6)}${'× bare'.padStart(10)}${'× pass-on'.padStart(12)}`);
  for (const [name, ns] of medians) {
    console.log(`  ${name.padEnd(32)}${ns.toFixed(0).padStart(6)}${(ns / bare).toFixed(2).padStart(10)}${(ns / passing).toFixed(2).padStart(12)}`);
  }
}
