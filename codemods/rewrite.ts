import { parseSource, SourceSyntaxError } from '../src/analysis/source/parse-source.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../src/analysis/facts/stream-loop.ts';
import { type Codemod, type CodemodOptions, defaultOptions, type Rewrite, type Skip } from './contract/codemod.ts';
import { findImportEdits } from './text/imports.ts';
import { forgetTrees, proveRewrite } from './proof.ts';
import { findDroppedImports } from './types/unused-imports.ts';
import {
  applyEdits,
  findLineBefore,
  findOverlap,
  isSameEdit,
  type TextEdit,
  withoutRepetitions,
} from './contract/edits.ts';

export interface DoneRewrite extends Pick<Rewrite, 'line' | 'codemod' | 'imports'> {
  /** The id of the provider whose stream it is about; null where it is about none. */
  readonly provider: string | null;
}

/** A place that was left to a person. */
export interface LeftPlace extends Pick<Skip, 'line' | 'reason'> {
  readonly codemod: string;
  /** The id of the provider whose stream it is about; null where it is about none. */
  readonly provider: string | null;
}

export interface RewrittenText {
  /** As it was, where nothing is to do or a proof failed. */
  readonly text: string;
  /** What was done; the lines are those of the text before. */
  readonly rewrites: readonly DoneRewrite[];
  readonly skipped: readonly LeftPlace[];
  /** Why the file was left as it was; null where nothing failed. */
  readonly failed: string | null;
}

/** A rewrite that stands its proof, for somebody to accept. */
export interface Proposal {
  /** The same in each run over the same text. */
  readonly key: string;
  readonly codemod: string;
  /** The id of the provider whose stream it is about; null where it is about none. */
  readonly provider: string | null;
  /** Of the text before all rewrites. */
  readonly line: number;
  /** Without and with this rewrite alone. */
  readonly before: string;
  readonly after: string;
}

export const DECLINED = 'You chose to leave it.';

/** Rewrites a file's text by each codemod in turn, and proves that nothing else has changed. */
export function rewriteText(
  path: string,
  text: string,
  codemods: readonly Codemod[],
  options: Partial<CodemodOptions> = {},
): RewrittenText {
  const concerned = codemods.filter(({ mayHold }) => mayHold(text, options.hints?.own, Boolean(options.hints?.oracle)));
  if (concerned.length === 0) return unchanged(text);
  try {
    return rewriteSource(path, parseSource(path, text), concerned, options);
  } catch (error) {
    if (!(error instanceof SourceSyntaxError)) throw error;
    return { ...unchanged(text), failed: `The file does not parse: ${error.message} (${error.line}:${error.column}).` };
  }
}

const unchanged = (text: string): RewrittenText => ({ text, rewrites: [], skipped: [], failed: null });

/** How rewrites are tried. */
interface Demands {
  readonly path: string;
  /** Without proofs, a rewritten text only has to parse. */
  readonly isProven: boolean;
  /** Asks a person about each rewrite; null: all are accepted. */
  readonly accept: ((proposal: Proposal) => boolean) | null;
}

/** A file between two codemods. */
interface Progress extends Pick<RewrittenText, 'rewrites' | 'skipped' | 'failed'> {
  readonly source: ParsedSource;
  readonly options: CodemodOptions;
  /** From a line of `source` to the line of the original text. */
  readonly toOriginal: (line: number) => number;
}

/** The same, for a text that is parsed already. Without proofs, a rewritten text only has to parse. */
export function rewriteSource(
  path: string,
  original: ParsedSource,
  codemods: readonly Codemod[],
  given: Partial<CodemodOptions> = {},
  isProven = true,
  accept: Demands['accept'] = null,
): RewrittenText {
  let progress: Progress = {
    source: original,
    options: { ...defaultOptions, ...given, path },
    toOriginal: (line) => line,
    rewrites: [],
    skipped: [],
    failed: null,
  };
  for (const codemod of codemods) {
    progress = applyCodemod(progress, codemod, { path, isProven, accept });
    const { skipped, failed } = progress;
    if (failed !== null) return { ...unchanged(original.text), skipped, failed };
  }
  const { source, rewrites, skipped } = progress;
  return { text: source.text, rewrites, skipped: [...skipped].sort((a, b) => a.line - b.line), failed: null };
}

function applyCodemod(progress: Progress, codemod: Codemod, demands: Demands): Progress {
  const { source, options, toOriginal } = progress;
  if (!codemod.mayHold(source.text, options.hints?.own, Boolean(options.hints?.oracle))) return progress;
  const found = codemod.findRewrites(source, options);
  const leave = ({ skipped }: Progress, skips: readonly Skip[]): LeftPlace[] => [
    ...skipped,
    ...skips.map(({ line, reason, loop }) => ({
      line: toOriginal(line),
      reason,
      codemod: codemod.name,
      provider: providerOf(loop),
    })),
  ];
  const left = { ...progress, skipped: leave(progress, found.skipped) };
  if (found.rewrites.length === 0) return left;
  const { path, isProven, accept } = demands;
  const trial = { source, path, codemod, options, isProven };
  const { sound, faults, declined } = choose(trial, found.rewrites, toOriginal, accept);
  const asked = { ...left, skipped: leave(left, declined) };
  if (sound.length === 0)
    return declined.length > 0 && faults.length === 0
      ? asked
      : { ...asked, failed: `${codemod.name}: ${faults[0]!.reason} The file was left as it was.` };
  const edits = combineRewrites(source, sound, options);
  const done = sound.map(({ line, codemod: name, imports, loop }) => ({
    line: toOriginal(line),
    codemod: name,
    imports,
    provider: providerOf(loop),
  }));
  return {
    source: parseRewritten(path, applyEdits(source.text, edits)),
    options: withoutTypes(options),
    toOriginal: (line) => toOriginal(findLineBefore(source.text, edits, line)),
    rewrites: [...progress.rewrites, ...done],
    skipped: leave(asked, faults.map(describeFault(codemod))),
    failed: null,
  };
}

const describeFault =
  ({ name }: Codemod) =>
  ({ line, reason, loop = null }: Skip): Skip => ({
    line,
    loop,
    reason: `The rewritten code does not stand its proof; make this change by hand. (${name}: ${reason})`,
  });

interface Chosen extends Sifted {
  /** What a person chose to leave. */
  readonly declined: readonly Skip[];
}

/** The rewrites that stand their proof and that a person accepts. */
function choose(
  trial: Trial,
  rewrites: readonly Rewrite[],
  toOriginal: Progress['toOriginal'],
  accept: Demands['accept'],
): Chosen {
  const { sound, faults } = sift(trial, rewrites);
  const isAccepted = (_: Rewrite, index: number): boolean =>
    accept === null || accept(propose(trial, sound, index, toOriginal));
  const accepted = sound.filter(isAccepted);
  const declined = sound
    .filter((rewrite) => !accepted.includes(rewrite))
    .map(({ line, loop }) => ({ line, reason: DECLINED, loop }));
  if (declined.length === 0) return { sound, faults, declined };
  if (accepted.length === 0) return { sound: [], faults: [], declined };
  // Some of them may be at odds with what is declined: a part is proven anew.
  const part = sift(trial, accepted, rewrites.length - accepted.length);
  return { sound: part.sound, faults: [...faults, ...part.faults], declined };
}

let latest: { readonly path: string; readonly source: ParsedSource } | null = null;

/** The tree of a rewritten text, for whoever looks at it next as well. */
export function parseRewritten(path: string, text: string): ParsedSource {
  if (latest?.path !== path || latest.source.text !== text) latest = { path, source: parseSource(path, text) };
  return latest.source;
}

/** To be told when nobody looks at it any more. */
export function forgetRewritten(): void {
  latest = null;
  forgetTrees();
}

const providerOf = (loop: StreamLoop | null = null): string | null => loop?.origin.provider.id ?? null;

function propose(
  { source, codemod, options }: Trial,
  rewrites: readonly Rewrite[],
  index: number,
  toOriginal: (line: number) => number,
): Proposal {
  const rewrite = rewrites[index]!;
  const line = toOriginal(rewrite.line);
  const ordinal = rewrites.slice(0, index).filter((other) => toOriginal(other.line) === line).length;
  return {
    key: `${codemod.name} ${line} ${ordinal}`,
    codemod: codemod.name,
    provider: providerOf(rewrite.loop),
    line,
    before: source.text,
    after: applyEdits(source.text, combineRewrites(source, [rewrite], options)),
  };
}

/** TypeScript knows the file as it was. */
const withoutTypes = (options: CodemodOptions): CodemodOptions =>
  options.hints ? { ...options, hints: { ...options.hints, oracle: null } } : options;

interface Trial {
  readonly source: ParsedSource;
  readonly path: string;
  readonly codemod: Codemod;
  readonly options: CodemodOptions;
  readonly isProven: boolean;
}

interface Sifted {
  readonly sound: readonly Rewrite[];
  readonly faults: readonly Skip[];
}

/** Parts the rewrites that stand their proof from those that do not, by halves: one loop's fault is no other's. */
function sift(trial: Trial, rewrites: readonly Rewrite[], left = 0): Sifted {
  const fault = tryRewrites(trial, rewrites, left);
  if (fault === null) return { sound: rewrites, faults: [] };
  const [first, ...others] = rewrites;
  if (!first || others.length === 0)
    return { sound: [], faults: rewrites.map(({ line, loop }) => ({ line, reason: fault, loop })) };
  const middle = Math.ceil(rewrites.length / 2);
  const halves = [rewrites.slice(0, middle), rewrites.slice(middle)];
  const parts = halves.map((half) => sift(trial, half, left + rewrites.length - half.length));
  const sound = parts.flatMap((part) => part.sound);
  const faults = parts.flatMap((part) => part.faults);
  // What stands alone may still be at odds with the rest.
  const together =
    sound.length === 0 || parts.some((part) => part.sound.length === 0)
      ? null
      : tryRewrites(trial, sound, left + faults.length);
  if (together === null) return { sound, faults };
  const [kept, dropped] = parts as [Sifted, Sifted];
  return {
    sound: kept.sound,
    faults: [...faults, ...dropped.sound.map(({ line, loop }) => ({ line, reason: together, loop }))],
  };
}

/** What is wrong with these rewrites, made together; `left` others may be found again. */
function tryRewrites(trial: Trial, rewrites: readonly Rewrite[], left: number): string | null {
  const { source, path, codemod, options, isProven } = trial;
  const edits = combineRewrites(source, rewrites, options);
  if (findOverlap(edits)) return 'one place would change in two ways.';
  const after = applyEdits(source.text, edits);
  const again = findSecondRun(trial, after, left);
  if (again !== null || !isProven) return again;
  const deferred = rewrites.flatMap((rewrite) => rewrite.deferred);
  return proveRewrite(path, source.text, after, { edits, deferred }, codemod.forms(options));
}

/** Why a rewritten text cannot be left: it does not parse, or would be rewritten again; null where it can. */
function findSecondRun({ path, codemod, options, isProven }: Trial, after: string, left: number): string | null {
  try {
    const rewritten = parseRewritten(path, after);
    if (!isProven) return null;
    const again = codemod.findRewrites(rewritten, withoutTypes(options)).rewrites;
    return again.length > left ? `a second run would rewrite line ${again[0]!.line} again.` : null;
  } catch (error) {
    if (!(error instanceof SourceSyntaxError)) throw error;
    return `the rewritten text would not parse: ${error.message} (${error.line}:${error.column}).`;
  }
}

/**
 * The edits of all rewrites of a file as one set, in which a shared request is wrapped once and the helper imported
 * once.
 */
export function combineRewrites(
  source: ParsedSource,
  rewrites: readonly Rewrite[],
  options: CodemodOptions,
): readonly TextEdit[] {
  const edits = rewrites.flatMap((rewrite) => {
    const importing = findImportEdits(source, rewrite.imports, options);
    return rewrite.edits.filter((edit) => !importing.some((other) => isSameEdit(edit, other)));
  });
  const names = [...new Set(rewrites.flatMap(({ imports }) => imports))];
  const own = withoutRepetitions(edits);
  return [
    ...findImportEdits(source, names, options),
    ...own,
    ...(options.widenTypes ? findDroppedImports(source, own) : []),
  ];
}
