import { fileOptions, providersOption, requireProviders } from '../examine/file-options.ts';
import { startRun } from '../examine/start-run.ts';
import { findSourceRoot } from '../files/source-root.ts';
import { CHECK_FORMATS } from '../formats/check-context.ts';
import type { CommandDefinition } from '../terminal/command.ts';
import { UsageError } from '../terminal/faults.ts';
import { writeError } from '../terminal/messages.ts';
import { flag, names, oneOf, parsed, parseNumberFrom, text } from '../terminal/option-table.ts';
import { colorsFor } from '../terminal/terminal.ts';

const options = {
  preset: oneOf('--preset <name>', 'which rules run', { choices: ['recommended', 'strict'], initial: 'recommended' }),
  rules: names(
    '--rule <rules>',
    '`name:off`, `name:warn` or `name:error` changes a rule of the preset; names run alone (separated by commas)',
  ),
  maxWarnings: parsed('--max-warnings <number>', 'exit with 1 where there are more', parseNumberFrom(0)),
  baseline: text('--baseline <file>', 'report the problems that this file does not hold'),
  updateBaseline: flag('--update-baseline', 'write what is found now into the baseline'),
  ...fileOptions(CHECK_FORMATS),
  providers: providersOption,
};

export const checkCommand: CommandDefinition<typeof options> = {
  name: 'check',
  summary: 'find stream loops with a problem',
  description: 'Runs the rules over stream loops, with no ESLint configuration. `eslint-disable` comments count.',
  options,
  run: async (commandLine, terminal) => {
    const { baseline, updateBaseline, maxWarnings, format } = commandLine.values;
    if (updateBaseline && baseline === null)
      throw new UsageError('--update-baseline writes the file that --baseline names; pass that too.');
    // `check` loads the rules, which `list` and `--help` do not need.
    const [{ check }, { checkFormats }] = await Promise.all([import('./check.ts'), import('../formats/check.ts')]);
    const run = startRun(commandLine, terminal);
    requireProviders(run.options.providers);
    const report = await check(run);
    const { failed } = run.faults;
    const { cwd, stdout, env } = terminal;
    const context = {
      colors: colorsFor(stdout, env),
      cwd,
      root: findSourceRoot(terminal),
      paths: run.options.paths,
      failed,
    };
    stdout.write(checkFormats[format](report, context));
    const { errors, warnings } = report.summary;
    const tooMany = maxWarnings !== null && warnings > maxWarnings;
    if (tooMany) writeError(`${warnings} warnings are more than --max-warnings ${maxWarnings}.`, terminal);
    return failed ? 2 : errors > 0 || tooMany ? 1 : 0;
  },
};
