import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Ajv from 'ajv';
import type { Log, Result } from 'sarif';
import { describe, expect, it } from 'vitest';
import { checkFormats } from '../../../cli/formats/check.ts';
import type { CheckContext } from '../../../cli/formats/check-context.ts';
import type { CheckProblem, CheckReport } from '../../../cli/reports/json-shapes.ts';
import { rules } from '../../../rules/all.ts';
import { bareLoop, createProject, type Outcome, otherLoop, type Project } from '../project.ts';

const check = ({ run }: Project, format: string, ...argv: string[]): Promise<Outcome> =>
  run(['check', '--format', format, ...argv]);

const plain = (text: string): string => text;
const context: CheckContext = {
  colors: new Proxy({}, { get: () => plain }) as CheckContext['colors'],
  cwd: '/repo',
  root: '/repo',
  paths: [],
  failed: false,
};

const problem: CheckProblem = {
  file: 'src/a.ts',
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
  rule: 'require-timeout',
  messageId: 'unbounded',
  message: 'Nothing bounds the wait for `create`.',
  severity: 'error',
  fingerprint: 'f',
  loop: { line: 4, provider: 'openai', api: 'create', rewritable: true },
};

function reportOf(problems: readonly CheckProblem[], leftOut: CheckReport['leftOut'] = []): CheckReport {
  const byRule = Object.fromEntries(
    problems.map(({ rule }) => [rule, problems.filter((other) => other.rule === rule).length]),
  );
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const summary = {
    problems: problems.length,
    errors: problems.length - warnings,
    warnings,
    byRule,
    files: 1,
    loops: problems.length,
    rewritable: 0,
    baseline: null,
    streams: 1,
    examined: 1,
    leftOut: leftOut.length,
  };
  return { version: 1, problems, leftOut, summary };
}

describe('check --format sarif', () => {
  const require = createRequire(import.meta.url);
  // The schema is of draft 4, which later releases of Ajv do not read.
  const ajv = new Ajv({ allErrors: true, schemaId: 'id', logger: false });
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json') as object);
  const isValid = ajv.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object);

  function parse(text: string): Log {
    const log = JSON.parse(text) as Log;
    isValid(log);
    expect(isValid.errors).toBe(null);
    return log;
  }
  const resultsOf = (log: Log): readonly Result[] => log.runs[0]!.results!;

  it('is refused by the schema where it is wrong', () => {
    expect(isValid({ version: '2.1.0', runs: [{ tool: { driver: {} } }] })).toBe(false);
  });

  it('holds each problem with its place, its level and its loop', async () => {
    const outcome = await check(createProject({ 'src/a.ts': bareLoop }), 'sarif', '--rule', 'require-timeout:warn');
    expect(outcome.code).toBe(1);
    const results = resultsOf(parse(outcome.stdout));
    expect(results.map(({ ruleId, level }) => `${level} ${ruleId}`).sort()).toEqual([
      'error require-completion-check',
      'error require-error-handling',
      'warning require-timeout',
    ]);
    expect(results.find(({ ruleId }) => ruleId === 'require-timeout')).toEqual({
      ruleId: 'require-timeout',
      ruleIndex: rules.findIndex(({ name }) => name === 'require-timeout'),
      level: 'warning',
      message: { text: expect.stringContaining('`chat.completions.create`') as string },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'src/a.ts', uriBaseId: '%SRCROOT%' },
            region: { startLine: 3, startColumn: 22, endLine: 3, endColumn: 52 },
          },
        },
      ],
      relatedLocations: [
        {
          id: 1,
          message: { text: 'The loop.' },
          physicalLocation: { artifactLocation: { uri: 'src/a.ts', uriBaseId: '%SRCROOT%' }, region: { startLine: 4 } },
        },
      ],
      partialFingerprints: { 'resilientStream/v1': expect.stringMatching(/^[0-9a-f]{32}$/) as string },
      properties: { provider: 'openai', api: 'chat.completions.create', rewritable: true },
    });
  });

  it('describes every rule, with its page', async () => {
    const { tool } = parse((await check(createProject({ 'a.ts': bareLoop }), 'sarif')).stdout).runs[0]!;
    expect(tool.driver.rules?.map(({ id }) => id)).toEqual(rules.map(({ name }) => name));
    for (const { id, helpUri, shortDescription, help } of tool.driver.rules ?? []) {
      expect(helpUri).toMatch(new RegExp(`/docs/rules/${id}\\.md$`));
      expect(shortDescription?.text).toMatch(/^Finds .+\.$/);
      expect(help?.markdown).toContain(helpUri);
    }
  });

  it('is whole where there is nothing to report, so that what was reported before is closed', async () => {
    const outcome = await check(createProject({ 'a.ts': otherLoop }), 'sarif');
    expect(outcome.code).toBe(0);
    expect(resultsOf(parse(outcome.stdout))).toEqual([]);
  });

  it('names files from the root of the repository, wherever in it the command runs', async () => {
    const project = createProject({ 'packages/a b/src/[id]#1.ts': bareLoop });
    project.git('init', '--quiet');
    const { stdout } = await project.run(['check', '--format', 'sarif'], { cwd: join(project.root, 'packages/a b') });
    const log = parse(stdout);
    expect(resultsOf(log)[0]!.locations![0]!.physicalLocation!.artifactLocation!.uri).toBe(
      'packages/a%20b/src/%5Bid%5D%231.ts',
    );
    expect(log.runs[0]!.originalUriBaseIds!['%SRCROOT%']!.uri).toBe(pathToFileURL(`${project.root}/`).href);
  });

  it('names files of a checkout without git from the workspace of the runner', async () => {
    const project = createProject({ 'packages/a/src/a.ts': bareLoop });
    const { stdout } = await project.run(['check', '--format', 'sarif'], {
      cwd: join(project.root, 'packages/a'),
      env: { GITHUB_WORKSPACE: project.root },
    });
    expect(resultsOf(parse(stdout))[0]!.locations![0]!.physicalLocation!.artifactLocation!.uri).toBe(
      'packages/a/src/a.ts',
    );
  });

  it('names a file outside of it by its whole address', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'deep/b.ts': '' });
    const { stdout } = await project.run(['check', '--format', 'sarif', '../a.ts'], {
      cwd: join(project.root, 'deep'),
    });
    const [result] = resultsOf(parse(stdout));
    expect(result!.locations![0]!.physicalLocation!.artifactLocation).toEqual({
      uri: pathToFileURL(join(project.root, 'a.ts')).href,
    });
  });

  it('tells what could not be looked at', async () => {
    const outcome = await check(
      createProject({ 'a.ts': bareLoop, 'broken.ts': 'for await (const x of ) x.fullStream;\n' }),
      'sarif',
      'a.ts',
      'broken.ts',
      'missing.ts',
    );
    expect(outcome.code).toBe(2);
    const [invocation] = parse(outcome.stdout).runs[0]!.invocations!;
    expect(invocation!.executionSuccessful).toBe(false);
    expect(invocation!.toolExecutionNotifications!.map(({ message }) => message.text).sort()).toEqual([
      expect.stringMatching(/^broken\.ts: .*does not parse/),
      expect.stringMatching(/^missing\.ts: no such file/),
    ]);
  });

  it('gives a problem the same fingerprint after its lines have moved, and each problem its own', async () => {
    const project = createProject({ 'a.ts': `${bareLoop}${bareLoop.split('\n').slice(2).join('\n')}` });
    const fingerprints = async (): Promise<string[]> =>
      resultsOf(parse((await check(project, 'sarif')).stdout)).map(
        ({ partialFingerprints }) => partialFingerprints!['resilientStream/v1']!,
      );
    const before = await fingerprints();
    expect(new Set(before).size).toBe(before.length);
    project.write('a.ts', `// a line more\n\n${project.read('a.ts').replaceAll('gpt-5', 'gpt-6')}`);
    expect(await fingerprints()).toEqual(before);
  });
});

describe('check --format github', () => {
  it('prints a command for each problem, and the rest as plain lines', async () => {
    const { code, stdout } = await check(
      createProject({ 'src/a.ts': bareLoop }),
      'github',
      '--rule',
      'require-timeout:warn',
      'src',
    );
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(
      /^::warning file=src\/a\.ts,line=3,endLine=3,col=22,endColumn=52,title=require-timeout::Nothing bounds .+\.$/,
    );
    expect(lines.slice(1, 3).every((line) => line.startsWith('::error file=src/a.ts,line=4,endLine=4,col=1,'))).toBe(
      true,
    );
    expect(lines.slice(3)).toEqual([
      '3 problems (1 warning) in 1 file.',
      'Next: `resilient-stream migrate --dry-run src` shows how it would rewrite this loop.',
      '',
    ]);
    expect(code).toBe(1);
  });

  it('escapes what the runner would take for its own', () => {
    const [line] = checkFormats
      .github(reportOf([{ ...problem, file: 'a,b:c%.ts', message: '100 %: a\r\nb, ::c' }]), context)
      .split('\n');
    expect(line).toBe(
      '::error file=a%2Cb%3Ac%25.ts,line=3,endLine=3,col=5,endColumn=9,title=require-timeout::100 %25: a%0D%0Ab, ::c',
    );
  });

  it('leaves out columns where a problem has several lines', () => {
    expect(checkFormats.github(reportOf([{ ...problem, endLine: 5 }]), context)).toMatch(
      /^::error file=src\/a\.ts,line=3,endLine=5,title=require-timeout::/,
    );
  });

  it('warns of what could not be looked at', async () => {
    const { stdout } = await check(createProject({ 'broken.ts': 'for await (const x of ) x.fullStream;\n' }), 'github');
    expect(stdout).toMatch(
      /^::warning file=broken\.ts,title=Not looked at::broken\.ts: line 1, column \d+: does not parse.+\n/,
    );
  });
});

describe('check --format markdown', () => {
  it('prints a table with a link to the page of each rule', async () => {
    const { stdout } = await check(createProject({ 'src/a.ts': bareLoop }), 'markdown', '--rule', 'require-timeout');
    expect(stdout).toMatch(
      /^### resilient-stream: 1 problem in 1 file\n\n\| \| where \| rule \| what is so \|\n\|---\|---\|---\|---\|\n\| ❌ \| `src\/a\.ts:3` \| \[require-timeout\]\(https:[^)]+\/docs\/rules\/require-timeout\.md\) \| Nothing bounds [^|]+`chat\.completions\.create`[^|]+\. \|\n\nNext: `resilient-stream migrate --dry-run` shows/,
    );
  });

  it('says so where all is well', async () => {
    expect((await check(createProject({ 'a.ts': otherLoop }), 'markdown')).stdout).toBe(
      '### resilient-stream: no problems in 0 stream loops\n',
    );
  });

  it.each([
    ['a bar', 'a|b.ts', '`a\\|b.ts:3`'],
    ['backticks', 'a`b``c.ts', '```a`b``c.ts:3```'],
    ['a backtick in front', '`a.ts', '`` `a.ts:3 ``'],
    ['markup', '_a_*b*<i>.ts', '`_a_*b*<i>.ts:3`'],
  ])('shows a path with %s as it is', (_, file, cell) => {
    expect(checkFormats.markdown(reportOf([{ ...problem, file }]), context)).toContain(`| ❌ | ${cell} | [`);
  });

  it('keeps code in a message as code, and text as text', () => {
    const message = 'A | <b> *x* [y](z) &amp; `a | b` and `c`\nd.';
    expect(checkFormats.markdown(reportOf([{ ...problem, message }]), context)).toContain(
      '| A \\| \\<b\\> \\*x\\* \\[y\\](z) \\&amp; `a \\| b` and `c` d. |\n',
    );
  });

  it('does not break the address of a page', () => {
    expect(checkFormats.markdown(reportOf([problem]), context)).toMatch(
      /\nNext: https:\/\/\S+@[\d.]+\/docs\/rules\/require-timeout\.md says what to do\.\n$/,
    );
  });

  it('fits into a comment, and says what did not', () => {
    const text = checkFormats.markdown(
      reportOf(
        Array.from({ length: 1_000 }, () => problem),
        [{ file: 'x'.repeat(90_000), reason: 'y' }],
      ),
      context,
    );
    expect(text.length).toBeLessThan(65_536);
    const rows = text.split('\n').filter((line) => line.startsWith('| ❌')).length;
    expect(text).toContain(`\n… and ${1_000 - rows} more.\n`);
  });
});

describe('the schema of SARIF', () => {
  it('is a development dependency alone', () => {
    const read = (path: string): Record<string, Record<string, string>> =>
      JSON.parse(readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8')) as never;
    const { dependencies } = read('packages/resilient-stream-cli/package.json');
    const { devDependencies } = read('package.json');
    for (const name of ['@microsoft/jest-sarif', '@types/sarif', 'ajv']) {
      expect(dependencies).not.toHaveProperty(name);
      expect(devDependencies).toHaveProperty(name);
    }
  });
});
