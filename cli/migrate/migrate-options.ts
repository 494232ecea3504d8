import { defaultOptions } from '../../codemods/contract/codemod.ts';
import type { Knowledge } from '../examine/examine-files.ts';
import { fileOptions } from '../examine/file-options.ts';
import type { FileSelection } from '../examine/select-files.ts';
import { VERIFICATIONS } from '../reports/verification.ts';
import {
  flag,
  names,
  oneOf,
  type OptionValues,
  orExplain,
  parsed,
  parseNumberFrom,
  text,
  withDefault,
} from '../terminal/option-table.ts';
import { FORMATTINGS } from './formatters.ts';

const DEFAULT_CODEMOD = 'wrap-in-resilient-stream';

/** The specifier is printed between quotes of either kind, so it must need no escapes. */
const parseSpecifier = orExplain(
  (text) => (text === text.trim() && /^[^'"\\\p{Cc}\u2028\u2029]+$/u.test(text) ? text : null),
  "It is what stands behind `from`, such as '@acme/streams' or './streams.js', without quotes or backslashes.",
);

export const migrateOptions = {
  dryRun: flag('--dry-run', 'show a diff, write nothing'),
  allowDirty: flag('--allow-dirty', 'write even where git has uncommitted changes'),
  commit: flag('--commit', 'commit what is written, one commit per provider'),
  interactive: flag('--interactive', 'ask about each rewrite'),
  /** null: `countWorkers` decides. */
  workers: parsed(
    '--workers <number>',
    'rewrite files in so many threads ' +
      '(default: one for each core but one where the tree is large; 1: none of its own)',
    parseNumberFrom(1),
  ),
  /** Where the journal is; null: in the git directory. */
  state: text(
    '--state <file>',
    'keep the journal here by which a run that was killed is gone on with (default: in the git directory)',
  ),
  codemods: names('--codemod <names>', 'apply these codemods, in this order (separated by commas)', [DEFAULT_CODEMOD]),
  verification: oneOf(
    '--verify <proofs>',
    'full: no file is written of which TypeScript says something new; fast: without TypeScript; off: it parses',
    { choices: VERIFICATIONS, initial: 'full' },
  ),
  timeouts: oneOf(
    '--timeouts <meaning>',
    "keep: the SDK's own `timeout` bounds what it did; limit: it is the helper's limit for the whole answer too",
    { choices: ['keep', 'limit'], initial: 'keep' },
  ),
  widenTypes: flag(
    '--widen-types',
    "where the SDK's stream class stands in the way, as in `Stream<Chunk>`, make it `AsyncIterable<Chunk>`",
  ),
  /** The module that the rewritten files import the helper from. */
  helper: withDefault('--helper <module>', 'import the helper from here', {
    initial: defaultOptions.helper,
    shown: JSON.stringify(defaultOptions.helper),
    parse: parseSpecifier,
  }),
  formatting: oneOf(
    '--format-with <formatter>',
    "what formats the rewritten files: the repository's own prettier, biome, dprint or oxfmt " +
      '(auto: whichever it has configured)',
    { choices: FORMATTINGS, initial: 'auto' },
  ),
  vendor: text('--vendor <path>', 'copy the helper into this file, .ts or .js, and import it from there', {
    conflictsWith: 'helper',
  }),
  ...fileOptions(['pretty', 'json', 'markdown']),
};

export type MigrateOptions = OptionValues<typeof migrateOptions> & FileSelection & Knowledge;
