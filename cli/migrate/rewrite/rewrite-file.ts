import { codemods } from '../../../codemods/all.ts';
import type { Codemod, CodemodOptions } from '../../../codemods/contract/codemod.ts';
import { forgetRewritten, type Proposal, type RewrittenText, rewriteSource } from '../../../codemods/rewrite.ts';
import { forgetFiles } from '../../../src/analysis/source/file-memory.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { type ExaminedFile, examineFile } from '../../examine/examine-files.ts';
import type { SourceFile } from '../../files/read-source.ts';
import { type Choice, chooseNamed } from '../../terminal/choose-named.ts';
import { type Fault, reasonOf } from '../../terminal/faults.ts';
import type { Decision, Interview } from '../interview.ts';
import { findUnresolved, runProof } from '../last-proofs.ts';

/** How a file is rewritten, whichever file it is. */
export interface RewriteSettings extends Pick<CodemodOptions, 'timeouts' | 'widenTypes'> {
  /** In the order in which they are applied. */
  readonly codemods: readonly Codemod[];
  /** False: the rewritten text must parse, and nothing else is proven about it. */
  readonly isProven: boolean;
}

/** The same as plain data, which can be sent to a worker. */
export interface RewritingOptions extends Omit<RewriteSettings, 'codemods'> {
  readonly cwd: string;
  readonly maxFileSize: number;
  readonly own: readonly Provider[];
  /** Names, in the order in which the codemods are applied. */
  readonly codemods: readonly string[];
  /** The module that the files import the helper from. */
  readonly helper: string;
}

/** A file and its new text, which is not written yet. */
export interface RewrittenFile extends Decision {
  readonly source: SourceFile;
  /** The module that it imports the helper from. */
  readonly helper: string;
  /** Why the file must stay unchanged, by the proofs that need no types; null where they hold. */
  readonly fault: string | null;
}

const CODEMODS: Choice<Codemod> = { kind: 'codemod', items: codemods, nameOf: ({ name }) => name };

export const chooseCodemods = (names: readonly string[]): readonly Codemod[] => chooseNamed(CODEMODS, names);

/** Rewrites the file at a path; null where its text holds nothing that a codemod could rewrite. */
export function createRewriter(options: RewritingOptions): (path: string) => Promise<RewrittenFile | Fault | null> {
  const settings: RewriteSettings = { ...options, codemods: chooseCodemods(options.codemods) };
  return async (path) => {
    const file = examineFile(path, options, (text) =>
      settings.codemods.some(({ mayHold }) => mayHold(text, options.own, false)),
    );
    if (file === null || 'kind' in file) return file;
    const rewritten = await rewriteFile({ file, helper: options.helper }, settings);
    forgetFiles();
    return rewritten;
  };
}

/** One file to rewrite. */
export interface RewriteTarget {
  readonly file: ExaminedFile;
  /** The module that it will import the helper from. */
  readonly helper: string;
}

export async function rewriteFile(
  target: RewriteTarget,
  settings: RewriteSettings,
  interview: Interview | null = null,
): Promise<RewrittenFile> {
  const {
    file: { source },
    helper,
  } = target;
  const rewrite = (accept: ((proposal: Proposal) => boolean) | null): RewrittenText =>
    rewriteOrFail(target, settings, accept);
  const { rewritten, byHand } = interview
    ? await interview.decide(source.path, source.name, rewrite)
    : { rewritten: rewrite(null), byHand: false };
  const isToProve = settings.isProven && rewritten.text !== source.text && !byHand;
  const fault =
    rewritten.failed ?? (isToProve ? runProof(() => findUnresolved(target.file, rewritten, settings.codemods)) : null);
  forgetRewritten();
  return { source, helper, rewritten, byHand, fault };
}

/** An error in a codemod fails this file, not the whole run. */
function rewriteOrFail(
  { file: { source, parsed, hints }, helper }: RewriteTarget,
  { codemods, timeouts, widenTypes, isProven }: RewriteSettings,
  accept: ((proposal: Proposal) => boolean) | null,
): RewrittenText {
  const { path, text } = source;
  try {
    return rewriteSource(path, parsed, codemods, { helper, timeouts, widenTypes, hints }, isProven, accept);
  } catch (error) {
    const reason = reasonOf(error);
    return {
      text,
      rewrites: [],
      skipped: [],
      failed: `could not be rewritten, by a fault of resilient-stream: ${reason}. The file was left as it was.`,
    };
  }
}
