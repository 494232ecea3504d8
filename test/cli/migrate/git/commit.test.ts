import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MigrateReport } from '../../../../cli/reports/json-shapes.ts';
import { bareLoop, commitAll, createProject, type Project } from '../../project.ts';

const anthropicLoop = `import Anthropic from '@anthropic-ai/sdk';
const stream = await new Anthropic().messages.create({ model: 'm', max_tokens: 1, messages: [], stream: true });
for await (const event of stream) console.log(event.type);
`;
const manifest = '{\n  "name": "app"\n}\n';

function createRepository(files: Readonly<Record<string, string>>): Project {
  const project = createProject(files);
  commitAll(project);
  project.git('config', 'user.name', 'Test');
  project.git('config', 'user.email', 'test@example.com');
  return project;
}

const ask = ({ root }: Project, ...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' });

describe('migrate --commit', () => {
  it('makes one commit per provider, the first with package.json', async () => {
    const project = createRepository({
      'src/a.ts': bareLoop,
      'src/b.ts': anthropicLoop,
      'src/c.ts': bareLoop,
      'package.json': manifest,
    });
    const { code, stdout } = await project.run(['migrate', '--commit', '--format', 'json']);
    expect(code).toBe(0);
    expect(ask(project, 'log', '--format=%B', '--name-only', '-2')).toMatch(
      /^Read OpenAI streams through resilientStream\n\nsrc\/a\.ts: 1 place\nsrc\/c\.ts: 1 place\n\n\nsrc\/a\.ts\nsrc\/c\.ts\nRead Anthropic streams through resilientStream\n\nsrc\/b\.ts: 1 place\npackage\.json: resilient-stream \^\S+\n\n\npackage\.json\nsrc\/b\.ts\n$/,
    );
    expect(ask(project, 'status', '--porcelain')).toBe('');
    const [anthropic, openai] = ask(project, 'log', '--format=%H', '-2').trim().split('\n').reverse();
    expect((JSON.parse(stdout) as MigrateReport).commits).toEqual([
      { hash: anthropic, subject: 'Read Anthropic streams through resilientStream', files: 2 },
      { hash: openai, subject: 'Read OpenAI streams through resilientStream', files: 2 },
    ]);
  });

  it('says what a hook has against it in one line, and leaves the files rewritten', async () => {
    const project = createRepository({ 'a.ts': bareLoop });
    project.write(
      '.git/hooks/pre-commit',
      '#!/bin/sh\necho "Running hooks"\necho "\\033[31mlint failed.\\033[0m" >&2\necho Done\nexit 1\n',
    );
    chmodSync(join(project.root, '.git/hooks/pre-commit'), 0o755);
    const { code, stderr } = await project.run(['migrate', '--commit']);
    expect(stderr).toBe(
      'error: git commit: lint failed; the files stay as they were rewritten: commit them yourself ("Read OpenAI streams through resilientStream")\n',
    );
    expect(code).toBe(2);
    expect(ask(project, 'status', '--porcelain')).toBe(' M a.ts\n');
  });

  it('says that git ignores the folder of the helper', async () => {
    const project = createRepository({ 'a.ts': bareLoop, '.gitignore': 'lib\n' });
    const { code, stderr } = await project.run([
      'migrate',
      '--commit',
      '--verify',
      'fast',
      '--vendor',
      'lib/helper.ts',
    ]);
    expect(stderr).toMatch(
      /^error: git commit: The following paths are ignored by one of your \.gitignore files: lib.*; the files stay as they were rewritten: .+\n$/,
    );
    expect(code).toBe(2);
  });

  it('commits what an interrupted run has written too', async () => {
    const project = createRepository({ 'a.ts': bareLoop, 'b.ts': bareLoop });
    const controller = new AbortController();
    await project.run(['migrate', '--commit'], {
      interruption: () => controller.signal,
      stdout: { write: () => controller.abort() },
    });
    expect(ask(project, 'log', '--format=%s')).toBe('Start\n');
    await project.run(['migrate', '--commit']);
    expect(ask(project, 'log', '--format=%s', '--name-only', '-1')).toBe(
      'Read OpenAI streams through resilientStream\n\na.ts\nb.ts\n',
    );
  });

  it('takes names of files as they are', async () => {
    const project = createRepository({ '[id]/*.ts': bareLoop, 'i/a.ts': bareLoop });
    expect((await project.run(['migrate', '--commit', '[id]'])).code).toBe(0);
    expect(ask(project, 'show', '--format=', '--name-only')).toBe('[id]/*.ts\n');
  });

  it.each([
    [['--allow-dirty'], 'the git tree has uncommitted changes: dirty.ts; commit or stash them, or leave out --commit.'],
    [['--dry-run'], '--commit commits what is written, and --dry-run writes nothing; pass one of them.'],
  ])('does not go with a dirty tree and %s', async (flags, line) => {
    const project = createRepository({ 'a.ts': bareLoop });
    project.write('dirty.ts', '');
    expect(await project.run(['migrate', '--commit', ...flags])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${line}\n`,
    });
    expect(project.read('a.ts')).toBe(bareLoop);
  });

  it('needs a repository', async () => {
    expect((await createProject({ 'a.ts': bareLoop }).run(['migrate', '--commit'])).stderr).toBe(
      'error: --commit needs a git repository, and these files are in none.\n',
    );
  });
});
