import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measurement } from './outcome.ts';
import { findSdks } from './sdk.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = fileURLToPath(new URL('measure.ts', import.meta.url));

/** Measuring is mostly waiting, so more than there are cores. */
const AT_ONCE = 4;
const LIMIT_MS = 400_000;

/** A process for each entry point: a rejection that nobody handles, a timer that is left, then has one origin. */
function measure(sdk: string, place: number): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', '--no-warnings', '--import', 'tsx', script, sdk, String(place)], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS });
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { errors += text; });
    child.on('error', reject).on('close', (code) => {
      try {
        resolve(JSON.parse(out) as Measurement);
      } catch {
        reject(new Error(`Entry point ${place} of ${sdk} could not be measured (exit code ${code}).\n${errors.slice(-2_000)}`));
      }
    });
  });
}

/** Every entry point of the SDKs, or of those named, in the order of their files. */
export async function measureAll(only: readonly string[] = []): Promise<Measurement[]> {
  const sdks = (await findSdks()).filter(({ id }) => only.length === 0 || only.includes(id));
  const jobs = sdks.flatMap(({ id, entryPoints }) => entryPoints.map((_, place) => ({ id, place })));
  const found: Measurement[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < jobs.length; at = next++) {
      const { id, place } = jobs[at]!;
      try {
        found[at] = await measure(id, place);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
  return found;
}
