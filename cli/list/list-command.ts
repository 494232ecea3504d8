import { fileOptions, providersOption, requireProviders } from '../examine/file-options.ts';
import { startRun } from '../examine/start-run.ts';
import { printJson } from '../formats/json.ts';
import { printList } from '../formats/list-pretty.ts';
import type { CommandDefinition } from '../terminal/command.ts';
import { colorsFor } from '../terminal/terminal.ts';
import { list } from './list.ts';

const options = { ...fileOptions(['pretty', 'json']), providers: providersOption };

export const listCommand: CommandDefinition<typeof options> = {
  name: 'list',
  summary: 'show every LLM stream loop and what protects it',
  description: 'Shows every LLM stream loop and what protects it.',
  options,
  run: async (commandLine, terminal) => {
    const run = startRun(commandLine, terminal);
    requireProviders(run.options.providers);
    const report = await list(run);
    const { stdout, env } = terminal;
    stdout.write(run.options.format === 'json' ? printJson(report) : printList(report, colorsFor(stdout, env)));
    return run.faults.failed ? 2 : 0;
  },
};
