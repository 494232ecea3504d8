import type { Codemod, CodemodOptions, Rewrite } from '../../codemods/contract/codemod.ts';
import { defaultOptions } from '../../codemods/contract/codemod.ts';
import { applyEdits, findOrigin, type PlacedEdit, placeEdits, type TextEdit } from '../../codemods/contract/edits.ts';
import { proveRewrite } from '../../codemods/proof.ts';
import { combineRewrites } from '../../codemods/rewrite.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';

/** A rewrite as a codemod makes it, or as it is corrupted. */
export interface Made extends Pick<Rewrite, 'edits' | 'deferred'> {
  readonly codemod: Codemod;
  readonly options: CodemodOptions;
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export function make(codemod: Codemod, before: string, path = 'file.ts', given: Partial<CodemodOptions> = {}): Made {
  const options = { ...defaultOptions, ...given, path };
  const source = parseSource(path, before);
  const { rewrites } = codemod.findRewrites(source, options);
  const edits = combineRewrites(source, rewrites, options);
  const deferred = rewrites.flatMap((rewrite) => rewrite.deferred);
  return { codemod, options, path, before, edits, deferred, after: applyEdits(before, edits) };
}

/** What is wrong with it; null where the proof holds. */
export const findFault = ({ codemod, options, path, before, after, edits, deferred }: Made): string | null =>
  proveRewrite(path, before, after, { edits, deferred }, codemod.forms(options));

/** A change of the rewritten text that the edits own up to. */
export interface Corruption {
  readonly range: readonly [start: number, end: number];
  readonly text: string;
}

/** The rewrite with other edits, which make the rewritten text another one. */
export function corrupt(made: Made, { range: [start, end], text }: Corruption): Made {
  const placed = placeEdits(made.edits);
  const isTouched = ({ at }: PlacedEdit): boolean =>
    start === end ? at[0] <= start && at[1] >= start : at[0] < end && at[1] > start;
  const inside = placed.filter(isTouched);
  const [first, last] = [inside.at(0), inside.at(-1)];
  const from = first && first.at[0] < start ? first.at[0] : start;
  const to = last && last.at[1] > end ? last.at[1] : end;
  const edit: TextEdit = {
    range: [
      first && first.at[0] <= start ? first.range[0] : originOf(made, from),
      last && last.at[1] >= end ? last.range[1] : to === from ? originOf(made, from) : originOf(made, to - 1) + 1,
    ],
    text: made.after.slice(from, start) + text + made.after.slice(end, to),
  };
  const others = placed.flatMap((each) => (each === first ? [edit] : inside.includes(each) ? [] : [each]));
  const edits = first ? others : [...others, edit];
  return { ...made, edits, after: made.after.slice(0, start) + text + made.after.slice(end) };
}

/** Where an offset that edits keep, or begin or end at, comes from. */
function originOf({ edits, before }: Made, offset: number): number {
  const placed = placeEdits(edits);
  return findOrigin(placed, offset) ?? placed.find(({ at }) => at[0] === offset)?.range[0] ?? before.length;
}

/** The rewrite with the first place that reads `from` reading `to`. */
export function replace(made: Made, from: string | RegExp, to: string): Made {
  const found = typeof from === 'string' ? from : (from.exec(made.after)?.[0] ?? '\0');
  const start = made.after.indexOf(found);
  if (start < 0) throw new Error(`The rewritten text has no ${String(from)}:\n${made.after}`);
  const corrupted = corrupt(made, { range: [start, start + found.length], text: to });
  if (applyEdits(made.before, corrupted.edits) !== corrupted.after)
    throw new Error('The edits are not those of the text.');
  return corrupted;
}
