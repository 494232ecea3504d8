/** Random schedules, faults, consumers and options, over the real clients fed from memory; a model says what must have been delivered. */
import fc from 'fast-check';
import { resilientStream, restart, RetryBudget, StreamingError, type ResilientStreamOptions } from 'resilient-stream';
import { describe, expect, it } from 'vitest';
import { dialects } from './dialects.ts';
import type { Dialect } from './dialects/dialect.ts';
import { listFrames, WHOLE_TEXT } from './script.ts';
import { findSdks, loadModules, openRaw, type EntryPoint, type Untyped } from './sdk.ts';

const RUNS = 150;
const IDLE_MS = 200;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** One attempt: the frames of a whole answer up to `frames`, in pieces of these sizes, and then the fault. */
interface Attempt {
  readonly fault: 'none' | 'end' | 'reset' | 'malformed' | 'error' | 'stall' | 'status';
  /** Share of the frames before the terminal one that come before the fault. */
  readonly share: number;
  readonly pieces: readonly number[];
  readonly delays: readonly number[];
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  fault: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<Attempt['fault']>('none', 'end', 'reset', 'malformed', 'error', 'status') },
    { weight: 1, arbitrary: fc.constant<Attempt['fault']>('stall') },
  ),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  pieces: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }),
  delays: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 }),
});

const scenario = fc.record({
  attempts: fc.array(attempt, { minLength: 1, maxLength: 4 }),
  maxRetries: fc.integer({ min: 0, max: 3 }),
  restarts: fc.boolean(),
  holdPreamble: fc.boolean(),
  busy: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Frames up to the one that says the answer is whole, which is never before a fault. */
function findShown(dialect: Dialect, { fault, share }: Attempt): number {
  const open = dialect.head.length + WHOLE_TEXT.length;
  return fault === 'none' ? Infinity : fault === 'status' ? 0 : Math.floor(share * open);
}

/** The plan's last attempt repeats. */
const at = (attempts: readonly Attempt[], index: number): Attempt => attempts[Math.min(index, attempts.length - 1)]!;

/** What must have been delivered: attempt after attempt, until one is whole, or has shown something that cannot be taken back. */
function predict(dialect: Dialect, { attempts, maxRetries, restarts, holdPreamble }: Scenario): { text: string; whole: boolean; requests: number } {
  for (let index = 0; ; index += 1) {
    const each = at(attempts, index);
    const shown = findShown(dialect, each);
    if (shown === Infinity) return { text: WHOLE_TEXT.join(''), whole: true, requests: index + 1 };
    const text = WHOLE_TEXT.slice(0, Math.max(0, shown - dialect.head.length)).join('');
    const committed = holdPreamble ? text !== '' : shown > 0;
    if (index >= maxRetries || (committed && !restarts)) return { text, whole: false, requests: index + 1 };
  }
}

function openBody(dialect: Dialect, each: Attempt): Response {
  if (each.fault === 'status') return Response.json(dialect.refusal(503), { status: 503 });
  const frames = listFrames(dialect).map((frame) => Buffer.from(frame)).slice(0, findShown(dialect, each));
  if (each.fault === 'malformed') frames.push(Buffer.from(dialect.malformed));
  if (each.fault === 'error') frames.push(Buffer.from(dialect.error));
  let rest = Buffer.concat(frames);
  let turn = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (rest.length > 0) {
        await sleep(each.delays[turn % each.delays.length]!);
        const size = each.pieces[turn % each.pieces.length]!;
        turn += 1;
        controller.enqueue(rest.subarray(0, size));
        rest = rest.subarray(size);
      } else if (each.fault === 'reset') {
        controller.error(new TypeError('terminated', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) }));
      } else if (each.fault === 'stall') {
        await new Promise(() => {});
      } else {
        controller.close();
      }
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { 'content-type': dialect.contentType } });
}

async function play(entry: EntryPoint, modules: readonly Untyped[], dialect: Dialect, { attempts, maxRetries, restarts, holdPreamble, busy }: Scenario): Promise<{ text: string; whole: boolean; requests: number }> {
  let requests = 0;
  // It never looks at its signal, as some wrappers do not.
  const fetch = async (): Promise<Response> => openBody(dialect, at(attempts, requests++));
  const fed: EntryPoint = { ...entry, client: (url, given, ...all) => entry.client(url, { ...given, fetch }, ...all) };
  let text = '';
  const options = {
    maxRetries, holdPreamble, backoff: { initialMs: 0 }, retryBudget: new RetryBudget(), idleTimeoutMs: IDLE_MS, firstChunkTimeoutMs: IDLE_MS, openTimeoutMs: 5_000,
    ...(restarts ? { recover: restart(() => { text = ''; }) } : {}),
  } as ResilientStreamOptions;
  let turn = 0;
  try {
    for await (const chunk of await resilientStream<unknown>(({ signal }) => openRaw(fed, modules, 'http://127.0.0.1:9', { signal }) as Promise<AsyncIterable<unknown>>, options)) {
      text += entry.findText(chunk) ?? '';
      const ms = busy[turn++ % busy.length]!;
      if (ms > 0) await sleep(ms);
    }
    return { text, whole: true, requests };
  } catch (error) {
    if (error instanceof StreamingError) expect(error.partial.text).toBe(text);
    return { text, whole: false, requests };
  }
}

const sdks = (await findSdks()).filter(({ id }) => id === 'openai' || id === 'anthropic');

describe.concurrent.each(sdks)('$title', (sdk) => {
  const raw = sdk.entryPoints.filter(({ name }) => name.endsWith('.create'));

  it.concurrent.each(raw)('$name: what is delivered is what the model says, whatever happens', async (entry) => {
    // A rejection that nobody handles fails the run, too: vitest sees to it.
    const modules = await loadModules(sdk);
    const dialect: Dialect = dialects[entry.dialect];
    await fc.assert(fc.asyncProperty(scenario, async (each) => {
      expect(await play(entry, modules, dialect, each)).toEqual(predict(dialect, each));
    }), { numRuns: RUNS });
  });
});
