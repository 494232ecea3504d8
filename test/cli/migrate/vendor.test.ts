import { execFileSync } from 'node:child_process';
import fs, { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import type { MigrateReport } from '../../../cli/reports/json-shapes.ts';
import { bareLoop, commitAll, createProject, type Project } from '../project.ts';

const MANIFEST = '{\n  "name": "app",\n  "type": "module"\n}\n';
const built = (ending: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../dist/vendored/resilient-stream.${ending}`, import.meta.url)), 'utf8');
const importIn = (project: Project, file: string): string | undefined =>
  /from '(\..*)';/.exec(
    project
      .read(file)
      .split('\n')
      .find((line) => line.includes('resilientStream'))!,
  )?.[1];

describe('migrate --vendor', () => {
  it('copies the helper, imports it from there, and leaves package.json alone', async () => {
    const project = createProject({
      'package.json': MANIFEST,
      'src/a.ts': bareLoop,
      'src/deep/b.ts': bareLoop,
      'c.ts': bareLoop,
    });
    commitAll(project);
    const { code, stdout, stderr } = await project.run(['migrate', '--vendor', 'src/llm/resilient-stream.ts']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/\nadded {2}src\/llm\/resilient-stream\.ts {2}resilient-stream \d+\.\d+\.\d+\n/);
    expect(stdout).toMatch(/\nNext: run your tests\.\n$/);
    expect(project.read('src/llm/resilient-stream.ts')).toBe(built('ts'));
    expect(['src/a.ts', 'src/deep/b.ts', 'c.ts'].map((file) => importIn(project, file))).toEqual([
      './llm/resilient-stream.ts',
      '../llm/resilient-stream.ts',
      './src/llm/resilient-stream.ts',
    ]);
    expect(project.read('package.json')).toBe(MANIFEST);

    const after = project.read('src/a.ts');
    expect(await project.run(['migrate', '--vendor', 'src/llm/resilient-stream.ts', '--allow-dirty'])).toEqual({
      code: 0,
      stdout: 'Nothing to rewrite.\n',
      stderr: '',
    });
    expect(project.read('src/a.ts')).toBe(after);
    expect((await project.run(['check'])).stdout).not.toContain('resilient-stream.ts');
  });

  it('writes nothing in a dry run, and nothing where nothing imports it', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'b.ts': 'export const b = 1;\n' });
    expect((await project.run(['migrate', '--dry-run', '--vendor', 'helper.ts'])).stdout).toContain(
      'would be added  helper.ts  resilient-stream ',
    );
    await project.run(['migrate', '--allow-dirty', '--vendor', 'helper.ts', 'b.ts']);
    expect(existsSync(join(project.root, 'helper.ts'))).toBe(false);
  });

  it('is in the report, and in the commit of the first provider', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    commitAll(project);
    project.git('config', 'user.name', 'Test');
    project.git('config', 'user.email', 'test@example.com');
    const { vendored, dependencies, commits } = JSON.parse(
      (await project.run(['migrate', '--commit', '--format', 'json', '--vendor', 'helper.ts'])).stdout,
    ) as MigrateReport;
    expect(vendored).toEqual({ file: 'helper.ts', version: expect.stringMatching(/^\d/) as string, status: 'added' });
    expect(dependencies).toEqual([]);
    expect(commits).toMatchObject([{ files: 2 }]);
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: project.root, encoding: 'utf8' })).toBe('');
  });

  it.each([
    [
      'something else',
      { 'helper.ts': 'export {};\n' },
      'helper.ts',
      'there is such a file, and it is no copy of resilient-stream; name another, or delete it.',
    ],
    ['a folder', { 'helper.ts/x.ts': '' }, 'helper.ts', 'is a folder; name a file in it.'],
    ['what is no module', {}, 'helper.css', 'it is a file that ends in .ts, .mts, .js, .mjs, .cjs.'],
  ])('refuses %s before it touches anything', async (_, files, path, why) => {
    const project = createProject({ 'a.ts': bareLoop, ...files });
    const { code, stderr } = await project.run(['migrate', '--allow-dirty', '--vendor', path]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `error: --vendor ${path}: ${why}\n` });
    expect(project.read('a.ts')).toBe(bareLoop);
  });

  it('is one way to have the helper, and --helper another', async () => {
    const { code, stderr } = await createProject({}).run(['migrate', '--vendor', 'a.ts', '--helper', '@acme/streams']);
    expect(stderr).toMatch(/^error: option '--vendor <path>' cannot be used with option '--helper <module>'/);
    expect(code).toBe(2);
  });

  it('replaces a copy of another version, and leaves one of its own as people have made it', async () => {
    const project = createProject({
      'a.ts': '',
      'helper.ts': built('ts').replace(/resilient-stream \d\S+,/, 'resilient-stream 0.0.1,'),
    });
    expect((await project.run(['migrate', '--allow-dirty', '--vendor', 'helper.ts'])).stdout).toMatch(
      /^updated {2}helper\.ts {2}resilient-stream \d/,
    );
    expect(project.read('helper.ts')).toBe(built('ts'));
    project.write('helper.ts', `${built('ts').replaceAll('\n', '\r\n')}// formatted\r\n`);
    await project.run(['migrate', '--allow-dirty', '--vendor', 'helper.ts']);
    expect(project.read('helper.ts')).toContain('// formatted');
  });

  it('leaves alone whatever would import it, where it cannot be written', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    commitAll(project);
    const disk: typeof fs = {
      ...fs,
      renameSync: (from, to) => {
        if (String(to).endsWith('helper.ts')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
        fs.renameSync(from, to);
      },
    };
    const { code, stderr } = await project.run(['migrate', '--vendor', 'helper.ts'], { disk });
    expect(stderr).toBe('error: a.ts: helper.ts cannot be written: the disk is full; make room, and run again\n');
    expect(code).toBe(2);
    expect(fs.readdirSync(project.root).sort()).toEqual(['.git', 'a.ts']);
    expect(project.read('a.ts')).toBe(bareLoop);
    expect((await project.run(['migrate', '--vendor', 'helper.ts'])).code).toBe(0);
    expect(project.read('helper.ts')).toBe(built('ts'));
  });
});

/** As much of the SDK's types as the loop reads. */
const TYPES = `interface Chunk { choices: { delta?: { content?: string | null } }[] }
export default class OpenAI {
  chat: { completions: { create(body: { model: string; messages: never[]; stream: true }, options?: { signal?: AbortSignal | null; maxRetries?: number }): Promise<AsyncIterable<Chunk>> } };
}
declare global { const process: { stdout: { write(text: string): void } } }
`;

describe('the import of the copy', () => {
  const tsconfig = (compilerOptions: object): string =>
    JSON.stringify({ compilerOptions: { strict: true, noEmit: true, ...compilerOptions }, include: ['**/*.ts'] });
  it.each([
    ['as Node asks', { 'tsconfig.json': tsconfig({ module: 'nodenext' }) }, 'lib/helper.ts', './lib/helper.js'],
    [
      'as bundlers have it',
      { 'tsconfig.json': tsconfig({ module: 'esnext', moduleResolution: 'bundler' }) },
      'lib/helper.ts',
      './lib/helper',
    ],
    [
      'where TypeScript is written out',
      { 'tsconfig.json': tsconfig({ module: 'nodenext', allowImportingTsExtensions: true }) },
      'lib/helper.ts',
      './lib/helper.ts',
    ],
    [
      'of `.mts`',
      { 'tsconfig.json': tsconfig({ module: 'esnext', moduleResolution: 'bundler' }) },
      'lib/helper.mts',
      './lib/helper.mjs',
    ],
    ['without a tsconfig.json', {}, 'lib/helper.ts', './lib/helper.ts'],
  ])('ends %s', async (_, files, target, expected) => {
    const project = createProject({
      'package.json': MANIFEST,
      'a.ts': bareLoop,
      'node_modules/openai/package.json': '{"types":"index.d.ts","main":"index.js"}',
      'node_modules/openai/index.d.ts': TYPES,
      ...files,
    });
    const { code, stderr } = await project.run(['migrate', '--allow-dirty', '--vendor', target]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^(note: .*\n)?$/) as string });
    expect(importIn(project, 'a.ts')).toBe(expected);
  });

  it.each([
    ['commonjs', 'cjs'],
    ['module', 'js'],
  ])('finds a copy that a package of type %s can load', async (type, ending) => {
    const project = createProject({ 'package.json': JSON.stringify({ type }), 'a.js': bareLoop });
    await project.run(['migrate', '--allow-dirty', '--vendor', 'helper.js']);
    expect(project.read('helper.js')).toBe(built(ending));
    const script = `import { resilientStream } from ${JSON.stringify(join(project.root, 'helper.js'))}; console.log(typeof resilientStream);`;
    expect(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })).toBe(
      'function\n',
    );
  });

  it('of JavaScript in TypeScript is told to have no types', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'b.ts': bareLoop });
    expect((await project.run(['migrate', '--allow-dirty', '--vendor', 'helper.js'])).stderr).toBe(
      'note: a helper in JavaScript has no types; for TypeScript, let --vendor name a .ts file.\n',
    );
    expect(importIn(project, 'a.ts')).toBe('./helper.js');
  });

  it.each([
    ["import { b } from './b.js';", 'b.ts', './helper.js'],
    ["import { b } from './b.ts';", 'b.ts', './helper.ts'],
    ["import { b } from './b';", 'b.ts', './helper'],
    // That one is in JavaScript itself.
    ["import { b } from './b.js';", 'b.js', './helper.ts'],
  ])('ends as those beside it: %s', async (line, neighbour, expected) => {
    const project = createProject({ 'a.ts': `${line}\n${bareLoop}`, [neighbour]: 'export const b = 1;\n' });
    await project.run(['migrate', '--allow-dirty', '--vendor', 'helper.ts']);
    expect(importIn(project, 'a.ts')).toBe(expected);
  });
});

describe('the copy', () => {
  const PROGRAM = `import { strict as assert } from 'node:assert';
import OpenAI from 'openai';

const client = new OpenAI();
let text = '';
for await (const chunk of await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true })) {
  text += chunk.choices[0]?.delta?.content ?? '';
}
assert.equal(text, 'whole');
`;
  // Its first answer is cut.
  const OPENAI = `let answers = 0;
const chunk = (content, finish_reason = null) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason }] });
async function* half() { yield chunk('ha'); }
async function* whole() { yield chunk('whole', 'stop'); }
module.exports = class OpenAI { chat = { completions: { create: async () => (answers++ === 0 ? half() : whole()) } }; };
`;
  const inCommonJs = `const { strict: assert } = require('node:assert');
const OpenAI = require('openai');
${PROGRAM.split('\n').slice(2).join('\n').replace('const client', 'async function main() {\nconst client')}}
main();
`;
  it.each([
    ['main.mjs', 'helper.mjs', PROGRAM],
    ['main.js', 'helper.js', PROGRAM],
    ['main.cjs', 'helper.cjs', inCommonJs],
    ['main.ts', 'helper.ts', PROGRAM],
  ])('works in %s', async (main, helper, program) => {
    const project = createProject({
      'package.json': MANIFEST,
      'node_modules/openai/package.json': '{"main":"index.js"}',
      'node_modules/openai/index.js': OPENAI,
      [main]: program,
    });
    expect((await project.run(['migrate', '--allow-dirty', '--vendor', helper])).code).toBe(0);
    expect(project.read(main)).toMatch(new RegExp(`['"]\\./${helper}['"]`));
    execFileSync(process.execPath, ['--import', createRequire(import.meta.url).resolve('tsx'), main], {
      cwd: project.root,
      stdio: 'pipe',
    });
  });

  const STRICT: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitReturns: true,
    noImplicitOverride: true,
    noFallthroughCasesInSwitch: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    erasableSyntaxOnly: true,
    skipLibCheck: true,
  };
  const node = fileURLToPath(new URL('../../../node_modules/@types', import.meta.url));
  it.each<[string, ts.CompilerOptions]>([
    [
      'a browser',
      {
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
        types: [],
      },
    ],
    [
      'Node',
      {
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        lib: ['lib.es2022.d.ts'],
        types: ['node'],
        typeRoots: [node],
      },
    ],
  ])('has no type error in a strict program for %s', (_, options) => {
    const project = createProject({ 'package.json': MANIFEST, 'helper.ts': built('ts') });
    const program = ts.createProgram([join(project.root, 'helper.ts')], { ...STRICT, ...options });
    expect(
      ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    ).toEqual([]);
  });

  it.each(['ts', 'js', 'cjs'])('has nothing for linters to say in %s', async (ending) => {
    const eslint = new ESLint({
      overrideConfigFile: true,
      overrideConfig: [...tseslint.configs.strict, ...tseslint.configs.stylistic] as never,
    });
    const [result] = await eslint.lintText(built(ending), { filePath: `helper.${ending}` });
    expect(result!.messages).toEqual([]);
  });

  it('has the licence, the version and the comments of the helper', () => {
    expect(built('ts')).toMatch(/^\/\*! resilient-stream \d+\.\d+\.\d+, in one file\.\n/);
    for (const ending of ['ts', 'js', 'cjs']) {
      expect(built(ending)).toContain('THE SOFTWARE IS PROVIDED "AS IS"');
      expect(built(ending)).toContain('/** Writes down that the answer is over. */');
      expect(built(ending)).not.toMatch(/^(?:import|export \*|"use strict")/m);
    }
  });
});
