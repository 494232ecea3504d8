import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { rules as allRules } from '../../rules/all.ts';
import { compare, type BaselineEntry, type Scope } from './baseline.ts';
import { type BaselineFile, readBaseline, writeBaseline } from './baseline-file.ts';
import type { ChosenRule } from './choose-rules.ts';
import { showPath } from '../files/find-files.ts';
import type { Place } from './loop-place.ts';
import type { BaselineSummary, CheckProblem } from '../reports/json-shapes.ts';
import type { Disk, Terminal } from '../terminal/terminal.ts';

export interface OpenBaseline extends BaselineFile {
  /** `--update-baseline`: the file is rewritten with the problems of this run. */
  readonly update: boolean;
}

/** A problem, and the place that the baseline recognizes it by. */
export interface FoundProblem {
  /** Absolute. */
  readonly path: string;
  readonly problem: CheckProblem;
  readonly place: Place;
}

/** What the run covered. Paths are absolute. */
export interface Coverage {
  readonly rules: readonly ChosenRule[];
  /** Ids; empty: all. */
  readonly providers: readonly string[];
  readonly examined: readonly string[];
  /** Of all loops in these files, with problems or without. */
  readonly places: readonly { readonly path: string; readonly place: Place }[];
}

/** Call it before anything else: a long run must not end with an error about a baseline that cannot be read. */
export const openBaseline = (
  file: string,
  { update }: { readonly update: boolean },
  { cwd, disk }: Pick<Terminal, 'cwd' | 'disk'>,
): OpenBaseline => ({
  ...readBaseline(disk, file, resolve(cwd, file), { mayBeMissing: update }),
  update,
});

/** Separates new problems from known ones. An update writes all of them to the baseline, and none is new. */
export function compareWithBaseline(
  baseline: OpenBaseline,
  found: readonly FoundProblem[],
  coverage: Coverage,
  disk: Disk,
): { readonly fresh: readonly FoundProblem[]; readonly summary: BaselineSummary } {
  // Paths start at the folder of the baseline, so that its text is the same wherever the command runs.
  const folder = dirname(baseline.path);
  const problems = found.map((item) => ({
    item,
    known: { file: showPath(folder, item.path), rule: item.problem.rule, ...item.place },
  }));
  const { fresh, gone, unseen } = compare(baseline.entries, problems, scopeOf(folder, coverage));
  const summary = { file: baseline.name, known: problems.length - fresh.length, gone: gone.length, added: null };
  if (!baseline.update) return { fresh: fresh.map(({ item }) => item), summary };
  writeBaseline(disk, baseline, [...problems.map(({ known }) => known), ...unseen]);
  return { fresh: [], summary: { ...summary, added: fresh.length } };
}

function scopeOf(folder: string, { rules, providers, examined, places }: Coverage): Scope {
  const files = new Set(examined.map((path) => showPath(folder, path)));
  const running = new Set(rules.map(({ rule }) => rule.name));
  const isRetired = ({ rule }: BaselineEntry): boolean => !allRules.some(({ name }) => name === rule);
  const isOfProvider = ({ api }: BaselineEntry): boolean =>
    providers.length === 0 || providers.some((id) => api.startsWith(`${id} `));
  return {
    isExamined: (file) => files.has(file),
    isGone: (file) => !existsSync(resolve(folder, file)),
    isChecked: (entry) => isRetired(entry) || (running.has(entry.rule) && isOfProvider(entry)),
    places: places.map(({ path, place }) => ({ file: showPath(folder, path), ...place })),
  };
}
