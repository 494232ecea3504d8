import fc from 'fast-check';
import {
  continueText,
  resilientStream,
  restart,
  resume,
  RetryBudget,
  StreamingError,
  type AttemptContext,
  type ResilientStreamOptions,
} from 'resilient-stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  chunk,
  findText,
  finish,
  httpError,
  readAll,
  role,
  scripted,
  swift,
  terminated,
  usage,
  type ChatChunk,
  type Step,
} from '../scripted.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const LIMIT_MS = 1_000;

type Fault =
  'none' | 'end' | 'reset' | 'cut' | 'stall' | 'error' | 'refused' | 'stalled-open' | 'held-open' | 'reset-behind-end';

/** How one attempt goes: how many of the answer's pieces come, after which waits, and what then. */
interface Course {
  readonly fault: Fault;
  readonly pieces: number;
  readonly waits: readonly number[];
  readonly preamble: number;
}

const overloaded = (): Error => Object.assign(new Error('Overloaded'), { status: undefined, type: 'overloaded_error' });

const faults: readonly Fault[] = [
  'none',
  'end',
  'reset',
  'cut',
  'stall',
  'error',
  'refused',
  'stalled-open',
  'held-open',
  'reset-behind-end',
];
const courses: fc.Arbitrary<Course> = fc.record({
  fault: fc.constantFrom(...faults),
  pieces: fc.nat(6),
  waits: fc.array(fc.nat(LIMIT_MS - 100), { maxLength: 8 }),
  preamble: fc.nat(2),
});
const answers = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });

/** Whether the attempt brings the answer to its terminal marker. */
const isWhole = ({ fault }: Course): boolean =>
  fault === 'none' || fault === 'held-open' || fault === 'reset-behind-end';

function findSteps(course: Course, answer: readonly string[]): Step<ChatChunk>[] {
  const shown = isWhole(course) ? answer : answer.slice(0, course.pieces);
  const steps: Step<ChatChunk>[] = Array.from({ length: course.preamble }, role);
  for (const [at, piece] of shown.entries()) {
    const waitMs = course.waits[at];
    if (waitMs !== undefined) steps.push({ waitMs });
    steps.push(chunk(piece));
  }
  if (isWhole(course)) steps.push(finish(), usage());
  if (course.fault === 'stall' || course.fault === 'held-open') steps.push('stall');
  if (course.fault === 'reset' || course.fault === 'reset-behind-end') steps.push({ throws: terminated() });
  if (course.fault === 'cut') steps.push({ throws: new SyntaxError('Unexpected end of JSON input') });
  if (course.fault === 'error') steps.push({ throws: overloaded() });
  return steps;
}

function open(course: Course, answer: readonly string[]): AsyncIterable<ChatChunk> | Promise<AsyncIterable<ChatChunk>> {
  if (course.fault === 'refused') throw httpError(503);
  if (course.fault === 'stalled-open') return new Promise(() => {});
  return scripted<ChatChunk>(...findSteps(course, answer));
}

/** What the attempt shows before it fails; nothing, if it fails before there is content. */
const findShown = (course: Course, answer: readonly string[]): number =>
  course.fault === 'refused' || course.fault === 'stalled-open' ? 0 : Math.min(course.pieces, answer.length);

const limits: ResilientStreamOptions<ChatChunk> = {
  openTimeoutMs: LIMIT_MS,
  firstChunkTimeoutMs: LIMIT_MS,
  idleTimeoutMs: LIMIT_MS,
};

it('delivers the exact whole, or an exact prefix and an error, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      answers,
      fc.array(courses, { minLength: 1, maxLength: 4 }),
      fc.nat(3_000),
      fc.nat(3),
      async (answer, plan, pauseMs, maxRetries) => {
        const course = (attempt: number): Course => plan[Math.min(attempt, plan.length) - 1]!;
        const stream = resilientStream(
          ({ attempt }) => open(course(attempt), answer),
          swift({ ...limits, maxRetries }),
        );
        const read = readAll(stream, pauseMs);
        await vi.advanceTimersByTimeAsync(200_000);
        await read.over;

        // The model: attempts that show nothing are retried unseen; the first one that shows something decides.
        let deciding = 1;
        while (deciding <= maxRetries && !isWhole(course(deciding)) && findShown(course(deciding), answer) === 0)
          deciding += 1;
        const expected = isWhole(course(deciding))
          ? answer.join('')
          : answer.slice(0, findShown(course(deciding), answer)).join('');

        expect(findText(read.chunks)).toBe(expected);
        expect(read.ended).toBe(isWhole(course(deciding)));
        expect(stream.attempts).toBe(deciding);
        expect(stream.partial).toMatchObject({ text: expected, chunks: read.chunks.length });
        if (read.error instanceof StreamingError) expect(read.error.partial.text).toBe(expected);
        else if (read.error) expect(read.error).toHaveProperty('status');
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});

it('delivers the exact whole with restart, if any attempt it may make brings it', async () => {
  await fc.assert(
    fc.asyncProperty(
      answers,
      fc.array(courses, { minLength: 1, maxLength: 4 }),
      fc.nat(3),
      fc.boolean(),
      async (answer, plan, maxRetries, holdPreamble) => {
        const course = (attempt: number): Course => plan[Math.min(attempt, plan.length) - 1]!;
        const stream = resilientStream(
          ({ attempt }) => open(course(attempt), answer),
          swift({
            ...limits,
            maxRetries,
            holdPreamble,
            recover: restart(() => {
              read.chunks.length = 0;
            }),
          }),
        );
        const read = readAll(stream);
        await vi.advanceTimersByTimeAsync(200_000);
        await read.over;

        const good = Array.from({ length: maxRetries + 1 }, (_, at) => at + 1).find((attempt) =>
          isWhole(course(attempt)),
        );
        const last = good ?? maxRetries + 1;
        expect(read.ended).toBe(good !== undefined);
        expect(findText(read.chunks)).toBe(
          good ? answer.join('') : answer.slice(0, findShown(course(last), answer)).join(''),
        );
        expect(stream.partial).toMatchObject({ text: findText(read.chunks), chunks: read.chunks.length });
        expect(stream.attempts).toBe(last);
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});

it("throws the caller's reason, and nothing comes after it, whenever the abort comes", async () => {
  await fc.assert(
    fc.asyncProperty(
      answers,
      fc.array(courses, { minLength: 1, maxLength: 4 }),
      fc.nat(4_000),
      async (answer, plan, abortMs) => {
        const caller = new AbortController();
        const reason = new Error('enough');
        const stream = resilientStream(
          ({ attempt }) => open(plan[Math.min(attempt, plan.length) - 1]!, answer),
          swift({
            ...limits,
            signal: caller.signal,
            recover: restart(() => {
              read.chunks.length = 0;
            }),
          }),
        );
        const read = readAll(stream, 50);
        await vi.advanceTimersByTimeAsync(abortMs);
        const over = read.ended || read.error !== null;
        const had = read.chunks.length;
        caller.abort(reason);
        await vi.advanceTimersByTimeAsync(60);
        await read.over;
        if (!over) expect(read.error).toBe(reason);
        expect(read.chunks).toHaveLength(had);
        // The source is deaf and may still be in a wait of its own.
        await vi.advanceTimersByTimeAsync(LIMIT_MS);
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});

it('is read alike by any mixture of calls to next()', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }), async (batches) => {
      const pieces = ['a', 'b', 'c', 'd', 'e', 'f'];
      const iterator = resilientStream(() => [role(), ...pieces.map((piece) => chunk(piece)), finish()], swift())[
        Symbol.asyncIterator
      ]();
      const chunks: ChatChunk[] = [];
      for (const size of batches) {
        const results = await Promise.all(Array.from({ length: size }, () => iterator.next()));
        for (const result of results) if (!result.done) chunks.push(result.value);
      }
      expect('abcdef'.startsWith(findText(chunks))).toBe(true);
      const calls = batches.reduce((sum, size) => sum + size, 0);
      expect(chunks).toHaveLength(Math.min(calls, pieces.length + 2));
    }),
    { numRuns: 100 },
  );
});

const words = fc.shuffledSubarray(['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', '👍🏽👎'], {
  minLength: 2,
});

it('joins an answer exactly, wherever it breaks and however many words the model repeats', async () => {
  await fc.assert(
    fc.asyncProperty(
      words,
      fc.array(fc.tuple(fc.nat(7), fc.nat(3)), { maxLength: 3 }),
      fc.integer({ min: 1, max: 9 }),
      async (answer, breaks, size) => {
        const whole = answer.map((word) => `${word} `).join('');
        const open = ({ attempt, text }: AttemptContext): AsyncIterable<ChatChunk> => {
          // The model goes on behind the words it has, less those it says again.
          const has = text === undefined ? 0 : text.length;
          const [shown, again] = breaks[attempt - 1] ?? [Infinity, 0];
          const start = again === 0 ? has : whole.lastIndexOf(' ', Math.max(0, has - again * 6)) + 1;
          // Less than three characters said again would not be told from what is meant.
          const from = [...whole.slice(start, has)].length < 3 ? has : start;
          const cut = Math.min(whole.length, has + 3 * shown + 1);
          const upTo = !breaks[attempt - 1] ? whole.length : whole.codePointAt(cut - 1)! > 0xffff ? cut + 1 : cut;
          const pieces = whole.slice(from, upTo).match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
          return scripted<ChatChunk>(
            role(),
            ...pieces.map((piece) => chunk(piece)),
            ...(breaks[attempt - 1] ? [{ throws: terminated() }] : [finish()]),
          );
        };
        const read = readAll(resilientStream(open, swift({ maxRetries: 5, recover: continueText() })));
        await vi.advanceTimersByTimeAsync(10_000);
        await read.over;
        expect(read.error).toBeNull();
        expect(findText(read.chunks)).toBe(whole);
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});

it('resumes exactly, wherever it breaks and however much comes again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 4 }),
      async (length, breaks) => {
        const answer = [
          { type: 'response.created', sequence_number: 0, response: { id: 'r', background: true } },
          ...Array.from({ length }, (_, at) => ({
            type: 'response.output_text.delta',
            sequence_number: at + 1,
            delta: `${at} `,
          })),
          { type: 'response.completed', sequence_number: length + 1, response: { status: 'completed' } },
        ];
        const open = ({ attempt, cursor }: AttemptContext): AsyncIterable<object> => {
          const has = cursor === undefined ? 0 : (cursor as { startingAfter: number }).startingAfter + 1;
          const course = breaks[attempt - 1];
          if (!course) return scripted<object>(...answer.slice(has));
          return scripted<object>(
            ...answer.slice(Math.max(0, has - course[1]), Math.max(has, Math.min(course[0], length))),
            { throws: terminated() },
          );
        };
        const read = readAll(
          resilientStream(open, {
            maxRetries: 5,
            backoff: { maxMs: 0 },
            recover: resume(),
            retryBudget: new RetryBudget(),
          }),
        );
        await vi.advanceTimersByTimeAsync(10_000);
        await read.over;
        expect(read.error).toBeNull();
        expect(read.chunks).toEqual(answer);
      },
    ),
    { numRuns: 300 },
  );
});
