import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bareLoop, commitAll, createProject, type Project } from './project.ts';

const folder = fileURLToPath(new URL('../../examples/scale/', import.meta.url));
const SHARDS = 4;

/** The command of a step of the workflow. */
function commandOf(step: string): string {
  const workflow = readFileSync(join(folder, 'github-actions.yml'), 'utf8');
  const found = workflow.split(`- name: ${step}\n`)[1]?.match(/^ +run: (.+)$/m)?.[1];
  if (found === undefined) throw new Error(`there is no step '${step}'`);
  return found;
}

const filesIn = (root: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.startsWith('.git') && statSync(join(root, name)).isFile())
      .sort()
      .map((name) => [name, readFileSync(join(root, name), 'utf8')]),
  );

/** Two packages, of which each shard gets files. */
const files = {
  'packages/a/package.json': '{\n  "name": "a",\n  "dependencies": {\n    "openai": "^6.0.0"\n  }\n}\n',
  'packages/b/package.json': '{\n  "name": "b"\n}\n',
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `packages/${index % 2 ? 'a' : 'b'}/src/loop${index}.ts`,
      `${bareLoop}// ${'x'.repeat(index * 7)}\n`,
    ]),
  ),
};

describe('the shards of one run', () => {
  it.each([
    ['are', []],
    ['with --vendor are', ['--vendor', 'packages/a/src/helper.ts']],
  ])('put together as the workflow does it %s what one run of the whole leaves', async (_, flags) => {
    const [whole, together] = [createProject(files), createProject(files)];
    [whole, together].forEach(commitAll);
    expect((await whole.run(['migrate', ...flags])).code).toBe(0);
    const temp = join(together.root, '.git', 'runner');
    mkdirSync(join(temp, 'shards'), { recursive: true });
    const run = (project: Project, command: string): void =>
      void execFileSync('bash', ['-e', '-o', 'pipefail', '-c', command], {
        cwd: project.root,
        env: { ...process.env, RUNNER_TEMP: temp },
        stdio: 'pipe',
      });
    for (let shard = 1; shard <= SHARDS; shard++) {
      const machine = createProject({});
      cpSync(together.root, machine.root, { recursive: true, filter: (path) => !path.includes('runner') });
      const { code, stdout } = await machine.run([
        'migrate',
        ...flags,
        '--shard',
        `${shard}/${SHARDS}`,
        '--format',
        'json',
      ]);
      expect({ code, changed: (JSON.parse(stdout) as { summary: { changed: number } }).summary.changed }).toEqual({
        code: 0,
        changed: 3,
      });
      run(machine, commandOf('Keep the changes').replaceAll('${{ matrix.shard }}', `shards/${shard}`));
    }
    run(together, commandOf('Put the changes together'));
    expect(filesIn(together.root)).toEqual(filesIn(whole.root));
    expect(filesIn(whole.root)['packages/a/src/loop1.ts']).toContain('resilientStream');
  });
});

describe('the recipes', () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/scale.md', import.meta.url)), 'utf8');
  it('are all on the page, and it names none that is not there', () => {
    const named = new Set([...page.matchAll(/\.\.\/examples\/scale\/([\w.-]+)/g)].map(([, name]) => name!));
    expect([...named].sort()).toEqual(readdirSync(folder).sort());
    expect([...named].every((name) => existsSync(join(folder, name)))).toBe(true);
  });

  it('take options that there are', async () => {
    const { stdout } = await createProject({}).run(['migrate', '--help']);
    const flags = readdirSync(folder).flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/resilient-stream migrate([^|\n]*)/g)].flatMap(
        ([, rest]) => rest!.match(/--[a-z-]+/g) ?? [],
      ),
    );
    expect(new Set(flags)).toEqual(new Set(['--allow-dirty', '--format', '--shard', '--state']));
    for (const flag of flags) expect(stdout).toContain(flag);
  });

  it('are JSON where they say so', () => {
    for (const name of readdirSync(folder).filter((name) => name.endsWith('.json')))
      expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toBeTypeOf('object');
  });
});
