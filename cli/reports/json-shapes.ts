/**
 * What `--format json` prints. Other programs read these shapes: within `version: 1`, fields may be added, but never
 * renamed or removed. Paths are relative to the working directory, with `/`. Lines and columns count from 1.
 */
import type { ErrorDestination, Evidence, LoopForm } from '../../src/analysis/facts/stream-loop.ts';

/** A file, folder or pattern that could not be examined. */
export interface LeftOut {
  /** The file; if none was found, the path or pattern on the command line. */
  readonly file: string;
  readonly reason: string;
}

/**
 * What ends a stalled stream; the strongest, if there are several:
 * - `by-helper`: `resilientStream()` does.
 * - `idle`: a limit for the time between chunks.
 * - `total`: a limit for the whole answer.
 * - `unknown`: the request, or the value of its option, is not visible in the file.
 * - `headers`: a limit that ends when the headers arrive.
 * - `cancellation`: a signal for another purpose, such as that of a closed request.
 * - `nothing`: a limit that the SDK ignores.
 * - null: there is no limit.
 */
export type TimeoutState = 'by-helper' | 'idle' | 'total' | 'unknown' | 'headers' | 'cancellation' | 'nothing' | null;

/**
 * What would notice that the answer was truncated:
 * - `by-helper`: `resilientStream()` throws.
 * - `by-sdk`: the SDK throws.
 * - `checked`: the code checks the terminal marker.
 * - `unknown`: the whole chunk goes to code in another file, or the protocol has no terminal marker.
 * - `unchecked`: nothing.
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
   * How the program reads the chunks: with `for await`, a reader's `read()`, an iterator's `next()`, a function that
   * calls itself, or listeners.
   */
  readonly form: LoopForm;
  /** How the provider was recognized: by an import, a type, an annotation, or only the shape of the code. */
  readonly evidence: Evidence;
  /** What handles an error that the iteration throws. */
  readonly handled: ErrorDestination;
  readonly timeout: TimeoutState;
  readonly completion: CompletionState;
  /** `resilientStream()` makes the stream already. */
  readonly resilient: boolean;
}

export interface ListReport {
  readonly version: 1;
  readonly streams: readonly ListedStream[];
  /** Files that could not be read or analysed, and paths where nothing was found. */
  readonly leftOut: readonly LeftOut[];
  readonly summary: {
    readonly streams: number;
    /** Files with a stream. */
    readonly files: number;
    readonly resilient: number;
    /** Files that were examined, with stream code or without. */
    readonly examined: number;
    /** The length of the list `leftOut`. */
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
  /** Without the prefix: 'require-timeout'. */
  readonly rule: string;
  readonly messageId: string;
  readonly message: string;
  readonly severity: Severity;
  /** Stays the same when lines move, and when code around the loop changes. */
  readonly fingerprint: string;
  /** The loop that the problem is about. The problem itself may be at another place, such as the call. */
  readonly loop: {
    /** If the problem is about no loop, but a decoder or a comment: the line of the problem. */
    readonly line: number;
    /** The provider's id: 'openai'. null: the problem is about no loop. */
    readonly provider: string | null;
    /** 'chat.completions.create'; null: the problem is about no loop. */
    readonly api: string | null;
    /** `migrate` would rewrite it. */
    readonly rewritable: boolean;
  };
}

/** The comparison with the baseline. */
export interface BaselineSummary {
  /** The file, as the user wrote it. */
  readonly file: string;
  /** Problems that the run found and the baseline has; the report does not list them. */
  readonly known: number;
  /** Problems that the baseline has and that do not exist any more. */
  readonly gone: number;
  /** Problems that `--update-baseline` has added; null without that option. */
  readonly added: number | null;
}

export interface CheckReport {
  readonly version: 1;
  /** Without those that the baseline has. */
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
    /** Loops with a problem that `migrate` would rewrite. */
    readonly rewritable: number;
    /** null: without `--baseline`. */
    readonly baseline: BaselineSummary | null;
    /** Stream loops that were examined. */
    readonly streams: number;
    /** Files that were examined, with stream code or without. */
    readonly examined: number;
    /** The length of the list `leftOut`. */
    readonly leftOut: number;
  };
}

/**
 * The outcome of a file; in a dry run, what it would be. 'skipped': the file has loops to rewrite, and all of them are
 * left to a person. 'failed': the file could not be found, read, analysed, proven or written.
 */
export type MigrationStatus = 'changed' | 'unchanged' | 'skipped' | 'failed';

export interface MigratedFile {
  readonly file: string;
  readonly status: MigrationStatus;
  /** Lines are those of the file before. `provider` is its id; null: the edit concerns no provider's stream. */
  readonly edits: readonly { readonly line: number; readonly codemod: string; readonly provider: string | null }[];
  readonly skipped: readonly {
    readonly line: number;
    readonly reason: string;
    readonly codemod: string;
    readonly provider: string | null;
  }[];
  /** Why the file is unchanged; null unless `status` is 'failed'. */
  readonly failure: string | null;
}

/** A dependency that a `package.json` has got; in a dry run, would get. */
export interface AddedDependency {
  /** The `package.json`; null: there is none above the files, and nothing was written. */
  readonly file: string | null;
  readonly name: string;
  readonly range: string;
  /** The command of the package manager whose lock file is nearest: 'pnpm install'. */
  readonly install: string;
}

/** The copy of the helper that `--vendor` makes. */
export interface VendoredFile {
  readonly file: string;
  readonly version: string;
  /** 'updated': a copy of another version was there. In a dry run, what would be. */
  readonly status: 'added' | 'updated';
}

/** How many places one codemod has rewritten in the code of one provider. */
export interface EditCount {
  /** The provider's id; null: the edits concern no provider's stream. */
  readonly provider: string | null;
  readonly codemod: string;
  readonly edits: number;
  readonly files: number;
}

/** How many places one codemod has left to a person in the code of one provider, for one reason. */
export interface ReasonCount {
  readonly provider: string | null;
  readonly codemod: string;
  /** Reasons that differ only in the code that they quote are counted together. */
  readonly reason: string;
  readonly loops: number;
}

/** A commit that `--commit` has made. */
export interface MadeCommit {
  readonly hash: string;
  readonly subject: string;
  /** How many files it changes. */
  readonly files: number;
}

export interface MigrateReport {
  readonly version: 1;
  /** Every file that may have a stream loop. Files that could not be examined come last. */
  readonly files: readonly MigratedFile[];
  readonly dependencies: readonly AddedDependency[];
  /** null: without `--vendor`, or if there was nothing to do. */
  readonly vendored: VendoredFile | null;
  readonly commits: readonly MadeCommit[];
  /** The numbers of the edits, and of the places that are left, as tables; the largest first. */
  readonly counts: { readonly edits: readonly EditCount[]; readonly skipped: readonly ReasonCount[] };
  readonly summary: {
    readonly dryRun: boolean;
    readonly changed: number;
    readonly unchanged: number;
    readonly skipped: number;
    readonly failed: number;
    readonly edits: number;
    readonly skippedLoops: number;
    /** How many of the failed files could not be examined. */
    readonly leftOut: number;
    /** The run was interrupted; the files that it did not reach are not listed. */
    readonly interrupted: boolean;
  };
}
