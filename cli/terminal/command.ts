import type { FaultLog } from './faults.ts';
import type { OptionTable, OptionValues } from './option-table.ts';
import type { Terminal } from './terminal.ts';

/**
 * 0: no problems. 1: the command found problems, or left loops or files to a person. 2: the command could not do all of
 * its work.
 */
export type ExitCode = 0 | 1 | 2 | typeof INTERRUPTED;

/** The exit code that shells use for a process that SIGINT ended. */
export const INTERRUPTED = 130;

/** One command of the program. */
export interface CommandDefinition<Table extends OptionTable> {
  readonly name: string;
  /** Its line in the list of commands. */
  readonly summary: string;
  /** The first sentences of its own `--help`. */
  readonly description: string;
  readonly options: Table;
  readonly run: (commandLine: CommandLine<OptionValues<Table>>, terminal: Terminal) => Promise<ExitCode>;
}

/** What the user wrote after the command's name. */
export interface CommandLine<Values> {
  readonly paths: readonly string[];
  readonly values: Values;
}

/** One run of a command: its options, and where its output and its faults go. */
export interface Run<Options> {
  readonly options: Options;
  readonly terminal: Terminal;
  readonly faults: FaultLog;
}
