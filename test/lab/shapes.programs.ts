/**
 * Every shape of program with every request of the catalog that it can take, by the real SDKs: as it is and as the
 * codemod has it, against a server that is well, one that cuts, and what else the shape names. Programs of an SDK run
 * one behind the other in a process of theirs.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rewriteText } from '../../codemods/rewrite.ts';
import { codemod as wrapping } from '../../codemods/wrap-in-resilient-stream.ts';
import { type Example, findExamples, NEEDS_OTHERS, ofGeneration, serve, TELLS_NO_CUT } from './examples.ts';
import { type Came, createPrograms, type Host } from './program.ts';
import { parseRequest, type Request } from './request.ts';
import type { Script } from './server.ts';
import { type Shape, shapes } from './shapes.ts';

/** SDKs that are tried at once. */
const LANES = 2;
const PLAYED_WITHIN_MS = 900_000;
const LEFTOVERS_MS = 100;

interface Pair {
  readonly name: string;
  readonly example: Example;
  readonly request: Request;
  readonly shape: Shape;
  readonly text: string;
  /** The first of its SDK that has this shape. */
  readonly isFirst: boolean;
}

/** What came of a program, and what it asked of the server. */
interface Played extends Came {
  readonly asked: readonly unknown[];
}

interface Outcome {
  readonly raw: Played;
  readonly whole: Played;
  readonly cut: Played;
  readonly struck: Played | null;
}

const only = (process.env['LAB_SDKS'] ?? '').split(',').filter(Boolean);
/** A tool runner's turns are left by the codemod, whatever the shape; HTTP without an SDK, too. */
const isTried = ({ name, sdk, api }: Example): boolean =>
  (only.length === 0 || only.includes(sdk.id)) &&
  !(name in NEEDS_OTHERS) &&
  api.reach !== 'request' &&
  !api.iterables.includes('[]');

const examples = (await findExamples())
  .filter(isTried)
  .filter(({ api: { example } }, index, all) => all.findIndex(({ api }) => api.example === example) === index);

function findPairs(): Pair[] {
  const known = new Set<string>();
  return examples.flatMap((example) => {
    const request = parseRequest(example.api, example.api.example);
    if (!request) return [];
    return shapes.flatMap((shape): Pair[] => {
      const text = shape.print(request);
      if (text === null) return [];
      const isFirst = !known.has(`${example.sdk.id} ${shape.name}`);
      known.add(`${example.sdk.id} ${shape.name}`);
      return [{ name: shape.name, example, request, shape, text, isFirst }];
    });
  });
}

const pairs = findPairs();
const rewritten = new Map(
  pairs.map((pair) => [pair, rewriteText('program.mjs', pair.text, [wrapping], pair.shape.options)]),
);
const isLeft = (pair: Pair): boolean => rewritten.get(pair)!.rewrites.length === 0;

// ── Running ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const programs = createPrograms();
afterAll(() => programs.close());

async function play(
  host: Host,
  text: string,
  { example }: Pair,
  plan: readonly Script[],
  interrupts = false,
): Promise<Played> {
  const server = await serve(
    example,
    plan.map((script) => ({ pauseMs: 0, ...script })),
  );
  let isOpen = true;
  try {
    const came = await host.run(ofGeneration(text, example.sdk), server.url, { interrupts });
    isOpen = await Promise.race([
      Promise.all(server.requests.map(({ closed }) => closed)).then(() => false),
      setImmediate(true),
    ]);
    return { ...came, asked: server.requests.map(({ path, body }) => ({ path, body: normalise(body) })) };
  } finally {
    await server.close();
    // What a program left behind ends with its server, and is no part of the next one.
    if (isOpen) await setTimeout(LEFTOVERS_MS);
  }
}

/** A form's boundary is random; a config that holds but a signal leaves nothing behind. */
function normalise(body: unknown): unknown {
  if (typeof body === 'string') return body.replaceAll(/^--(\S+?)(?:--)?\r?$/m.exec(body)?.[1] ?? '\0', 'boundary');
  return body && Object.fromEntries(Object.entries(body).filter(([, value]) => JSON.stringify(value) !== '{}'));
}

async function playAll(host: Host, pair: Pair): Promise<Outcome> {
  const {
    shape: { strikes },
    text,
  } = pair;
  const after = rewritten.get(pair)!.text;
  const raw = await play(host, text, pair, [{}]);
  const whole = await play(host, after, pair, [{}]);
  const cut = await play(host, after, pair, [{ fault: 'end' }, {}]);
  const struck =
    strikes && pair.isFirst ? await play(host, after, pair, [{ fault: strikes.fault }, {}], strikes.interrupts) : null;
  return { raw, whole, cut, struck };
}

const outcomes = new Map<Pair, Promise<Outcome>>();

beforeAll(async () => {
  const tried = pairs.filter((pair) => !isLeft(pair));
  const sdks = [...new Set(tried.map(({ example }) => example.sdk))];
  const queue = sdks
    .map((sdk) => tried.filter(({ example }) => example.sdk === sdk))
    .sort((a, b) => b.length - a.length);
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const host = programs.host();
      for (const pair of next) {
        const outcome = playAll(host, pair);
        outcomes.set(pair, outcome);
        await outcome.catch(() => {});
      }
      host.close();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}, PLAYED_WITHIN_MS);

// ── What is expected ────────────────────────────────────────────────────────────────────────────────────────────────

/** The loop does nothing with the chunks but to gather their text. */
const isGathered = ({ body }: Request): boolean =>
  !/\.(?!text\()\w+\(/.test(body.replaceAll('process.stdout.write(', ''));
const isTakenBack = (request: Request, { gathers }: Shape): boolean => {
  const { api, member } = request;
  return (
    gathers === true &&
    isGathered(request) &&
    api.protocol !== null &&
    !api.remembersCut &&
    (api.terminal !== null || /text/i.test(member))
  );
};

function expectCut({ raw, cut }: Outcome, { example, request, shape }: Pair): void {
  const onCut = isTakenBack(request, shape) ? 'recovers' : (shape.onCut ?? 'throws');
  if (TELLS_NO_CUT.includes(example.name) && onCut !== 'recovers') return expect(cut.thrown).toBeNull();
  if (onCut === 'recovers') return expect(cut).toMatchObject({ thrown: null, shown: raw.shown });
  const [answer, shown] = [raw.shown.join(''), cut.shown.join('')];
  if (onCut === 'catches') {
    expect(cut.thrown).toBeNull();
    expect(shown).toMatch(/Error$/);
    return expect(answer.startsWith(shown.replace(/\w*Error$/, ''))).toBe(true);
  }
  expect(cut.thrown?.name).toMatch(/Error/);
  expect(answer.startsWith(shown)).toBe(true);
  expect(answer.length).toBeGreaterThan(shown.length);
  expect(shown === '').toBe(shape.gathers === true);
  if (cut.thrown?.name !== 'StreamingError') return expect(request.api.onCleanEnd).toBe('throws');
  const partial = cut.thrown.partialText ?? '';
  expect(partial === '').toBe(example.entry.helper?.ownProtocol === true);
  expect((shape.gathers ? answer : shown).includes(partial)).toBe(true);
}

describe.each(examples)('$name', (example) => {
  it.each(pairs.filter((pair) => pair.example === example))('$name', async (pair) => {
    const { request, shape, text } = pair;
    const { text: after, skipped, failed } = rewritten.get(pair)!;
    const reasons = [...new Set(skipped.map(({ reason }) => reason))];
    expect(failed).toBeNull();
    const isUnknown = request.api.protocol === null && request.api.terminal === null;
    const unseen = shape.mayBeUnseen && isLeft(pair);
    const left = unseen
      ? /^The request is made elsewhere|^The helper knows no sign/
      : isUnknown
        ? /^The helper knows no sign of the end/
        : (shape.left?.(request) ?? null);
    if (left) {
      expect(after).toBe(text);
      if (!(unseen && reasons.length === 0)) expect(reasons).toEqual([expect.stringMatching(left)]);
      return;
    }
    expect({ reasons, isLeft: isLeft(pair) }).toEqual({ reasons: [], isLeft: false });
    expect(after).toMatch(shape.says ?? /resilientStream\(/);
    const outcome = await outcomes.get(pair)!;
    const { raw, whole, struck } = outcome;
    expect(raw.thrown).toBeNull();
    expect(raw.shown.join('')).toMatch(/\S/);
    expect(whole).toEqual(raw);
    expectCut(outcome, pair);
    if (struck) expect(`${struck.thrown?.code} ${struck.thrown?.message}`).toMatch(shape.strikes!.throws);
  });
});
