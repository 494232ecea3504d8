/** A list of a text whose length is limited. */
export interface List {
  readonly title: string;
  readonly items: readonly string[];
}

/** The items that there is room for, and the number of the others. */
export interface Fitting {
  readonly shown: readonly string[];
  readonly more: number;
}

/** Divides the room between the lists. A list that needs less than its share leaves the rest to the longer ones. */
export function fitLists(lists: readonly List[], room: number): readonly (Fitting & Pick<List, 'title'>)[] {
  let [left, waiting] = [room, lists.length];
  const rooms = new Map<List, number>();
  for (const list of lists.toSorted((a, b) => lengthOf(a) - lengthOf(b))) {
    const share = Math.min(lengthOf(list), Math.floor(left / waiting--));
    rooms.set(list, share);
    left -= share;
  }
  return lists.map((list) => ({ title: list.title, ...takeFitting(list.items, rooms.get(list)!) }));
}

/** What Markdown adds to an item: `- ` and the line feed. */
const MARKUP = 3;

const lengthOf = ({ items }: List): number => items.reduce((length, item) => length + item.length + MARKUP, 0);

export function takeFitting(items: readonly string[], room: number): Fitting {
  let left = room;
  const shown = items.filter((item) => (left -= item.length + MARKUP) >= 0);
  return { shown, more: items.length - shown.length };
}
