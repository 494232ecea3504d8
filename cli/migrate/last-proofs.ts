import type { Codemod } from '../../codemods/contract/codemod.ts';
import { parseRewritten, type RewrittenText } from '../../codemods/rewrite.ts';
import { rules } from '../../rules/all.ts';
import { findProblems, type Problem } from '../../rules/problems.ts';
import type { Hints } from '../../src/analysis/facts/file-hints.ts';
import type { ExaminedFile } from '../examine/examine-files.ts';
import { reasonOf } from '../terminal/faults.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Vendored } from './vendor.ts';
import type { Verification } from '../reports/verification.ts';

/**
 * Why a rewritten file must stay unchanged, as a sentence; null where the proof holds. The levels of `--verify` are:
 * - `off`: the rewritten text parses.
 * - `fast`: also, the codemods' own proof holds, a second run would change nothing, and the rules whose problems the
 *   rewrites solve report nothing about the rewritten places.
 * - `full`: also, TypeScript reports no new error in the file, if a `tsconfig.json` includes it.
 */
export type ProveTypes = (path: string, text: string) => string | null;

export async function createTypeProof(
  verification: Verification,
  vendored: Vendored | null,
  terminal: Terminal,
): Promise<ProveTypes> {
  if (verification !== 'full') return () => null;
  // Loading TypeScript takes a while.
  const { TypeProof } = await import('./type-proof.ts');
  const types = new TypeProof(terminal, vendored);
  return (path, text) => types.findNewErrors(path, text);
}

/** Why a file must stay unchanged; null where the proof holds. A proof that throws does not hold. */
export function runProof(prove: () => string | null): string | null {
  try {
    const fault = prove();
    return fault && `${fault.replace(/\.?$/, '.')} The file was left as it was.`;
  } catch (error) {
    return `could not be proven: ${reasonOf(error)}. The file was left as it was.`;
  }
}

/** The formatted text; the text as it was, if a second run would find more to rewrite in the formatted text. */
export function formatSafely(
  text: string,
  format: (text: string) => string,
  rewrite: (text: string) => RewrittenText,
): string {
  const formatted = format(text);
  if (formatted === text) return text;
  const countRewrites = (text: string): number => {
    const { rewrites, failed } = rewrite(text);
    return failed === null ? rewrites.length : Infinity;
  };
  return countRewrites(formatted) <= countRewrites(text) ? formatted : text;
}

/** A rule that still reports a problem which a rewrite was to solve, as a sentence; null where there is none. */
export function findUnresolved(
  { source: { path }, parsed, hints }: ExaminedFile,
  { text, rewrites }: RewrittenText,
  codemods: readonly Codemod[],
): string | null {
  const after = parseRewritten(path, text);
  for (const { name, resolves } of codemods) {
    const lines = new Set(rewrites.filter(({ codemod }) => codemod === name).map(({ line }) => line));
    if (lines.size === 0) continue;
    for (const rule of rules.filter((rule) => resolves.includes(rule.name))) {
      const left = findProblems(parsed, rule, {}, { hints, path }).filter((problem) => !isAbout(problem, lines));
      // The types belong to the tree before the rewrite. Without types, a rule never finds more than with them.
      const found = findProblems(after, rule, {}, { hints: withoutTypes(hints), path });
      if (found.length > left.length) return printUnresolved(found[left.length]!);
    }
  }
  return null;
}

const printUnresolved = ({ rule, loc, message }: Problem): string =>
  `${rule} would still say of line ${loc.start.line}: ${message}`;

const withoutTypes = (hints: Hints): Hints => ({ ...hints, oracle: null });
const isAbout = ({ loop, loc }: Problem, lines: ReadonlySet<number>): boolean =>
  lines.has(loc.start.line) || (loop !== null && lines.has(loop.node.loc.start.line));
