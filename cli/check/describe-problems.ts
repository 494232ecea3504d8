import { createHash } from 'node:crypto';
import { defaultOptions } from '../../codemods/contract/codemod.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import type { Problem } from '../../rules/problems.ts';
import type { LoopNode } from '../../src/analysis/facts/stream-loop.ts';
import type { ExaminedFile } from '../examine/examine-files.ts';
import { showPath } from '../files/find-files.ts';
import type { CheckProblem } from '../reports/json-shapes.ts';
import type { FoundProblem } from './compare-with-baseline.ts';
import type { LintMessage } from './eslint-comments.ts';
import { describeProblemPlace, type Place } from './loop-place.ts';

/** One entry for each message; a problem without a message was turned off by a comment of the file. */
export function describeProblems(
  file: ExaminedFile,
  messages: readonly LintMessage[],
  { problems, root }: { readonly problems: readonly Problem[]; readonly root: string },
): FoundProblem[] {
  const { path, name } = file.source;
  const rewritable = findRewritable(file);
  const printFingerprint = createFingerprints(showPath(root, path));
  return messages.flatMap((message) => {
    const found = problems.find((problem) => isSame(problem, message));
    if (!found) return [];
    const place = describeProblemPlace(found);
    const fingerprint = printFingerprint(found.rule, place);
    const loop = describeLoop(found, message, rewritable);
    return [{ path, place, problem: describeProblem(message, { file: name, fingerprint, loop }) }];
  });
}

const describeProblem = (
  { rule, messageId, message, severity, line, column, endLine, endColumn }: LintMessage,
  { file, fingerprint, loop }: Pick<CheckProblem, 'file' | 'fingerprint' | 'loop'>,
): CheckProblem => ({ file, line, column, endLine, endColumn, rule, messageId, message, severity, fingerprint, loop });

const describeLoop = (
  { loop }: Problem,
  { line }: LintMessage,
  rewritable: ReadonlySet<LoopNode>,
): CheckProblem['loop'] =>
  loop
    ? {
        line: loop.node.loc.start.line,
        provider: loop.origin.provider.id,
        api: loop.origin.api.name,
        rewritable: rewritable.has(loop.node),
      }
    : { line, provider: null, api: null, rewritable: false };

/** Problems of one rule at places with equal descriptions are counted, so that each has a fingerprint of its own. */
function createFingerprints(file: string): (rule: string, place: Place) => string {
  const counts = new Map<string, number>();
  return (rule, place) => {
    const words = JSON.stringify([file, rule, place.api, place.function, place.loop]);
    const ordinal = counts.get(words) ?? 0;
    counts.set(words, ordinal + 1);
    return createHash('sha256').update(`${words}${ordinal}`).digest('hex').slice(0, 32);
  };
}

/** ESLint's message does not name the loop; the problem that the rule found at the same position does. */
const isSame = (problem: Problem, { rule, messageId, line, column }: LintMessage): boolean =>
  problem.rule === rule &&
  problem.messageId === messageId &&
  problem.loc.start.line === line &&
  problem.loc.start.column + 1 === column;

/** The loops that `migrate` would rewrite, if the proof of each rewrite holds. */
const findRewritable = ({ source: { path }, parsed, hints }: ExaminedFile): ReadonlySet<LoopNode> =>
  new Set(
    codemod.findRewrites(parsed, { ...defaultOptions, path, hints }).rewrites.flatMap(({ loop }) => loop?.node ?? []),
  );
