import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, getFileInfo, resolveConfig } from 'prettier';
import { printCodemodsPage, printCodemodsTable } from './codemods-page.ts';
import { findCodemods, findProviders, findRules } from './find-entries.ts';
import { printList, printVersion } from './lists.ts';
import { printRuleOptions } from './rule-options.ts';
import { printRulePage, printRulesTable } from './rule-page.ts';
import { printTruthTable } from './providers-page.ts';

/** A file that is made from others; `text` is null where it is to go. */
export interface GeneratedFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string | null;
}

const RULE_PAGES = 'docs/rules';
/** The tables of the README, by the word in the lines around them. */
const TABLES = ['rules', 'codemods'] as const;
type Table = (typeof TABLES)[number];

/** Every generated file as it is to be. */
export async function findGenerated(root: string): Promise<GeneratedFile[]> {
  const providers = await findProviders(join(root, 'src/providers'));
  const rules = await findRules(join(root, 'rules'));
  const codemods = await findCodemods(join(root, 'codemods'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const readme = read(root, 'README.md');
  const files = (entries: readonly { file: string }[]): string[] => entries.map(({ file }) => file);

  const generated: GeneratedFile[] = [
    {
      path: 'src/providers/catalog.ts',
      text: printList({
        name: 'catalog',
        type: 'Provider',
        typeFile: 'provider',
        files: files(providers),
        member: null,
      }),
    },
    {
      path: 'rules/all.ts',
      text: printList({ name: 'rules', type: 'Rule', typeFile: 'rule', files: files(rules), member: null }),
    },
    { path: 'rules/options.ts', text: printRuleOptions(rules.map(({ entry }) => entry)) },
    { path: 'rules/version.ts', text: printVersion(version) },
    ...rules.map(({ file, entry }) => ({ path: `${RULE_PAGES}/${file}.md`, text: printRulePage(entry) })),
    {
      path: 'codemods/all.ts',
      text: printList({
        name: 'codemods',
        type: 'Codemod',
        typeFile: 'contract/codemod',
        files: files(codemods),
        member: 'codemod',
      }),
    },
    { path: 'docs/codemods.md', text: printCodemodsPage(codemods.map(({ entry }) => entry)) },
    { path: 'docs/providers.md', text: printTruthTable(providers.map(({ entry }) => entry)) },
  ];
  if (readme !== null) {
    const tables: Record<Table, string> = {
      rules: printRulesTable(rules.map(({ entry }) => entry)),
      codemods: printCodemodsTable(codemods.map(({ entry }) => entry)),
    };
    const text = TABLES.filter((name) => hasMarkers(readme, name)).reduce(
      (page, name) => replaceBetweenMarkers(page, name, tables[name]),
      readme,
    );
    generated.push({ path: 'README.md', text });
  }
  return [...(await Promise.all(generated.map((file) => formatFile(root, file)))), ...findLeftOver(root, generated)];
}

/** As `npm run format` would leave the file, so that the two never disagree. */
async function formatFile(root: string, { path, text }: GeneratedFile): Promise<GeneratedFile> {
  const file = join(root, path);
  const { ignored } = await getFileInfo(file, { ignorePath: join(root, '.prettierignore') });
  if (text === null || ignored) return { path, text };
  return { path, text: await format(text, { ...(await resolveConfig(file)), filepath: file }) };
}

/** Pages of rules that are gone. */
function findLeftOver(root: string, generated: readonly GeneratedFile[]): GeneratedFile[] {
  const folder = join(root, RULE_PAGES);
  const pages = existsSync(folder) ? readdirSync(folder).map((name) => `${RULE_PAGES}/${name}`) : [];
  return pages.filter((page) => !generated.some(({ path }) => path === page)).map((path) => ({ path, text: null }));
}

/** The files that differ from what they are to be. */
export const findStale = (root: string, files: readonly GeneratedFile[]): GeneratedFile[] =>
  files.filter(({ path, text }) => read(root, path) !== text);

export function write(root: string, files: readonly GeneratedFile[]): void {
  for (const { path, text } of files) {
    if (text === null) {
      rmSync(join(root, path));
      continue;
    }
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** What a person has to mend. */
export function findComplaints(root: string): string[] {
  const readme = read(root, 'README.md');
  if (readme === null)
    return [
      `README.md does not exist; the tables of the ${TABLES.join(' and the ')} go into it, each between the lines \`${beginOf('NAME')}\` and \`${endOf('NAME')}\`.`,
    ];
  return TABLES.filter((name) => !hasMarkers(readme, name)).map(
    (name) =>
      `README.md has no lines \`${beginOf(name)}\` and \`${endOf(name)}\`, in this order; the table of the ${name} goes between them.`,
  );
}

const beginOf = (name: string): string => `<!-- begin ${name} -->`;
const endOf = (name: string): string => `<!-- end ${name} -->`;

const hasMarkers = (readme: string, name: Table): boolean =>
  readme.includes(beginOf(name)) && readme.indexOf(endOf(name)) > readme.indexOf(beginOf(name));

const replaceBetweenMarkers = (readme: string, name: Table, table: string): string =>
  `${readme.slice(0, readme.indexOf(beginOf(name)) + beginOf(name).length)}\n\n${table}\n${readme.slice(readme.indexOf(endOf(name)))}`;

/** A checkout on Windows may have CRLF; that is no difference. */
function read(root: string, path: string): string | null {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : null;
}
