import { codemods } from '../codemods/all.ts';
import { type Codemod, defaultOptions } from '../codemods/codemod.ts';
import { type RewrittenText, rewriteSource } from '../codemods/rewrite.ts';
import { findChosen } from './choices.ts';
import { type FaultLog, reasonOf, UsageError } from './faults.ts';
import { showPath } from './find-files.ts';
import { findGitState } from './git-state.ts';
import { addHelper } from './manifest.ts';
import { createProofs, type Prove } from './proofs.ts';
import type { LeftOut, MigratedFile, MigrateReport, MigrationStatus } from './shapes.ts';
import { type ExaminedFile, examineFiles, type FileSelection, inOrder, type Knowledge, selectFiles } from './source-files.ts';
import type { Terminal } from './terminal.ts';
import type { Verification } from './verification.ts';
import { replaceFile } from './write-file.ts';

export interface MigrateOptions extends FileSelection, Knowledge {
  readonly dryRun: boolean;
  readonly allowDirty: boolean;
  /** Names of codemods, in the order in which they are applied. */
  readonly codemods: readonly string[];
  /** The module that the helper is imported from. */
  readonly helper: string;
  readonly verification: Verification;
}

/** One file's outcome, as soon as there is one. */
export interface Migration {
  readonly file: MigratedFile;
  /** It has come to import the helper. */
  readonly importsHelper: boolean;
  /** Byte order mark included. */
  readonly before: string;
  readonly after: string;
}

/** Rewrites file by file; each is written, whole, before the next is read. */
export async function migrate(options: MigrateOptions, terminal: Terminal, faults: FaultLog, onMigration: (migration: Migration) => void): Promise<MigrateReport> {
  const chosen = findChosen('codemod', options.codemods, codemods, ({ name }) => name);
  const paths = await selectFiles(options, terminal, faults);
  if (!options.dryRun && !options.allowDirty) requireWayBack(paths, terminal);
  const interruption = terminal.interruption();
  const found: { path: string; file: MigratedFile; importsHelper: boolean }[] = [];
  const { own } = options.settings;
  const prove = await createProofs(options.verification, chosen, terminal);
  for await (const file of examineFiles(paths, options, terminal, faults, (text) => chosen.some(({ mayHold }) => mayHold(text, own)))) {
    await nextTurn(); // an interruption is heard between files, and only there
    if (interruption.aborted) break;
    const migration = migrateFile(file, chosen, prove, options, terminal, faults);
    found.push({ path: file.source.path, ...migration });
    onMigration(migration);
  }
  const files = inOrder(paths, found, ({ path }) => path).map(({ file }) => file);
  const done = new Set(files.map(({ file }) => file));
  const leftOut = faults.leftOut.filter(({ file }) => !done.has(file)).map(toFailed);
  const all = [...files, ...leftOut];
  const importing = found.flatMap(({ path, importsHelper }) => (importsHelper ? [path] : []));
  const dependencies = options.helper === defaultOptions.helper ? addHelper(importing, options.dryRun, terminal, faults) : [];
  return { version: 1, files: all, dependencies, summary: summarize(all, { dryRun: options.dryRun, leftOut: leftOut.length, interrupted: interruption.aborted }) };
}

const toFailed = ({ file, reason }: LeftOut): MigratedFile => ({ file, status: 'failed', edits: [], skipped: [], failure: reason });

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What is written can be seen, and taken back, with git: nothing else may stand in its diff. */
function requireWayBack(paths: readonly string[], { cwd, stderr }: Terminal): void {
  const state = findGitState(paths);
  if (state.kind === 'unknown') throw new UsageError(`the state of the git tree is unknown (${state.reason}); mend that, or pass --allow-dirty.`);
  if (state.kind === 'outside') stderr.write('note: these files are in no git repository, so there is no undo; --dry-run shows what would change.\n');
  if (state.kind === 'dirty') throw new UsageError(`the git tree has uncommitted changes: ${printFew(cwd, state.files)}; commit or stash them, or pass --allow-dirty.`);
  if (state.kind === 'unwatched') throw new UsageError(`git does not track ${printFew(cwd, state.files)} and could not bring back what was there; leave that out, or pass --allow-dirty.`);
}

function printFew(cwd: string, files: readonly string[]): string {
  const [first, ...rest] = files.map((file) => showPath(cwd, file));
  return [first, ...(rest.length > 4 ? [...rest.slice(0, 3), `${rest.length - 3} more`] : rest)].join(', ');
}

function migrateFile(file: ExaminedFile, chosen: readonly Codemod[], prove: Prove, options: MigrateOptions, terminal: Terminal, faults: FaultLog): Migration {
  const { source, parsed, hints } = file;
  const { path, name, bom } = source;
  const before = bom + source.text;
  const rewritten = rewriteSource(path, parsed, chosen, { helper: options.helper, hints }, options.verification !== 'off');
  const { text, rewrites, skipped } = rewritten;
  const after = bom + text;
  const failed = rewritten.failed ?? (after === before ? null : findFault(prove, file, rewritten));
  const { failure, otherNames } = failed === null && after !== before && !options.dryRun ? replaceFile(terminal.disk, path, before, after) : { failure: failed, otherNames: 0 };
  if (failure !== null) faults.add({ kind: 'failed', place: name, at: null, message: failure });
  if (otherNames > 0) terminal.stderr.write(`note: ${name}: was a hard link; its other names keep the old text.\n`);
  const edits = failure === null ? rewrites.map(({ line, codemod }) => ({ line, codemod })) : [];
  return { file: { file: name, status: findStatus(failure, after !== before, skipped.length > 0), edits, skipped, failure }, importsHelper: failure === null && rewrites.some(({ imports }) => imports.length > 0), before, after };
}

/** Whatever a proof throws is a proof that was not given. */
function findFault(prove: Prove, file: ExaminedFile, rewritten: RewrittenText): string | null {
  try {
    const fault = prove(file, rewritten);
    return fault && `${fault.replace(/\.?$/, '.')} The file was left as it was.`;
  } catch (error) {
    return `could not be proven: ${reasonOf(error)}. The file was left as it was.`;
  }
}

function findStatus(failure: string | null, changed: boolean, left: boolean): MigrationStatus {
  if (failure !== null) return 'failed';
  if (changed) return 'changed';
  return left ? 'skipped' : 'unchanged';
}

function summarize(files: readonly MigratedFile[], rest: { dryRun: boolean; leftOut: number; interrupted: boolean }): MigrateReport['summary'] {
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
