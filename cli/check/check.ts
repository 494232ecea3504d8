import { findProblems, type Problem } from '../../rules/problems.ts';
import { mayConcern } from '../../rules/rule.ts';
import type { Preset } from '../../rules/contract.ts';
import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { type ExaminedFile, examineFiles, type Knowledge } from '../examine/examine-files.ts';
import { type FileSelection, inOrder, listExamined, selectFiles } from '../examine/select-files.ts';
import { findSourceRoot } from '../files/source-root.ts';
import type { CheckProblem, CheckReport } from '../reports/json-shapes.ts';
import type { Run } from '../terminal/command.ts';
import { type ChosenRule, chooseRules } from './choose-rules.ts';
import { describeProblems } from './describe-problems.ts';
import {
  createLint,
  hasEslintComment,
  type Lint,
  type LintMessage,
  loadEslint,
  toMessages,
} from './eslint-comments.ts';
import { compareWithBaseline, type FoundProblem, type OpenBaseline, openBaseline } from './compare-with-baseline.ts';
import { describeLoopPlace, type Place } from './loop-place.ts';

export interface CheckOptions extends FileSelection, Knowledge {
  readonly preset: Preset;
  /** Names, or names and severities; empty: those of the preset. */
  readonly rules: readonly string[];
  /** Ids; empty: all. */
  readonly providers: readonly string[];
  /** The file of known problems; null: none. */
  readonly baseline: string | null;
  readonly updateBaseline: boolean;
}

interface CheckRun extends Run<CheckOptions> {
  readonly rules: readonly ChosenRule[];
  readonly baseline: OpenBaseline | null;
  /** ESLint is loaded when the first file needs it: loading takes longer than checking most trees. */
  readonly lint: () => Promise<Lint>;
}

/** What `check` finds in the files, in the order in which it examines them. */
interface Findings {
  readonly problems: readonly FoundProblem[];
  /** The places of all loops, with problems or without; empty without a baseline, which alone needs them. */
  readonly places: readonly { readonly path: string; readonly place: Place }[];
  /** How many stream loops there are. */
  readonly streams: number;
}

/** Runs the rules over the stream loops. It reads no configuration of ESLint. */
export async function check(commandRun: Run<CheckOptions>): Promise<CheckReport> {
  const run = startCheck(commandRun);
  const files = await selectFiles(run);
  const { problems, places, streams } = await examine(run, files);
  const { leftOut } = run.faults;
  const examined = listExamined(files, run);
  const found = inOrder(files, problems, ({ path }) => path);
  const seen = { rules: run.rules, providers: run.options.providers, examined, places };
  const compared = run.baseline && compareWithBaseline(run.baseline, found, seen, run.terminal.disk);
  const reported = (compared?.fresh ?? found).map(({ problem }) => problem);
  return {
    version: 1,
    problems: reported,
    leftOut,
    summary: {
      ...summarize(reported, streams),
      baseline: compared?.summary ?? null,
      examined: examined.length,
      leftOut: leftOut.length,
    },
  };
}

function startCheck(run: Run<CheckOptions>): CheckRun {
  const { options, terminal } = run;
  const rules = chooseRules(options.preset, options.rules);
  const baseline =
    options.baseline === null ? null : openBaseline(options.baseline, { update: options.updateBaseline }, terminal);
  let lint: Promise<Lint> | null = null;
  const createLintOnce = async (): Promise<Lint> => createLint(await loadEslint(), rules, options.settings.written);
  return { ...run, rules, baseline, lint: () => (lint ??= createLintOnce()) };
}

async function examine(run: CheckRun, files: readonly string[]): Promise<Findings> {
  const { rules, baseline, options, terminal } = run;
  const root = findSourceRoot(terminal);
  const problems: FoundProblem[] = [];
  const places: { path: string; place: Place }[] = [];
  let streams = 0;
  for await (const file of examineFiles(files, run, (text, isTyped) =>
    rules.some(({ rule }) => mayConcern(rule, text, options.settings.own, isTyped)),
  )) {
    const { path } = file.source;
    const loops: readonly StreamLoop[] = findStreamLoops(file.parsed, file.hints);
    streams += loops.length;
    if (baseline) places.push(...loops.map((loop) => ({ path, place: describeLoopPlace(loop) })));
    const found = findProblemsOfFile(file, run);
    if (found.length === 0) continue;
    problems.push(...describeProblems(file, await lintFile(file, found, run), { problems: found, root }));
  }
  return { problems, places, streams };
}

const findProblemsOfFile = ({ source: { path }, parsed, hints }: ExaminedFile, run: CheckRun): readonly Problem[] =>
  run.rules
    .flatMap(({ rule }) => findProblems(parsed, rule, {}, { hints, path }))
    .filter((problem) => isOfProvider(problem, run.options.providers));

const isOfProvider = ({ loop }: Problem, providers: readonly string[]): boolean =>
  providers.length === 0 || (loop !== null && providers.includes(loop.origin.provider.id));

/** ESLint runs only where a comment of the file may turn a rule off: it reports nothing that our rules do not find. */
const lintFile = async (
  file: ExaminedFile,
  problems: readonly Problem[],
  { rules, lint }: CheckRun,
): Promise<readonly LintMessage[]> =>
  hasEslintComment(file.parsed) ? (await lint())(file) : toMessages(problems, rules);

function summarize(
  problems: readonly CheckProblem[],
  streams: number,
): Omit<CheckReport['summary'], 'baseline' | 'examined' | 'leftOut'> {
  const byRule: Record<string, number> = {};
  for (const { rule } of problems) byRule[rule] = (byRule[rule] ?? 0) + 1;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const loops = new Map(
    problems.flatMap(({ file, loop }) => (loop.provider === null ? [] : [[`${file}:${loop.line}`, loop]])),
  );
  return {
    problems: problems.length,
    errors,
    warnings: problems.length - errors,
    byRule,
    files: new Set(problems.map(({ file }) => file)).size,
    loops: loops.size,
    rewritable: [...loops.values()].filter(({ rewritable }) => rewritable).length,
    streams,
  };
}
