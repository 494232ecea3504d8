/** Lists of words, of which a text is to have every word of one. */
type WordLists = readonly (readonly string[])[];

type TextTest = (text: string) => boolean;

/** Whether a text has every word of one of the lists. */
export function createWordTest(lists: WordLists): TextTest {
  const alone = lists.filter(({ length }) => length === 1).flat();
  const hasOne = alone.length > 0 ? new RegExp(`\\b(?:${anyOf(alone)})\\b`) : null;
  const others = groupByFirst(rarestFirst(lists.filter(({ length }) => length > 1)));
  // What a word that many lists share stands beside is asked once for all of them, and only of a text that has the
  // word.
  const tests = Array.from(others, ([first, rests]) => ({ first, hasRest: createWordTest(rests) }));
  return (text) =>
    hasOne?.test(text) === true || tests.some(({ first, hasRest }) => text.includes(first) && hasRest(text));
}

/** A word that many lists share comes first, then a long one: it is rarer than a short one. */
function rarestFirst(lists: WordLists): WordLists {
  const shares = new Map<string, number>();
  for (const word of lists.flatMap((words) => [...new Set(words)])) shares.set(word, (shares.get(word) ?? 0) + 1);
  return lists.map((words) => words.toSorted((a, b) => shares.get(b)! - shares.get(a)! || b.length - a.length));
}

function groupByFirst(lists: WordLists): Map<string, (readonly string[])[]> {
  const groups = new Map<string, (readonly string[])[]>();
  for (const [first, ...rest] of lists) groups.set(first!, [...(groups.get(first!) ?? []), rest]);
  return groups;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** Any of the texts, as a part of a regular expression. */
export const anyOf = (texts: readonly string[]): string => [...new Set(texts)].map(escape).join('|');
