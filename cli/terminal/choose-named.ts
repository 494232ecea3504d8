import { findSimilar } from '../../src/analysis/origin/did-you-mean.ts';
import { UsageError } from './faults.ts';

/** Items with a name, and the word that an error message uses for one of them: 'rule'. */
export interface Choice<T> {
  readonly kind: string;
  readonly items: readonly T[];
  readonly nameOf: (item: T) => string;
}

/**
 * The items with these names, in the order of the names.
 * @throws UsageError for a name that no item has; it suggests a similar name, or lists all of them.
 */
export const chooseNamed = <T>(choice: Choice<T>, names: readonly string[]): readonly T[] =>
  names.map((name) => chooseOne(choice, name));

export function chooseOne<T>({ kind, items, nameOf }: Choice<T>, name: string): T {
  const item = items.find((item) => nameOf(item) === name);
  if (item === undefined) throw new UsageError(describeUnknown(kind, name, items.map(nameOf)));
  return item;
}

function describeUnknown(kind: string, name: string, known: readonly string[]): string {
  const similar = findSimilar(name, known);
  const remedy = similar ? `did you mean '${similar}'?` : `there are ${known.join(', ')}.`;
  return `unknown ${kind} '${name}'; ${remedy}`;
}
