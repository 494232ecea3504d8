import { rewriteText } from '../../codemods/rewrite.ts';
import { selectFiles } from '../examine/select-files.ts';
import type { ExaminedFile } from '../examine/examine-files.ts';
import type { Run } from '../terminal/command.ts';
import { UsageError } from '../terminal/faults.ts';
import type { Steps } from './finish-file.ts';
import { RepositoryFormat } from './formatters.ts';
import { requireUndo } from './git/require-undo.ts';
import { createHelperSearch } from './helper-module.ts';
import { Interview } from './interview.ts';
import type { Journal } from './journal/journal.ts';
import { createVendorWriter, createWrite } from './journal/journaled-write.ts';
import { openRunJournal } from './journal/run-journal.ts';
import { createTypeProof, formatSafely } from './last-proofs.ts';
import type { MigrateOptions } from './migrate-options.ts';
import { chooseCodemods, type RewriteSettings } from './rewrite/rewrite-file.ts';
import { Delivery, planVendored, type Vendored } from './vendor.ts';

/** One run of `migrate`: its options and everything that it works with. It is made once, and is readonly. */
export interface MigrateRun extends Run<MigrateOptions> {
  /** The files to rewrite; those that an earlier part of this run has written are among them. */
  readonly paths: readonly string[];
  readonly settings: RewriteSettings;
  /** The module that a file imports the helper from. */
  readonly helperOf: (file: ExaminedFile) => string;
  /** The copy of the helper that `--vendor` makes; null without `--vendor`. */
  readonly vendored: Vendored | null;
  readonly delivery: Delivery | null;
  /** null: a dry run, or there is no place for a journal. */
  readonly journal: Journal | null;
  readonly interruption: AbortSignal;
  /** null: nobody is asked about the rewrites. */
  readonly interview: Interview | null;
  readonly steps: Steps;
}

/**
 * Makes the run, and checks everything that can be checked before the first file is rewritten.
 * @throws UsageError
 */
export async function startMigration(run: Run<MigrateOptions>): Promise<MigrateRun> {
  const { options, terminal } = run;
  const settings = toRewriteSettings(options);
  const vendored = options.vendor === null ? null : planVendored(options.vendor, terminal);
  const selected = (await selectFiles(run)).filter((path) => path !== vendored?.path);
  const journal = openRunJournal(run, selected);
  const paths = journal?.selection ?? selected;
  journal?.removeTemporaries();
  if (!options.dryRun && (options.commit || !options.allowDirty)) {
    const isOurs = (path: string): boolean => journal?.isOurs(path) ?? false;
    requireUndo(paths, { commits: options.commit, isOurs }, terminal);
  }
  const interruption = terminal.interruption();
  const write = createWrite(run, { paths, journal });
  const delivery = vendored && new Delivery(vendored, createVendorWriter(run, write, journal), terminal);
  const started: MigrateRun = {
    ...run,
    paths,
    settings,
    helperOf: await createHelperSearch(options.helper, vendored, terminal),
    vendored,
    delivery,
    journal,
    interruption,
    interview: options.interactive ? new Interview(terminal) : null,
    steps: {
      proveTypes: await createTypeProof(options.verification, vendored, terminal),
      format: createFormat(run, settings),
      provideHelper: () => delivery?.ensure() ?? null,
      write,
    },
  };
  updateVendored(delivery);
  return started;
}

const toRewriteSettings = ({ codemods, timeouts, widenTypes, verification }: MigrateOptions): RewriteSettings => ({
  codemods: chooseCodemods(codemods),
  timeouts,
  widenTypes,
  isProven: verification !== 'off',
});

/** Formats a rewritten file, unless a second run would find more to rewrite in the formatted text. */
function createFormat({ options, terminal }: Run<MigrateOptions>, settings: RewriteSettings): Steps['format'] {
  const format = new RepositoryFormat(options.formatting, terminal);
  const { codemods, timeouts, widenTypes } = settings;
  const hints = { own: options.settings.own, oracle: null };
  return ({ source: { path }, helper }, text) =>
    formatSafely(
      text,
      (text) => format.format(path, text),
      (text) => rewriteText(path, text, codemods, { helper, timeouts, widenTypes, hints }),
    );
}

/** A copy of another version is replaced even if no file is rewritten. */
function updateVendored(delivery: Delivery | null): void {
  const failure = delivery?.isStale ? delivery.ensure() : null;
  if (failure !== null) throw new UsageError(`${failure}.`);
}
