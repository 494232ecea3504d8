/**
 * Measures one entry point: `measure.ts SDK NUMBER`, where NUMBER is its place in the SDK's file. Prints the
 * measurement as JSON, in the last line.
 */
import { readFileSync } from 'node:fs';
import { inspect, isDeepStrictEqual } from 'node:util';
import { catalog } from '../../src/providers/catalog.ts';
import { cases, WHOLE } from './cases.ts';
import { isTrue, findTextByPath } from './chunk-path.ts';
import { findClaimed } from './claimed.ts';
import { cutEverywhere } from './cut-everywhere.ts';
import { dialects } from './dialects.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { Bounded, Measurement, Outcome, Row } from './outcome.ts';
import { findHeadersWait } from './headers-wait.ts';
import { findKnownEnd } from './known-end.ts';
import { runHelper, runRaw, stopCounting } from './run.ts';
import type { Script } from './script.ts';
import { findSdks, generation, loadModules, type Limit } from './sdk.ts';

const TIMEOUT_MS = 180;
/** What the dialects' in-band errors say. */
const TOLD = /had an error|An error occurred|Overloaded|overloaded|model failed|unexpectedly stopped|http 503/;

/** Refusals that may pass, as in the cases. */
const RETRIED = [429, 500, 529];

const [sdkId, place] = process.argv.slice(2);
const only = process.env['LAB_CASES']?.split(',');
const sdk = (await findSdks()).find(({ id }) => id === sdkId);
const entry = sdk?.entryPoints[Number(place)];
if (!sdk || !entry) throw new Error(`There is no entry point ${place} of ${sdkId}.`);

// Some SDKs tell the console of lines that they skip.
for (const name of ['warn', 'error', 'log', 'info', 'debug', 'dir'] as const) console[name] = () => {};

// Said here, for errors that nobody handles are only counted.
const modules = await loadModules(sdk).catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exit(1);
});
const dialect: Dialect = dialects[entry.dialect];
const api = entry.proves && findClaimed(catalog, entry.proves);

const rows: Row[] = [];
const seen: { whole: unknown[]; cut: unknown[]; error: unknown[] } = { whole: [], cut: [], error: [] };
for (const { id, plan, consumer, duty, suits } of cases) {
  if ((suits && !suits(dialect)) || (only && !only.includes(id))) continue;
  const run = { entry, modules, plan, consumer };
  const see = id === 'whole' ? seen.whole : id === 'clean-end' ? seen.cut : id === 'error' ? seen.error : null;
  const raw = await runRaw({ ...run, ...(see ? { see: (chunk) => see.push(chunk) } : {}) });
  const stalls = !/stall|keep-alive/.test(id) ? null : id.includes('-head') ? 'head' : 'middle';
  const helper = await runHelper(run, { stalls, restarts: false });
  const restarted = duty === 'told' ? await runHelper(run, { stalls, restarts: true }) : null;
  rows.push({ case: id, raw, helper, restarted });
}

/**
 * A limit of `TIMEOUT_MS` against a stall before the headers, a stall in mid-answer, and an answer that is slow but
 * alive.
 */
async function measureLimit(limit: Limit): Promise<Bounded> {
  const { option } = limit;
  const timeout = { ...limit, ms: TIMEOUT_MS };
  const read = (script: Script): Promise<Outcome> =>
    runRaw({ entry: entry!, modules, consumer: 'reads', plan: [script] }, timeout);
  // On a machine that is busy with other things, the limit may strike before anything could come: that says nothing.
  const readSome = async (script: Script): Promise<Outcome> => {
    let outcome = await read(script);
    for (let again = 0; again < 5 && outcome.text === ''; again += 1) outcome = await read(script);
    return outcome;
  };
  const print = (bounds: Bounded['bounds']): Bounded => ({
    option: 'client' in option ? `client ${option.client}` : option.path.join('.'),
    bounds,
  });
  const slow = await readSome({ pauseMs: TIMEOUT_MS / 3 });
  if (slow.end !== 'hung' && slow.text !== WHOLE) return print('total');
  if ((await readSome({ fault: 'stall' })).end !== 'hung') return print('idle');
  // Some begin when the headers have come, and end with the first chunk.
  for (const fault of ['stall-headers', 'stall-head'] as const)
    if ((await read({ fault })).end !== 'hung') return print('headers');
  return print('nothing');
}

/**
 * How often a request that is refused is sent again, if nothing is set. Its pauses are shortened to a hundredth, but
 * not the SDK's limits.
 */
async function countRetries(): Promise<Record<string, number>> {
  const real = globalThis.setTimeout;
  const shorten = (ms = 0): number => (ms >= 500 && ms < 100_000 && ms !== 60_000 ? ms / 100 : ms);
  globalThis.setTimeout = ((run: () => void, ms?: number, ...more: []) =>
    real(run, shorten(ms), ...more)) as typeof setTimeout;
  const found: Record<string, number> = {};
  for (const status of RETRIED) {
    const { requests } = await runRaw({
      entry: { ...entry!, retries: null },
      modules,
      consumer: 'reads',
      plan: [{ status, headers: { 'retry-after': '1' } }],
    });
    found[status] = requests - 1;
  }
  globalThis.setTimeout = real;
  return found;
}

const claimed = (api?.timeouts ?? []).filter(
  ({ option }) => !entry.timeouts.some((each) => isDeepStrictEqual(each.option, option)),
);
stopCounting();
const limits: Bounded[] = [];
if (!only)
  for (const { option, print } of [...entry.timeouts, ...claimed] as Limit[])
    limits.push(await measureLimit({ ...(print ? { print } : {}), option }));

const versions = sdk.packages[generation]
  .map((name) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  )
  .map((name) => {
    const { name: published, version } = JSON.parse(
      readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8'),
    ) as { name: string; version: string };
    return `${published} ${version}`;
  });

/**
 * At every byte, or at each so many, once for each protocol of an SDK; at another entry point that speaks the same, at
 * some.
 */
const CUT_STEP = Number(process.env['LAB_CUT_STEP'] ?? 1);
const isFirst = sdk.entryPoints.find(({ dialect: each }) => each === entry.dialect) === entry;
const cuts =
  only || entry.transport === null
    ? null
    : await cutEverywhere(entry, modules, isFirst ? CUT_STEP : Math.max(19, CUT_STEP));

/** What the helper is to read of the answer; of strings, the chunks that it reads in their place. */
async function findRead(plan: readonly Script[]): Promise<unknown[]> {
  const chunks: unknown[] = [];
  const see = (chunk: unknown): number => chunks.push(chunk);
  await runHelper({ entry: entry!, modules, plan, consumer: 'reads', see }, { stalls: null, restarts: false });
  return chunks;
}
const read = api?.isTextOnly ? { whole: await findRead([{}]), cut: await findRead([{ fault: 'end' }]) } : seen;

const measurement: Measurement = {
  sdk: sdk.id,
  title: sdk.title,
  entry: entry.name,
  versions,
  rows,
  limits,
  retried: !only && api ? await countRetries() : null,
  errorShown: seen.error.some((chunk) => TOLD.test(inspect(chunk, { depth: 6 }))),
  cuts,
  headersWait: await findHeadersWait(entry, modules),
  chunkClaims: api && {
    protocol: findKnownEnd(read.whole, read.cut),
    text: seen.whole.map((chunk) => findTextByPath(chunk, api)).join(''),
    terminalInWhole: api.terminal === null || seen.whole.some((chunk) => isTrue(chunk, api.terminal!)),
    terminalInCut: api.terminal !== null && seen.cut.some((chunk) => isTrue(chunk, api.terminal!)),
  },
};
process.stdout.write(`\n${JSON.stringify(measurement)}`, () => process.exit(0));
