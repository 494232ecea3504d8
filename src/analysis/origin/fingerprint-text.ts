import { catalog } from '../../providers/catalog.ts';
import { ofLastText } from '../source/file-memory.ts';
import { createWordTest } from './word-lists.ts';

const tests = catalog.flatMap(({ apis }) => apis.flatMap(({ fingerprint }) => fingerprint));

/**
 * Whether a text can read chunks as only those of some API of the catalog are read: by what they are compared with, by
 * the members on the way into them.
 */
export const hasFingerprint = ofLastText(
  createWordTest(
    tests.flatMap(
      ({ path, values }) => values?.map((value) => [value]) ?? [path.filter((step) => typeof step === 'string')],
    ),
  ),
);
