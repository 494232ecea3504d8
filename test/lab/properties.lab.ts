/**
 * Random schedules, faults, consumers and options, over the real SDKs fed from memory; a model says what must have been
 * delivered. Time is scripted: it goes on only where everybody waits for it, so that no limit strikes because the
 * machine is busy.
 */
import fc from 'fast-check';
import { resilientStream, restart, RetryBudget, StreamingError, type ResilientStreamOptions } from 'resilient-stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dialects } from './dialects.ts';
import type { Dialect } from './dialects/dialect.ts';
import { feedFrom, openRecorded, printReset, stopFeeding } from './from-memory.ts';
import { findOwnProtocol } from './own-protocol.ts';
import { listFrames, WHOLE_TEXT } from './script.ts';
import { findSdks, loadModules, openRaw, type BeyondHelp, type EntryPoint, type Untyped } from './sdk.ts';

const RUNS = Number(process.env['LAB_RUNS'] ?? 150);
/** More than the longest frame takes in the smallest and slowest pieces. */
const IDLE_MS = 6_000;
const PAUSE_MS = 2;
/** A busy consumer takes longer than any limit on the server. */
const BUSY_MS = 20_000;

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** One attempt: the frames of a whole answer up to a share of them, in pieces of these sizes, and then the fault. */
interface Attempt {
  readonly fault: 'none' | 'end' | 'reset' | 'malformed' | 'error' | 'stall' | 'status';
  /** Share of the frames before the terminal one that come before the fault. */
  readonly share: number;
  readonly pieces: readonly number[];
  readonly delays: readonly number[];
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  fault: fc.constantFrom<Attempt['fault']>('none', 'end', 'reset', 'malformed', 'error', 'stall', 'status'),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  pieces: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }),
  delays: fc.array(fc.integer({ min: 0, max: PAUSE_MS }), { minLength: 1, maxLength: 4 }),
});

const scenario = fc.record({
  attempts: fc.array(attempt, { minLength: 1, maxLength: 4 }),
  maxRetries: fc.integer({ min: 0, max: 3 }),
  restarts: fc.boolean(),
  holdPreamble: fc.boolean(),
  busy: fc.array(fc.constantFrom(0, 0, 1, BUSY_MS), { minLength: 1, maxLength: 4 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

interface Delivered {
  readonly text: string;
  readonly whole: boolean;
  readonly requests: number;
}

/** Frames up to the one that says the answer is whole, which is never before a fault. */
function findShown(dialect: Dialect, { fault, share }: Attempt): number {
  const open = dialect.head.length + WHOLE_TEXT.length;
  return fault === 'none' ? Infinity : fault === 'status' ? 0 : Math.floor(share * open);
}

/** The plan's last attempt repeats. */
const at = (attempts: readonly Attempt[], index: number): Attempt => attempts[Math.min(index, attempts.length - 1)]!;

/**
 * What the SDK makes of a failure may say too little to be retried, or nothing at all. Some do so of the very first
 * frame only.
 */
function findHopeless({ beyondHelp, dialect }: EntryPoint, each: Attempt): BeyondHelp | null {
  const ids = [each.fault, ...(findShown(dialects[dialect], each) === 0 ? [`${each.fault}-first`] : [])];
  // What becomes of the connection cannot be seen here.
  return (
    beyondHelp?.find(
      ({ cases, wrong }) => ids.some((id) => cases.includes(id)) && !wrong.test('the connection stays open'),
    ) ?? null
  );
}

/** An error may throw away what waits in front of it. */
const isLossy = ({ errorOvertakes, transport }: EntryPoint, { fault }: Attempt): boolean =>
  errorOvertakes === 'any' || (fault === 'reset' && (errorOvertakes === 'reset' || transport === 'aws'));

/**
 * What may have been delivered: attempt after attempt, until one is whole, or has shown something that cannot be taken
 * back. Whether a frame before the text makes a chunk is the SDK's affair, so where the preamble is not held back, it
 * may have been shown or not.
 */
function predict(
  entry: EntryPoint,
  { attempts, maxRetries, restarts, holdPreamble }: Scenario,
  index = 0,
): Delivered[] {
  const each = at(attempts, index);
  const dialect: Dialect = dialects[entry.dialect];
  const shown = findShown(dialect, each);
  const requests = index + 1;
  if (shown === Infinity) return [{ text: WHOLE_TEXT.join(''), whole: true, requests }];
  const count = Math.max(0, shown - dialect.head.length);
  const counts = isLossy(entry, each) ? Array.from({ length: count + 1 }, (_, fewer) => fewer) : [count];
  return counts.flatMap((delivered) => {
    const text = WHOLE_TEXT.slice(0, delivered).join('');
    const hopeless = findHopeless(entry, each);
    const fails = { text, whole: false, requests };
    const ends = hopeless?.wrong.test('ends silently') ? [fails, { ...fails, whole: true }] : [fails];
    if (index >= maxRetries || (text !== '' && !restarts)) return ends;
    const goesOn = predict(entry, { attempts, maxRetries, restarts, holdPreamble, busy: [] }, index + 1);
    // What was lost may have been shown in part: some SDKs give a frame in two chunks.
    const isLost = delivered < count;
    return (holdPreamble || restarts) && !hopeless && !isLost ? goesOn : [...ends, ...goesOn];
  });
}

function answer(dialect: Dialect, each: Attempt, move: () => void): Response {
  if (each.fault === 'status') return Response.json(dialect.refusal(503), { status: 503 });
  const frames = listFrames(dialect)
    .map((frame) => Buffer.from(frame))
    .slice(0, findShown(dialect, each));
  if (each.fault === 'malformed') frames.push(Buffer.from(dialect.malformed));
  if (each.fault === 'error') frames.push(Buffer.from(dialect.error));
  let rest = Buffer.concat(frames);
  let turn = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        move();
        if (rest.length > 0) {
          const ms = each.delays[turn % each.delays.length]!;
          if (ms > 0) await sleep(ms);
          const size = each.pieces[turn % each.pieces.length]!;
          turn += 1;
          controller.enqueue(new Uint8Array(rest.subarray(0, size)));
          rest = rest.subarray(size);
        } else if (each.fault === 'reset') {
          controller.error(printReset());
        } else if (each.fault === 'stall') {
          await new Promise(() => {});
        } else {
          controller.close();
        }
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'content-type': dialect.contentType } });
}

/** Turns of the event loop in which nothing moves, until everybody waits for time to go on. */
const QUIET_TURNS = 12;

/** Lets time go on, from one timer to the next, whenever nothing else moves. */
function startTime(): { move: () => void; stop: () => void } {
  let quiet = 0;
  let running = true;
  const turn = (): void => {
    if (!running) return;
    quiet += 1;
    if (quiet > QUIET_TURNS) {
      quiet = 0;
      vi.advanceTimersToNextTimer();
    }
    setImmediate(turn);
  };
  setImmediate(turn);
  return {
    move: () => {
      quiet = 0;
    },
    stop: () => {
      running = false;
    },
  };
}

async function play(
  entry: EntryPoint,
  modules: readonly Untyped[],
  { attempts, maxRetries, restarts, holdPreamble, busy }: Scenario,
): Promise<Delivered & { readonly chunksBeforeRetry: number }> {
  const dialect: Dialect = dialects[entry.dialect];
  const time = startTime();
  let requests = 0;
  let text = '';
  let chunks = 0;
  let chunksBeforeRetry = 0;
  // It never looks at its signal, as some wrappers do not.
  const fed = feedFrom(entry, dialect, () => {
    if (requests > 0) chunksBeforeRetry = chunks;
    return answer(dialect, at(attempts, requests++), time.move);
  });
  const findText = entry.helper?.findText ?? entry.findText;
  const options: ResilientStreamOptions = {
    ...findOwnProtocol(entry),
    maxRetries,
    holdPreamble,
    backoff: { initialMs: 1 },
    retryBudget: new RetryBudget(),
    idleTimeoutMs: IDLE_MS,
    firstChunkTimeoutMs: IDLE_MS,
    ...(restarts
      ? {
          recover: restart(() => {
            text = '';
          }),
        }
      : {}),
  };
  try {
    for await (const chunk of await resilientStream<unknown>(
      ({ signal }) => openRaw(fed, modules, 'http://127.0.0.1:9', { signal, forHelper: true }),
      options,
    )) {
      time.move();
      text += findText(chunk) ?? '';
      const ms = busy[chunks++ % busy.length]!;
      if (ms > 0) await sleep(ms);
    }
    return { text, whole: true, requests, chunksBeforeRetry };
  } catch (error) {
    if (error instanceof StreamingError)
      expect(entry.helper?.findPartial?.(error.partial.text) ?? error.partial.text).toBe(text);
    return { text, whole: false, requests, chunksBeforeRetry };
  } finally {
    time.stop();
  }
}

const sdks = (await findSdks()).filter(
  ({ id }) => !process.env['LAB_SDKS'] || process.env['LAB_SDKS'].split(',').includes(id),
);

/**
 * Reads one answer in real time: what the SDK loads at its first request comes from the disk, and scripted time does
 * not wait for that.
 */
async function warmUp(entry: EntryPoint, modules: readonly Untyped[]): Promise<void> {
  const dialect: Dialect = dialects[entry.dialect];
  const fed = feedFrom(entry, dialect, () =>
    openRecorded(dialect, { bytes: Buffer.concat(listFrames(dialect).map((frame) => Buffer.from(frame))), end: 'end' }),
  );
  let text = '';
  for await (const chunk of await openRaw(fed, modules, 'http://127.0.0.1:9'))
    text = `${entry.cumulative ? '' : text}${entry.findText(chunk) ?? ''}` || text;
  expect(text).toBe(WHOLE_TEXT.join(''));
}

afterEach(() => {
  vi.useRealTimers();
  stopFeeding();
});

describe.each(sdks)('$title', (sdk) => {
  // What cannot be fed from memory has another entry point with the same protocol.
  const entries = sdk.entryPoints.filter(({ transport }) => transport !== null);

  it.each(entries)('$name: what is delivered is what the model says, whatever happens', async (entry) => {
    // A rejection that nobody handles fails the run, too: vitest sees to it.
    const modules = await loadModules(sdk);
    await warmUp(entry, modules);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
    await fc.assert(
      fc.asyncProperty(scenario, async (each) => {
        // An agent takes an empty answer for a turn, and goes on with the next one.
        fc.pre(
          !entry.runsTools ||
            each.attempts.every(
              (one) =>
                one.fault !== 'end' || findShown(dialects[entry.dialect], one) > dialects[entry.dialect].head.length,
            ),
        );
        const { chunksBeforeRetry, ...delivered } = await play(entry, modules, each);
        expect(predict(entry, each)).toContainEqual(delivered);
        if (!each.restarts) expect(chunksBeforeRetry).toBe(0);
      }),
      { numRuns: RUNS },
    );
  });
});
