import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { TimeoutMeaning } from '../codemods/contract/codemod.ts';
import { version } from '../rules/version.ts';
import { catalog } from '../src/providers/catalog.ts';
import { findChosen } from './terminal/find-chosen.ts';
import { FaultLog, UsageError } from './terminal/faults.ts';
import { CHECK_FORMATS, type CheckFormat } from './formats/check-context.ts';
import { type Formatting, FORMATTINGS } from './migrate/formatters.ts';
import { printJson } from './formats/json.ts';
import { printList } from './formats/list-pretty.ts';
import { list } from './list/list.ts';
import { type Verification, VERIFICATIONS } from './reports/verification.ts';
import { parseBytes } from './files/read-source.ts';
import { findSourceRoot } from './files/source-root.ts';
import { parseShard, type Shard } from './files/shard.ts';
import {
  type Colors,
  colorsFor,
  type Outside,
  processTerminal,
  type Terminal,
  withStatus,
} from './terminal/terminal.ts';
import { readSettings } from './examine/user-settings.ts';

/**
 * 0: nothing to say. 1: problems found, or loops or files left to a person. 2: the tool did not do what it was asked.
 */
export type ExitCode = 0 | 1 | 2 | 130;

/** As shells have it for a process that SIGINT ends. */
const INTERRUPTED = 130;

interface CommonFlags {
  readonly filesFrom?: string;
  readonly maxFileSize: number;
  readonly format: 'pretty' | 'json' | 'markdown';
  readonly strictParse?: true;
  readonly shard?: Shard;
  readonly types: string;
  readonly config?: string;
}

/** Runs one command line. Never throws, never ends the process. */
export async function run(argv: readonly string[], options: Partial<Outside> = {}): Promise<ExitCode> {
  const terminal = withStatus({ ...processTerminal, ...options });
  const outcome: { code: ExitCode } = { code: 0 };
  try {
    await createProgram(terminal, (code) => (outcome.code = code)).parseAsync([...argv], { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has been printed
    const message =
      error instanceof UsageError
        ? error.message
        : `${(error as Error).stack ?? String(error)}\nThis is a fault of resilient-stream; a report of it is welcome.`;
    terminal.stderr.write(`${colorsFor(terminal.stderr, terminal.env).red('error:')} ${message}\n`);
    return 2;
  }
}

function createProgram(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  const program = new Command('resilient-stream')
    .description('Find the loops that take a cut language-model answer for a whole one, and rewrite them.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(`${toSentence(text)} See \`resilient-stream --help\`.\n`),
    })
    .addHelpText(
      'after',
      '\nStart with: resilient-stream list\n\nExit codes: 0 nothing to say; 1 problems found, or loops or files left to you; 2 not all could be done; 130 stopped.',
    );
  program.helpCommand(true);
  addList(program, terminal, exit);
  addCheck(program, terminal, exit);
  addMigrate(program, terminal, exit);
  return program;
}

/** One line, whatever it is: commander puts what you may have meant on a second. */
const toSentence = (text: string): string =>
  text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[^.?!)]$/, '$&.');

function addList(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const command = program
    .command('list')
    .summary('show every LLM stream loop and what protects it')
    .description('Shows every LLM stream loop and what protects it.');
  addProviderFlag(addCommonFlags(command)).action(
    async (paths: string[], flags: CommonFlags & { provider?: string[] }) => {
      const faults = new FaultLog(terminal, { isStrict: flags.strictParse === true });
      const report = await list(
        { ...flags, paths, settings: readSettings(flags.config, terminal), providers: findProviders(flags.provider) },
        terminal,
        faults,
      );
      terminal.stdout.write(flags.format === 'json' ? printJson(report) : printList(report, colorsOf(terminal)));
      exit(faults.failed ? 2 : 0);
    },
  );
}

interface CheckFlags extends Omit<CommonFlags, 'format'> {
  readonly format: CheckFormat;
  readonly preset: 'recommended' | 'strict';
  readonly rule?: string[];
  readonly provider?: string[];
  readonly maxWarnings?: number;
  readonly baseline?: string;
  readonly updateBaseline?: true;
}

function addCheck(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .summary('find stream loops with a problem')
    .description('Runs the rules over stream loops, with no ESLint configuration. `eslint-disable` comments count.')
    .addOption(
      new Option('--preset <name>', 'which rules run').choices(['recommended', 'strict']).default('recommended'),
    )
    .addOption(
      new Option(
        '--rule <rules>',
        '`name:off`, `name:warn` or `name:error` changes a rule of the preset; names run alone (separated by commas)',
      ).argParser(collectNames),
    )
    .addOption(new Option('--max-warnings <number>', 'exit with 1 where there are more').argParser(toCount))
    .option('--baseline <file>', 'report the problems that this file does not hold')
    .option('--update-baseline', 'write what is found now into the baseline');
  addProviderFlag(addCommonFlags(command, CHECK_FORMATS)).action(async (paths: string[], flags: CheckFlags) => {
    const { baseline, updateBaseline = false, maxWarnings = Infinity } = flags;
    if (updateBaseline && baseline === undefined)
      throw new UsageError('--update-baseline writes the file that --baseline names; pass that too.');
    const [{ check }, { checkFormats }] = await Promise.all([import('./check/check.ts'), import('./formats/check.ts')]);
    const faults = new FaultLog(terminal, { isStrict: flags.strictParse === true });
    const report = await check(
      {
        ...flags,
        paths,
        settings: readSettings(flags.config, terminal),
        rules: flags.rule ?? [],
        providers: findProviders(flags.provider),
        baseline: baseline === undefined ? null : { file: baseline, update: updateBaseline },
      },
      terminal,
      faults,
    );
    terminal.stdout.write(
      checkFormats[flags.format](report, {
        colors: colorsOf(terminal),
        cwd: terminal.cwd,
        root: findSourceRoot(terminal),
        paths,
        failed: faults.failed,
      }),
    );
    const { errors, warnings } = report.summary;
    if (warnings > maxWarnings)
      terminal.stderr.write(
        `${colorsFor(terminal.stderr, terminal.env).red('error:')} ${warnings} warnings are more than --max-warnings ${maxWarnings}.\n`,
      );
    exit(faults.failed ? 2 : errors > 0 || warnings > maxWarnings ? 1 : 0);
  });
}

function addMigrate(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const command = program
    .command('migrate')
    .summary('rewrite stream loops to use the helper')
    .description(
      'Rewrites stream loops to use `resilientStream()`. A rewrite that cannot be proven safe is not made; each comes with its reason.',
    )
    .option('--dry-run', 'show a diff, write nothing')
    .option('--allow-dirty', 'write even where git has uncommitted changes')
    .option('--commit', 'commit what is written, one commit per provider')
    .option('--interactive', 'ask about each rewrite')
    .addOption(
      new Option(
        '--workers <number>',
        'rewrite files in so many threads (default: one for each core but one where the tree is large; 1: none of its own)',
      ).argParser(toWorkers),
    )
    .option(
      '--state <file>',
      'keep the journal here by which a run that was killed is gone on with (default: in the git directory)',
    )
    .addOption(
      new Option('--codemod <names>', 'apply these codemods, in this order (separated by commas)')
        .argParser(collectNames)
        .default(undefined, 'wrap-in-resilient-stream'),
    )
    .addOption(
      new Option(
        '--verify <proofs>',
        'full: no file is written of which TypeScript says something new; fast: without TypeScript; off: it parses',
      )
        .choices(VERIFICATIONS)
        .default('full'),
    )
    .addOption(
      new Option(
        '--timeouts <meaning>',
        "keep: the SDK's own `timeout` bounds what it did; limit: it is the helper's limit for the whole answer too",
      )
        .choices(['keep', 'limit'])
        .default('keep'),
    )
    .option(
      '--widen-types',
      "where the SDK's stream class stands in the way, as in `Stream<Chunk>`, make it `AsyncIterable<Chunk>`",
    )
    .addOption(
      new Option('--helper <module>', 'import the helper from here').argParser(toSpecifier).default('resilient-stream'),
    )
    .addOption(
      new Option(
        '--format-with <formatter>',
        "what formats the rewritten files: the repository's own prettier, biome, dprint or oxfmt (auto: whichever it has configured)",
      )
        .choices(FORMATTINGS)
        .default('auto'),
    )
    .addOption(
      new Option('--vendor <path>', 'copy the helper into this file, .ts or .js, and import it from there').conflicts(
        'helper',
      ),
    );
  addCommonFlags(command, ['pretty', 'json', 'markdown']).action(
    async (
      paths: string[],
      flags: CommonFlags & {
        dryRun?: true;
        allowDirty?: true;
        commit?: true;
        interactive?: true;
        codemod?: string[];
        helper: string;
        vendor?: string;
        timeouts: TimeoutMeaning;
        widenTypes?: true;
        verify: Verification;
        workers?: number;
        formatWith: Formatting;
        state?: string;
      },
    ) => {
      if (flags.commit && flags.dryRun)
        throw new UsageError('--commit commits what is written, and --dry-run writes nothing; pass one of them.');
      if (flags.interactive && !terminal.canAsk)
        throw new UsageError('--interactive asks on a terminal, and standard input is none; leave it out.');
      // jscodeshift, which proves the rewrites, takes a while to load.
      const [{ migrate }, { printMigration, printMigrationSummary }, { printMigrateMarkdown }, { findLinks }] =
        await Promise.all([
          import('./migrate/migrate.ts'),
          import('./formats/migrate-pretty.ts'),
          import('./formats/migrate-markdown.ts'),
          import('./migrate/permalinks.ts'),
        ]);
      const faults = new FaultLog(terminal, { isStrict: flags.strictParse === true });
      const isPretty = flags.format === 'pretty';
      // Before anything is committed: lines are those of the files as they were.
      const linkTo = flags.format === 'markdown' ? findLinks(terminal) : null;
      const dryRun = flags.dryRun === true;
      const colors = colorsOf(terminal);
      const options = {
        ...flags,
        paths,
        settings: readSettings(flags.config, terminal),
        dryRun,
        allowDirty: flags.allowDirty === true,
        commit: flags.commit === true,
        interactive: flags.interactive === true,
        widenTypes: flags.widenTypes === true,
        verification: flags.verify,
        formatting: flags.formatWith,
        codemods: flags.codemod ?? ['wrap-in-resilient-stream'],
      };
      const report = await migrate(options, terminal, faults, {
        onMigration: (migration) => {
          if (isPretty) terminal.stdout.write(printMigration(migration, dryRun, colors));
        },
        onReport: (report) =>
          terminal.stdout.write(
            linkTo
              ? printMigrateMarkdown(report, { ...options, linkTo })
              : isPretty
                ? printMigrationSummary(report, colors)
                : printJson(report),
          ),
      });
      const { interrupted, skippedLoops, leftOut } = report.summary;
      exit(interrupted ? INTERRUPTED : faults.failed ? 2 : skippedLoops + leftOut > 0 ? 1 : 0);
    },
  );
}

function addCommonFlags(command: Command, formats: readonly string[] = ['pretty', 'json']): Command {
  return command
    .argument('[paths...]', 'files, folders or glob patterns (default: the current folder)')
    .option('--files-from <file>', 'read more paths from a file, or from - (standard input)')
    .addOption(new Option('--format <name>', 'how to print results').choices(formats).default('pretty'))
    .addOption(
      new Option('--max-file-size <size>', 'leave out larger files, such as bundles')
        .argParser(toBytes)
        .default(toBytes('1MB'), '1MB'),
    )
    .addOption(
      new Option(
        '--shard <i/n>',
        'only the i-th of n parts of the files, which are alike in size; the parts are a whole where each is taken of the same files, before any is rewritten',
      ).argParser(toShard),
    )
    .option(
      '--types <mode>',
      'where the text does not say whose a stream is, ask TypeScript with the nearest tsconfig.json (auto) or with the one that is named; takes as long as type checking',
      'off',
    )
    .option(
      '--config <file>',
      'streams and clients of your own (default: "resilient-stream" in the nearest package.json)',
    )
    .option('--strict-parse', 'exit with 2 if a file with stream code cannot be analysed');
}

const addProviderFlag = (command: Command): Command =>
  command.addOption(
    new Option('--provider <ids>', `only streams of these (${catalog.map(({ id }) => id).join(', ')})`).argParser(
      collectNames,
    ),
  );

const collectNames = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split(',').map((name) => name.trim()),
];

function toShard(text: string): Shard {
  const shard = parseShard(text);
  if (shard === null) throw new InvalidArgumentError('It is i/n, such as 2/4: the second of four parts.');
  return shard;
}

function toBytes(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === null) throw new InvalidArgumentError('It is a number of bytes, such as 500KB or 5MB.');
  return bytes;
}

function toCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is a number from 0.');
  return Number(text);
}

function toWorkers(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('It is a number from 1.');
  return Number(text);
}

/** It is put between quotes of either kind, as it is. */
function toSpecifier(text: string): string {
  if (text !== text.trim() || !/^[^'"\\\p{Cc}\u2028\u2029]+$/u.test(text)) {
    throw new InvalidArgumentError(
      "It is what stands behind `from`, such as '@acme/streams' or './streams.js', without quotes or backslashes.",
    );
  }
  return text;
}

const findProviders = (ids: readonly string[] = []): string[] =>
  findChosen('provider', ids, catalog, ({ id }) => id).map(({ id }) => id);
const colorsOf = ({ stdout, env }: Terminal): Colors => colorsFor(stdout, env);
