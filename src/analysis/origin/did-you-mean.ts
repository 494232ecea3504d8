/** The known name that a slip of the keys, or half the name, would have made of it. */
export function findSimilar(name: string, known: readonly string[]): string | null {
  const [nearest] = known
    .map((other) => ({ other, distance: editDistance(name, other) }))
    .sort((a, b) => a.distance - b.distance);
  if (nearest && nearest.distance <= Math.max(2, Math.floor(name.length * 0.4))) return nearest.other;
  return (name.length >= 3 && known.find((other) => other.includes(name))) || null;
}

/** Letters to insert, remove or replace (Levenshtein), one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
