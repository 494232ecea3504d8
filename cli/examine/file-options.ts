import { parseBytes } from '../files/read-source.ts';
import { parseShard } from '../files/shard.ts';
import { catalog } from '../../src/providers/catalog.ts';
import { type Choice, chooseNamed } from '../terminal/choose-named.ts';
import { flag, names, oneOf, orExplain, parsed, text, withDefault } from '../terminal/option-table.ts';
import type { Provider } from '../../src/providers/provider.ts';

const LARGEST = '1MB';
const parseSize = orExplain(parseBytes, 'It is a number of bytes, such as 500KB or 5MB.');

/** The options that every command has: which files it examines, how, and how it prints the results. */
export const fileOptions = <const Format extends string>(formats: readonly [Format, ...Format[]]) => ({
  filesFrom: text('--files-from <file>', 'read more paths from a file, or from - (standard input)'),
  format: oneOf('--format <name>', 'how to print results', { choices: formats, initial: formats[0] }),
  /** In bytes. */
  maxFileSize: withDefault('--max-file-size <size>', 'leave out larger files, such as bundles', {
    initial: parseSize(LARGEST),
    shown: LARGEST,
    parse: parseSize,
  }),
  shard: parsed(
    '--shard <i/n>',
    'only the i-th of n parts of the files, which are alike in size; ' +
      'the parts are a whole where each is taken of the same files, before any is rewritten',
    orExplain(parseShard, 'It is i/n, such as 2/4: the second of four parts.'),
  ),
  /** 'auto', 'off', or the path of a `tsconfig.json`. */
  types: withDefault(
    '--types <mode>',
    'where the text does not say whose a stream is, ask TypeScript with the nearest tsconfig.json (auto) ' +
      'or with the one that is named; takes as long as type checking',
    { initial: 'off', shown: '"off"' },
  ),
  config: text(
    '--config <file>',
    'streams and clients of your own (default: "resilient-stream" in the nearest package.json)',
  ),
  strictParse: flag('--strict-parse', 'exit with 2 if a file with stream code cannot be analysed'),
});

const PROVIDERS: Choice<Provider> = { kind: 'provider', items: catalog, nameOf: ({ id }) => id };

/** Which providers' streams a command reports; none: all. */
export const providersOption = names(
  '--provider <ids>',
  `only streams of these (${catalog.map(({ id }) => id).join(', ')})`,
);

/** @throws UsageError for an id that no provider has. */
export const requireProviders = (ids: readonly string[]): void => void chooseNamed(PROVIDERS, ids);
