import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { catalog } from '../../src/providers/catalog.ts';
import { measureAll } from './measure-all.ts';
import type { Measurement } from './outcome.ts';
import { findSdks, generation } from './sdk.ts';
import { printMatrix } from './table.ts';
import { findPart, placeMatrix } from './truth-table.ts';
import { printUnproven } from './unproven.ts';

declare module 'vitest' {
  interface ProvidedContext {
    measurements: readonly Measurement[];
    /**
     * The first lines in which `docs/truth-table.md` and what was measured differ; `null`: it was not compared, or is
     * the same.
     */
    stale: { readonly page: string; readonly measured: string } | null;
  }
}

const page = new URL('../../docs/truth-table.md', import.meta.url);

function findDifference(page: string, measured: string): { page: string; measured: string } | null {
  const [old, now] = [page.split('\n'), measured.split('\n')];
  const at = now.findIndex((line, index) => line !== old[index]);
  return at === -1 && old.length === now.length
    ? null
    : { page: old[at === -1 ? now.length : at] ?? '', measured: now[at] ?? '' };
}

/**
 * Measures before the tests, prints the matrix and writes its page. `LAB_SDKS=openai,groq` measures those alone, and
 * writes nothing; `LAB_CHECK=1` compares with the page instead.
 */
export default async function measure(project: TestProject): Promise<void> {
  if (!existsSync(new URL('node_modules', import.meta.url)))
    throw new Error('The SDKs are not installed: run `npm ci` in test/lab.');
  const only = process.env['LAB_SDKS']?.split(',') ?? [];
  const checks = Boolean(process.env['LAB_CHECK']);
  const old = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const measurements = await measureAll(only, checks ? findPart(old, generation) : null);
  const matrix = [printMatrix(measurements), printUnproven(catalog, await findSdks())].join('\n\n').trim();
  const measured = placeMatrix(old, generation, matrix);
  if (!checks) console.log(matrix);
  if (!checks && only.length === 0) writeFileSync(page, measured);
  project.provide('measurements', measurements);
  project.provide('stale', checks && only.length === 0 ? findDifference(old, measured) : null);
}
