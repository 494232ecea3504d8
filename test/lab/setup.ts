import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { catalog } from '../../src/providers/catalog.ts';
import { measureAll } from './measure-all.ts';
import type { Measurement } from './outcome.ts';
import { findSdks, generation } from './sdk.ts';
import { printMatrix } from './table.ts';
import { placeMatrix } from './truth-table.ts';
import { printUnproven } from './unproven.ts';

declare module 'vitest' {
  interface ProvidedContext {
    measurements: readonly Measurement[];
  }
}

const page = new URL('../../docs/truth-table.md', import.meta.url);

/** Measures before the tests, prints the matrix and writes its page. `LAB_SDKS=openai,groq` measures those alone, and writes nothing. */
export default async function measure(project: TestProject): Promise<void> {
  if (!existsSync(new URL('node_modules', import.meta.url))) throw new Error('The SDKs are not installed: run `npm ci` in test/lab.');
  const only = process.env['LAB_SDKS']?.split(',') ?? [];
  const measurements = await measureAll(only);
  const matrix = [printMatrix(measurements), printUnproven(catalog, await findSdks())].join('\n\n').trim();
  console.log(matrix);
  if (only.length === 0) writeFileSync(page, placeMatrix(existsSync(page) ? readFileSync(page, 'utf8') : '', generation, matrix));
  project.provide('measurements', measurements);
}
