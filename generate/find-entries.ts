import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Codemod } from '../codemods/contract/codemod.ts';
import type { Rule } from '../rules/rule.ts';
import type { Protocol } from '../src/resilient-stream/protocols/protocol.ts';
import type { Provider } from '../src/providers/provider.ts';
import type { Dialect } from '../test/lab/dialects/dialect.ts';
import { printIdentifier } from './lists.ts';

/** A catalog entry and the file that holds it. */
export interface Entry<T> {
  /** Without its ending: 'require-timeout'. */
  readonly file: string;
  readonly entry: T;
  /** All that the file exports. */
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Files of a folder that hold a provider; known by their content, since their names are single words like the
 * machinery's.
 */
export const findProviders = (folder: string): Promise<Entry<Provider>[]> =>
  load(
    folder,
    (file) => file !== 'catalog',
    () => 'default',
    (entry): entry is Provider => Array.isArray((entry as Partial<Provider> | undefined)?.apis),
  );

export const findRules = (folder: string): Promise<Entry<Rule>[]> =>
  load(
    folder,
    isHyphenated,
    () => 'default',
    (entry): entry is Rule => typeof entry === 'object' && entry !== null && ('check' in entry || 'checkFile' in entry),
  );

/** The default export is jscodeshift's. */
export const findCodemods = (folder: string): Promise<Entry<Codemod>[]> =>
  load(
    folder,
    isHyphenated,
    () => 'codemod',
    (entry): entry is Codemod => typeof (entry as Partial<Codemod> | undefined)?.findRewrites === 'function',
  );

/** The helper's protocols, each exported by the name of its file; not the lists that are made of them. */
export const findProtocols = (folder: string): Promise<Entry<Protocol>[]> =>
  load(
    folder,
    (file) => file !== 'all' && file !== 'exports',
    printIdentifier,
    (entry): entry is Protocol => typeof (entry as Partial<Protocol> | undefined)?.matches === 'function',
  );

/** The wire formats of the lab's fault server, each exported by the name of its file. */
export const findDialects = (folder: string): Promise<Entry<Dialect>[]> =>
  load(
    folder,
    () => true,
    printIdentifier,
    (entry): entry is Dialect => typeof (entry as Partial<Dialect> | undefined)?.path === 'string',
  );

const isHyphenated = (file: string): boolean => file.includes('-');

/** Sorted by code unit, so that every machine writes the same list. */
function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
  return names.map((name) => name.slice(0, -'.ts'.length)).sort();
}

async function load<T>(
  folder: string,
  isCandidate: (file: string) => boolean,
  memberOf: (file: string) => string,
  isEntry: (entry: unknown) => entry is T,
): Promise<Entry<T>[]> {
  const entries: Entry<T>[] = [];
  for (const file of filesOf(folder).filter(isCandidate)) {
    const exports = (await import(pathToFileURL(join(folder, `${file}.ts`)).href)) as Record<string, unknown>;
    const entry = exports[memberOf(file)];
    if (isEntry(entry)) entries.push({ file, entry, exports });
  }
  return entries;
}
