import type { Codemod, CodemodOptions } from '../../codemods/contract/codemod.ts';
import { parseRewritten, type RewrittenText, rewriteText } from '../../codemods/rewrite.ts';
import { rules } from '../../rules/all.ts';
import { findProblems, type Problem } from '../../rules/problems.ts';
import type { Hints } from '../../src/analysis/facts/file-hints.ts';
import type { ExaminedFile } from '../examine/source-files.ts';
import { reasonOf } from '../terminal/faults.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Vendored } from './vendor.ts';
import type { Verification } from '../reports/verification.ts';

/**
 * What speaks against a rewritten file, in a sentence; null where every proof holds. In all, these are:
 * - `off`: the rewritten text parses;
 * - `fast`: and jscodeshift's tree of it is the original's once the edits are undone, a second run would change
 *   nothing, and the rules that
 * asked for the edits are silent about them;
 * - `full`: and TypeScript says nothing that it did not say before, where a `tsconfig.json` names the file.
 */
export type ProveTypes = (path: string, text: string) => string | null;

export async function createTypeProof(
  verification: Verification,
  vendored: Vendored | null,
  terminal: Terminal,
): Promise<ProveTypes> {
  if (verification !== 'full') return () => null;
  // TypeScript takes a while to load.
  const { TypeProof } = await import('./type-proof.ts');
  const types = new TypeProof(terminal, vendored);
  return (path, text) => types.findFault(path, text);
}

/**
 * Why a file must stay as it was; null where the proof holds. Whatever a proof throws is a proof that was not given.
 */
export function findFault(prove: () => string | null): string | null {
  try {
    const fault = prove();
    return fault && `${fault.replace(/\.?$/, '.')} The file was left as it was.`;
  } catch (error) {
    return `could not be proven: ${reasonOf(error)}. The file was left as it was.`;
  }
}

/** The text as it is formatted, if that leaves no more to a second run than there was: else as it was. */
export function formatSafely(
  path: string,
  text: string,
  format: (text: string) => string,
  codemods: readonly Codemod[],
  options: Partial<CodemodOptions>,
): string {
  const formatted = format(text);
  if (formatted === text) return text;
  const countRewrites = (text: string): number => {
    const { rewrites, failed } = rewriteText(path, text, codemods, options);
    return failed === null ? rewrites.length : Infinity;
  };
  return countRewrites(formatted) <= countRewrites(text) ? formatted : text;
}

/** A rule that still has something to say of what was rewritten for its sake. */
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
      // Types are of the tree before; without them no more is found than with them.
      const found = findProblems(after, rule, {}, { hints: withoutTypes(hints), path });
      if (found.length > left.length)
        return `${rule.name} would still say of line ${found[left.length]!.loc.start.line}: ${found[left.length]!.message}`;
    }
  }
  return null;
}

const withoutTypes = (hints: Hints): Hints => ({ ...hints, oracle: null });
const isAbout = ({ loop, loc }: Problem, lines: ReadonlySet<number>): boolean =>
  lines.has(loc.start.line) || (loop !== null && lines.has(loop.node.loc.start.line));
