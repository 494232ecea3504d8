import type { FaultLog } from '../terminal/faults.ts';
import type { Outcome } from './journal.ts';
import { findFault, type ProveTypes } from './last-proofs.ts';
import type { RewrittenFile } from './rewrite-file.ts';
import type { MigratedFile } from '../reports/json-shapes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Replacement } from '../files/write-file.ts';

/** One file's outcome, as soon as there is one. */
export interface Migration {
  readonly path: string;
  readonly file: MigratedFile;
  /** It has come to import the helper. */
  readonly importsHelper: boolean;
  /** Byte order mark included; null where an earlier run, which was not finished, has done it. */
  readonly texts: { readonly before: string; readonly after: string } | null;
}

/** Puts a file's new text in the place of the old one. */
export type Write = (path: string, before: string, after: string, outcome: Outcome) => Replacement;

/** What becomes of a rewritten text, in this order. */
export interface Steps {
  readonly proveTypes: ProveTypes;
  /** The text as its repository formats it. */
  readonly format: (file: RewrittenFile, text: string) => string;
  /** Puts in place what the text imports; why it could not, or null. */
  readonly provide: () => string | null;
  readonly write: Write;
}

export function migrateFile(file: RewrittenFile, steps: Steps, terminal: Terminal, faults: FaultLog): Migration {
  const { source, helper, rewritten, byHand, fault } = file;
  const { path, name, bom } = source;
  const { text, rewrites, skipped } = rewritten;
  const changed = text !== source.text;
  const edits = rewrites.map(({ line, codemod, provider }) => ({ line, codemod, provider }));
  const importsHelper = rewrites.some(({ imports }) => imports.length > 0) && text.includes(helper); // a person may have edited it out
  const hoped: MigratedFile = {
    file: name,
    status: changed ? 'changed' : skipped.length > 0 ? 'skipped' : 'unchanged',
    edits,
    skipped,
    failure: null,
  };
  const unproven = fault ?? (changed && !byHand ? findFault(() => steps.proveTypes(path, text)) : null);
  const isSound = changed && unproven === null;
  const texts = { before: bom + source.text, after: bom + (isSound ? steps.format(file, text) : text) };
  const missing = isSound && importsHelper ? steps.provide() : unproven;
  const { failure, otherNames } =
    isSound && missing === null
      ? steps.write(path, texts.before, texts.after, { kind: 'source', file: hoped, importsHelper })
      : { failure: missing, otherNames: 0 };
  if (otherNames > 0) terminal.stderr.write(`note: ${name}: was a hard link; its other names keep the old text.\n`);
  if (failure === null) return { path, file: hoped, importsHelper, texts };
  faults.add({ kind: 'failed', place: name, at: null, message: failure });
  return { path, file: { ...hoped, status: 'failed', edits: [], failure }, importsHelper: false, texts };
}
