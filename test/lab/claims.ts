import type { StreamApi } from '../../src/providers/provider.ts';
import type { Measurement, Outcome } from './outcome.ts';

/** What of the catalog a measurement can prove. */
export type Claims = Pick<StreamApi, 'onCleanEnd' | 'onAbort' | 'inBandError' | 'closesOnBreak'>;

function findEnd({ end }: Outcome): 'silent' | 'throws' | 'ignored' {
  return end === 'ended' ? 'silent' : end === 'threw' ? 'throws' : 'ignored';
}

/** Reads the catalog's claims off the raw column. */
export function findClaims({ rows, errorShown }: Measurement): Claims {
  const raw = (id: string): Outcome => {
    const row = rows.find((each) => each.case === id);
    if (!row) throw new Error(`The case ${id} was not measured.`);
    return row.raw;
  };
  const cleanEnd = raw('clean-end');
  const error = raw('error');
  const busyError = raw('busy-error');
  const throws = error.end === 'threw';
  return {
    onCleanEnd: cleanEnd.end === 'ended' ? 'silent' : 'throws',
    onAbort: findEnd(raw('abort')),
    // Thrown only at a consumer that waits, or neither thrown nor among the chunks: it may be lost.
    inBandError: throws ? (busyError.end === 'threw' ? 'throws' : 'hidden') : errorShown ? 'chunk' : 'hidden',
    closesOnBreak: raw('break').connection === 'closed',
  };
}
