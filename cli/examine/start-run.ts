import { FaultLog } from '../terminal/faults.ts';
import type { CommandLine, Run } from '../terminal/command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Knowledge } from './examine-files.ts';
import type { FileSelection } from './select-files.ts';
import { readSettings } from './user-settings.ts';

/** The values that `startRun` reads; each command has more. */
interface CommonValues {
  readonly config: string | null;
  readonly strictParse: boolean;
}

/** @throws UsageError where the settings cannot be read. */
export const startRun = <Values extends CommonValues>(
  { paths, values }: CommandLine<Values>,
  terminal: Terminal,
): Run<Values & Pick<FileSelection, 'paths'> & Pick<Knowledge, 'settings'>> => ({
  options: { ...values, paths, settings: readSettings(values.config, terminal) },
  terminal,
  faults: new FaultLog(terminal, { isStrict: values.strictParse }),
});
