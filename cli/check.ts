import { findProblems, type Problem } from '../rules/problems.ts';
import { rules as allRules } from '../rules/all.ts';
import { rulesIn } from '../rules/presets.ts';
import { mayConcern, type Preset, type Rule } from '../rules/rule.ts';
import { findStreamLoops } from '../src/analysis/find-stream-loops.ts';
import { findChosen } from './choices.ts';
import type { FaultLog } from './faults.ts';
import { createLint, type LintMessage, loadEslint } from './lint.ts';
import type { CheckProblem, CheckReport } from './shapes.ts';
import { countExamined, type FileSelection, parse, readSources, selectFiles } from './source-files.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions extends FileSelection {
  readonly preset: Preset;
  /** Names; empty: those of the preset. */
  readonly rules: readonly string[];
  /** Ids; empty: all. */
  readonly providers: readonly string[];
}

/** Runs the rules with no configuration but the options. */
export async function check(options: CheckOptions, terminal: Terminal, faults: FaultLog): Promise<CheckReport> {
  const rules = findRules(options);
  const lint = createLint(await loadEslint(terminal.cwd), rules.map(({ name }) => name));
  const files = selectFiles(options, terminal, faults);
  const problems: CheckProblem[] = [];
  let streams = 0;
  for (const source of readSources(files, terminal.cwd, options.maxFileSize, faults, (text) => rules.some((rule) => mayConcern(rule, text)))) {
    const parsed = parse(source, faults);
    if (!parsed) continue;
    streams += findStreamLoops(parsed).length;
    const found = rules.flatMap((rule) => findProblems(parsed, rule)).filter((problem) => isAbout(problem, options.providers));
    // ESLint only takes away from what is found, where the file's comments say so.
    if (found.length === 0) continue;
    problems.push(...lint(parsed).flatMap((message) => toProblem(source.name, message, found)));
  }
  const { leftOut } = faults;
  const summary = { ...summarize(problems, streams), examined: countExamined(files, terminal, faults), leftOut: leftOut.length };
  return { version: 1, problems, leftOut, summary };
}

/** A rule that is named runs, whatever the preset. */
const findRules = ({ preset, rules }: CheckOptions): readonly Rule[] => (rules.length > 0 ? findChosen('rule', rules, allRules, ({ name }) => name) : rulesIn(preset));

const isAbout = ({ loop }: Problem, providers: readonly string[]): boolean => providers.length === 0 || (loop !== null && providers.includes(loop.origin.provider.id));

/** ESLint's message does not know its loop; what the rule found at the same place does. */
function toProblem(file: string, message: LintMessage, found: readonly Problem[]): CheckProblem[] {
  const { rule, messageId, message: text, severity, line, column, endLine, endColumn } = message;
  const problem = found.find(
    (problem) => problem.rule === rule && problem.messageId === messageId && problem.loc.start.line === line && problem.loc.start.column + 1 === column,
  );
  if (!problem) return [];
  return [{ file, line, column, endLine, endColumn, rule, messageId, message: text, severity, loop: problem.loop && { line: problem.loop.node.loc.start.line } }];
}

function summarize(problems: readonly CheckProblem[], streams: number): Omit<CheckReport['summary'], 'examined' | 'leftOut'> {
  const byRule: Record<string, number> = {};
  for (const { rule } of problems) byRule[rule] = (byRule[rule] ?? 0) + 1;
  return { problems: problems.length, byRule, files: new Set(problems.map(({ file }) => file)).size, streams };
}
