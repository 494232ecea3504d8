import { describe, expect, it } from 'vitest';
import type { CheckReport, ListReport } from '../../../cli/reports/json-shapes.ts';
import { bareLoop, createProject, type Outcome } from '../project.ts';

const sdk = `declare module 'openai' { export interface ChatCompletionChunk { id: string } }\n`;
const ask = `import type { ChatCompletionChunk } from 'openai';
export declare function ask(): Promise<AsyncIterable<ChatCompletionChunk>>;
`;
const consumer = `import { ask } from './ask';
export async function show(): Promise<void> {
  for await (const chunk of await ask()) console.log(chunk);
}
`;
const tsconfig = JSON.stringify({
  compilerOptions: { target: 'es2023', module: 'preserve', lib: ['es2023'], types: [] },
});
const program = { 'sdk.d.ts': sdk, 'ask.ts': ask, 'consumer.ts': consumer };
const inFolder = (folder: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

const list = (files: Record<string, string>, ...argv: string[]): Promise<Outcome> =>
  createProject(files).run(['list', '--format', 'json', ...argv]);
const found = ({ stdout }: Outcome): string[] =>
  (JSON.parse(stdout) as ListReport).streams.map(({ file, api, evidence }) => `${file} ${api} ${evidence}`);
const typed = ['consumer.ts chat.completions.create type'];

describe('--types auto', () => {
  it('tells a stream by its type alone', async () => {
    const outcome = await list({ ...program, 'tsconfig.json': tsconfig }, '--types', 'auto');
    expect(found(outcome)).toEqual(typed);
    expect(outcome.stderr).toBe('');
  });

  it('finds the program above the file', async () => {
    expect(
      found(await list({ ...inFolder('src/deep', program), 'tsconfig.json': tsconfig }, '--types', 'auto')),
    ).toEqual(['src/deep/consumer.ts chat.completions.create type']);
  });

  it('passes over a nearer program that does not name the file', async () => {
    const files = {
      ...inFolder('src', program),
      'tsconfig.json': tsconfig,
      'src/tsconfig.json': JSON.stringify({ files: ['ask.ts'] }),
    };
    expect(found(await list(files, '--types', 'auto'))).toEqual(['src/consumer.ts chat.completions.create type']);
  });

  it('follows the references of a solution', async () => {
    const files = {
      ...inFolder('app', program),
      'tsconfig.json': JSON.stringify({
        files: [],
        references: [{ path: './other' }, { path: './tsconfig.app.json' }],
      }),
      'tsconfig.app.json': JSON.stringify({
        ...(JSON.parse(tsconfig) as object),
        include: ['app'],
        references: [{ path: './tsconfig.json' }],
      }),
      'other/tsconfig.json': tsconfig,
    };
    expect(found(await list(files, '--types', 'auto'))).toEqual(['app/consumer.ts chat.completions.create type']);
  });

  it('is silent where there is no tsconfig.json', async () => {
    const outcome = await list(program, '--types', 'auto');
    expect(found(outcome)).toEqual([]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['that is no JSON', '{ "compilerOptions": ', 'tsconfig.json: does not parse: '],
    ['that extends what is not there', '{ "extends": "./base.json" }', 'tsconfig.json: Cannot read file'],
  ])('says one line of a tsconfig.json %s, and goes on', async (_, text, message) => {
    const outcome = await list(
      { ...program, 'second.ts': consumer, 'bare.ts': bareLoop, 'tsconfig.json': text },
      '--types',
      'auto',
    );
    expect(found(outcome)).toEqual(['bare.ts chat.completions.create import']);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain(`warning: ${message}`);
    expect(outcome.stderr).toMatch(/^[^\n]+; the work goes on without types until that is mended\.\n$/);
  });

  it('takes options of a later TypeScript', async () => {
    expect(
      found(await list({ ...program, 'tsconfig.json': tsconfig.replace('es2023"', 'es2050"') }, '--types', 'auto')),
    ).toEqual(typed);
  });

  it('keeps the order of the files', async () => {
    const files = { ...program, 'a.ts': bareLoop, 'z.ts': bareLoop, 'tsconfig.json': tsconfig };
    expect(found(await list(files, '--types', 'auto'))).toEqual([
      'a.ts chat.completions.create import',
      ...typed,
      'z.ts chat.completions.create import',
    ]);
  });

  it('does not look for a program where the text says all', async () => {
    expect(await list({ 'a.ts': bareLoop, 'tsconfig.json': '{' }, '--types', 'auto')).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});

describe('--types off', () => {
  it('does without', async () => {
    expect(found(await list({ ...program, 'tsconfig.json': tsconfig }, '--types', 'off'))).toEqual([]);
  });
});

describe('--types with a name', () => {
  it('takes that program', async () => {
    expect(
      found(
        await list(
          {
            ...program,
            'config/tsconfig.lint.json': JSON.stringify({ ...(JSON.parse(tsconfig) as object), include: ['..'] }),
          },
          '--types',
          'config/tsconfig.lint.json',
        ),
      ),
    ).toEqual(typed);
  });

  it('knows files that it does not name', async () => {
    expect(
      found(
        await list(
          { ...program, 'tsconfig.json': JSON.stringify({ ...(JSON.parse(tsconfig) as object), files: ['sdk.d.ts'] }) },
          '--types',
          'tsconfig.json',
        ),
      ),
    ).toEqual(typed);
  });

  it.each([
    ['missing.json', 'missing.json'],
    ['broken.json', 'broken.json: does not parse: '],
    ['orphan.json', 'Cannot read file'],
  ])('ends with 2 and one line for %s', async (name, message) => {
    const outcome = await list(
      { ...program, 'broken.json': '{ "compilerOptions": ', 'orphan.json': '{ "extends": "./nowhere.json" }' },
      '--types',
      name,
    );
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/^error: --types [^\n]+\.\n$/);
    expect(outcome.stderr).toContain(message);
  });
});

describe('the other commands', () => {
  it('check finds the problems of such a stream, and heeds its comments', async () => {
    const check = async (text: string): Promise<string[]> => {
      const { stdout } = await createProject({ ...program, 'consumer.ts': text, 'tsconfig.json': tsconfig }).run([
        'check',
        '--format',
        'json',
        '--types',
        'auto',
      ]);
      return (JSON.parse(stdout) as CheckReport).problems.map(({ file, rule }) => `${file} ${rule}`);
    };
    expect(await check(consumer)).toContain('consumer.ts require-completion-check');
    expect(await check(`/* eslint-disable */\n${consumer}`)).toEqual([]);
  });

  it('migrate says why such a stream is left', async () => {
    const { code, stdout } = await createProject({ ...program, 'tsconfig.json': tsconfig }).run([
      'migrate',
      '--dry-run',
      '--types',
      'auto',
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/consumer\.ts:3 {2}\S/);
  });
});
