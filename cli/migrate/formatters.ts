import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { reasonOf } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { findAbove, foldersAbove } from '../files/folders-above.ts';
import { findRepository } from '../files/gitignore.ts';
import { writeWarning } from '../terminal/messages.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A program that reads a text from standard input and prints the formatted text. */
interface Formatter {
  readonly name: FormatterName;
  /** Its configuration files: one of these in a folder means that the folder is formatted with it. */
  readonly configs: readonly string[];
  /** The key of `package.json` that means the same. */
  readonly key: string | null;
  readonly argv: (file: string) => readonly string[];
}

const NAMES = ['prettier', 'biome', 'dprint', 'oxfmt'] as const;
export type FormatterName = (typeof NAMES)[number];

/** 'auto': the formatter whose configuration is nearest to the file. */
export const FORMATTINGS = ['auto', 'off', ...NAMES] as const;
export type Formatting = (typeof FORMATTINGS)[number];

const endings = (stem: string, list: string): string[] => list.split(' ').map((ending) => stem + ending);

const FORMATTERS: Readonly<Record<FormatterName, Omit<Formatter, 'name'>>> = {
  // https://prettier.io/docs/configuration
  prettier: {
    configs: [
      '.prettierrc',
      ...endings('.prettierrc', '.json .yml .yaml .json5 .js .mjs .cjs .ts .mts .cts .toml'),
      ...endings('prettier.config', '.js .mjs .cjs .ts .mts .cts'),
    ],
    key: 'prettier',
    argv: (file) => ['--stdin-filepath', file],
  },
  // https://biomejs.dev/guides/configure-biome
  biome: {
    configs: ['biome.json', 'biome.jsonc', '.biome.json', '.biome.jsonc'],
    key: null,
    argv: (file) => ['format', `--stdin-file-path=${file}`],
  },
  // https://dprint.dev/config
  dprint: {
    configs: ['dprint.json', 'dprint.jsonc', '.dprint.json', '.dprint.jsonc'],
    key: null,
    argv: (file) => ['fmt', '--stdin', file],
  },
  // https://oxc.rs/docs/guide/usage/formatter/config
  oxfmt: {
    configs: ['.oxfmtrc.json', '.oxfmtrc.jsonc', ...endings('oxfmt.config', '.ts .mts .js .mjs')],
    key: null,
    argv: (file) => ['--stdin-filepath', file],
  },
};

/** After this time a formatter is killed: a file that is not formatted is better than a run that hangs. */
const LONGEST_MS = 60_000;

/** The formatter of a folder. */
interface Configured {
  readonly formatter: Formatter;
  /** The folder in which it runs. */
  readonly folder: string;
  /** The configuration file; null: the command line names the formatter. */
  readonly config: string | null;
}

/** Formats rewritten texts with the repository's own formatter. If that fails, the text stays, with a warning. */
export class RepositoryFormat {
  readonly #formatting: Formatting;
  readonly #terminal: Terminal;
  readonly #known = new Map<string, Configured | null>();
  readonly #missing = new Set<string>();

  constructor(formatting: Formatting, terminal: Terminal) {
    this.#formatting = formatting;
    this.#terminal = terminal;
  }

  format(path: string, text: string): string {
    const configured = this.#formatting === 'off' ? null : this.#findConfigured(dirname(path));
    if (!configured) return text;
    const { formatter, folder } = configured;
    const binary = findAbove(folder, [
      join('node_modules', '.bin', process.platform === 'win32' ? `${formatter.name}.cmd` : formatter.name),
    ]);
    if (binary === null) {
      this.#warnMissing(configured);
      return text;
    }
    const { status, stdout, stderr, error } = spawnSync(binary, formatter.argv(relative(folder, path)), {
      cwd: folder,
      input: text,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: LONGEST_MS,
      shell: process.platform === 'win32',
    });
    if (status === 0 && (stdout === '' || !hasLostWords(stdout, text))) return stdout === '' ? text : stdout;
    // A formatter that ends before it has read all of the text gives an `error`, but its own message explains more.
    const reason =
      status === 0
        ? 'what it gave back is another program'
        : error && (stderr ?? '') === ''
          ? reasonOf(error)
          : pickReason(stderr);
    const file = showPath(this.#terminal.cwd, path);
    this.#warn(`${file}: ${formatter.name} failed (${reason}); the file is left as it was rewritten.`);
    return text;
  }

  #findConfigured(folder: string): Configured | null {
    let found = this.#known.get(folder);
    if (found === undefined)
      this.#known.set(
        folder,
        (found =
          this.#formatting === 'auto' || this.#formatting === 'off'
            ? findNearest(folder, NAMES)
            : configureNamed(folder, this.#formatting)),
      );
    return found;
  }

  /** Once for each configuration. */
  #warnMissing({ formatter: { name }, config }: Configured): void {
    const { cwd } = this.#terminal;
    const what = config === null ? name : `${showPath(cwd, config)}: ${name}`;
    if (!this.#missing.has(what))
      this.#warn(
        `${what} is not installed, so the rewritten files are not formatted; install it, or pass --format-with off.`,
      );
    this.#missing.add(what);
  }

  #warn(message: string): void {
    writeWarning(message, this.#terminal);
  }
}

/**
 * Whether words of the text are missing in the formatted text. A formatter may move, quote and add words and reformat
 * numbers. An output that has lost words is an error message, or half of the file.
 */
function hasLostWords(formatted: string, text: string): boolean {
  const left = new Map<string, number>();
  for (const word of wordsOf(formatted)) left.set(word, (left.get(word) ?? 0) + 1);
  return wordsOf(text).some((word) => left.set(word, (left.get(word) ?? 0) - 1).get(word)! < 0);
}

const wordsOf = (text: string): string[] => (text.match(/[\p{L}\p{N}_$]+/gu) ?? []).filter((word) => !/^\d/.test(word));

/** The nearest configuration, up to the root of the repository: those above belong to something else. */
function findNearest(folder: string, names: readonly FormatterName[]): Configured | null {
  const repository = findRepository(folder);
  for (const above of foldersAbove(folder)) {
    for (const name of names) {
      const formatter: Formatter = { name, ...FORMATTERS[name] };
      const config =
        formatter.configs.map((file) => join(above, file)).find((file) => existsSync(file)) ??
        findKey(above, formatter.key);
      if (config !== null && config !== undefined) return { formatter, folder: above, config };
    }
    if (above === repository) return null;
  }
  return null;
}

/** The formatter that the command line names. Without a configuration it uses its defaults. */
function configureNamed(folder: string, name: FormatterName): Configured {
  const manifest = findAbove(folder, ['package.json']);
  return (
    findNearest(folder, [name]) ?? {
      formatter: { name, ...FORMATTERS[name] },
      folder: manifest === null ? folder : dirname(manifest),
      config: null,
    }
  );
}

function findKey(folder: string, key: string | null): string | null {
  const manifest = join(folder, 'package.json');
  try {
    return key !== null && Object.hasOwn(JSON.parse(readFileSync(manifest, 'utf8')) as object, key) ? manifest : null;
  } catch {
    return null; // missing, or no JSON, which is reported elsewhere
  }
}

/** The first line of the output that has a word in it. */
function pickReason(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.replace(/^\[error\]\s*|^\W+/, '').trim());
  return lines.find((line) => /[a-z]{3}/i.test(line))?.replace(/\.$/, '') ?? 'it says nothing';
}
