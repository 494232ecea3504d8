/**
 * What `--format json` prints. Others build on these shapes: fields may be added, never renamed or removed, within
 * `version: 1`. Paths are relative to the working directory with `/`; lines and columns count from 1.
 */
import type { Escape, Evidence, LoopForm } from '../../src/analysis/facts/stream-loop.ts';

/** Something that was asked for and could not be looked at. */
export interface LeftOut {
  /** A file; where none was found, the path, folder or pattern. */
  readonly file: string;
  readonly reason: string;
}

/**
 * What ends a stalled stream, the strongest where there are several: `by-helper`: `resilientStream()` does. `idle`,
 * `total`: a limit between chunks, on the whole answer. `unknown`: the request, or the value of its option, is out of
 * sight. `headers`: a limit that is over once the headers are there. `cancellation`: somebody else's signal, such as a
 * closed request's. `nothing`: a limit that the SDK ignores. null: none.
 */
export type TimeoutState = 'by-helper' | 'idle' | 'total' | 'unknown' | 'headers' | 'cancellation' | 'nothing' | null;

/**
 * Who would notice that the answer was cut: `by-helper`: `resilientStream()` throws. `by-sdk`: the SDK throws.
 * `checked`: the code looks at the terminal marker. `unknown`: the whole chunk goes to code out of sight, or the
 * protocol has no marker. `unchecked`: nobody.
 */
export type CompletionState = 'by-helper' | 'by-sdk' | 'checked' | 'unknown' | 'unchecked';

export interface ListedStream {
  readonly file: string;
  /** Of the loop. */
  readonly line: number;
  readonly column: number;
  /** The provider's id: 'openai'. */
  readonly provider: string;
  /** 'chat.completions.create' */
  readonly api: string;
  /**
   * How the chunks are taken: by `for await`, by a reader's `read()`, an iterator's `next()`, a function that calls
   * itself, or listeners.
   */
  readonly form: LoopForm;
  /** How we know: traced to an import, by a type or an annotation, or by its shape alone. */
  readonly evidence: Evidence;
  /** Where an error of the iteration goes. */
  readonly handled: Escape;
  readonly timeout: TimeoutState;
  readonly completion: CompletionState;
  /** The stream is already made by `resilientStream()`. */
  readonly resilient: boolean;
}

export interface ListReport {
  readonly version: 1;
  readonly streams: readonly ListedStream[];
  /** Files that could not be read or analysed, and paths where nothing was found. */
  readonly leftOut: readonly LeftOut[];
  readonly summary: {
    readonly streams: number;
    /** Files that hold one. */
    readonly files: number;
    readonly resilient: number;
    /** Files that were looked at, with stream code or without. */
    readonly examined: number;
    /** The length of the list of that name. */
    readonly leftOut: number;
  };
}

export type Severity = 'error' | 'warning';

export interface CheckProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Without prefix: 'require-timeout'. */
  readonly rule: string;
  readonly messageId: string;
  readonly message: string;
  readonly severity: Severity;
  /** Stays as it is when lines move, and when code around the loop changes. */
  readonly fingerprint: string;
  /** The loop that the problem is about; the problem itself may stand elsewhere, such as at the call. */
  readonly loop: {
    /** Where it is about no loop, but about a decoder or a comment: its own. */
    readonly line: number;
    /** The provider's id: 'openai'. null: it is about no loop. */
    readonly provider: string | null;
    /** 'chat.completions.create'; null: it is about no loop. */
    readonly api: string | null;
    /** `migrate` would rewrite it. */
    readonly rewritable: boolean;
  };
}

/** What a baseline had to say. */
export interface BaselineSummary {
  /** As it was given. */
  readonly file: string;
  /** Problems that were found, and that it holds; these are not listed. */
  readonly known: number;
  /** Problems that it holds and that are there no more. */
  readonly gone: number;
  /** Problems that it was given by `--update-baseline`; null where it was not to change. */
  readonly added: number | null;
}

export interface CheckReport {
  readonly version: 1;
  /** Without those that the baseline holds. */
  readonly problems: readonly CheckProblem[];
  /** Files that could not be read or analysed, and paths where nothing was found. */
  readonly leftOut: readonly LeftOut[];
  readonly summary: {
    readonly problems: number;
    readonly errors: number;
    readonly warnings: number;
    readonly byRule: Readonly<Record<string, number>>;
    /** Files with a problem. */
    readonly files: number;
    /** Loops with a problem. */
    readonly loops: number;
    /** Those of them that `migrate` would rewrite. */
    readonly rewritable: number;
    /** null: there is none. */
    readonly baseline: BaselineSummary | null;
    /** Stream loops that were looked at. */
    readonly streams: number;
    /** Files that were looked at, with stream code or without. */
    readonly examined: number;
    /** The length of the list of that name. */
    readonly leftOut: number;
  };
}

/**
 * A file's outcome; in a dry run, what it would be. 'skipped': it holds loops to rewrite, and all of them were left.
 * 'failed': it was not done, because it could not be found, read, analysed, proven or written.
 */
export type MigrationStatus = 'changed' | 'unchanged' | 'skipped' | 'failed';

export interface MigratedFile {
  readonly file: string;
  readonly status: MigrationStatus;
  /** Lines are those of the file as it was. */
  /** `provider` is its id; null where the edit is about no stream of anybody's. */
  readonly edits: readonly { readonly line: number; readonly codemod: string; readonly provider: string | null }[];
  readonly skipped: readonly {
    readonly line: number;
    readonly reason: string;
    readonly codemod: string;
    readonly provider: string | null;
  }[];
  /** Why the file was left as it was, where `status` is 'failed'. */
  readonly failure: string | null;
}

/** A line that a `package.json` has got, or would get. */
export interface AddedDependency {
  /** The `package.json`; null where there is none above the files, and nothing was written. */
  readonly file: string | null;
  readonly name: string;
  readonly range: string;
  /** What the lock file beside or above it calls for: 'pnpm install'. */
  readonly install: string;
}

/** The helper as a file of the program's own, of `--vendor`. */
export interface VendoredFile {
  readonly file: string;
  readonly version: string;
  /** 'updated': a copy of another version was there. In a dry run, what would be. */
  readonly status: 'added' | 'updated';
}

/** What was rewritten of one provider's streams by one codemod. */
export interface EditCount {
  /** The provider's id; null where the edits are about no stream of anybody's. */
  readonly provider: string | null;
  readonly codemod: string;
  readonly edits: number;
  readonly files: number;
}

/** What one codemod left of one provider's streams, for one reason. */
export interface ReasonCount {
  readonly provider: string | null;
  readonly codemod: string;
  /** Reasons that differ in the code they quote are one. */
  readonly reason: string;
  readonly loops: number;
}

/** One of `--commit`. */
export interface MadeCommit {
  readonly hash: string;
  readonly subject: string;
  /** How many files it changes. */
  readonly files: number;
}

export interface MigrateReport {
  readonly version: 1;
  /**
   * Every file that may hold a stream loop, or of which that is unknown because it could not be looked at; these stand
   * last.
   */
  readonly files: readonly MigratedFile[];
  readonly dependencies: readonly AddedDependency[];
  /** null: `--vendor` was not asked for, or there was nothing to do. */
  readonly vendored: VendoredFile | null;
  readonly commits: readonly MadeCommit[];
  /** The same as a table, the most first. */
  readonly counts: { readonly edits: readonly EditCount[]; readonly skipped: readonly ReasonCount[] };
  readonly summary: {
    readonly dryRun: boolean;
    readonly changed: number;
    readonly unchanged: number;
    readonly skipped: number;
    readonly failed: number;
    readonly edits: number;
    readonly skippedLoops: number;
    /** Of those that failed, how many could not be looked at. */
    readonly leftOut: number;
    /** The run was interrupted; files that are not listed were not looked at. */
    readonly interrupted: boolean;
  };
}
