import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../../cli/reports/json-shapes.ts';
import { catalog } from '../../../src/providers/catalog.ts';
import { bareLoop, createProject, type Outcome } from '../project.ts';

const ALL = ['require-completion-check', 'require-error-handling', 'require-timeout'];

const check = (files: Record<string, string>, ...argv: string[]): Promise<Outcome> =>
  createProject(files).run(['check', '--format', 'json', ...argv]);
const reportOf = ({ stdout }: Outcome): CheckReport => JSON.parse(stdout) as CheckReport;
const rulesOf = (outcome: Outcome): string[] =>
  reportOf(outcome)
    .problems.map(({ rule }) => rule)
    .sort();

describe('check --format json', () => {
  it('has the shape that others build on', async () => {
    const outcome = await check({ 'src/a.ts': bareLoop }, '--rule', 'require-timeout');
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(1);
    expect(reportOf(outcome)).toEqual({
      version: 1,
      problems: [
        {
          file: 'src/a.ts',
          line: 3,
          column: 22,
          endLine: 3,
          endColumn: 52,
          rule: 'require-timeout',
          messageId: 'unbounded',
          message: expect.stringMatching(/`chat\.completions\.create`.*\.$/) as string,
          severity: 'error',
          fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
          loop: { line: 4, provider: 'openai', api: 'chat.completions.create', rewritable: true },
        },
      ],
      leftOut: [],
      summary: {
        problems: 1,
        errors: 1,
        warnings: 0,
        byRule: { 'require-timeout': 1 },
        files: 1,
        loops: 1,
        rewritable: 1,
        streams: 1,
        baseline: null,
        examined: 1,
        leftOut: 0,
      },
    });
  });

  it.each(['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs'])('finds the same in a .%s file', async (ending) => {
    expect(rulesOf(await check({ [`a.${ending}`]: bareLoop }))).toEqual(ALL);
  });

  it('exits with 0 where there is no problem', async () => {
    const outcome = await check({ 'a.ts': 'export const a = 1;\n' });
    expect(outcome.code).toBe(0);
    expect(reportOf(outcome)).toEqual({
      version: 1,
      problems: [],
      leftOut: [],
      summary: {
        problems: 0,
        errors: 0,
        warnings: 0,
        byRule: {},
        files: 0,
        loops: 0,
        rewritable: 0,
        streams: 0,
        baseline: null,
        examined: 1,
        leftOut: 0,
      },
    });
  });

  it('runs the rules that are named alone, and once', async () => {
    expect(rulesOf(await check({ 'a.ts': bareLoop }, '--rule', 'require-timeout,require-completion-check'))).toEqual([
      'require-completion-check',
      'require-timeout',
    ]);
    expect(
      rulesOf(await check({ 'a.ts': bareLoop }, '--rule', 'require-timeout', '--rule', 'require-timeout')),
    ).toEqual(['require-timeout']);
  });

  it('checks the streams of the providers that are asked for', async () => {
    expect(rulesOf(await check({ 'a.ts': bareLoop }, '--provider', 'anthropic'))).toEqual([]);
    expect(rulesOf(await check({ 'a.ts': bareLoop }, '--provider', 'openai'))).toEqual(ALL);
  });

  it('has more rules, or as many, in the strict preset', async () => {
    expect(rulesOf(await check({ 'a.ts': bareLoop }, '--preset', 'strict'))).toEqual(expect.arrayContaining(ALL));
  });

  it('looks into a file that ESLint itself would pass over', async () => {
    expect(rulesOf(await check({ 'node_modules/x/a.ts': bareLoop }, 'node_modules/x'))).toEqual(ALL);
    const project = createProject({ 'a.ts': bareLoop, 'deep/b.ts': '' });
    expect(
      rulesOf(await project.run(['check', '--format', 'json', '../a.ts'], { cwd: `${project.root}/deep` })),
    ).toEqual(ALL);
  });

  it('says each problem once where a file has many loops', async () => {
    const { problems } = reportOf(
      await check({
        'a.ts': `${bareLoop}${bareLoop.split('\n').slice(2).join('\n').replaceAll('stream)', 'other)').replace('const stream', 'const other')}`,
      }),
    );
    expect(problems.map(({ rule, loop }) => `${loop.line} ${rule}`).sort()).toEqual(
      [4, 8].flatMap((line) => ALL.map((rule) => `${line} ${rule}`)).sort(),
    );
  });
});

describe('comments', () => {
  const before = (comment: string): string => bareLoop.replace('for await', `${comment}\nfor await`);

  it('turn rules off', async () => {
    expect(rulesOf(await check({ 'a.ts': `/* eslint-disable -- a script */\n${bareLoop}` }))).toEqual([]);
    expect(
      rulesOf(
        await check({ 'a.ts': `/* eslint-disable resilient-stream/require-timeout -- a script */\n${bareLoop}` }),
      ),
    ).toEqual(['require-completion-check', 'require-error-handling']);
    expect(
      rulesOf(
        await check({
          'a.ts': before('// eslint-disable-next-line resilient-stream/require-error-handling -- a script'),
        }),
      ),
    ).toEqual(['require-completion-check', 'require-timeout']);
    expect(rulesOf(await check({ 'a.ts': `/* eslint resilient-stream/require-timeout: off */\n${bareLoop}` }))).toEqual(
      ['require-completion-check', 'require-error-handling'],
    );
  });

  it.each([
    '/* eslint-disable no-console, other-plugin/unknown-rule */',
    '// eslint-disable-next-line other-plugin/unknown-rule',
    '/* eslint no-foo: error */',
    '/* eslint no-console: error, semi: [error, never], indent: [2, 8] */',
    '/* eslint other-plugin/rule: [2, { broken: ] */',
    '/* eslint-env mocha */',
    '/* global foo, stream:writable */',
    '/* globals OpenAI */',
    '/* exported stream */',
    '// eslint-enable',
  ])('for others make no noise: %s', async (comment) => {
    const outcome = await check({ 'a.ts': `${comment}\n${bareLoop}` });
    expect(outcome.stderr).toBe('');
    expect(rulesOf(outcome)).toEqual(ALL);
  });
});

describe('check', () => {
  it('prints each problem under its file, and what to do next', async () => {
    const { stdout } = await createProject({ 'a.ts': bareLoop }).run(['check']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('a.ts');
    expect(lines[1]).toMatch(/^ {2}3:22 {2}error {2}require-timeout {11}.+\.$/);
    expect(stdout).toMatch(
      /\n3 problems in 1 file: .+\.\nNext: `resilient-stream migrate --dry-run` shows how it would rewrite this loop\.\n$/,
    );
  });

  it('says so when all is well', async () => {
    const handled = `/* eslint-disable resilient-stream/require-timeout, resilient-stream/require-completion-check, resilient-stream/require-error-handling */
${bareLoop}`;
    expect(await createProject({ 'a.ts': handled }).run(['check'])).toEqual({
      code: 0,
      stdout: 'No problems in 1 stream loop.\n',
      stderr: '',
    });
  });
});

describe('--rule', () => {
  const severitiesOf = (outcome: Outcome): string[] =>
    reportOf(outcome)
      .problems.map(({ rule, severity }) => `${severity} ${rule}`)
      .sort();

  it('changes a rule of the preset where it has a severity', async () => {
    const outcome = await check(
      { 'a.ts': bareLoop },
      '--rule',
      'require-timeout:warn',
      '--rule',
      'require-error-handling:off',
    );
    expect(severitiesOf(outcome)).toEqual(['error require-completion-check', 'warning require-timeout']);
    expect(reportOf(outcome).summary).toMatchObject({ problems: 2, errors: 1, warnings: 1 });
    expect(outcome.code).toBe(1);
  });

  it('takes the later of two words, and the name as comments have it', async () => {
    const outcome = await check(
      { 'a.ts': bareLoop },
      '--rule',
      'resilient-stream/require-timeout:off,require-timeout:error',
      '--rule',
      'require-error-handling, require-timeout',
    );
    expect(severitiesOf(outcome)).toEqual(['error require-error-handling', 'error require-timeout']);
  });

  it('changes the rules that are named alone', async () => {
    expect(
      severitiesOf(
        await check({ 'a.ts': bareLoop }, '--rule', 'require-timeout', '--rule', 'require-error-handling:warn'),
      ),
    ).toEqual(['error require-timeout', 'warning require-error-handling']);
  });

  it('may leave warnings alone, which are no failure', async () => {
    const { code, stderr } = await check({ 'a.ts': bareLoop }, ...ALL.flatMap((rule) => ['--rule', `${rule}:warn`]));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('loses to a comment of the file', async () => {
    expect(
      severitiesOf(
        await check(
          { 'a.ts': `/* eslint resilient-stream/require-timeout: warn */\n${bareLoop}` },
          '--rule',
          'require-timeout',
        ),
      ),
    ).toEqual(['warning require-timeout']);
  });
});

describe('--max-warnings', () => {
  const argv = ALL.flatMap((rule) => ['--rule', `${rule}:warn`]);

  it('makes a failure of more', async () => {
    const { code, stderr } = await check({ 'a.ts': bareLoop }, ...argv, '--max-warnings', '2');
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: 3 warnings are more than --max-warnings 2.\n' });
    expect((await check({ 'a.ts': bareLoop }, ...argv, '--max-warnings', '3')).code).toBe(0);
  });
});

describe('what to do next', () => {
  const nextOf = async (files: Record<string, string>, ...argv: string[]): Promise<string | undefined> =>
    /\nNext: (.+)\n$/.exec((await createProject(files).run(['check', ...argv])).stdout)?.[1];
  const elsewhere =
    'export async function show(stream) {\n  for await (const chunk of stream) log(chunk.choices[0]?.delta?.content);\n}\n';

  it('is the command that rewrites, for the same paths', async () => {
    expect(await nextOf({ "it's/a.ts": bareLoop, 'b.ts': elsewhere }, "it's", 'b.ts')).toBe(
      "`resilient-stream migrate --dry-run 'it'\\''s' b.ts` shows how it would rewrite 1 of these 2 loops.",
    );
  });

  it('is the page of the rule where nothing can be rewritten', async () => {
    expect(await nextOf({ 'b.ts': elsewhere })).toMatch(
      /^https:.+\/docs\/rules\/require-completion-check\.md says what to do\.$/,
    );
  });
});

describe('ESLint', () => {
  it('has nothing to say of a file that does not speak to it, and so is not asked', async () => {
    const examples = Object.fromEntries(
      catalog.flatMap(({ id, apis }) => apis.map(({ example }, index) => [`${id}-${index}.ts`, example])),
    );
    const spoken = Object.fromEntries(
      Object.entries(examples).map(([name, example]) => [name, `${example}\n// eslint-enable\n`]),
    );
    const [unasked, asked] = [await check(examples, '--preset', 'strict'), await check(spoken, '--preset', 'strict')];
    expect(reportOf(unasked).problems.length).toBeGreaterThan(100);
    expect(reportOf(unasked)).toEqual(reportOf(asked));
  });
});

it('a problem that is about no loop has its own line and no API', async () => {
  const project = createProject({
    'ask.js': `// TODO(resilient-stream): say what happens to half an answer\n${bareLoop}`,
  });
  const { stdout } = await project.run(['check', '--format', 'json', '--rule', 'no-unresolved-migration']);
  const { problems } = JSON.parse(stdout) as CheckReport;
  expect(problems.map(({ loop }) => loop)).toEqual([{ line: 1, provider: null, api: null, rewritable: false }]);
});
