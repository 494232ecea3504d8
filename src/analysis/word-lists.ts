/** Lists of words, of which a text is to have every word of one. */
type WordLists = readonly (readonly string[])[];

/** Whether a text has every word of one of the lists. */
export function createWordTest(lists: WordLists): (text: string) => boolean {
  const ordered = rarestFirst(lists);
  const first = new RegExp(`\\b(?:${anyOf(ordered.flatMap(([word]) => word ?? []))})\\b`);
  return (text) => first.test(text) && hasAllOfOne(text, ordered);
}

/** A word that many lists share comes first, then a long one: it is rarer than a short one. A text without the first words has none of the lists. */
function rarestFirst(lists: WordLists): WordLists {
  const shares = new Map<string, number>();
  for (const word of lists.flatMap((words) => [...new Set(words)])) shares.set(word, (shares.get(word) ?? 0) + 1);
  return lists.map((words) => words.toSorted((a, b) => shares.get(b)! - shares.get(a)! || b.length - a.length));
}

function hasAllOfOne(text: string, lists: WordLists): boolean {
  // The lists share most of their words.
  const known = new Map<string, boolean>();
  const has = (word: string): boolean => {
    const found = known.get(word) ?? text.includes(word);
    known.set(word, found);
    return found;
  };
  return lists.some((words) => words.every(has));
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** Any of the texts, as a part of a regular expression. */
export const anyOf = (texts: readonly string[]): string => [...new Set(texts)].map(escape).join('|');
