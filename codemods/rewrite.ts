import { mayHoldStreamLoop } from '../src/analysis/find-stream-loops.ts';
import { parseSource, SourceSyntaxError } from '../src/analysis/parse-source.ts';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import { type Codemod, type CodemodOptions, defaultOptions, type Rewrite, type Skip } from './codemod.ts';
import { findImportEdits } from './imports.ts';
import { proveRewrite } from './proof.ts';
import { applyEdits, findOverlap, isSameEdit, type TextEdit, withoutRepetitions } from './text-edit.ts';

export interface RewrittenText {
  /** As it was, where nothing is to do or a proof failed. */
  readonly text: string;
  /** What was done; the lines are those of the text before. */
  readonly rewrites: readonly Pick<Rewrite, 'line' | 'codemod'>[];
  readonly skipped: readonly Skip[];
  /** Why the file was left as it was; null where nothing failed. */
  readonly failed: string | null;
}

/** Rewrites a file's loops by each codemod in turn, and proves that nothing else has changed. */
export function rewriteText(path: string, text: string, codemods: readonly Codemod[], options: Partial<CodemodOptions> = {}): RewrittenText {
  if (!mayHoldStreamLoop(text)) return unchanged(text);
  try {
    return rewriteInTurn(path, text, codemods, { ...defaultOptions, ...options });
  } catch (error) {
    if (!(error instanceof SourceSyntaxError)) throw error;
    return { ...unchanged(text), failed: `The file does not parse: ${error.message} (${error.line}:${error.column}).` };
  }
}

const unchanged = (text: string): RewrittenText => ({ text, rewrites: [], skipped: [], failed: null });

function rewriteInTurn(path: string, original: string, codemods: readonly Codemod[], options: CodemodOptions): RewrittenText {
  let text = original;
  const rewrites: Pick<Rewrite, 'line' | 'codemod'>[] = [];
  const skipped: Skip[] = [];
  for (const codemod of codemods) {
    const source = parseSource(path, text);
    const found = codemod.findRewrites(source, options);
    skipped.push(...found.skipped);
    if (found.rewrites.length === 0) continue;
    const edits = combineRewrites(source, found.rewrites, options);
    if (findOverlap(edits)) return { ...unchanged(original), skipped, failed: `${codemod.name} wants to change one place in two ways; the file was left as it was.` };
    const after = applyEdits(text, edits);
    const fault = findFault(path, text, after, codemod, options);
    if (fault !== null) return { ...unchanged(original), skipped, failed: `${codemod.name}: ${fault} The file was left as it was.` };
    rewrites.push(...found.rewrites.map(({ line, codemod }) => ({ line, codemod })));
    text = after;
  }
  return { text, rewrites, skipped, failed: null };
}

/** What is wrong with a rewritten text; null where the text parses, is proven, and would not be rewritten again. */
function findFault(path: string, before: string, after: string, codemod: Codemod, options: CodemodOptions): string | null {
  try {
    const again = codemod.findRewrites(parseSource(path, after), options).rewrites;
    if (again.length > 0) return `a second run would rewrite line ${again[0]!.line} again.`;
  } catch (error) {
    if (!(error instanceof SourceSyntaxError)) throw error;
    return `the rewritten text would not parse: ${error.message} (${error.line}:${error.column}).`;
  }
  const proof = proveRewrite(path, before, after, options);
  return proof.ok ? null : proof.reason;
}

/** The edits of all rewrites of a file as one set, in which a shared request is wrapped once and the helper imported once. */
function combineRewrites(source: ParsedSource, rewrites: readonly Rewrite[], options: CodemodOptions): TextEdit[] {
  const edits = rewrites.flatMap((rewrite) => {
    const importing = findImportEdits(source, rewrite.imports, options);
    return rewrite.edits.filter((edit) => !importing.some((other) => isSameEdit(edit, other)));
  });
  const names = [...new Set(rewrites.flatMap(({ imports }) => imports))];
  return [...findImportEdits(source, names, options), ...withoutRepetitions(edits)];
}
