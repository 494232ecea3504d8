import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addOptions,
  flag,
  names,
  oneOf,
  type OptionValues,
  orExplain,
  parsed,
  parseNumberFrom,
  readValues,
  text,
  withDefault,
} from '../../../cli/terminal/option-table.ts';

const table = {
  dryRun: flag('--dry-run', 'write nothing'),
  state: text('--state <file>', 'the journal'),
  workers: parsed('--workers <number>', 'threads', parseNumberFrom(1)),
  formatting: oneOf('--format-with <formatter>', 'the formatter', { choices: ['auto', 'off'], initial: 'auto' }),
  rules: names('--rule <rules>', 'the rules', ['every-rule']),
  limit: withDefault('--limit <size>', 'the largest file', {
    initial: 1_000,
    shown: '1KB',
    parse: orExplain((text) => (text === '2KB' ? 2_000 : null), 'It is 2KB.'),
  }),
  vendor: text('--vendor <path>', 'the copy', { conflictsWith: 'limit' }),
};

function parse(...argv: readonly string[]): OptionValues<typeof table> {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addOptions(command, table);
  return readValues(table, command.parse(argv, { from: 'user' }).opts());
}

describe('a table of options', () => {
  it('gives each option its initial value where it is not passed', () => {
    expect(parse()).toEqual({
      dryRun: false,
      state: null,
      workers: null,
      formatting: 'auto',
      rules: ['every-rule'],
      limit: 1_000,
      vendor: null,
    });
  });

  it('reads the values under the names of the table', () => {
    const argv = '--dry-run --state j --workers 3 --format-with off --rule a,b --rule c --limit 2KB'.split(' ');
    expect(parse(...argv)).toEqual({
      dryRun: true,
      state: 'j',
      workers: 3,
      formatting: 'off',
      rules: ['a', 'b', 'c'],
      limit: 2_000,
      vendor: null,
    });
  });

  it.each([
    [['--workers', '0'], 'It is a number from 1.'],
    [['--limit', '3KB'], 'It is 2KB.'],
    [['--format-with', 'sed'], 'Allowed choices are auto, off.'],
    [['--vendor', 'a.ts', '--limit', '2KB'], "option '--vendor <path>' cannot be used with option '--limit <size>'"],
  ])('refuses %j and explains why', (argv, reason) => {
    expect(() => parse(...argv)).toThrow(reason);
  });

  it('prints the help, with defaults and choices', () => {
    const command = new Command();
    addOptions(command, table);
    expect(command.helpInformation()).toContain('--limit <size>             the largest file (default: 1KB)');
    expect(command.helpInformation()).toContain('(choices: "auto", "off", default:');
    expect(command.helpInformation()).not.toContain('every-rule');
  });
});
