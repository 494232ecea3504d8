import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Outside } from '../../../cli/terminal/terminal.ts';
import type { MigrateReport } from '../../../cli/reports/json-shapes.ts';
import { bareLoop, createProject, type Outcome, type Project } from '../project.ts';

/** Two loops, in lines 4 and 8. */
const twoLoops = `${bareLoop}
const second = await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });
for await (const chunk of second) show(chunk.choices[0]?.delta?.content);
`;

/** Runs with a person who gives these answers, one after the other, and then goes. */
async function runWith(
  project: Project,
  answers: readonly string[],
  given: Partial<Outside> = {},
): Promise<Outcome & { readonly questions: readonly string[] }> {
  const left = [...answers];
  const questions: string[] = [];
  const ask = (question: string): Promise<string | null> => {
    questions.push(question);
    return Promise.resolve(left.shift() ?? null);
  };
  const outcome = await project.run(
    ['migrate', '--allow-dirty', '--interactive', '--verify', 'fast', '--format', 'json'],
    { canAsk: true, ask, ...given },
  );
  return { ...outcome, questions };
}

const wrapped = (text: string): number => text.split('resilientStream((').length - 1;
const reportOf = ({ stdout }: Outcome): MigrateReport => JSON.parse(stdout) as MigrateReport;

describe('migrate --interactive', () => {
  it('asks about each rewrite, with the diff of it alone', async () => {
    const project = createProject({ 'a.ts': twoLoops });
    const outcome = await runWith(project, ['n', 'y']);
    expect(outcome.questions).toEqual(
      [4, 9].map((line) => `a.ts:${line}  wrap-in-resilient-stream  Rewrite this? [y,n,a,q,e,?] `),
    );
    expect(outcome.stderr.split('--- a/a.ts').map(wrapped)).toEqual([0, 1, 1]);
    expect(project.read('a.ts')).toContain(
      "const stream = await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });",
    );
    expect(project.read('a.ts')).toContain('const second = await resilientStream((');
    expect(reportOf(outcome).files).toMatchObject([
      { edits: [{ line: 9 }], skipped: [{ line: 4, reason: 'You chose to leave it.' }] },
    ]);
    expect(outcome.code).toBe(1);
  });

  it('leaves a file of which nothing is accepted', async () => {
    const project = createProject({ 'a.ts': twoLoops });
    expect(reportOf(await runWith(project, ['n', 'n'])).summary).toMatchObject({
      changed: 0,
      skipped: 1,
      skippedLoops: 2,
    });
    expect(project.read('a.ts')).toBe(twoLoops);
  });

  it('asks no more after `a`', async () => {
    const project = createProject({ 'a.ts': twoLoops, 'b.ts': bareLoop });
    const { code, questions } = await runWith(project, ['a']);
    expect({ code, asked: questions.length }).toEqual({ code: 0, asked: 1 });
    expect(['a.ts', 'b.ts'].map((name) => wrapped(project.read(name)))).toEqual([2, 1]);
  });

  it.each([['q'], []])('writes what was accepted and goes no further after %s', async (...last) => {
    const project = createProject({ 'a.ts': twoLoops, 'b.ts': bareLoop });
    const outcome = await runWith(project, ['y', ...last]);
    expect(['a.ts', 'b.ts'].map((name) => wrapped(project.read(name)))).toEqual([1, 0]);
    expect(reportOf(outcome).summary).toMatchObject({ interrupted: true, edits: 1 });
  });

  it('explains the letters, and asks again', async () => {
    const { stderr, questions } = await runWith(createProject({ 'a.ts': bareLoop }), ['?', 'x', 'y']);
    expect(questions).toHaveLength(3);
    expect(stderr.split('a  make this one and all that follow\n')).toHaveLength(3);
  });

  it('needs a terminal', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    expect(await runWith(project, [], { canAsk: false })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'error: --interactive asks on a terminal, and standard input is none; leave it out.\n',
    });
  });
});

describe('`e` of migrate --interactive', () => {
  it('writes what the editor makes of the proposed text, once it parses', async () => {
    const project = createProject({ 'a.ts': twoLoops });
    const texts = ['const = ;\n', '// by hand\n'];
    const seen: string[] = [];
    const runEditor: Outside['runEditor'] = (command, file) => {
      seen.push(command);
      writeFileSync(file, texts.shift()!);
      return true;
    };
    const outcome = await runWith(project, ['e', 'y'], { runEditor, env: { EDITOR: 'vi', VISUAL: 'code --wait' } });
    expect(seen).toEqual(['code --wait', 'code --wait']);
    expect(outcome.stderr).toMatch(/\nerror: the text does not parse: .+ \(1:\d+\)\.\n$/);
    expect(project.read('a.ts')).toBe('// by hand\n');
    expect(reportOf(outcome).files).toMatchObject([
      {
        status: 'changed',
        edits: [{ line: 4 }],
        skipped: [{ line: 9, reason: 'You edited the file before this was asked; run again to be asked.' }],
      },
    ]);
  });

  it('that is given up leaves the rewrite, and the next is asked about', async () => {
    const project = createProject({ 'a.ts': twoLoops });
    const { questions } = await runWith(project, ['e', 'n', 'y'], { runEditor: () => false, env: { EDITOR: 'vi' } });
    expect(questions).toHaveLength(3);
    expect(project.read('a.ts')).toContain('const stream = await client');
    expect(wrapped(project.read('a.ts'))).toBe(1);
  });

  it('that takes the rewrite back is as `n`: nothing is said to be rewritten, and no package.json gets the helper', async () => {
    const project = createProject({ 'a.ts': twoLoops, 'package.json': '{}' });
    const runEditor: Outside['runEditor'] = (_, file) => (writeFileSync(file, twoLoops), true);
    const outcome = await runWith(project, ['e', 'n'], { runEditor, env: { EDITOR: 'vi' } });
    expect(reportOf(outcome)).toMatchObject({
      files: [{ status: 'skipped', edits: [], skipped: [{ line: 4 }, { line: 9 }] }],
      dependencies: [],
    });
    expect(project.read('package.json')).toBe('{}');
  });

  it('that leaves no use of the helper adds it to no package.json', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'package.json': '{}' });
    const runEditor: Outside['runEditor'] = (_, file) => (writeFileSync(file, '// by hand\n'), true);
    await runWith(project, ['e'], { runEditor, env: { EDITOR: 'vi' } });
    expect(project.read('a.ts')).toBe('// by hand\n');
    expect(project.read('package.json')).toBe('{}');
  });

  it('needs to know the editor', async () => {
    const { stderr, questions } = await runWith(createProject({ 'a.ts': bareLoop }), ['e', 'n']);
    expect(stderr).toContain('No editor is named; set VISUAL or EDITOR.\n');
    expect(questions).toHaveLength(2);
  });
});
