import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseSettings, SettingsError } from '../../src/analysis/origin/user-streams.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { reasonOf, UsageError } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { foldersAbove } from '../files/folders-above.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The key in `package.json`; ESLint has the same settings under the same name. */
const KEY = 'resilient-stream';

export interface UserSettings {
  /** As they were written, for ESLint. */
  readonly given: unknown;
  readonly own: readonly Provider[];
}

/**
 * Streams and clients of the user's own: from the file that `--config` names, or else from the nearest `package.json`
 * that has the key.
 */
export function readSettings(config: string | undefined, terminal: Terminal): UserSettings {
  if (config !== undefined) return readConfig(config, terminal);
  for (const folder of foldersAbove(terminal.cwd)) {
    const path = join(folder, 'package.json');
    const text = findText(path);
    // Most know nothing of us, and whatever is wrong with them is not for us to say.
    const given = text?.includes(`"${KEY}"`) ? parseJson(text, showPath(terminal.cwd, path))[KEY] : undefined;
    if (given !== undefined) return toSettings(given, `${showPath(terminal.cwd, path)}: ${KEY}`);
  }
  return { given: undefined, own: [] };
}

function readConfig(name: string, { cwd }: Terminal): UserSettings {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, name), 'utf8');
  } catch (error) {
    throw new UsageError(`--config ${name}: cannot be read: ${reasonOf(error)}.`);
  }
  const content = parseJson(text, `--config ${name}`);
  if (basename(name) !== 'package.json') return toSettings(content, `--config ${name}: settings`);
  if (content[KEY] === undefined) throw new UsageError(`--config ${name}: has no "${KEY}".`);
  return toSettings(content[KEY], `--config ${name}: ${KEY}`);
}

function findText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // most folders have none
  }
}

function parseJson(text: string, place: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new UsageError(`${place}: is no JSON: ${(error as Error).message}.`);
  }
}

function toSettings(given: unknown, place: string): UserSettings {
  try {
    return { given, own: parseSettings(given, place) };
  } catch (error) {
    throw error instanceof SettingsError ? new UsageError(error.message) : error;
  }
}
