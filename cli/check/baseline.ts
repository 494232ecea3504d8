import type { Place } from './loop-place.ts';

/** What a problem is known by, wherever in its file it stands. */
export interface Known extends Place {
  /** From the folder of the baseline, with `/`. */
  readonly file: string;
  readonly rule: string;
}

/** What was looked at, and so can be said to be there or not. */
export interface Scope {
  readonly isExamined: (file: string) => boolean;
  /** The file is not on the disk. */
  readonly isGone: (file: string) => boolean;
  /** The entry's rule ran, and for its API. */
  readonly isAsked: (entry: Known) => boolean;
  /** Of the loops in the examined files, with problems or without. */
  readonly places: readonly Omit<Known, 'rule'>[];
}

export interface Comparison<P> {
  /** Problems that the baseline does not hold. */
  readonly fresh: readonly P[];
  /** Entries of which the problem is there no more. */
  readonly gone: readonly Known[];
  /** Entries that nothing can be said of: their file was not looked at, their rule did not run. */
  readonly unseen: readonly Known[];
}

/**
 * Ways in which an entry and a problem are the same, the surest first. The first holds for any entry; the others for
 * one whose loop is not where it was, since a loop that is there, without the problem, has been mended. Of what is no
 * loop it is not known whether it is there.
 */
const WAYS: readonly { readonly keyOf: (known: Known) => string; readonly needs: 'nothing' | 'no-loop' | 'no-file' }[] =
  [
    { keyOf: ({ file, rule, api, function: owner, loop }) => join(file, rule, api, owner, loop), needs: 'nothing' },
    // A variable of the loop was renamed.
    { keyOf: ({ file, rule, api, function: owner }) => join(file, rule, api, owner), needs: 'no-loop' },
    // The function was.
    { keyOf: ({ file, rule, api, loop }) => join(file, rule, api, loop), needs: 'no-loop' },
    // The file was.
    { keyOf: ({ rule, api, function: owner, loop }) => join(rule, api, owner, loop), needs: 'no-file' },
  ];

/** Tells new problems from known ones; an entry stands for one problem. */
export function compare<P extends { readonly known: Known }>(
  entries: readonly Known[],
  problems: readonly P[],
  scope: Scope,
): Comparison<P> {
  const places = new Set(scope.places.map(printPlace));
  const may = {
    nothing: () => true,
    'no-loop': (entry: Known) => entry.api !== '' && !places.has(printPlace(entry)),
    'no-file': ({ file }: Known) => scope.isGone(file),
  };
  const left = new Set(entries);
  const fresh = new Set(problems);
  for (const { keyOf, needs } of WAYS) {
    const candidates = groupBy([...left].filter(may[needs]), keyOf);
    for (const problem of fresh) {
      const entry = candidates.get(keyOf(problem.known))?.shift();
      if (!entry) continue;
      left.delete(entry);
      fresh.delete(problem);
    }
  }
  const isSeen = (entry: Known): boolean =>
    scope.isAsked(entry) && (scope.isExamined(entry.file) || scope.isGone(entry.file));
  return { fresh: [...fresh], gone: [...left].filter(isSeen), unseen: [...left].filter((entry) => !isSeen(entry)) };
}

const join = (...parts: readonly string[]): string => JSON.stringify(parts);

const printPlace = ({ file, api, function: owner, loop }: Omit<Known, 'rule'>): string => join(file, api, owner, loop);

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
