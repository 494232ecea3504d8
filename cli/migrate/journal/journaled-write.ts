import { createFileAndFolder, replaceFile } from '../../files/write-file.ts';
import type { Run } from '../../terminal/command.ts';
import type { Write } from '../finish-file.ts';
import type { ManifestWriter } from '../manifest.ts';
import type { MigrateOptions } from '../migrate-options.ts';
import type { VendorWriter } from '../vendor.ts';
import type { Change, Journal } from './journal.ts';

/** The files of a run, and its journal. */
interface WriteContext {
  readonly paths: readonly string[];
  readonly journal: Journal | null;
}

/** Writes a source file: into the journal first, then to the disk. A dry run writes nothing. */
export function createWrite({ options, terminal: { disk } }: Run<MigrateOptions>, context: WriteContext): Write {
  if (options.dryRun) return () => ({ failure: null, otherNames: 0 });
  const { journal } = context;
  const selection = options.shard ? context.paths : null;
  return (change) => {
    const failure = journal?.record(change, selection) ?? null;
    return failure === null ? replaceFile(disk, change.path, change.before, change.after) : { failure, otherNames: 0 };
  };
}

/** Writes `package.json`. */
export const createManifestWriter = (write: Write, journal: Journal | null): ManifestWriter => ({
  write: (path, before, after, dependency) =>
    write({ path, before, after, outcome: { kind: 'manifest', dependency } }).failure,
  findDone: (path) => {
    const outcome = journal?.done.get(path)?.outcome;
    return outcome?.kind === 'manifest' ? outcome.dependency : null;
  },
});

/** Writes the copy of the helper. */
export function createVendorWriter(
  { options, terminal: { disk } }: Run<MigrateOptions>,
  write: Write,
  journal: Journal | null,
): VendorWriter {
  return {
    write: (path, before, after, vendored) => {
      const change: Change = { path, before: before ?? '', after, outcome: { kind: 'vendored', vendored } };
      if (before !== null || options.dryRun) return write(change).failure;
      return journal?.record(change, null) ?? createFileAndFolder(disk, path, after).failure;
    },
    findDone: (path) => {
      const outcome = journal?.done.get(path)?.outcome;
      return outcome?.kind === 'vendored' ? outcome.vendored : null;
    },
  };
}
