/**
 * What the rules cost in ESLint, beside three that everybody knows, in the same runs; what loading the plugin takes;
 * and of how many expressions the rules ask the type. `npm run bench:lint -- DIR` lints the TypeScript files of that
 * folder, else those that installed packages bring along. All but the types are whole processes, cold, as a user starts
 * them. It measures what is published, so build first.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as typescriptParser from '@typescript-eslint/parser';
import { ESLint, type Linter } from 'eslint';
import { globSync } from 'tinyglobby';
import { findMedian, printMilliseconds, printSeconds, sum } from './figures.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pluginUrl = new URL('../packages/eslint-plugin-resilient-stream/dist/plugin.js', import.meta.url).href;
const eslintBinary = join(root, 'node_modules/eslint/bin/eslint.js');
const { default: plugin } = (await import(pluginUrl)) as typeof import('../rules/plugin.ts');

const FILES = 800;
const ROUNDS = 5;
const LOADS = 15;
const KNOWN = ['@typescript-eslint/no-unused-vars', 'no-unreachable-loop', 'no-await-in-loop'] as const;
const OWN = 'resilient-stream/';

const scratch = mkdtempSync(join(tmpdir(), 'resilient-stream-bench-'));

interface Copied {
  readonly from: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * The same files on every run; where there are more than enough, from all parts of the tree alike. Copied, since ESLint
 * looks into no node_modules.
 */
function copyFiles(given: string | null): Copied {
  const from = given ?? join(root, 'node_modules');
  const patterns = given === null ? ['{*,@*/*}/src/**/*.ts'] : ['**/*.{ts,tsx,mts,cts}'];
  const ignore = ['**/*.d.*', ...(given === null ? [] : ['**/node_modules/**'])];
  const found = globSync(patterns, { cwd: from, ignore, dot: false, followSymbolicLinks: false }).sort();
  const step = Math.max(1, found.length / FILES);
  const chosen = Array.from({ length: Math.min(FILES, found.length) }, (_, index) => found[Math.floor(index * step)]!);
  let bytes = 0;
  for (const file of chosen) {
    const copy = join(scratch, 'files', file);
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(join(from, file), copy);
    bytes += statSync(copy).size;
  }
  const packages = [...new Set(chosen.map((file) => file.split('/src/')[0]!))];
  return { from: given ?? packages.join(', '), files: chosen.length, bytes };
}

function measureRules({ from, files, bytes }: Copied): void {
  const rounds = Array.from({ length: ROUNDS }, () => lint());
  const median = (pick: (round: Round) => number): number => findMedian(rounds.map(pick));
  const total = median(({ wallMs }) => wallMs);
  const own = median(({ rules }) => sum(Object.entries(rules).map(([name, ms]) => (name.startsWith(OWN) ? ms : 0))));
  const loop = median(({ rules }) => rules['no-unreachable-loop']!);
  const share = (ms: number): string => `${((ms / total) * 100).toFixed(2).padStart(8)} %`;
  console.log(
    `${files} TypeScript files, ${(bytes / 1e6).toFixed(1)} MB, of ${from}; untyped, medians of ${ROUNDS} runs of ESLint ${ESLint.version}, Node ${process.version}`,
  );
  printRow("ESLint's whole run", printSeconds(total));
  printRow('  of that parsing', printMilliseconds(median(({ parseMs }) => parseMs)));
  for (const name of KNOWN)
    printRow(
      `  ${name}`,
      printMilliseconds(median(({ rules }) => rules[name]!)) + share(median(({ rules }) => rules[name]!)),
    );
  printRow(
    `  all ${Object.keys(plugin.rules).length} rules of this plugin together`,
    printMilliseconds(own) + share(own),
  );
  printBar('of the whole run', `${((own / total) * 100).toFixed(2)} %`, '≤ 1 %', own <= total / 100);
  printBar('beside no-unreachable-loop', `${(own / loop).toFixed(2)} ×`, '< 1 ×', own < loop);
  for (const name of Object.keys(plugin.rules))
    printRow(`    ${name}`, printMilliseconds(median(({ rules }) => rules[OWN + name]!)));
}

interface Round {
  readonly wallMs: number;
  readonly parseMs: number;
  /** Milliseconds by the rule's name; the first of ours to look at a file finds the loops for all. */
  readonly rules: Readonly<Record<string, number>>;
}

/** One run of ESLint's command line, by its own clock. */
function lint(): Round {
  const config = join(scratch, 'eslint.config.mjs');
  const report = join(scratch, 'report.json');
  writeFileSync(config, CONFIG);
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [eslintBinary, '--config', config, '--stats', '--format', 'json', '--output-file', report, 'files'],
    { cwd: scratch, encoding: 'utf8' },
  );
  const wallMs = performance.now() - start;
  if (status !== 0 && status !== 1) throw new Error(`ESLint failed: ${stderr}`);
  const results = JSON.parse(readFileSync(report, 'utf8')) as ESLint.LintResult[];
  const rules: Record<string, number> = {};
  let parseMs = 0;
  for (const { stats } of results) {
    for (const pass of stats?.times.passes ?? []) {
      parseMs += pass.parse?.total ?? 0;
      for (const [name, { total }] of Object.entries(pass.rules ?? {})) rules[name] = (rules[name] ?? 0) + total;
    }
  }
  return { wallMs, parseMs, rules };
}

const CONFIG = `
import { parser, plugin as typescript } from ${JSON.stringify(import.meta.resolve('typescript-eslint'))};
import plugin from ${JSON.stringify(pluginUrl)};
export default [{
  files: ['**/*.ts', '**/*.tsx', '**/*.mts', '**/*.cts'],
  languageOptions: { parser },
  linterOptions: { reportUnusedDisableDirectives: 'off', noInlineConfig: true },
  plugins: { '@typescript-eslint': typescript, ...plugin.configs.strict.plugins },
  rules: { ...plugin.configs.strict.rules, ${KNOWN.map((name) => `'${name}': 'error'`).join(', ')} },
}];
`;

function measureLoading(): void {
  const script = `const start = performance.now(); await import(${JSON.stringify(pluginUrl)}); console.log(performance.now() - start);`;
  const times = Array.from({ length: LOADS }, () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })),
  );
  const time = findMedian(times);
  console.log(`\nLoading the plugin, median of ${LOADS} processes`);
  printBar('import', printMilliseconds(time), '≤ 60 ms', time <= 60);
}

/** What a typed run of ESLint asked its parser for. */
interface Questions {
  tokens: number;
  /** The first line of each node whose type was asked for. */
  readonly nodes: string[];
}

/** TypeScript ESLint's parser, which notes the nodes whose TypeScript node is asked for. */
const watchParser = (questions: Questions): Linter.Parser => ({
  parseForESLint(text, options: Linter.ParserOptions) {
    const { services, ...result } = typescriptParser.parseForESLint(text, options);
    const map = services.esTreeNodeToTSNodeMap;
    const watched = {
      get(node: Parameters<typeof map.get>[0]) {
        questions.nodes.push(text.slice(...node.range).split('\n')[0]!);
        return map.get(node);
      },
    };
    questions.tokens += result.ast.tokens?.length ?? 0;
    return {
      ...result,
      services: { ...services, esTreeNodeToTSNodeMap: watched },
    } as unknown as Linter.ESLintParseResult;
  },
});

/** The house itself, typed: of what is the type asked? */
async function measureTypes(): Promise<void> {
  const questions: Questions = { tokens: 0, nodes: [] };
  const config: Linter.Config = {
    ...(plugin.configs.strict as Linter.Config),
    files: ['**/*.ts'],
    languageOptions: {
      parser: watchParser(questions),
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: root },
    },
  };
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: [{ ignores: ['**/dist/**'] }, config],
  });
  const folders = ['src', 'cli', 'codemods', 'rules', 'test/cli', 'test/rules', 'test/src', 'bench'];
  const results = await eslint.lintFiles(folders);
  const loops = sum(
    results.map(({ filePath }) => readFileSync(filePath, 'utf8').match(/\bfor\s+await\b/g)?.length ?? 0),
  );
  const tokens = questions.tokens.toLocaleString('en');
  console.log(
    `\nTyped, over ${results.length} files of this repository (${tokens} tokens, "for await" written ${loops} times)`,
  );
  printRow('types asked for', String(questions.nodes.length));
}

function printRow(what: string, figure: string, bar = ''): void {
  console.log(`  ${what.padEnd(58)}${figure.padStart(12)}${bar}`);
}

const printBar = (what: string, figure: string, bar: string, isMet: boolean): void =>
  printRow(what, figure, `   ${isMet ? 'bar' : 'misses the bar'} ${bar}`);

const folder = process.argv[2];
try {
  const files = copyFiles(folder === undefined ? null : resolve(folder));
  measureRules(files);
  measureLoading();
  await measureTypes();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
