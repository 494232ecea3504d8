import { type Command, InvalidArgumentError, Option } from 'commander';

/** One option of a command. Parsing, `--help` and the type of the value all come from it. */
export interface OptionDefinition<Value> {
  /** '--max-file-size <size>' */
  readonly flags: string;
  /** Its explanation in `--help`. */
  readonly text: string;
  /** The only values that it takes; null: any. */
  readonly choices: readonly string[] | null;
  /** Reads the value that the user wrote; `before` is the value of the same option earlier on the command line. */
  readonly parse: ((text: string, before: unknown) => Value) | null;
  /** The value where the user does not pass the option. */
  readonly initial: Value;
  /** How `--help` shows `initial`; null: not at all. */
  readonly shownInitial: string | null;
  /** The name, without dashes, of an option that must not be passed together with this one. */
  readonly conflictsWith: string | null;
}

/** The options of one command, in the order of `--help`. The keys are their names in the code. */
export type OptionTable = Readonly<Record<string, OptionDefinition<unknown>>>;

export type OptionValues<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends OptionDefinition<infer Value> ? Value : never;
};

type Parse<Value> = (text: string) => Value;

const define = <Value>(
  definition: Pick<OptionDefinition<Value>, 'flags' | 'text' | 'initial'> & Partial<OptionDefinition<Value>>,
): OptionDefinition<Value> => ({ choices: null, parse: null, shownInitial: null, conflictsWith: null, ...definition });

/** An option without a value: true where it is passed. */
export const flag = (flags: string, text: string): OptionDefinition<boolean> => define({ flags, text, initial: false });

/** Any text; null where the option is not passed. */
export const text = (
  flags: string,
  text: string,
  { conflictsWith = null }: { conflictsWith?: string | null } = {},
): OptionDefinition<string | null> => define<string | null>({ flags, text, initial: null, conflictsWith });

/** A value that `parse` reads from the text; null where the option is not passed. */
export const parsed = <Value>(flags: string, text: string, parse: Parse<Value>): OptionDefinition<Value | null> =>
  define<Value | null>({ flags, text, initial: null, parse });

/** A value with a default, which `--help` shows. */
export const withDefault = <Value>(
  flags: string,
  text: string,
  { initial, shown, parse = null }: { initial: Value; shown: string; parse?: Parse<Value> | null },
): OptionDefinition<Value> => define({ flags, text, initial, parse, shownInitial: shown });

/** One of a few words. */
export const oneOf = <const Word extends string>(
  flags: string,
  text: string,
  { choices, initial }: { choices: readonly Word[]; initial: NoInfer<Word> },
): OptionDefinition<Word> => define<Word>({ flags, text, choices, initial, shownInitial: JSON.stringify(initial) });

/** Names that are separated by commas; the option may be repeated. */
export const names = (
  flags: string,
  text: string,
  initial: readonly string[] = [],
): OptionDefinition<readonly string[]> =>
  define<readonly string[]>({
    flags,
    text,
    initial,
    parse: (written, before) => [...((before ?? []) as string[]), ...written.split(',').map((name) => name.trim())],
  });

/** A whole number that is at least `least`. */
export const parseNumberFrom =
  (least: number) =>
  (text: string): number => {
    if (!/^\d+$/.test(text) || Number(text) < least) throw new InvalidArgumentError(`It is a number from ${least}.`);
    return Number(text);
  };

/** Turns a parser that returns null for a wrong value into one that makes commander print `otherwise`. */
export const orExplain =
  <Value>(parse: (text: string) => Value | null, otherwise: string) =>
  (text: string): Value => {
    const value = parse(text);
    if (value === null) throw new InvalidArgumentError(otherwise);
    return value;
  };

export function addOptions(command: Command, table: OptionTable): void {
  for (const definition of Object.values(table)) command.addOption(toOption(definition));
}

function toOption({
  flags,
  text,
  choices,
  parse,
  initial,
  shownInitial,
  conflictsWith,
}: OptionDefinition<unknown>): Option {
  const option = new Option(flags, text);
  if (choices) option.choices(choices);
  if (parse) option.argParser(parse);
  // commander passes its default to `parse` as an earlier value, so it knows only those that `--help` shows.
  if (shownInitial !== null) option.default(initial, shownInitial);
  if (conflictsWith !== null) option.conflicts(conflictsWith);
  return option;
}

/** The values that commander has read, under the names of the table. */
export function readValues<Table extends OptionTable>(
  table: Table,
  read: Readonly<Record<string, unknown>>,
): OptionValues<Table> {
  const values = Object.entries(table).map(([name, definition]) => [
    name,
    read[new Option(definition.flags).attributeName()] ?? definition.initial,
  ]);
  return Object.fromEntries(values) as OptionValues<Table>;
}
