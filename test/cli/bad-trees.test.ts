import { execFileSync } from 'node:child_process';
import fs, { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MigrateReport } from '../../cli/reports/json-shapes.ts';
import { bareLoop, commitAll, createProject, type Project } from './project.ts';

/** As much of the SDK's types as the loop reads. */
const sdk = {
  'node_modules/openai/package.json': '{"types":"index.d.ts","main":"index.js"}',
  'node_modules/openai/index.d.ts': `interface Chunk { choices: { delta?: { content?: string | null } }[] }
export default class OpenAI {
  chat: { completions: { create(body: { model: string; messages: never[]; stream: true }, options?: { signal?: AbortSignal | null; maxRetries?: number }): Promise<AsyncIterable<Chunk>> } };
}
declare global { const process: { stdout: { write(text: string): void } } }
`,
};
const tsconfig = (options: object, more: object = {}): string =>
  JSON.stringify({
    compilerOptions: {
      module: 'esnext',
      moduleResolution: 'bundler',
      target: 'es2022',
      strict: true,
      noEmit: true,
      ...options,
    },
    ...more,
  });
const isRewritten = (project: Project, file: string): boolean =>
  project.read(file).includes('resilientStream(({ signal }) =>');
/** On a disk of which one call fails. */
const failing = (
  call: 'writeFileSync' | 'renameSync' | 'mkdirSync' | 'writeSync',
  code: string,
  on: (path: string) => boolean = () => true,
): typeof fs => ({
  ...fs,
  [call]: (first: string | number, ...rest: unknown[]) => {
    if (on(String(first))) throw Object.assign(new Error(code), { code });
    return (fs[call] as (...args: unknown[]) => unknown)(first, ...rest);
  },
});

describe('tsconfig.json files', () => {
  it('that disagree: each file is held to its own', async () => {
    const narrow = `declare module 'openai' {
  export default class OpenAI {
    chat: { completions: { create(body: object): Promise<AsyncIterable<{ choices: { delta?: { content?: string } }[] }>> } };
  }
}
declare const process: { stdout: { write(text: string): void } };
`;
    const project = createProject({
      ...sdk,
      'tsconfig.json': tsconfig({}, { include: ['a.ts'] }),
      'narrow/tsconfig.json': tsconfig({}),
      'narrow/sdk.d.ts': narrow,
      'narrow/a.ts': bareLoop,
      'a.ts': bareLoop,
    });
    const { code, stderr } = await project.run(['migrate', '--allow-dirty']);
    expect(stderr).toMatch(
      /^error: narrow\/a\.ts: TypeScript would say: Expected 1 arguments, but got 2\. \(TS2554\)\. The file was left as it was\.\n$/,
    );
    expect(code).toBe(2);
    expect(['a.ts', 'narrow/a.ts'].map((file) => isRewritten(project, file))).toEqual([true, false]);
  });

  it('of which there is none: nothing is asked', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    expect(await project.run(['migrate', '--allow-dirty', '--types', 'auto'])).toMatchObject({ code: 0, stderr: '' });
    expect(isRewritten(project, 'a.ts')).toBe(true);
  });

  it('that extend a missing file: it is said once, and the files are rewritten without types', async () => {
    const project = createProject({
      'tsconfig.json': '{ "extends": "./gone.json" }',
      'a.ts': bareLoop,
      'b.ts': bareLoop,
    });
    const { code, stderr } = await project.run(['migrate', '--allow-dirty']);
    expect(stderr).toMatch(
      /^warning: tsconfig\.json: .*gone\.json.*; the work goes on without types until that is mended\.\n$/,
    );
    expect(code).toBe(0);
    expect(isRewritten(project, 'b.ts')).toBe(true);
  });

  it('that are named and missing: nothing is done', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const { code, stderr } = await project.run(['migrate', '--allow-dirty', '--types', 'gone.json']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^error: --types gone\.json: .+\.\n$/) as string,
    });
    expect(project.read('a.ts')).toBe(bareLoop);
  });
});

describe('a package', () => {
  it('without package.json: the dependency is left to a person', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const { code, stdout } = await project.run(['migrate', '--allow-dirty']);
    expect(stdout).toMatch(/\nNext: `npm install resilient-stream`, then run your tests\.\n$/);
    expect(code).toBe(0);
    expect(existsSync(join(project.root, 'package.json'))).toBe(false);
  });
});

describe('a tree that may only be read', () => {
  it('is said to be, file by file, and stays as it was', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'b.ts': bareLoop, 'package.json': '{}\n' });
    const { code, stdout, stderr } = await project.run(['migrate', '--allow-dirty'], {
      disk: failing('writeFileSync', 'EROFS'),
    });
    expect(stderr).toBe(
      'error: a.ts: cannot be written: the file system is read-only; leave it out, or use --dry-run\nerror: b.ts: cannot be written: the file system is read-only; leave it out, or use --dry-run\n',
    );
    expect(stdout).toBe('2 files failed.\n');
    expect(code).toBe(2);
    expect([project.read('a.ts'), project.read('b.ts'), project.read('package.json')]).toEqual([
      bareLoop,
      bareLoop,
      '{}\n',
    ]);
  });

  it('can be read in a dry run', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    chmodSync(project.root, 0o555);
    try {
      expect(await project.run(['migrate', '--dry-run'], { disk: failing('writeFileSync', 'EROFS') })).toMatchObject({
        code: 0,
        stderr: '',
      });
    } finally {
      chmodSync(project.root, 0o755);
    }
  });

  it('cannot hold the journal either', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    commitAll(project);
    const { code, stderr } = await project.run(['migrate'], { disk: failing('writeSync', 'EROFS') });
    expect(stderr).toMatch(
      /^error: a\.ts: the journal \S+ cannot be written: the file system is read-only; name another file with --state\n$/,
    );
    expect(code).toBe(2);
    expect(project.read('a.ts')).toBe(bareLoop);
  });
});

describe('git', () => {
  it('that is not installed is asked for, and can be done without', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    commitAll(project);
    const path = process.env['PATH'];
    process.env['PATH'] = join(project.root, 'nowhere');
    try {
      const refused = await project.run(['migrate']);
      expect(refused).toMatchObject({
        code: 2,
        stderr:
          'error: the state of the git tree is unknown (git is not installed); mend that, or pass --allow-dirty.\n',
      });
      expect((await project.run(['migrate', '--allow-dirty'])).code).toBe(0);
    } finally {
      process.env['PATH'] = path;
    }
    expect(isRewritten(project, 'a.ts')).toBe(true);
  });

  it('has a submodule: it is a repository of its own', async () => {
    const [inner, outer] = [createProject({ 'lib.ts': bareLoop }), createProject({ 'a.ts': bareLoop })];
    commitAll(inner);
    commitAll(outer);
    outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub');
    outer.git('commit', '--quiet', '--message', 'Submodule');
    outer.write('sub/dirty.ts', '');
    expect(await outer.run(['migrate'])).toMatchObject({
      code: 2,
      stderr:
        'error: the git tree has uncommitted changes: sub, sub/dirty.ts; commit or stash them, or pass --allow-dirty.\n',
    });
    fs.rmSync(join(outer.root, 'sub/dirty.ts'));
    expect(await outer.run(['migrate'])).toMatchObject({ code: 0, stderr: '' });
    expect(['a.ts', 'sub/lib.ts'].map((file) => isRewritten(outer, file))).toEqual([true, true]);
    expect(inner.read('lib.ts')).toBe(bareLoop);
  });

  it('has a worktree: it is rewritten, and the first one is not', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    commitAll(project);
    const other = createProject({});
    project.git('worktree', 'add', '--quiet', join(other.root, 'tree'));
    const { code, stdout } = await project.run(['migrate', '--format', 'json'], {
      cwd: join(other.root, 'tree'),
      env: {},
    });
    expect([code, (JSON.parse(stdout) as MigrateReport).summary.changed]).toEqual([0, 1]);
    expect(isRewritten(other, 'tree/a.ts')).toBe(true);
    expect(project.read('a.ts')).toBe(bareLoop);
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: project.root, encoding: 'utf8' })).toBe('');
  });
});

describe('a file that changes during the run', () => {
  it('is not overwritten, whatever was to become of it', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'b.ts': bareLoop });
    commitAll(project);
    const saved = '// saved in the editor\n';
    const disk: typeof fs = {
      ...fs,
      statSync: ((path: string) => {
        if (path.endsWith('a.ts')) fs.writeFileSync(path, saved);
        return fs.statSync(path);
      }) as typeof fs.statSync,
    };
    const { code, stderr } = await project.run(['migrate'], { disk });
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'error: a.ts: changed on disk in the meantime; run again\n' });
    expect(project.read('a.ts')).toBe(saved);
    expect(isRewritten(project, 'b.ts')).toBe(true);
  });

  it('and is gone, is not made again', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const disk: typeof fs = {
      ...fs,
      realpathSync: ((path: string) => {
        fs.rmSync(path, { force: true });
        return fs.realpathSync(path);
      }) as unknown as typeof fs.realpathSync,
    };
    const { code, stderr } = await project.run(['migrate', '--allow-dirty'], { disk });
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'error: a.ts: cannot be written: does not exist\n' });
    expect(readdirSync(project.root)).toEqual([]);
  });
});

describe('a disk that fills', () => {
  const files = { 'a.ts': bareLoop, 'b.ts': bareLoop, 'package.json': '{\n  "name": "app"\n}\n' };
  it.each<[string, typeof fs, RegExp]>([
    [
      'at a file',
      failing('writeFileSync', 'ENOSPC'),
      /^error: a\.ts: cannot be written: the disk is full; make room, and run again\nerror: b\.ts: cannot be written: the disk is full; make room, and run again\n$/,
    ],
    [
      'at the journal',
      failing('writeSync', 'ENOSPC'),
      /^error: a\.ts: the journal \S+ cannot be written: the disk is full; name another file with --state\nerror: b\.ts: .+\n$/,
    ],
  ])('%s loses nothing, and the next run does it all', async (_, disk, expected) => {
    const project = createProject(files);
    commitAll(project);
    const { code, stderr } = await project.run(['migrate'], { disk });
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
    expect(Object.keys(files).map(project.read)).toEqual(Object.values(files));
    expect(readdirSync(project.root).sort()).toEqual(['.git', ...Object.keys(files)]);
    expect(await project.run(['migrate'])).toMatchObject({ code: 0, stderr: '' });
    expect(['a.ts', 'b.ts'].map((file) => isRewritten(project, file))).toEqual([true, true]);
  });

  it('between two files leaves both whole, and package.json to say what is there', async () => {
    const project = createProject(files);
    commitAll(project);
    const { code, stderr } = await project.run(['migrate'], {
      disk: failing(
        'renameSync',
        'ENOSPC',
        (path) =>
          readdirSync(project.root).includes('b.ts') &&
          path.includes('.resilient-stream-') &&
          isRewritten(project, 'a.ts'),
      ),
    });
    expect(stderr).toMatch(
      /^error: b\.ts: cannot be written: the disk is full; make room, and run again\nerror: package\.json: cannot be written: the disk is full; make room, and run again; add "resilient-stream": "\^\S+" to its dependencies by hand\n$/,
    );
    expect(code).toBe(2);
    expect([isRewritten(project, 'a.ts'), project.read('b.ts'), project.read('package.json')]).toEqual([
      true,
      bareLoop,
      files['package.json'],
    ]);
  });
});
