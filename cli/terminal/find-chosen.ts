import { findSimilar } from '../../src/analysis/origin/did-you-mean.ts';
import { UsageError } from './faults.ts';

/** The items with the chosen names. */
export function findChosen<T>(
  kind: string,
  names: readonly string[],
  items: readonly T[],
  nameOf: (item: T) => string,
): readonly T[] {
  return names.map((name) => {
    const item = items.find((item) => nameOf(item) === name);
    if (item === undefined) throw new UsageError(describeUnknown(kind, name, items.map(nameOf)));
    return item;
  });
}

function describeUnknown(kind: string, name: string, known: readonly string[]): string {
  const similar = findSimilar(name, known);
  const remedy = similar ? `did you mean '${similar}'?` : `there are ${known.join(', ')}.`;
  return `unknown ${kind} '${name}'; ${remedy}`;
}
