import { type Codemod, defaultOptions, type TimeoutMeaning } from '../../codemods/contract/codemod.ts';
import { version } from '../../rules/version.ts';
import { type Addition, commitByProvider } from './commit.ts';
import { type Fault, type FaultLog, UsageError } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { count } from '../terminal/columns.ts';
import { type Formatting, RepositoryFormat } from './formatters.ts';
import { findGitState } from './git-state.ts';
import { countEdits, countReasons } from '../reports/migrate-counts.ts';
import { migrateFile, type Migration, type Steps, type Write } from './finish-file.ts';
import { findJournalFile, Journal, type Outcome, type RunOptions } from './journal.ts';
import { Interview } from './interview.ts';
import { addHelper, type ManifestWriter } from './manifest.ts';
import { createTypeProof, formatSafely } from './last-proofs.ts';
import { findCodemods, rewriteFile, type RewrittenFile, type RewritingOptions } from './rewrite-file.ts';
import type {
  AddedDependency,
  LeftOut,
  MigratedFile,
  MigrateReport,
  MigrationStatus,
  VendoredFile,
} from '../reports/json-shapes.ts';
import {
  type ExaminedFile,
  examineFiles,
  type FileSelection,
  inOrder,
  type Knowledge,
  selectFiles,
} from '../examine/source-files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { Delivery, findVendored, type Vendored, type VendorWriter } from './vendor.ts';
import type { Verification } from '../reports/verification.ts';
import { countWorkers, workInOrder } from './workers.ts';
import { createFileAndFolder, replaceFile } from '../files/write-file.ts';

export interface MigrateOptions extends FileSelection, Knowledge {
  readonly dryRun: boolean;
  readonly allowDirty: boolean;
  /** One commit per provider, at the end. */
  readonly commit: boolean;
  /** A person is asked about each rewrite. */
  readonly interactive: boolean;
  /** Names of codemods, in the order in which they are applied. */
  readonly codemods: readonly string[];
  /** What becomes of the SDK's own `timeout`. */
  readonly timeouts: TimeoutMeaning;
  /** The SDK's stream classes become `AsyncIterable` where they stand in the way. */
  readonly widenTypes: boolean;
  /** The module that the helper is imported from. */
  readonly helper: string;
  /** The file that is to hold the helper, which the rewritten files import then. */
  readonly vendor?: string | undefined;
  readonly formatting: Formatting;
  readonly verification: Verification;
  /**
   * How many threads rewrite files, where neither TypeScript nor a person is asked; 1: this one does. Absent: as many
   * as pay.
   */
  readonly workers?: number | undefined;
  /** Where to keep the journal, if not in the git directory. */
  readonly state?: string | undefined;
}

/** Told as soon as there is something to tell; the journal is kept until the report has been. */
export interface Audience {
  readonly onMigration: (migration: Migration) => void;
  readonly onReport: (report: MigrateReport) => void;
}

/**
 * Rewrites file by file; each is written, whole, before the next. Workers read ahead of that: what has changed since is
 * not overwritten. A run that was killed is gone on with.
 */
export async function migrate(
  options: MigrateOptions,
  terminal: Terminal,
  faults: FaultLog,
  { onMigration, onReport }: Audience,
): Promise<MigrateReport> {
  const chosen = findCodemods(options.codemods);
  const vendored = options.vendor === undefined ? null : findVendored(options.vendor, terminal);
  const selected = (await selectFiles(options, terminal, faults)).filter((path) => path !== vendored?.path);
  const journal = options.dryRun ? null : openJournal(selected, options, terminal);
  const paths = journal?.selection ?? selected;
  journal?.removeRemains();
  if (!options.dryRun && (options.commit || !options.allowDirty))
    requireWayBack(paths, options.commit, journal, terminal);
  const interruption = terminal.interruption();
  const write = createWrite(options, options.shard ? paths : null, journal, terminal);
  const proveTypes = await createTypeProof(options.verification, vendored, terminal);
  const format = new RepositoryFormat(options.formatting, terminal);
  const interview = options.interactive ? new Interview(terminal) : null;
  const helperOf = await createHelperSearch(options, vendored, terminal);
  const delivery = vendored && new Delivery(vendored, vendorWriter(options, write, journal, terminal), terminal);
  const { timeouts, widenTypes } = options;
  const steps: Steps = {
    proveTypes,
    format: ({ source: { path }, helper }, text) =>
      formatSafely(path, text, (text) => format.format(path, text), chosen, {
        helper,
        timeouts,
        widenTypes,
        hints: { own: options.settings.own, oracle: null },
      }),
    provide: () => delivery?.ensure() ?? null,
    write,
  };
  const staleness = delivery?.isStale ? delivery.ensure() : null;
  if (staleness !== null) throw new UsageError(`${staleness}.`);
  const found = findDone(journal, terminal);
  found.forEach(onMigration);
  const remaining = paths.filter((path) => !journal?.done.has(path));
  const isAlone = options.types !== 'off' || interview !== null || vendored !== null;
  if (isAlone && (options.workers ?? 1) > 1)
    terminal.stderr.write(
      'note: with --types, --interactive or --vendor one thread does all, whatever --workers says.\n',
    );
  const hands = isAlone ? 1 : (options.workers ?? countWorkers(remaining.length));
  const rewrites =
    hands > 1
      ? rewriteByWorkers(remaining, hands, options, terminal, faults)
      : rewriteHere(remaining, chosen, interview, helperOf, options, terminal, faults);
  for await (const rewrite of rewrites) {
    await nextTurn(); // an interruption is heard between files, and only there
    if (interruption.aborted || interview?.isOver) break;
    const migration = migrateFile(await rewrite(), steps, terminal, faults);
    found.push(migration);
    onMigration(migration);
  }
  const interrupted = interruption.aborted || interview?.isOver === true;
  const files = inOrder(paths, found, ({ path }) => path).map(({ file }) => file);
  const done = new Set(files.map(({ file }) => file));
  const leftOut = faults.leftOut.filter(({ file }) => !done.has(file)).map(toFailed);
  const all = [...files, ...leftOut];
  const importing = found.flatMap(({ path, importsHelper }) => (importsHelper ? [path] : []));
  const dependencies =
    options.helper === defaultOptions.helper && !vendored
      ? addHelper(importing, manifestWriter(write, journal), terminal, faults)
      : [];
  const summary = summarize(all, { dryRun: options.dryRun, leftOut: leftOut.length, interrupted });
  const commits =
    options.commit && !interrupted
      ? commitByProvider(files, listAdditions(dependencies, delivery?.done ?? null), terminal, faults)
      : [];
  const report: MigrateReport = {
    version: 1,
    files: all,
    dependencies,
    vendored: delivery?.done ?? null,
    commits,
    counts: { edits: countEdits(all), skipped: countReasons(all) },
    summary,
  };
  onReport(report);
  if (journal) end(journal, interrupted, terminal, faults);
  return report;
}

function openJournal(files: readonly string[], options: MigrateOptions, terminal: Terminal): Journal | null {
  const file = findJournalFile(
    options.state,
    files,
    options.shard ? `${options.shard.index}-of-${options.shard.count}` : null,
    terminal,
  );
  return file === null ? null : new Journal(file, identify(options, terminal), options.allowDirty, terminal);
}

/** What two runs have in common of which one may go on with the other. */
function identify(
  {
    paths,
    filesFrom,
    shard,
    maxFileSize,
    types,
    settings,
    codemods,
    timeouts,
    widenTypes,
    helper,
    vendor,
    formatting,
    verification,
    interactive,
  }: MigrateOptions,
  { cwd }: Terminal,
): RunOptions {
  const given = {
    version,
    cwd,
    paths,
    filesFrom,
    shard,
    maxFileSize,
    types,
    settings: settings.given,
    codemods,
    timeouts,
    widenTypes,
    helper,
    vendor,
    formatting,
    verification,
    interactive,
  };
  return JSON.parse(JSON.stringify(given)) as RunOptions; // as the journal gives it back
}

function createWrite(
  { dryRun }: MigrateOptions,
  selection: readonly string[] | null,
  journal: Journal | null,
  { disk }: Terminal,
): Write {
  if (dryRun) return () => ({ failure: null, otherNames: 0 });
  return (path, before, after, outcome) => {
    const failure = journal?.intend(path, before, after, outcome, selection) ?? null;
    return failure === null ? replaceFile(disk, path, before, after) : { failure, otherNames: 0 };
  };
}

const manifestWriter = (write: Write, journal: Journal | null): ManifestWriter => ({
  write: (path, before, after, dependency) => write(path, before, after, { kind: 'manifest', dependency }).failure,
  findDone: (path) => {
    const outcome = journal?.done.get(path)?.outcome;
    return outcome?.kind === 'manifest' ? outcome.dependency : null;
  },
});

function vendorWriter(
  { dryRun }: MigrateOptions,
  write: Write,
  journal: Journal | null,
  { disk }: Terminal,
): VendorWriter {
  return {
    write: (path, before, after, vendored) => {
      const outcome: Outcome = { kind: 'vendored', vendored };
      if (before !== null || dryRun) return write(path, before ?? '', after, outcome).failure;
      return journal?.intend(path, '', after, outcome, null) ?? createFileAndFolder(disk, path, after).failure;
    },
    findDone: (path) => {
      const outcome = journal?.done.get(path)?.outcome;
      return outcome?.kind === 'vendored' ? outcome.vendored : null;
    },
  };
}

const listAdditions = (dependencies: readonly AddedDependency[], vendored: VendoredFile | null): Addition[] => [
  ...dependencies.map(({ file, name, range }) => ({ file, what: `${name} ${range}` })),
  ...(vendored ? [{ file: vendored.file, what: `resilient-stream ${vendored.version}` }] : []),
];

/** What each file imports the helper from. */
async function createHelperSearch(
  { helper }: MigrateOptions,
  vendored: Vendored | null,
  { stderr }: Terminal,
): Promise<(file: ExaminedFile) => string> {
  if (!vendored) return () => helper;
  // TypeScript's configuration is TypeScript's to read.
  const [{ printSpecifier }, { TsConfigs }] = await Promise.all([
    import('./vendored-specifier.ts'),
    import('../types/tsconfig.ts'),
  ]);
  const configs = new TsConfigs(() => {}); // the type proof says what is wrong with them
  const isTyped = /ts$/.test(vendored.path);
  let isNoted = isTyped;
  return ({ source: { path }, parsed }) => {
    if (!isNoted && /\.[cm]?tsx?$/.test(path))
      stderr.write('note: a helper in JavaScript has no types; for TypeScript, let --vendor name a .ts file.\n');
    isNoted ||= /\.[cm]?tsx?$/.test(path);
    return printSpecifier(path, parsed, vendored.path, configs);
  };
}

function end(journal: Journal, isInterrupted: boolean, { cwd }: Terminal, faults: FaultLog): void {
  const failure = isInterrupted ? journal.close() : journal.finish();
  if (failure) faults.add({ kind: 'failed', place: showPath(cwd, journal.path), at: null, message: failure });
}

/** What an earlier run has done of this one. */
function findDone(journal: Journal | null, { stderr }: Terminal): Migration[] {
  const done = [...(journal?.done ?? [])].flatMap(([path, { outcome }]) =>
    outcome.kind === 'source' ? [{ path, file: outcome.file, importsHelper: outcome.importsHelper, texts: null }] : [],
  );
  if (done.length > 0)
    stderr.write(
      `note: an earlier run was not finished; it has rewritten ${count(done.length, 'file')}, and this one goes on.\n`,
    );
  return done;
}

const toFailed = ({ file, reason }: LeftOut): MigratedFile => ({
  file,
  status: 'failed',
  edits: [],
  skipped: [],
  failure: reason,
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What is written can be seen, and taken back, with git: nothing else may stand in its diff, nor in a commit of it. */
function requireWayBack(
  paths: readonly string[],
  commits: boolean,
  journal: Journal | null,
  { cwd, stderr }: Terminal,
): void {
  const state = findGitState(paths, (path) => journal?.isOurs(path) ?? false);
  const orGoOn = commits ? 'or leave out --commit' : 'or pass --allow-dirty';
  if (state.kind === 'unknown')
    throw new UsageError(`the state of the git tree is unknown (${state.reason}); mend that, ${orGoOn}.`);
  if (state.kind === 'outside' && commits)
    throw new UsageError('--commit needs a git repository, and these files are in none.');
  if (state.kind === 'outside')
    stderr.write(
      'note: these files are in no git repository, so there is no undo; --dry-run shows what would change.\n',
    );
  if (state.kind === 'dirty')
    throw new UsageError(
      `the git tree has uncommitted changes: ${printFew(cwd, state.files)}; commit or stash them, ${orGoOn}.`,
    );
  if (state.kind === 'unwatched')
    throw new UsageError(
      `git does not track ${printFew(cwd, state.files)} and could not bring back what was there; leave that out, ${orGoOn}.`,
    );
}

function printFew(cwd: string, files: readonly string[]): string {
  const [first, ...rest] = files.map((file) => showPath(cwd, file));
  return [first, ...(rest.length > 4 ? [...rest.slice(0, 3), `${rest.length - 3} more`] : rest)].join(', ');
}

type Rewrites = AsyncGenerator<() => RewrittenFile | Promise<RewrittenFile>>;

/** Nothing is done with a file before it is asked for, so that a person is not asked in vain. */
async function* rewriteHere(
  paths: readonly string[],
  chosen: readonly Codemod[],
  interview: Interview | null,
  helperOf: (file: ExaminedFile) => string,
  options: MigrateOptions,
  terminal: Terminal,
  faults: FaultLog,
): Rewrites {
  const {
    settings: { own },
    verification,
  } = options;
  for await (const file of examineFiles(paths, options, terminal, faults, (text, isTyped) =>
    chosen.some(({ mayHold }) => mayHold(text, own, isTyped)),
  )) {
    yield () =>
      rewriteFile(file, chosen, { ...options, helper: helperOf(file), isProven: verification !== 'off' }, interview);
  }
}

/** The same, in threads. */
async function* rewriteByWorkers(
  paths: readonly string[],
  count: number,
  { maxFileSize, settings: { own }, codemods, helper, timeouts, widenTypes, verification }: MigrateOptions,
  { cwd, status }: Terminal,
  faults: FaultLog,
): Rewrites {
  const data: RewritingOptions = {
    cwd,
    maxFileSize,
    own,
    codemods,
    helper,
    timeouts,
    widenTypes,
    isProven: verification !== 'off',
  };
  const program = new URL('./rewriting-worker.js', import.meta.url);
  const toLost = (path: string, reason: string): Fault => ({
    kind: 'failed',
    place: showPath(cwd, path),
    at: null,
    message: `ended the thread that was to rewrite it (${reason}); leave it out`,
  });
  let done = 0;
  for await (const file of workInOrder<string, RewrittenFile | Fault | null>(paths, { program, data, count }, toLost)) {
    status.showProgress(done++, paths.length);
    if (file === null) continue;
    if ('kind' in file) faults.add(file);
    else yield () => file;
  }
  status.clear();
}

function summarize(
  files: readonly MigratedFile[],
  rest: { dryRun: boolean; leftOut: number; interrupted: boolean },
): MigrateReport['summary'] {
  const count = (status: MigrationStatus): number => files.filter((file) => file.status === status).length;
  return {
    dryRun: rest.dryRun,
    changed: count('changed'),
    unchanged: count('unchanged'),
    skipped: count('skipped'),
    failed: count('failed'),
    edits: files.reduce((sum, { edits }) => sum + edits.length, 0),
    skippedLoops: files.reduce((sum, { skipped }) => sum + skipped.length, 0),
    leftOut: rest.leftOut,
    interrupted: rest.interrupted,
  };
}
