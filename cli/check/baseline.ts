import { groupBy } from '../reports/group-by.ts';
import type { Place } from './loop-place.ts';

/** An entry of the baseline: it identifies a problem without its line. */
export interface BaselineEntry extends Place {
  /** Relative to the folder of the baseline, with `/`. */
  readonly file: string;
  readonly rule: string;
}

/** What the run covered: only there can it tell that a known problem is gone. */
export interface Scope {
  readonly isExamined: (file: string) => boolean;
  /** The file does not exist any more. */
  readonly isGone: (file: string) => boolean;
  /** The run includes the entry's rule and the entry's provider. */
  readonly isChecked: (entry: BaselineEntry) => boolean;
  /** Of all loops in the examined files, with problems or without. */
  readonly places: readonly Omit<BaselineEntry, 'rule'>[];
}

export interface Comparison<P> {
  /** Problems that no entry matches. */
  readonly fresh: readonly P[];
  /** Entries whose problem does not exist any more. */
  readonly gone: readonly BaselineEntry[];
  /** Entries that the run did not cover: it did not examine the file, or did not run the rule. */
  readonly unseen: readonly BaselineEntry[];
}

interface Match {
  /** An entry and a problem match where their keys are equal. */
  readonly keyOf: (known: BaselineEntry) => string;
  /** What must be missing for an entry to match this way. */
  readonly missing: 'nothing' | 'loop' | 'file';
}

/**
 * How an entry and a problem match, the surest way first. All but the first are for code that was renamed: they need
 * the entry's loop, or its file, to be missing. A loop that is still there, without the problem, has been fixed. A
 * problem about no loop never matches by `missing: 'loop'`, since the run cannot know whether its code is missing.
 */
const MATCHES: readonly Match[] = [
  { keyOf: ({ file, rule, api, function: owner, loop }) => join(file, rule, api, owner, loop), missing: 'nothing' },
  // A variable of the loop was renamed.
  { keyOf: ({ file, rule, api, function: owner }) => join(file, rule, api, owner), missing: 'loop' },
  // The function was renamed.
  { keyOf: ({ file, rule, api, loop }) => join(file, rule, api, loop), missing: 'loop' },
  // The file was renamed.
  { keyOf: ({ rule, api, function: owner, loop }) => join(rule, api, owner, loop), missing: 'file' },
];

/** Separates new problems from known ones. Each entry matches one problem. */
export function compare<P extends { readonly known: BaselineEntry }>(
  entries: readonly BaselineEntry[],
  problems: readonly P[],
  scope: Scope,
): Comparison<P> {
  const places = new Set(scope.places.map(printPlace));
  const isMissing = {
    nothing: () => true,
    loop: (entry: BaselineEntry) => entry.api !== '' && !places.has(printPlace(entry)),
    file: ({ file }: BaselineEntry) => scope.isGone(file),
  };
  const left = new Set(entries);
  const fresh = new Set(problems);
  for (const { keyOf, missing } of MATCHES) {
    const candidates = groupBy([...left].filter(isMissing[missing]), keyOf);
    for (const problem of fresh) {
      const entry = candidates.get(keyOf(problem.known))?.shift();
      if (!entry) continue;
      left.delete(entry);
      fresh.delete(problem);
    }
  }
  const isCovered = (entry: BaselineEntry): boolean =>
    scope.isChecked(entry) && (scope.isExamined(entry.file) || scope.isGone(entry.file));
  return {
    fresh: [...fresh],
    gone: [...left].filter(isCovered),
    unseen: [...left].filter((entry) => !isCovered(entry)),
  };
}

const join = (...parts: readonly string[]): string => JSON.stringify(parts);

const printPlace = ({ file, api, function: owner, loop }: Omit<BaselineEntry, 'rule'>): string =>
  join(file, api, owner, loop);
