/** The catalog's claims, asserted of the raw column, and the helper's promises, of the other. */
import { describe, expect, inject, it } from 'vitest';
import { catalog } from '../../src/providers/catalog.ts';
import { listChecks } from './checks.ts';
import { findClaimed, isOf } from './claimed.ts';
import { findSdks } from './sdk.ts';

const sdks = await findSdks();
const entries = sdks.flatMap(({ id, entryPoints }) => entryPoints.map((entry) => ({ sdk: id, entry })));
const measured = inject('measurements').map((measurement) => ({
  title: `${measurement.title} ${measurement.entry}`,
  checks: listChecks(
    entries.find(({ sdk, entry }) => sdk === measurement.sdk && entry.name === measurement.entry)!.entry,
    measurement,
  ),
}));

describe.each(measured)('$title', ({ checks }) => {
  for (const { title, found, promised } of checks) it(title, () => expect(found).toEqual(promised));
});

describe('the lab', () => {
  it('proves what the catalog has', () => {
    const proofs = entries.flatMap(({ entry: { proves } }) => (proves ? [proves] : []));
    const known = proofs.filter(({ module }) => catalog.some((provider) => isOf(provider, module)));
    expect(known.filter((proof) => findClaimed(catalog, proof) === null)).toEqual([]);
  });

  it('measures what docs/truth-table.md says', () => {
    expect(
      inject('stale'),
      'docs/truth-table.md is stale: run `npm run lab` on Node 20 and on Node 24, and commit it.',
    ).toBe(null);
  });
});
