import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { rules as allRules } from '../../rules/all.ts';
import { compare, type Known, type Scope } from './baseline.ts';
import { type BaselineFile, readBaseline, writeBaseline } from './baseline-file.ts';
import type { ChosenRule } from './choose-rules.ts';
import { showPath } from '../files/find-files.ts';
import type { Place } from './loop-place.ts';
import type { BaselineSummary, CheckProblem } from '../reports/json-shapes.ts';
import type { Disk, Terminal } from '../terminal/terminal.ts';

export interface BaselineOptions {
  readonly file: string;
  /** Write it anew. */
  readonly update: boolean;
}

export interface OpenBaseline extends BaselineFile {
  readonly update: boolean;
}

/** A problem, and what it is known by. */
export interface Found {
  readonly path: string;
  readonly problem: CheckProblem;
  readonly place: Place;
}

/** What a run has looked at. Paths are absolute. */
export interface Seen {
  readonly rules: readonly ChosenRule[];
  /** Ids; empty: all. */
  readonly providers: readonly string[];
  readonly examined: readonly string[];
  readonly places: readonly { readonly path: string; readonly place: Place }[];
}

/** Read before anything else: a run that takes a while is not to end with a baseline that cannot be read. */
export const openBaseline = (
  { file, update }: BaselineOptions,
  { cwd, disk }: Pick<Terminal, 'cwd' | 'disk'>,
): OpenBaseline => ({
  ...readBaseline(disk, file, resolve(cwd, file), { mayBeMissing: update }),
  update,
});

/** Tells new problems from known ones; an update makes all of them known. */
export function holdAgainst(
  baseline: OpenBaseline,
  found: readonly Found[],
  seen: Seen,
  disk: Disk,
): { readonly fresh: readonly Found[]; readonly summary: BaselineSummary } {
  // From its own folder, so that it says the same wherever the command runs.
  const folder = dirname(baseline.path);
  const problems = found.map((item) => ({
    item,
    known: { file: showPath(folder, item.path), rule: item.problem.rule, ...item.place },
  }));
  const { fresh, gone, unseen } = compare(baseline.entries, problems, scopeOf(folder, seen));
  const summary = { file: baseline.name, known: problems.length - fresh.length, gone: gone.length, added: null };
  if (!baseline.update) return { fresh: fresh.map(({ item }) => item), summary };
  writeBaseline(disk, baseline, [...problems.map(({ known }) => known), ...unseen]);
  return { fresh: [], summary: { ...summary, added: fresh.length } };
}

function scopeOf(folder: string, { rules, providers, examined, places }: Seen): Scope {
  const files = new Set(examined.map((path) => showPath(folder, path)));
  const running = new Set(rules.map(({ rule }) => rule.name));
  const isRetired = ({ rule }: Known): boolean => !allRules.some(({ name }) => name === rule);
  const isOfProvider = ({ api }: Known): boolean =>
    providers.length === 0 || providers.some((id) => api.startsWith(`${id} `));
  return {
    isExamined: (file) => files.has(file),
    isGone: (file) => !existsSync(resolve(folder, file)),
    isAsked: (entry) => isRetired(entry) || (running.has(entry.rule) && isOfProvider(entry)),
    places: places.map(({ path, place }) => ({ file: showPath(folder, path), ...place })),
  };
}
