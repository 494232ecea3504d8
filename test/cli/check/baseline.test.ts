import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../../cli/reports/json-shapes.ts';
import { bareLoop, createProject, type Project } from '../project.ts';

const FILE = 'baseline.json';
const ask = `import OpenAI from 'openai';
const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true });
  for await (const chunk of stream) {
    process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
  }
}
`;
const tell = `export async function tell(messages) {
  for await (const chunk of await client.chat.completions.create({ model: 'gpt-5', messages, stream: true })) console.log(chunk.choices[0]?.delta?.content);
}
`;
const RULES = ['require-completion-check', 'require-timeout'];

async function update(project: Project, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await project.run(['check', '--baseline', FILE, '--update-baseline', ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function check(
  project: Project,
  ...argv: string[]
): Promise<{ code: number; report: CheckReport; fresh: string[] }> {
  const { code, stdout, stderr } = await project.run(['check', '--baseline', FILE, '--format', 'json', ...argv]);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as CheckReport;
  return { code, report, fresh: report.problems.map(({ file, rule, loop }) => `${file}:${loop.line} ${rule}`).sort() };
}

/** What is new, known and gone once `files` have been changed. */
async function after(
  before: Record<string, string>,
  change: (project: Project) => void,
): Promise<{ fresh: string[]; known: number; gone: number }> {
  const project = createProject(before);
  await update(project);
  change(project);
  const { fresh, report } = await check(project);
  const { known, gone } = report.summary.baseline!;
  return { fresh, known, gone };
}

const nothingNew = { fresh: [], known: 2, gone: 0 };

describe('a baseline', () => {
  it('is a line for each place, sorted, and says the same wherever the command runs', async () => {
    const project = createProject({ 'src/b.ts': ask, 'a.ts': ask, 'src/deep/x.ts': '' });
    expect(await update(project)).toBe(
      'baseline.json: 4 problems added, 0 removed, 0 kept.\nNext: commit baseline.json; `resilient-stream check --baseline baseline.json` reports new problems only.\n',
    );
    const text = project.read(FILE);
    expect(text).toBe(`{
  "version": 1,
  "problems": [
${['a.ts', 'src/b.ts']
  .flatMap((file) =>
    RULES.map(
      (rule) =>
        `    {"file":"${file}","rule":"${rule}","api":"openai chat.completions.create","function":"ask","loop":"for await (chunk of stream)"}`,
    ),
  )
  .join(',\n')}
  ]
}
`);
    await project.run(['check', '--baseline', '../baseline.json', '--update-baseline', '..'], {
      cwd: join(project.root, 'src'),
    });
    expect(project.read(FILE)).toBe(text);
  });

  it('makes known problems no problems', async () => {
    const project = createProject({ 'a.ts': ask });
    await update(project);
    const { code, stdout } = await project.run(['check', '--baseline', FILE]);
    expect(stdout).toBe('No new problems in 1 stream loop.\n2 known ones are in baseline.json.\n');
    expect(code).toBe(0);
  });

  it('lets new ones through', async () => {
    const project = createProject({ 'a.ts': ask });
    await update(project);
    project.write('a.ts', ask + tell);
    const { code, stdout } = await project.run(['check', '--baseline', FILE]);
    expect(stdout).toMatch(/\n2 new problems in 1 file: .+\n2 known ones are in baseline\.json\.\nNext: /);
    expect(code).toBe(1);
  });

  it('counts problems that share a place', async () => {
    const [body] = tell.split('\n').slice(1);
    const times = (number: number): string =>
      `import OpenAI from 'openai';
const client = new OpenAI();
export async function tell(messages) {
${`${body}
`.repeat(number)}}
`;
    const project = createProject({ 'a.ts': times(2) });
    await update(project);
    expect(project.read(FILE).match(/,"count":2\}/g)).toHaveLength(2);
    const tallyOf = async (number: number): Promise<object> => {
      project.write('a.ts', times(number));
      const { problems, baseline } = (await check(project)).report.summary;
      return { problems, known: baseline?.known, gone: baseline?.gone };
    };
    expect(await tallyOf(2)).toEqual({ problems: 0, known: 4, gone: 0 });
    expect(await tallyOf(3)).toEqual({ problems: 2, known: 4, gone: 0 });
    expect(await tallyOf(1)).toEqual({ problems: 0, known: 2, gone: 2 });
  });
});

describe('a known problem stays known', () => {
  it.each([
    ['lines moved', (text: string) => `// one\n// two\n\n${text}`],
    [
      'the code was formatted otherwise',
      (text: string) =>
        text.replaceAll('  ', '\t').replace('for await (const', 'for await(\n\tconst').replaceAll(';\n', '\n'),
    ],
    ['the body of the loop changed', (text: string) => text.replace('process.stdout.write(', 'await reply.write(')],
    [
      'the request changed',
      (text: string) =>
        text.replace("model: 'gpt-5', messages", "model: 'gpt-6', temperature: 0, messages: [system, ...messages]"),
    ],
    ['the chunk was renamed', (text: string) => text.replaceAll('chunk', 'part')],
    [
      'the stream was renamed',
      (text: string) => text.replaceAll('stream)', 'answer)').replace('const stream', 'const answer'),
    ],
    ['the function was renamed', (text: string) => text.replace('ask', 'answer')],
    [
      'a limit was added that limits nothing',
      (text: string) => text.replace('stream: true }', 'stream: true }, { timeout: 1000 }'),
    ],
  ])('where %s', async (_, change) => {
    expect(await after({ 'a.ts': ask }, (project) => project.write('a.ts', change(ask)))).toEqual(nothingNew);
  });

  it('where its file was renamed', async () => {
    const rename = (project: Project): void => fs.renameSync(join(project.root, 'a.ts'), join(project.root, 'b.ts'));
    expect(await after({ 'a.ts': ask }, rename)).toEqual(nothingNew);
  });
});

describe('a new problem is new', () => {
  it('where another was mended in the same file', async () => {
    const mended = ask
      .replace('export', '/* eslint-disable -- mended elsewhere */\nexport')
      .replace('\n}\n', '\n}\n/* eslint-enable */\n');
    expect(await after({ 'a.ts': ask }, (project) => project.write('a.ts', mended + tell))).toEqual({
      fresh: ['a.ts:12 require-completion-check', 'a.ts:12 require-timeout'],
      known: 0,
      gone: 2,
    });
  });

  it('where the same function stands in another file, and is there still', async () => {
    expect((await after({ 'a.ts': ask }, (project) => project.write('b.ts', ask))).fresh).toEqual([
      'b.ts:5 require-completion-check',
      'b.ts:5 require-timeout',
    ]);
  });

  it('where the rule is another', async () => {
    const project = createProject({ 'a.ts': ask });
    await update(project, '--rule', 'require-timeout');
    expect((await check(project)).fresh).toEqual(['a.ts:5 require-completion-check']);
  });
});

describe('a problem that is gone', () => {
  it('is counted, and taken out by an update', async () => {
    const project = createProject({ 'a.ts': ask, 'b.ts': ask });
    await update(project);
    project.write('a.ts', '');
    fs.rmSync(join(project.root, 'b.ts'));
    const { code, stdout } = await project.run(['check', '--baseline', FILE]);
    expect(stdout).toBe(
      'No loop over an LLM stream found.\n4 problems of baseline.json are no longer found; run --update-baseline.\n',
    );
    expect(code).toBe(0);
    expect(await update(project)).toMatch(/^baseline\.json: 0 problems added, 4 removed, 0 kept\.\n/m);
    expect(JSON.parse(project.read(FILE))).toEqual({ version: 1, problems: [] });
  });

  it.each([
    ['in files that were not asked for', ['b.ts'], ''],
    ['of rules that did not run', ['--rule', 'require-error-handling'], ''],
    ['of providers that were not asked for', ['--provider', 'anthropic'], ''],
  ])('is not taken for one %s', async (_, argv, changed) => {
    const project = createProject({ 'a.ts': ask, 'b.ts': '' });
    await update(project);
    const before = project.read(FILE);
    project.write('a.ts', changed);
    expect((await check(project, ...argv)).report.summary.baseline).toEqual({
      file: FILE,
      known: 0,
      gone: 0,
      added: null,
    });
    await update(project, ...argv);
    expect(project.read(FILE)).toBe(before);
  });

  it('is not taken for one in a file that could not be looked at', async () => {
    const project = createProject({ 'a.ts': ask });
    await update(project);
    const before = project.read(FILE);
    project.write('a.ts', `${ask}}`);
    const { code, stderr } = await project.run(['check', '--baseline', FILE, '--update-baseline']);
    expect(stderr).toMatch(/^warning: a\.ts:9:\d+: does not parse/);
    expect(code).toBe(0);
    expect(project.read(FILE)).toBe(before);
  });
});

describe('the file of a baseline', () => {
  const other = { ...JSON.parse('{ "version": 1 }'), problems: [] };
  it.each([
    [
      'is no JSON',
      '{ "version": 1,',
      /^error: --baseline baseline\.json: is no JSON \(.+\); restore it, or delete it and pass --update-baseline\.\n$/,
    ],
    [
      'holds a merge conflict',
      '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> main\n',
      /; it holds a merge conflict: take either side, then pass --update-baseline\.\n$/,
    ],
    [
      'is of another version',
      JSON.stringify({ ...other, version: 2 }),
      /^error: --baseline baseline\.json: is of version 2, and this release reads 1; install .+\.\n$/,
    ],
    [
      'is another file',
      '{ "name": "app", "version": "1.0.0" }',
      /^error: --baseline baseline\.json: is no baseline, which has "version" and "problems"; check the name\.\n$/,
    ],
    ['is a list', '[]', /is no baseline/],
    [
      'lacks a field',
      JSON.stringify({ ...other, problems: [{ file: 'a.ts', rule: 'require-timeout', api: 'x', loop: '' }] }),
      /^error: --baseline baseline\.json: problems\[0\] has no text "function"; .+\n$/,
    ],
    [
      'counts wrongly',
      JSON.stringify({ ...other, problems: [{ file: '', rule: '', api: '', function: '', loop: '', count: -1 }] }),
      /the "count" of problems\[0\] is not a number from 1; .+\n$/,
    ],
  ])('that %s is left alone, in one line', async (_, text, line) => {
    const project = createProject({ 'a.ts': bareLoop, [FILE]: text });
    for (const argv of [
      ['--baseline', FILE],
      ['--baseline', FILE, '--update-baseline'],
    ]) {
      const { code, stdout, stderr } = await project.run(['check', ...argv]);
      expect(stderr).toMatch(line);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(project.read(FILE)).toBe(text);
    }
  });

  it('that does not exist is asked for', async () => {
    const { code, stderr } = await createProject({ 'a.ts': bareLoop }).run(['check', '--baseline', FILE]);
    expect(stderr).toBe('error: --baseline baseline.json: does not exist; pass --update-baseline to write it.\n');
    expect(code).toBe(2);
  });

  it('that has no folder cannot be written', async () => {
    const { code, stderr } = await createProject({ 'a.ts': bareLoop }).run([
      'check',
      '--baseline',
      'no/such.json',
      '--update-baseline',
    ]);
    expect(stderr).toBe('error: --baseline no/such.json: cannot be written: does not exist.\n');
    expect(code).toBe(2);
  });

  it('is named by --baseline alone', async () => {
    const { code, stderr } = await createProject({}).run(['check', '--update-baseline']);
    expect(stderr).toBe('error: --update-baseline writes the file that --baseline names; pass that too.\n');
    expect(code).toBe(2);
  });

  it.each([
    ['new', false],
    ['old', true],
  ])('that is %s is written whole or not at all', async (_, isThere) => {
    const project = createProject({ 'a.ts': ask });
    if (isThere) await update(project);
    project.write('b.ts', ask);
    const before = isThere ? project.read(FILE) : null;
    const disk = {
      ...fs,
      renameSync: () => {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      },
    };
    const { code, stderr } = await project.run(['check', '--baseline', FILE, '--update-baseline'], { disk });
    expect(stderr).toBe(
      'error: --baseline baseline.json: cannot be written: the disk is full; make room, and run again.\n',
    );
    expect(code).toBe(2);
    expect(fs.readdirSync(project.root).sort()).toEqual(['a.ts', 'b.ts', ...(isThere ? [FILE] : [])]);
    if (isThere) expect(project.read(FILE)).toBe(before);
  });

  it('that says the same already is not written', async () => {
    const project = createProject({ 'a.ts': ask });
    await update(project);
    const disk = {
      ...fs,
      renameSync: () => {
        throw new Error('written');
      },
    };
    expect((await project.run(['check', '--baseline', FILE, '--update-baseline'], { disk })).code).toBe(0);
  });
});
