import type { PlacedEdit, TextEdit } from './edits.ts';
import { type Filled, findBeside, type Forms, matchForm, searchForm } from './forms.ts';

type Range = TextEdit['range'];

/** A text with blanks for comments. */
export interface Code {
  readonly code: string;
  /** Whether a node of it begins there that reads so. */
  readonly isNodeAt: (offset: number, text: string) => boolean;
}

export interface Rewriting {
  readonly forms: Forms;
  readonly edits: readonly PlacedEdit[];
  readonly deferred: readonly Range[];
  readonly before: Code;
  readonly after: Code;
}

/** What the forms tell of the edits; `at` and the offsets of `roles` are those afterwards. */
export interface Facts {
  /** The holes of names that are new. */
  readonly roles: ReadonlyMap<number, string>;
  /** What is a copy of the original, and of which places there. */
  readonly copies: readonly { readonly at: number; readonly length: number; readonly from: readonly number[] }[];
  readonly moved: readonly Range[];
  readonly gone: readonly Range[];
}

/** What the forms tell of all edits; of one that has none of the forms, the edit. */
export function readEdits(rewriting: Rewriting): Facts | PlacedEdit {
  const all: Facts[] = [];
  for (const edit of rewriting.edits) {
    const facts = readEdit(rewriting, edit);
    if (!facts) return edit;
    all.push(facts);
  }
  return {
    roles: new Map(all.flatMap(({ roles }) => [...roles])),
    copies: all.flatMap(({ copies }) => copies),
    moved: all.flatMap(({ moved }) => moved),
    gone: all.flatMap(({ gone }) => gone),
  };
}

/** By the first of the forms that the edit is of; null where it is of none. */
function readEdit(rewriting: Rewriting, edit: PlacedEdit): Facts | null {
  const { forms, before, after } = rewriting;
  const text = `${before.code.slice(...edit.range)}\0${after.code.slice(...edit.at)}`;
  if (!/[^\s\0]/.test(text)) return { roles: new Map(), copies: [], moved: [], gone: [] };
  for (const [from, to] of forms.edits) {
    // Most forms differ in this already.
    if ((from === '' && !text.startsWith('\0')) || (to === '' && !text.endsWith('\0'))) continue;
    for (const filled of matchForm(forms, `${from}\0${to}`, text)) {
      const facts = readHoles(rewriting, edit, text, filled);
      if (facts) return facts;
    }
  }
  return null;
}

/** Null where the original has not what is to be a copy. */
function readHoles(
  rewriting: Rewriting,
  { range, at }: PlacedEdit,
  text: string,
  filled: readonly Filled[],
): Facts | null {
  const facts = {
    roles: new Map<number, string>(),
    copies: [] as Facts['copies'][number][],
    moved: [] as Range[],
    gone: [] as Range[],
  };
  const removed = range[1] - range[0];
  const taken = filled.filter((each) => each.end <= removed);
  for (const { hole, start, end, scope } of filled) {
    const isAdded = start > removed;
    const offset = isAdded ? at[0] + start - removed - 1 : range[0] + start;
    const old = isAdded ? findBeside(taken, hole, scope) : undefined;
    const beside = filled.filter((each) => `${scope}/`.startsWith(`${each.scope}/`));
    const texts = new Map(
      [...beside, { hole, start, end }].map((each) => [each.hole, text.slice(each.start, each.end)]),
    );
    const from = old
      ? [range[0] + old.start]
      : hole.startsWith('$copy')
        ? findSources(rewriting, hole, texts, range)
        : null;
    if (from?.length === 0) return null;
    if (isAdded && from) facts.copies.push({ at: offset, length: end - start, from });
    else if (isAdded) facts.roles.set(offset, hole);
    else if (hole.startsWith('$moved')) facts.moved.push([offset, range[0] + end]);
    else if (hole.startsWith('$gone')) facts.gone.push([offset, range[0] + end]);
  }
  return facts;
}

/** Where the original has what an edit at a place copies. */
function findSources(
  rewriting: Rewriting,
  hole: string,
  texts: ReadonlyMap<string, string>,
  [start, end]: Range,
): number[] {
  const { forms, edits, before, deferred } = rewriting;
  const whole: readonly Range[] = [[0, before.code.length]];
  const own = deferred.filter((area) => start >= area[0] && end <= area[1]);
  const near = [own, deferred, whole].find(({ length }) => length > 0)!;
  const places = [
    [forms.copies?.[hole], near],
    [forms.anywhere?.[hole], whole],
    [forms.taken?.[hole], edits.map(({ range }) => range)],
  ] as const;
  return places.flatMap(([sources = [], areas]) =>
    sources.flatMap((source) => areas.flatMap((area) => findText(forms, before, source, hole, texts, area))),
  );
}

/** Where the original, or the rewritten text, declares a name of a hole as `known` has it. */
export const findKnown = (forms: Forms, text: Code, hole: string, name: string): readonly number[] =>
  (forms.known?.[hole] ?? []).flatMap((source) =>
    findText(forms, text, source, hole, new Map([[hole, name]]), [0, text.code.length]),
  );

/** Where a text of a form has, in a hole, a node that reads as it is to. */
function findText(
  forms: Forms,
  { code, isNodeAt }: Code,
  source: string,
  hole: string,
  texts: ReadonlyMap<string, string>,
  area: Range,
): number[] {
  return [...searchForm(forms, source, code.slice(...area), texts)].flatMap((filled) => {
    const place = filled.find((each) => each.hole === hole);
    const text = texts.get(hole)!;
    return place && (!/\w/.test(text) || isNodeAt(area[0] + place.start, text)) ? [area[0] + place.start] : [];
  });
}
