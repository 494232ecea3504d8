import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { codemods } from '../../codemods/all.ts';
import { findInstalled } from './installed.ts';
import { createProject, type Project } from './project.ts';
import { type Registry, startRegistry } from './registry.ts';
import { PACKAGES } from './setup.ts';
import { javascript } from './sources.ts';

const CONFIG = `import { defineConfig } from 'eslint/config';
import resilientStream from 'eslint-plugin-resilient-stream';
import tseslint from 'typescript-eslint';

export const byObject = defineConfig({ extends: [resilientStream.configs.recommended] });
export const byName = defineConfig({ plugins: { 'resilient-stream': resilientStream }, extends: ['resilient-stream/strict'] });
export const ofTypescriptEslint = tseslint.config(tseslint.configs.base, resilientStream.configs.strict);
`;

const PROGRAM = `import { createRequire } from 'node:module';
import { resilientStream } from 'resilient-stream';
import { scriptedStream } from 'resilient-stream/testing';

const chunk = (content, finish_reason = null) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason }] });
let text = '';
try {
  for await (const { choices } of resilientStream(() => scriptedStream(chunk('Half an '), chunk('answer')))) text += choices[0].delta.content;
} catch (error) {
  console.log(JSON.stringify({ text, code: error.code, required: createRequire(import.meta.url)('resilient-stream').resilientStream === resilientStream }));
}
`;

const tsconfigOf = (file: string, ...types: string[]): string =>
  `${JSON.stringify({ compilerOptions: { target: 'es2023', module: 'nodenext', strict: true, noEmit: true, skipLibCheck: false, types }, files: [file] })}
`;

/** What a user of ESLint, TypeScript and nothing else writes. */
const ALONE = `import { defineConfig } from 'eslint/config';
import resilientStream, { type EslintRule, type PresetConfig, type ResilientStreamPlugin, type RuleOptions } from 'eslint-plugin-resilient-stream';

const rules = { 'resilient-stream/require-timeout': ['warn', { minimumMs: 1000 }] } satisfies RuleOptions;
export const rule: EslintRule | undefined = resilientStream.rules['require-timeout'];
export const preset: PresetConfig = resilientStream.configs.strict;
export const plugin: ResilientStreamPlugin = resilientStream;
export default defineConfig({ plugins: { 'resilient-stream': resilientStream }, extends: [preset], rules });
`;

/** A program of the user's that runs a codemod by itself. */
const CODEMOD = `import transform from 'resilient-stream-cli/codemods/wrap-in-resilient-stream.js';

const text: Promise<string | undefined> = transform({ path: 'a.ts', source: '' }, { report: () => {} }, { helper: './helper.js' });
void text;
`;

/** Which of these modules can be imported. */
const importing = (...specifiers: string[]): string[] => [
  'node',
  '--input-type=module',
  '--eval',
  `const outcomes = await Promise.allSettled(${JSON.stringify(specifiers)}.map((specifier) => import(specifier, specifier.endsWith('.json') ? { with: { type: 'json' } } : {})));
console.log(JSON.stringify(outcomes.map(({ value, reason }) => value ? Object.keys(value).sort().join() : reason.code)));`,
];

describe('the packages', () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject(
      {
        dependencies: {
          '@arethetypeswrong/cli': '0.18.5',
          eslint: '10.15.0',
          typescript: '6.0.3',
          'typescript-eslint': '8.72.0',
          '@types/node': '20.19.43',
        },
        files: {
          'eslint.config.ts': CONFIG,
          'tsconfig.json': tsconfigOf('eslint.config.ts', 'node'),
          'program.js': PROGRAM,
          'codemod.ts': CODEMOD,
          'tsconfig.codemod.json': tsconfigOf('codemod.ts'),
        },
      },
      inject('tarballs'),
    );
  });
  afterAll(() => project?.remove());

  it.each(['plugin.tgz', 'helper.tgz', 'cli.tgz'])('%s has types that resolve wherever modules do', async (tarball) => {
    const { code, stdout, stderr } = await project.run([
      'attw',
      '--profile',
      'esm-only',
      '--format',
      'ascii',
      '--no-color',
      tarball,
    ]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('node16 (from ESM): 🟢 (ESM)');
  });

  it.each(['tsconfig.json', 'tsconfig.codemod.json'])('what %s names type-checks', async (config) => {
    const { code, stdout } = await project.run(['tsc', '--project', config]);
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it('the helper runs, imported and required', async () => {
    const { stdout, stderr } = await project.run(['node', 'program.js']);
    expect(JSON.parse(stdout || `"${stderr}"`)).toEqual({ text: 'Half an answer', code: 'truncated', required: true });
  });

  it('the plugin exports itself, and nothing else', async () => {
    const { stdout, stderr } = await project.run(
      importing(
        'eslint-plugin-resilient-stream',
        'eslint-plugin-resilient-stream/package.json',
        'eslint-plugin-resilient-stream/dist/plugin.js',
        'eslint-plugin-resilient-stream/codemods/wrap-in-resilient-stream.js',
      ),
    );
    expect(JSON.parse(stdout || `"${stderr}"`)).toEqual([
      'default,module.exports',
      'default',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    ]);
  });

  it('the command line exports each codemod by its name, and nothing else', async () => {
    const { stdout, stderr } = await project.run(
      importing(
        ...codemods.map(({ name }) => `resilient-stream-cli/codemods/${name}.js`),
        'resilient-stream-cli/package.json',
        'resilient-stream-cli',
        'resilient-stream-cli/dist/cli/program.js',
        'resilient-stream-cli/dist/codemods/rewrite.js',
      ),
    );
    expect(JSON.parse(stdout || `"${stderr}"`)).toEqual([
      ...codemods.map(() => 'default'),
      'default',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    ]);
  });
});

describe('what is installed', () => {
  const install = async (
    dependencies: Readonly<Record<string, string>>,
    ...packages: readonly (keyof typeof PACKAGES)[]
  ): Promise<Project> => createProject({ dependencies, packages, files: {} }, inject('tarballs'));
  const weigh = (title: string, { folder }: Project): ReturnType<typeof findInstalled> => {
    const installed = findInstalled(folder);
    console.log(`${title}: ${installed.packages.length} packages, ${installed.megabytes.toFixed(1)} MB`);
    return installed;
  };

  it('with ESLint and the plugin is ESLint and one package', async () => {
    const [alone, both] = [await install({ eslint: '10.15.0' }), await install({ eslint: '10.15.0' }, 'plugin')];
    const [before, after] = [weigh('ESLint', alone), weigh('ESLint with the plugin', both)];
    expect(after.packages.filter((name) => !before.packages.includes(name))).toEqual([
      'node_modules/eslint-plugin-resilient-stream',
    ]);
    expect(after.packages.length).toBeLessThanOrEqual(80);
    expect(after.megabytes).toBeLessThanOrEqual(20);
    alone.remove();
    both.remove();
  });

  it('with the plugin type-checks where there is nothing but ESLint and TypeScript', async () => {
    const project = await createProject(
      {
        packages: ['plugin'],
        dependencies: { eslint: '10.15.0', typescript: '6.0.3' },
        files: { 'eslint.config.ts': ALONE, 'tsconfig.json': tsconfigOf('eslint.config.ts') },
      },
      inject('tarballs'),
    );
    const { code, stdout } = await project.run(['tsc', '--project', 'tsconfig.json']);
    expect(stdout).toBe('');
    expect(code).toBe(0);
    project.remove();
  });

  it('with the command line has no TypeScript beside that of ts-morph, and the newest oxc-parser', async () => {
    const project = await install({}, 'plugin', 'helper', 'cli');
    const { packages } = weigh('The command line', project);
    expect(packages.filter((name) => /node_modules\/typescript$/.test(name))).toEqual([]);
    expect(packages.filter((name) => name.endsWith('@ts-morph/common'))).toHaveLength(1);
    const newest = await project.run(['npm', 'view', 'oxc-parser', 'version']);
    const { version } = JSON.parse(
      readFileSync(join(project.folder, 'node_modules/oxc-parser/package.json'), 'utf8'),
    ) as { version: string };
    expect(version).toBe(newest.stdout.trim());
    project.remove();
  });
});

describe('npx, in a project that has installed nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'resilient-stream-npx-'));
  let registry: Registry;
  let project: Project;
  beforeAll(async () => {
    registry = await startRegistry(inject('tarballs'));
    project = await createProject({ dependencies: {}, packages: [], files: javascript }, inject('tarballs'));
    // What npm has downloaded before is shared; what npx has installed before is not.
    const { stdout } = await project.run(['npm', 'config', 'get', 'cache']);
    symlinkSync(join(stdout.trim(), '_cacache'), join(folder, '_cacache'));
    writeFileSync(join(project.folder, '.npmrc'), `registry=${registry.url}\nnoproxy=127.0.0.1\ncache=${folder}\n`);
  });
  afterAll(() => {
    project?.remove();
    registry?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    [1, 'check src', /3 problems in 1 file/],
    [0, 'list src', /2 streams in 1 file/],
    [0, 'migrate --dry-run src', /Would rewrite \d stream loops? in 1 file/],
  ])('ends with %i for `resilient-stream-cli %s`', async (expected, command, output) => {
    const { code, stdout, stderr } = await project.run(['npx', '--yes', 'resilient-stream-cli', ...command.split(' ')]);
    expect(stdout, stderr).toMatch(output);
    expect(code).toBe(expected);
    expect(readFileSync(join(project.folder, 'src/ask.js'), 'utf8')).toBe(javascript['src/ask.js']);
  });
});
