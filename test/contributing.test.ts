import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const house = fileURLToPath(new URL('..', import.meta.url));
const guide = readFileSync(join(house, 'CONTRIBUTING.md'), 'utf8');

/** What the guide's examples are made of: the blocks that name a file. */
const blocks = [...guide.matchAll(/^```ts (\S+\.ts)\n([^]*?)^```$/gm)].map(([, path, text]) => ({
  path: path!,
  text: text!,
}));
const RECORDED = 'test/src/resilient-stream/protocols/recorded.ts';
const LIST = 'export const recordedAnswers: readonly RecordedAnswer[] = [\n';

/** What the copy needs: the sources, their tests, the pages, and what says how to format and to compile. */
const COPIED = [
  'src',
  'rules',
  'codemods',
  'cli',
  'generate',
  'docs',
  'test',
  'packages',
  'README.md',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'vitest.config.ts',
  '.prettierrc.json',
  '.prettierignore',
];
const isCopied = (path: string): boolean => !/(?:^|[\\/])(?:node_modules|dist)(?:[\\/]|$)/.test(relative(house, path));

let copy: string;
const read = (path: string): string => readFileSync(join(copy, path), 'utf8');
const readAll = (): Map<string, string> =>
  new Map(
    globSync(['{src,rules,codemods,docs,packages,test}/**/*.{ts,md,json}', 'README.md'], {
      cwd: copy,
      ignore: ['**/dist/**', '**/node_modules/**'],
    }).map((path) => [path, read(path)]),
  );
const run = (tool: string, ...options: string[]): string =>
  execFileSync(process.execPath, [join(house, 'node_modules', tool), ...options], {
    cwd: copy,
    encoding: 'utf8',
    stdio: 'pipe',
  });

/** The files that the examples write, and those that `npm run generate` changes after them. */
const changed: { byHand: readonly string[]; generated: readonly string[] } = { byHand: [], generated: [] };

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'contributing-'));
  for (const path of COPIED) cpSync(join(house, path), join(copy, path), { recursive: true, filter: isCopied });
  symlinkSync(join(house, 'node_modules'), join(copy, 'node_modules'), 'junction');
  for (const { path, text } of blocks) {
    writeFileSync(join(copy, path), path === RECORDED ? read(path).replace(LIST, `${LIST}${text}`) : text);
  }
  const before = readAll();
  run('tsx/dist/cli.mjs', 'generate/main.ts');
  const generated = [...readAll()].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
  Object.assign(changed, { byHand: blocks.map(({ path }) => path), generated });
});

afterAll(() => rmSync(copy, { recursive: true }));

describe('the examples of CONTRIBUTING', () => {
  it('write the files that the table counts, and the generator writes the rest', () => {
    expect(changed.byHand).toEqual([
      'src/resilient-stream/protocols/acme.ts',
      RECORDED,
      'src/providers/acme.ts',
      'rules/no-acme-retry.ts',
      'test/rules/no-acme-retry.test.ts',
      'codemods/rename-acme-generate.ts',
      'test/codemods/rename-acme-generate.test.ts',
    ]);
    expect([...changed.generated].sort()).toEqual([
      'README.md',
      'codemods/all.ts',
      'docs/codemods.md',
      'docs/providers.md',
      'docs/rules/no-acme-retry.md',
      'packages/resilient-stream-cli/package.json',
      'rules/all.ts',
      'rules/options.ts',
      'src/providers/catalog.ts',
      'src/providers/protocol-names.ts',
      'src/resilient-stream/protocols/all.ts',
      'src/resilient-stream/protocols/exports.ts',
    ]);
  });

  it('compile', () => {
    const files = changed.byHand.map((path) => `./${path}`);
    const tsconfig = { extends: './tsconfig.json', include: [], files };
    writeFileSync(join(copy, 'tsconfig.acme.json'), JSON.stringify(tsconfig));
    expect(run('typescript/bin/tsc', '--project', 'tsconfig.acme.json')).toBe('');
  });

  it('pass their own tests, and those that every rule, provider and protocol has', () => {
    const report = run(
      'vitest/vitest.mjs',
      'run',
      '--reporter=json',
      'test/rules/no-acme-retry.test.ts',
      'test/codemods/rename-acme-generate.test.ts',
      'test/rules/examples.test.ts',
      'test/rules/house.test.ts',
      'test/src/resilient-stream/protocols/every-protocol.test.ts',
    );
    const { testResults } = JSON.parse(report) as { testResults: { assertionResults: { fullName: string }[] }[] };
    const names = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ fullName }) => fullName));
    expect(names).toContain('leaves the method of another SDK');
    expect(names.filter((name) => name.includes('no-acme-retry')).length).toBeGreaterThan(5);
    expect(names).toContain("'acme' cut behind any chunk before the terminal one, is truncated with the exact prefix");
  });
});
