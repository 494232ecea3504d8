import { codemods } from '../../codemods/all.ts';
import type { Codemod, CodemodOptions } from '../../codemods/contract/codemod.ts';
import { forgetRewritten, type Proposal, type RewrittenText, rewriteSource } from '../../codemods/rewrite.ts';
import { forgetFiles } from '../../src/analysis/source/file-memory.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { findChosen } from '../terminal/find-chosen.ts';
import { type Fault, reasonOf } from '../terminal/faults.ts';
import type { Decision, Interview } from './interview.ts';
import { findFault, findUnresolved } from './last-proofs.ts';
import type { SourceFile } from '../files/read-source.ts';
import { type ExaminedFile, examineFile } from '../examine/source-files.ts';

/** All that decides what a file is rewritten to. It can be sent to another thread. */
export interface RewritingOptions extends Pick<CodemodOptions, 'helper' | 'timeouts' | 'widenTypes'> {
  readonly cwd: string;
  readonly maxFileSize: number;
  readonly own: readonly Provider[];
  /** Names, in the order in which they are applied. */
  readonly codemods: readonly string[];
  /** Or nothing is held but that the rewritten text parses. */
  readonly isProven: boolean;
}

/** A file and its new text, of which nothing is written yet. */
export interface RewrittenFile extends Decision {
  readonly source: SourceFile;
  /** What it imports the helper from. */
  readonly helper: string;
  /** Why it must stay as it was, as far as no types are needed to say so; null where nothing says so. */
  readonly fault: string | null;
}

export const findCodemods = (names: readonly string[]): readonly Codemod[] =>
  findChosen('codemod', names, codemods, ({ name }) => name);

/** Rewrites a file by its path; null where its text holds nothing that could be. */
export function createRewriter(options: RewritingOptions): (path: string) => Promise<RewrittenFile | Fault | null> {
  const chosen = findCodemods(options.codemods);
  return async (path) => {
    const file = examineFile(path, options, (text) => chosen.some(({ mayHold }) => mayHold(text, options.own, false)));
    if (file === null || 'kind' in file) return file;
    const rewritten = await rewriteFile(file, chosen, options);
    forgetFiles();
    return rewritten;
  };
}

export async function rewriteFile(
  file: ExaminedFile,
  chosen: readonly Codemod[],
  options: Pick<RewritingOptions, 'helper' | 'timeouts' | 'widenTypes' | 'isProven'>,
  interview: Interview | null = null,
): Promise<RewrittenFile> {
  const { source } = file;
  const rewrite = (accept: ((proposal: Proposal) => boolean) | null): RewrittenText =>
    rewriteExamined(file, chosen, options, accept);
  const { rewritten, byHand } = interview
    ? await interview.decide(source.path, source.name, rewrite)
    : { rewritten: rewrite(null), byHand: false };
  const isToProve = options.isProven && rewritten.text !== source.text && !byHand;
  const fault = rewritten.failed ?? (isToProve ? findFault(() => findUnresolved(file, rewritten, chosen)) : null);
  forgetRewritten();
  return { source, helper: options.helper, rewritten, byHand, fault };
}

/** No file may end the whole run. */
function rewriteExamined(
  { source: { path, text }, parsed, hints }: ExaminedFile,
  chosen: readonly Codemod[],
  { helper, timeouts, widenTypes, isProven }: Parameters<typeof rewriteFile>[2],
  accept: ((proposal: Proposal) => boolean) | null,
): RewrittenText {
  try {
    return rewriteSource(path, parsed, chosen, { helper, timeouts, widenTypes, hints }, isProven, accept);
  } catch (error) {
    return {
      text,
      rewrites: [],
      skipped: [],
      failed: `could not be rewritten, by a fault of resilient-stream: ${reasonOf(error)}. The file was left as it was.`,
    };
  }
}
