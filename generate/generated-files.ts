import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, getFileInfo, resolveConfig } from 'prettier';
import type { Codemod } from '../codemods/contract/codemod.ts';
import type { Rule } from '../rules/rule.ts';
import type { Provider } from '../src/providers/provider.ts';
import { printCodemodsPage, printCodemodsTable } from './codemods-page.ts';
import { type Entry, findCodemods, findDialects, findProtocols, findProviders, findRules } from './find-entries.ts';
import { printDialects, printProtocolExports, printList, printNames, printProtocols, printVersion } from './lists.ts';
import { printPackageExports } from './package-exports.ts';
import { printRuleOptions } from './rule-options.ts';
import { printRulePage, printRulesTable } from './rule-page.ts';
import { printProvidersPage } from './providers-page.ts';

/** A file that is made from others; `text` is null where it is to go. */
export interface GeneratedFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string | null;
}

const RULE_PAGES = 'docs/rules';
/** The manifest that exports each codemod as a transform. */
const COMMAND_LINE = 'packages/resilient-stream-cli/package.json';
const PROTOCOLS = 'src/resilient-stream/protocols';
/** The tables of the README, by the word in the lines around them. */
const TABLES = ['rules', 'codemods'] as const;
type Table = (typeof TABLES)[number];

/** Every generated file as it is to be. */
export async function findGenerated(root: string): Promise<GeneratedFile[]> {
  const providers = await findProviders(join(root, 'src/providers'));
  const rules = await findRules(join(root, 'rules'));
  const codemods = await findCodemods(join(root, 'codemods'));
  const generated: GeneratedFile[] = [
    ...printProviderFiles(providers),
    ...(await findHelperLists(root)),
    ...printRuleFiles(root, rules),
    ...printCodemodFiles(root, codemods),
    ...printReadme(root, {
      rules: printRulesTable(rules.map(({ entry }) => entry)),
      codemods: printCodemodsTable(codemods.map(({ entry }) => entry)),
    }),
  ];
  return [...(await Promise.all(generated.map((file) => formatFile(root, file)))), ...findLeftOver(root, generated)];
}

const printProviderFiles = (providers: readonly Entry<Provider>[]): GeneratedFile[] => [
  {
    path: 'src/providers/catalog.ts',
    text: printList({
      name: 'catalog',
      type: 'Provider',
      typeFile: 'provider',
      files: filesOf(providers),
      member: null,
    }),
  },
  { path: 'docs/providers.md', text: printProvidersPage(providers.map(({ entry }) => entry)) },
];

function printRuleFiles(root: string, rules: readonly Entry<Rule>[]): GeneratedFile[] {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return [
    {
      path: 'rules/all.ts',
      text: printList({ name: 'rules', type: 'Rule', typeFile: 'rule', files: filesOf(rules), member: null }),
    },
    { path: 'rules/options.ts', text: printRuleOptions(rules.map(({ entry }) => entry)) },
    { path: 'rules/version.ts', text: printVersion(version) },
    ...rules.map(({ file, entry }) => ({ path: `${RULE_PAGES}/${file}.md`, text: printRulePage(entry) })),
  ];
}

function printCodemodFiles(root: string, codemods: readonly Entry<Codemod>[]): GeneratedFile[] {
  const manifest = read(root, COMMAND_LINE);
  const exported =
    manifest === null ? [] : [{ path: COMMAND_LINE, text: printPackageExports(manifest, filesOf(codemods)) }];
  return [
    {
      path: 'codemods/all.ts',
      text: printList({
        name: 'codemods',
        type: 'Codemod',
        typeFile: 'contract/codemod',
        files: filesOf(codemods),
        member: 'codemod',
      }),
    },
    { path: 'docs/codemods.md', text: printCodemodsPage(codemods.map(({ entry }) => entry)) },
    ...exported,
  ];
}

/** With its tables; nothing where there is no README. */
function printReadme(root: string, tables: Readonly<Record<Table, string>>): GeneratedFile[] {
  const readme = read(root, 'README.md');
  if (readme === null) return [];
  const text = TABLES.filter((name) => hasMarkers(readme, name)).reduce(
    (page, name) => replaceBetweenMarkers(page, name, tables[name]),
    readme,
  );
  return [{ path: 'README.md', text }];
}

const filesOf = (entries: readonly { readonly file: string }[]): string[] => entries.map(({ file }) => file);

/** The helper's protocols, for itself and for the catalog, and the wire formats that the lab tries them with. */
async function findHelperLists(root: string): Promise<GeneratedFile[]> {
  const protocols = await findProtocols(join(root, PROTOCOLS));
  const dialects = await findDialects(join(root, 'test/lab/dialects'));
  const names = protocols.map(({ entry }) => entry.name);
  const last = protocols.filter(({ exports }) => exports['isAskedLast'] === true);
  return [
    { path: 'src/providers/protocol-names.ts', text: printNames('protocolNames', PROTOCOLS, names) },
    { path: `${PROTOCOLS}/all.ts`, text: printProtocols(filesOf(protocols), filesOf(last)) },
    { path: `${PROTOCOLS}/exports.ts`, text: printProtocolExports(filesOf(protocols)) },
    { path: 'test/lab/dialects.ts', text: printDialects(filesOf(dialects)) },
  ];
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
