import type { Replacement } from '../files/write-file.ts';
import type { MigratedFile } from '../reports/json-shapes.ts';
import type { Run } from '../terminal/command.ts';
import { failed } from '../terminal/faults.ts';
import { writeNote } from '../terminal/messages.ts';
import type { Change } from './journal/journal.ts';
import { type ProveTypes, runProof } from './last-proofs.ts';
import type { RewrittenFile } from './rewrite/rewrite-file.ts';

/** The outcome of one file. */
export interface Migration {
  readonly path: string;
  readonly file: MigratedFile;
  /** A rewrite has made the file import the helper. */
  readonly importsHelper: boolean;
  /** With the byte order mark; null: an earlier part of this run has written the file. */
  readonly texts: { readonly before: string; readonly after: string } | null;
}

/** Replaces the text of a file. */
export type Write = (change: Change) => Replacement;

/** What is done with a rewritten file, in this order. */
export interface Steps {
  readonly proveTypes: ProveTypes;
  /** Formats the text as the repository does. */
  readonly format: (file: RewrittenFile, text: string) => string;
  /** Copies the helper, if the run is to copy it. Returns why it could not, or null. */
  readonly provideHelper: () => string | null;
  readonly write: Write;
}

/** Proves, formats and writes a rewritten file. */
export function finishFile(
  file: RewrittenFile,
  steps: Steps,
  { terminal, faults }: Pick<Run<unknown>, 'terminal' | 'faults'>,
): Migration {
  const { path, name, bom, text: before } = file.source;
  const { text } = file.rewritten;
  const importsHelper = nowImportsHelper(file);
  const migrated = describeMigrated(file);
  const unproven = findProofFault(file, steps);
  const isSound = text !== before && unproven === null;
  const texts = { before: bom + before, after: bom + (isSound ? steps.format(file, text) : text) };
  const obstacle = isSound && importsHelper ? steps.provideHelper() : unproven;
  const { failure, otherNames } =
    isSound && obstacle === null
      ? steps.write({ path, ...texts, outcome: { kind: 'source', file: migrated, importsHelper } })
      : { failure: obstacle, otherNames: 0 };
  if (otherNames > 0) writeNote(`${name}: was a hard link; its other names keep the old text.`, terminal);
  if (failure === null) return { path, file: migrated, importsHelper, texts };
  faults.add(failed(name, failure));
  return { path, file: { ...migrated, status: 'failed', edits: [], failure }, importsHelper: false, texts };
}

/** What the report says about the file if it can be written. */
function describeMigrated({ source, rewritten: { text, rewrites, skipped } }: RewrittenFile): MigratedFile {
  return {
    file: source.name,
    status: text !== source.text ? 'changed' : skipped.length > 0 ? 'skipped' : 'unchanged',
    edits: rewrites.map(({ line, codemod, provider }) => ({ line, codemod, provider })),
    skipped,
    failure: null,
  };
}

/** In an interview, a person may have edited the import out. */
const nowImportsHelper = ({ rewritten: { text, rewrites }, helper }: RewrittenFile): boolean =>
  rewrites.some(({ imports }) => imports.length > 0) && text.includes(helper);

/** Why the file must stay unchanged; null where the proofs hold. A text that a person has edited is not proven. */
function findProofFault({ source, rewritten, byHand, fault }: RewrittenFile, { proveTypes }: Steps): string | null {
  if (fault !== null) return fault;
  const isToProve = rewritten.text !== source.text && !byHand;
  return isToProve ? runProof(() => proveTypes(source.path, rewritten.text)) : null;
}
