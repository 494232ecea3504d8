import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isKept, listChecks } from './checks.ts';
import type { Measurement } from './outcome.ts';
import { findSdks, type EntryPoint } from './sdk.ts';
import { printSdk } from './table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = fileURLToPath(new URL('measure.ts', import.meta.url));

/** Measuring is mostly waiting, so more than there are cores. */
const AT_ONCE = 8;
const AGAIN_AT_ONCE = 2;
const LIMIT_MS = 400_000;

interface Job {
  readonly sdk: string;
  readonly place: number;
  readonly entry: EntryPoint;
}

/** A process for each entry point: a rejection that nobody handles, a timer that is left, then has one origin. */
function measure({ sdk, place }: Job): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--expose-gc', '--no-warnings', '--import', 'tsx', script, sdk, String(place)],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS },
    );
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject).on('close', (code) => {
      try {
        resolve(JSON.parse(out.slice(out.lastIndexOf('\n'))) as Measurement);
      } catch {
        reject(
          new Error(
            `Entry point ${place} of ${sdk} could not be measured (exit code ${code}).\n${errors.slice(-2_000)}`,
          ),
        );
      }
    });
  });
}

/** Measures the jobs of these numbers and puts what comes of them in their places. */
async function measureEach(
  jobs: readonly Job[],
  numbers: readonly number[],
  atOnce: number,
  found: Measurement[],
): Promise<void> {
  const failures: unknown[] = [];
  const left = [...numbers];
  const work = async (): Promise<void> => {
    for (let at = left.shift(); at !== undefined; at = left.shift()) {
      try {
        found[at] = await measure(jobs[at]!);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
}

/**
 * Every entry point of the SDKs, or of those named, in the order of their files. Where a promise is not kept, or the
 * page says otherwise, once more: limits are short, and a machine that is busy with other things holds up what they
 * bound. What was wrong at some byte stays so.
 */
export async function measureAll(only: readonly string[], page: string | null): Promise<Measurement[]> {
  const sdks = (await findSdks()).filter(({ id }) => only.length === 0 || only.includes(id));
  const jobs = sdks.flatMap(({ id, entryPoints }) => entryPoints.map((entry, place) => ({ sdk: id, place, entry })));
  const found: Measurement[] = [];
  await measureEach(jobs, [...jobs.keys()], AT_ONCE, found);
  const cuts = found.map((each) => each.cuts);
  // Twice the same is not the machine's doing.
  const seen = new Set(page === null ? [] : [page]);
  for (let again = 0; again < 2; again += 1) {
    const printed = sdks.map(({ id }) => ({ id, text: printSdk(found.filter(({ sdk }) => sdk === id)) }));
    const other = new Set(
      page === null
        ? []
        : printed.filter(({ text }) => ![...seen].some((each) => each.includes(text))).map(({ id }) => id),
    );
    for (const { text } of printed) seen.add(text);
    const doubtful = [...jobs.keys()].filter((at) => {
      const reasons = listChecks(jobs[at]!.entry, found[at]!)
        .filter((check) => !isKept(check))
        .map(({ title }) => title);
      if (other.has(jobs[at]!.sdk)) reasons.push('differs from docs/truth-table.md');
      if (reasons.length > 0)
        console.log(`Measured again: ${jobs[at]!.sdk} ${jobs[at]!.entry.name} (${reasons.join('; ')})`);
      return reasons.length > 0;
    });
    await measureEach(jobs, doubtful, AGAIN_AT_ONCE, found);
  }
  return found.map((each, at) => ({ ...each, cuts: cuts[at]! }));
}
