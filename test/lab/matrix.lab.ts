/** The catalog's claims, asserted of the raw column, and the helper's promises, of the other. */
import { describe, expect, inject, it } from 'vitest';
import { catalog } from '../../src/providers/catalog.ts';
import { findClaimed, isOf } from './claimed.ts';
import { findClaims } from './claims.ts';
import { findSdks, generation, type EntryPoint, type Place } from './sdk.ts';
import { findCase, findWrongs } from './verdict.ts';

const sdks = await findSdks();
const measurements = inject('measurements');

const findEntry = (sdk: string, name: string): EntryPoint => sdks.find(({ id }) => id === sdk)!.entryPoints.find((entry) => entry.name === name)!;
const printPlace = (option: Place): string => ('client' in option ? `client ${option.client}` : option.path.join('.'));

describe.each(measurements)('$title $entry', (measurement) => {
  const entry = findEntry(measurement.sdk, measurement.entry);
  const api = entry.proves && findClaimed(catalog, entry.proves);

  describe.runIf(api !== null)('does what the catalog says', () => {
    const claims = findClaims(measurement);
    const previously = generation === 'previous' ? (entry.previously ?? {}) : {};

    const provable = (['onCleanEnd', 'onAbort', 'inBandError', 'closesOnBreak'] as const).filter((field) => field !== 'onAbort' || entry.signal !== null);
    it.each(provable)('%s', (field) => {
      expect(claims[field], `${field} of ${api!.name}`).toBe(previously[field] ?? api![field]);
    });

    it('takes the signal where `signal` says', () => expect(api!.signal).toEqual(entry.signal));

    it('limits what `timeouts` say', () => {
      const bounds = Object.fromEntries(measurement.limits.map(({ option, bounds: each }) => [option, each]));
      const claimed = api!.timeouts.map(({ option, bounds: each }) => [printPlace(option), previously.timeouts?.[printPlace(option)] ?? each]);
      expect(bounds).toMatchObject(Object.fromEntries(claimed));
    });

    it.runIf(api?.text)('has its text at `text`, where `textWhen` holds', () => expect(measurement.chunkClaims!.text).toBe('Hello world foo bar.'));

    it('says at `terminal` that an answer is whole, and of a cut one it does not', () => {
      expect(measurement.chunkClaims).toMatchObject({ terminalInWhole: true, terminalInCut: false });
    });
  });

  it.runIf(entry.retries !== null && !entry.runsTools)('makes one request when its retries are off', () => {
    expect(measurement.rows.filter(({ raw }) => raw.requests > 1).map((row) => row.case)).toEqual([]);
  });

  it('tells the whole text from a cut one, at whichever byte it ends or is reset', () => {
    expect(measurement.cuts?.wrong ?? []).toEqual([]);
  });

  const rows = measurement.rows.map((row) => ({ row, title: findCase(row.case).title }));
  it.each(rows)('keeps the helper\'s promises: $title', ({ row }) => {
    const hopeless = entry.beyondHelp?.find(({ cases }) => cases.includes(row.case));
    expect(findWrongs(row).filter((wrong) => !hopeless?.wrong.test(wrong))).toEqual([]);
  });
});

describe('the lab', () => {
  const proofs = sdks.flatMap(({ entryPoints }) => entryPoints.flatMap(({ proves }) => (proves ? [proves] : [])));

  it('proves what the catalog has', () => {
    const known = proofs.filter(({ module }) => catalog.some((provider) => isOf(provider, module)));
    expect(known.filter((proof) => findClaimed(catalog, proof) === null)).toEqual([]);
  });
});
