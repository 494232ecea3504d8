import { spawn, spawnSync } from 'node:child_process';
import fs, { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Outside } from '../../../../cli/terminal/terminal.ts';
import { bareLoop, commitAll, createProject, type Outcome, type Project } from '../../project.ts';

const binary = fileURLToPath(new URL('../../../../dist/cli/main.js', import.meta.url));
const JOURNAL = '.git/resilient-stream-migrate.jsonl';
const manifest = '{\n  "name": "app"\n}\n';
const three = { 'a.ts': bareLoop, 'b.ts': bareLoop, 'c.ts': bareLoop, 'package.json': manifest };

function createRepository(files: Readonly<Record<string, string>>): Project {
  const project = createProject(files);
  commitAll(project);
  return project;
}

/** Interrupted once the first file is done. */
function interrupt(project: Project, ...argv: string[]): Promise<Outcome> {
  const controller = new AbortController();
  const stdout: Outside['stdout'] = { write: () => controller.abort() };
  return project.run(['migrate', ...argv], { interruption: () => controller.signal, stdout });
}

const isWhole = (text: string): boolean =>
  text === bareLoop || (text.includes('resilientStream(({ signal })') && text.endsWith('}\n'));
const contentsOf = (project: Project): Record<string, string> =>
  Object.fromEntries(
    readdirSync(project.root)
      .filter((name) => name !== '.git')
      .map((name) => [name, project.read(name)]),
  );

describe('a run of migrate that was not finished', () => {
  it('is gone on with, and the report is that of a run that was not interrupted', async () => {
    const [whole, project] = [createRepository(three), createRepository(three)];
    const { code } = await interrupt(project);
    expect(code).toBe(130);
    expect([project.read('a.ts') === bareLoop, project.read('b.ts') === bareLoop]).toEqual([false, true]);
    const resumed = await project.run(['migrate', '--format', 'json']);
    expect(resumed.stderr).toBe(
      'note: an earlier run was not finished; it has rewritten 1 file, and this one goes on.\n',
    );
    expect(resumed).toMatchObject({ code: 0, stdout: (await whole.run(['migrate', '--format', 'json'])).stdout });
    expect(contentsOf(project)).toEqual(contentsOf(whole));
    expect(existsSync(join(project.root, JOURNAL))).toBe(false);
  });

  it('is told to people as one run', async () => {
    const [whole, project] = [createRepository(three), createRepository(three)];
    await interrupt(project);
    expect((await project.run(['migrate'])).stdout).toBe((await whole.run(['migrate'])).stdout);
  });

  it('remembers that the copy of the helper was its own', async () => {
    const [whole, project] = [createRepository(three), createRepository(three)];
    await interrupt(project, '--vendor', 'llm/helper.ts');
    const resumed = await project.run(['migrate', '--format', 'json', '--vendor', 'llm/helper.ts']);
    expect(resumed).toMatchObject({
      code: 0,
      stdout: (await whole.run(['migrate', '--format', 'json', '--vendor', 'llm/helper.ts'])).stdout,
    });
    expect(JSON.parse(resumed.stdout)).toMatchObject({ vendored: { file: 'llm/helper.ts', status: 'added' } });
  });

  it('remembers that package.json was its own change', async () => {
    const project = createRepository(three);
    const disk: typeof fs = {
      ...fs,
      rmSync: (path, options) => {
        if (String(path).endsWith('.jsonl')) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
        fs.rmSync(path, options);
      },
    };
    expect(await project.run(['migrate', '--format', 'json'], { disk })).toMatchObject({
      code: 2,
      stderr: `error: ${JOURNAL}: the journal cannot be removed: permission denied; delete it by hand\n`,
    });
    expect(JSON.parse((await project.run(['migrate', '--format', 'json'])).stdout)).toMatchObject({
      summary: { changed: 3 },
      dependencies: [{ file: 'package.json' }],
    });
  });

  it('leaves no temporary file behind', async () => {
    const project = createRepository(three);
    await interrupt(project);
    project.write(`.resilient-stream-${process.pid}-0123abcd.tmp`, 'half a fi');
    expect((await project.run(['migrate'])).code).toBe(0);
    expect(Object.keys(contentsOf(project))).toEqual(['a.ts', 'b.ts', 'c.ts', 'package.json']);
  });

  it('does not pass over what somebody else has changed since', async () => {
    const project = createRepository(three);
    await interrupt(project);
    project.write('a.ts', `${project.read('a.ts')}// mine\n`);
    const { code, stderr } = await project.run(['migrate']);
    expect(stderr).toBe(
      'error: the git tree has uncommitted changes: a.ts; commit or stash them, or pass --allow-dirty.\n',
    );
    expect(code).toBe(2);
  });

  it('is not gone on with by one of other options', async () => {
    const project = createRepository(three);
    await interrupt(project);
    const { code, stderr } = await project.run(['migrate', '--verify', 'fast']);
    expect(stderr).toBe(
      `error: ${JOURNAL}: a run with other options was not finished; run that again, pass --allow-dirty, name another file with --state, or delete this one.
`,
    );
    expect(code).toBe(2);
    expect(project.read('b.ts')).toBe(bareLoop);
    expect(await project.run(['migrate', '--verify', 'fast', '--allow-dirty'])).toMatchObject({
      code: 0,
      stderr: `note: ${JOURNAL}: a run with other options was not finished; it is not gone on with.\n`,
    });
  });

  it('is forgotten where its changes have been taken back', async () => {
    const project = createRepository(three);
    await interrupt(project);
    project.git('checkout', '--', '.');
    expect(await project.run(['migrate', '--verify', 'fast'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('keeps to the files of its shard, whose sizes have changed', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `${index}.ts`);
    const files = Object.fromEntries(names.map((name, index) => [name, bareLoop + '//\n'.repeat(index)]));
    const [whole, project] = [createRepository(files), createRepository(files)];
    await interrupt(project, '--shard', '1/2');
    await project.run(['migrate', '--shard', '1/2']);
    await whole.run(['migrate', '--shard', '1/2']);
    expect(contentsOf(project)).toEqual(contentsOf(whole));
  });
});

describe('the journal of migrate', () => {
  it('that was cut in the middle of a line holds what was whole', async () => {
    const project = createRepository(three);
    await interrupt(project);
    project.write(JOURNAL, `${project.read(JOURNAL)}{"path":"${project.root}/b.ts","bef`);
    expect(await project.run(['migrate'])).toMatchObject({ code: 0 });
    expect(Object.values(contentsOf(project)).filter((text) => text === bareLoop)).toEqual([]);
  });

  it('that is broken is not trusted', async () => {
    const project = createRepository(three);
    await interrupt(project);
    project.write(JOURNAL, project.read(JOURNAL).replace('"before"', 'before'));
    const { code, stderr } = await project.run(['migrate']);
    expect(stderr).toBe(
      `error: ${JOURNAL}: the journal of an unfinished run is broken; pass --allow-dirty, name another file with --state, or delete this one.
`,
    );
    expect(code).toBe(2);
  });

  it('of a run that is still alive is left to it', async () => {
    const project = createRepository(three);
    await interrupt(project);
    project.write(JOURNAL, project.read(JOURNAL).replace(`"pid":${process.pid}`, `"pid":${process.ppid}`));
    expect((await project.run(['migrate'])).stderr).toMatch(
      /: another run, process \d+, is not finished; wait for it, pass --allow-dirty, /,
    );
  });

  it('is kept where --state says, and nothing else is overwritten', async () => {
    const project = createRepository(three);
    await interrupt(project, '--state', 'state.jsonl');
    expect(readdirSync(join(project.root, '.git'))).not.toContain('resilient-stream-migrate.jsonl');
    expect(await project.run(['migrate', '--state', 'state.jsonl'])).toMatchObject({ code: 0 });
    expect(existsSync(join(project.root, 'state.jsonl'))).toBe(false);
    expect(await project.run(['migrate', '--allow-dirty', '--state', 'package.json'])).toMatchObject({
      code: 2,
      stderr: 'error: package.json: is no journal of migrate; name another file with --state.\n',
    });
  });

  it('is in the git directory of a worktree', async () => {
    const project = createRepository({ 'main.ts': bareLoop });
    project.git('worktree', 'add', '--quiet', 'tree');
    const tree = { cwd: join(project.root, 'tree') };
    let journal = '';
    const disk: typeof fs = { ...fs, openSync: (path, ...rest) => fs.openSync((journal = String(path)), ...rest) };
    expect((await project.run(['migrate'], { ...tree, disk })).code).toBe(0);
    expect(journal).toBe(join(project.root, '.git/worktrees/tree/resilient-stream-migrate.jsonl'));
  });

  it('must be written before a file is', async () => {
    const project = createRepository(three);
    const disk: typeof fs = {
      ...fs,
      fsyncSync: () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      },
    };
    const { code, stderr } = await project.run(['migrate'], { disk });
    expect(stderr).toMatch(
      /^error: a\.ts: the journal .+\.jsonl cannot be written: the disk is full; name another file with --state\n/,
    );
    expect(code).toBe(2);
    expect(contentsOf(project)).toEqual(three);
  });

  it('is in a folder that there is', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const { code, stderr } = await project.run(['migrate', '--allow-dirty', '--state', 'none/state.jsonl']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'error: none/state.jsonl: there is no folder for the journal; make it, or name another file with --state.\n',
    });
    expect(project.read('a.ts')).toBe(bareLoop);
  });

  it('is not written in a dry run', async () => {
    const project = createRepository(three);
    const disk: typeof fs = { ...fs, openSync: () => expect.unreachable('a dry run writes nothing') };
    expect((await project.run(['migrate', '--dry-run'], { disk })).code).toBe(0);
  });
});

describe('migrate under SIGKILL', () => {
  const files = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`file-${String(index).padStart(2, '0')}.ts`, bareLoop]),
  );
  const argv = [binary, 'migrate', '--verify', 'fast'];

  /** Ends its process at a call of this function of `node:fs`, with half of what a write was to write on the disk. */
  const KILL = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const [name, at] = process.env.KILL_AT.split(' ');
const call = fs[name];
let calls = 0;
fs[name] = (target, content, ...rest) => {
  calls += 1;
  if (calls < Number(at)) return call(target, content, ...rest);
  if (name === 'writeFileSync') call(target, content.slice(0, content.length / 2), ...rest);
  if (name === 'writeSync') call(target, content, rest[0], Math.floor(rest[1] / 2), rest[2]);
  process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
`;

  function killAt(project: Project, call: string): Promise<string> {
    const folder = createProject({ 'kill.mjs': KILL });
    const child = spawn(process.execPath, ['--import', pathToFileURL(join(folder.root, 'kill.mjs')).href, ...argv], {
      cwd: project.root,
      env: { ...process.env, KILL_AT: call },
    });
    return new Promise((resolve) => child.on('close', (_, signal) => resolve(signal ?? 'finished')));
  }

  it('leaves every file whole, and goes on to the same end', { timeout: 600_000 }, async () => {
    const [whole, project] = [
      createRepository({ ...files, 'package.json': manifest }),
      createRepository({ ...files, 'package.json': manifest }),
    ];
    for (const call of [
      'openSync 1', // the journal is not there yet
      'writeSync 2', // half a line of the journal
      'ftruncateSync 3',
      'fsyncSync 4',
      'writeFileSync 1', // half a temporary file
      'writeFileSync 5',
      'chmodSync 2',
      'renameSync 1', // the temporary file is whole
      'renameSync 6',
      'rmSync 3', // the file is written, and not told of
    ]) {
      expect(`${call}: ${await killAt(project, call)}`).toBe(`${call}: SIGKILL`);
      expect(Object.keys(files).filter((name) => !isWhole(project.read(name)))).toEqual([]);
    }
    const [resumed, uninterrupted] = [project, whole].map(({ root }) =>
      spawnSync(process.execPath, [...argv, '--format', 'json'], { cwd: root, encoding: 'utf8' }),
    );
    expect(resumed!.stderr).toMatch(
      /^note: an earlier run was not finished; it has rewritten \d+ files, and this one goes on\.\n$/,
    );
    expect(resumed!.stdout).toBe(uninterrupted!.stdout);
    expect(contentsOf(project)).toEqual(contentsOf(whole));
    expect(existsSync(join(project.root, JOURNAL))).toBe(false);
  });
});
