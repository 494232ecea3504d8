import { Command, CommanderError } from 'commander';
import { version } from '../rules/version.ts';
import { checkCommand } from './check/check-command.ts';
import { listCommand } from './list/list-command.ts';
import { migrateCommand } from './migrate/migrate-command.ts';
import type { CommandDefinition, ExitCode } from './terminal/command.ts';
import { UsageError } from './terminal/faults.ts';
import { writeError } from './terminal/messages.ts';
import { addOptions, type OptionTable, readValues } from './terminal/option-table.ts';
import { type Outside, processTerminal, type Terminal, withStatus } from './terminal/terminal.ts';

/** Runs one command line. Never throws, never ends the process. */
export async function run(argv: readonly string[], options: Partial<Outside> = {}): Promise<ExitCode> {
  const terminal = withStatus({ ...processTerminal, ...options });
  const outcome: { code: ExitCode } = { code: 0 };
  try {
    await createProgram(terminal, (code) => (outcome.code = code)).parseAsync([...argv], { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has printed it
    writeError(describeError(error), terminal);
    return 2;
  }
}

const describeError = (error: unknown): string =>
  error instanceof UsageError
    ? error.message
    : `${(error as Error).stack ?? String(error)}\nThis is a fault of resilient-stream; a report of it is welcome.`;

type Exit = (code: ExitCode) => void;

const AFTER_HELP = `
Start with: resilient-stream list

Exit codes: 0 nothing to say; 1 problems found, or loops or files left to you; 2 not all could be done; 130 stopped.`;

function createProgram(terminal: Terminal, exit: Exit): Command {
  const program = new Command('resilient-stream')
    .description('Find the loops that take a cut language-model answer for a whole one, and rewrite them.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(`${toSentence(text)} See \`resilient-stream --help\`.\n`),
    })
    .addHelpText('after', AFTER_HELP);
  program.helpCommand(true);
  addCommand(program, listCommand, terminal, exit);
  addCommand(program, checkCommand, terminal, exit);
  addCommand(program, migrateCommand, terminal, exit);
  return program;
}

/** The message of commander in one line: it puts its suggestion ("Did you mean …?") on a second one. */
const toSentence = (text: string): string =>
  text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[^.?!)]$/, '$&.');

function addCommand<Table extends OptionTable>(
  program: Command,
  { name, summary, description, options, run }: CommandDefinition<Table>,
  terminal: Terminal,
  exit: Exit,
): void {
  const command = program
    .command(name)
    .summary(summary)
    .description(description)
    .argument('[paths...]', 'files, folders or glob patterns (default: the current folder)');
  addOptions(command, options);
  command.action(async (paths: string[], read: Readonly<Record<string, unknown>>) =>
    exit(await run({ paths, values: readValues(options, read) }, terminal)),
  );
}
