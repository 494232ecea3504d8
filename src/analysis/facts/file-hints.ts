import type { Provider } from '../../providers/provider.ts';
import type { TypeOracle } from './type-oracle.ts';

/** What the analysis of a file may know in addition to its text. */
export interface Hints {
  readonly oracle: TypeOracle | null;
  /** The user's own streams, from the settings. */
  readonly own: readonly Provider[];
}

export const noHints: Hints = { oracle: null, own: [] };

export const isSame = (one: Hints, other: Hints): boolean =>
  one.oracle === other.oracle && (one.own === other.own || (one.own.length === 0 && other.own.length === 0));
