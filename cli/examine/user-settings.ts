import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseSettings, SettingsError } from '../../src/analysis/origin/user-streams.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { reasonOf, UsageError } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { foldersAbove } from '../files/folders-above.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The key in `package.json`. ESLint's configuration has the same settings under the same name. */
const KEY = 'resilient-stream';

export interface UserSettings {
  /** As the user wrote them, for ESLint. */
  readonly written: unknown;
  /** The same, as providers of the catalog. */
  readonly own: readonly Provider[];
}

/**
 * The user's own streams and clients: from the file that `--config` names, or else from the nearest `package.json` that
 * has the key.
 */
export function readSettings(config: string | null, terminal: Terminal): UserSettings {
  if (config !== null) return readConfig(config, terminal);
  for (const folder of foldersAbove(terminal.cwd)) {
    const path = join(folder, 'package.json');
    const text = readIfPresent(path);
    // A `package.json` without the key is not parsed: an error in it would not be about our settings.
    const written = text?.includes(`"${KEY}"`) ? parseJson(text, showPath(terminal.cwd, path))[KEY] : undefined;
    if (written !== undefined) return toSettings(written, `${showPath(terminal.cwd, path)}: ${KEY}`);
  }
  return { written: undefined, own: [] };
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

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // most folders have no `package.json`
  }
}

function parseJson(text: string, place: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new UsageError(`${place}: is no JSON: ${(error as Error).message}.`);
  }
}

function toSettings(written: unknown, place: string): UserSettings {
  try {
    return { written, own: parseSettings(written, place) };
  } catch (error) {
    throw error instanceof SettingsError ? new UsageError(error.message) : error;
  }
}
