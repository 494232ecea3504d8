import { createHash } from 'node:crypto';
import { defaultOptions } from '../../codemods/contract/codemod.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { findProblems, type Problem } from '../../rules/problems.ts';
import { mayConcern } from '../../rules/rule.ts';
import type { Preset } from '../../rules/contract.ts';
import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import type { LoopNode } from '../../src/analysis/facts/stream-loop.ts';
import { chooseRules } from './choose-rules.ts';
import type { FaultLog } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { type BaselineOptions, type Found, holdAgainst, openBaseline } from './hold-against-baseline.ts';
import { createLint, type LintMessage, loadEslint, speaksToEslint, toMessages } from './eslint-comments.ts';
import { findPlace, findProblemPlace, type Place } from './loop-place.ts';
import type { CheckProblem, CheckReport } from '../reports/json-shapes.ts';
import {
  type ExaminedFile,
  examineFiles,
  type FileSelection,
  findExamined,
  inOrder,
  type Knowledge,
  selectFiles,
} from '../examine/source-files.ts';
import { findSourceRoot } from '../files/source-root.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface CheckOptions extends FileSelection, Knowledge {
  readonly preset: Preset;
  /** Names, or names and severities; empty: those of the preset. */
  readonly rules: readonly string[];
  /** Ids; empty: all. */
  readonly providers: readonly string[];
  readonly baseline: BaselineOptions | null;
}

/** Runs the rules with no configuration but the options. */
export async function check(options: CheckOptions, terminal: Terminal, faults: FaultLog): Promise<CheckReport> {
  const rules = chooseRules(options.preset, options.rules);
  const baseline = options.baseline && openBaseline(options.baseline, terminal);
  let lint: ReturnType<typeof createLint> | null = null;
  const files = await selectFiles(options, terminal, faults);
  const root = findSourceRoot(terminal);
  const everything: Found[] = [];
  const places: { path: string; place: Place }[] = [];
  let streams = 0;
  for await (const file of examineFiles(files, options, terminal, faults, (text, isTyped) =>
    rules.some(({ rule }) => mayConcern(rule, text, options.settings.own, isTyped)),
  )) {
    const { source, parsed, hints } = file;
    const loops = findStreamLoops(parsed, hints);
    streams += loops.length;
    if (baseline) places.push(...loops.map((loop) => ({ path: source.path, place: findPlace(loop) })));
    const found = rules
      .flatMap(({ rule }) => findProblems(parsed, rule, {}, { hints, path: source.path }))
      .filter((problem) => isAbout(problem, options.providers));
    if (found.length === 0) continue;
    // ESLint only takes away from what is found, where the file's comments say so. It takes longer to load than most
    // trees to check.
    if (speaksToEslint(parsed)) lint ??= createLint(await loadEslint(), rules, options.settings.given);
    const messages = lint && speaksToEslint(parsed) ? lint(file) : toMessages(found, rules);
    everything.push(...describe(file, messages, found, root));
  }
  const { leftOut } = faults;
  const examined = findExamined(files, terminal, faults);
  const all = inOrder(files, everything, ({ path }) => path);
  const compared =
    baseline && holdAgainst(baseline, all, { rules, providers: options.providers, examined, places }, terminal.disk);
  const problems = (compared?.fresh ?? all).map(({ problem }) => problem);
  return {
    version: 1,
    problems,
    leftOut,
    summary: {
      ...summarize(problems, streams),
      baseline: compared?.summary ?? null,
      examined: examined.length,
      leftOut: leftOut.length,
    },
  };
}

const isAbout = ({ loop }: Problem, providers: readonly string[]): boolean =>
  providers.length === 0 || (loop !== null && providers.includes(loop.origin.provider.id));

/** The problems of a file that its comments do not take away. */
function describe(
  examined: ExaminedFile,
  messages: readonly LintMessage[],
  problems: readonly Problem[],
  root: string,
): Found[] {
  const { path, name: file } = examined.source;
  const rewritable = findRewritable(examined);
  const ordinals = new Map<string, number>();
  return messages.flatMap((message) => {
    const found = problems.find((problem) => isSame(problem, message));
    if (!found) return [];
    const { loop, rule } = found;
    const place = findProblemPlace(found);
    const words = JSON.stringify([showPath(root, path), rule, place.api, place.function, place.loop]);
    const ordinal = ordinals.get(words) ?? 0;
    ordinals.set(words, ordinal + 1);
    const { messageId, message: text, severity, line, column, endLine, endColumn } = message;
    const problem: CheckProblem = {
      file,
      line,
      column,
      endLine,
      endColumn,
      rule,
      messageId,
      message: text,
      severity,
      fingerprint: hash(`${words}${ordinal}`),
      loop: loop
        ? {
            line: loop.node.loc.start.line,
            provider: loop.origin.provider.id,
            api: loop.origin.api.name,
            rewritable: rewritable.has(loop.node),
          }
        : { line, provider: null, api: null, rewritable: false },
    };
    return [{ path, problem, place }];
  });
}

/** ESLint's message does not know its loop; what the rule found at the same place does. */
const isSame = (problem: Problem, { rule, messageId, line, column }: LintMessage): boolean =>
  problem.rule === rule &&
  problem.messageId === messageId &&
  problem.loc.start.line === line &&
  problem.loc.start.column + 1 === column;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** What `migrate` would do, short of the proof. */
const findRewritable = ({ source: { path }, parsed, hints }: ExaminedFile): ReadonlySet<LoopNode> =>
  new Set(
    codemod.findRewrites(parsed, { ...defaultOptions, path, hints }).rewrites.flatMap(({ loop }) => loop?.node ?? []),
  );

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
