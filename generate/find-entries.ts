import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Codemod } from '../codemods/contract/codemod.ts';
import type { Rule } from '../rules/rule.ts';
import type { Provider } from '../src/providers/provider.ts';

/** A catalog entry and the file that holds it. */
export interface Entry<T> {
  /** Without its ending: 'require-timeout'. */
  readonly file: string;
  readonly entry: T;
}

/**
 * Files of a folder that hold a provider; known by their content, since their names are single words like the
 * machinery's.
 */
export const findProviders = (folder: string): Promise<Entry<Provider>[]> =>
  load(
    folder,
    (file) => file !== 'catalog',
    'default',
    (entry): entry is Provider => Array.isArray((entry as Partial<Provider> | undefined)?.apis),
  );

export const findRules = (folder: string): Promise<Entry<Rule>[]> =>
  load(
    folder,
    isHyphenated,
    'default',
    (entry): entry is Rule => typeof entry === 'object' && entry !== null && ('check' in entry || 'checkFile' in entry),
  );

/** The default export is jscodeshift's. */
export const findCodemods = (folder: string): Promise<Entry<Codemod>[]> =>
  load(
    folder,
    isHyphenated,
    'codemod',
    (entry): entry is Codemod => typeof (entry as Partial<Codemod> | undefined)?.findRewrites === 'function',
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
  member: string,
  isEntry: (entry: unknown) => entry is T,
): Promise<Entry<T>[]> {
  const entries: Entry<T>[] = [];
  for (const file of filesOf(folder).filter(isCandidate)) {
    const { [member]: entry } = (await import(pathToFileURL(join(folder, `${file}.ts`)).href)) as Record<
      string,
      unknown
    >;
    if (isEntry(entry)) entries.push({ file, entry });
  }
  return entries;
}
