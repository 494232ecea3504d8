import { spawn, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bareLoop, createProject, type Project } from './project.ts';

/** What `npm run build` makes; `npm test` builds first. */
const binary = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

function start(project: Project, ...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...argv], {
    cwd: project.root,
    encoding: 'utf8',
    input: 'a.ts\n',
  });
  return { status, stdout, stderr };
}

/** The signal comes from within when the first file is told of: from without it would come when the machine has time. */
const INTERRUPT = `const { write } = process.stdout;
process.stdout.write = (...parameters) => {
  process.stdout.write = write;
  process.kill(process.pid, 'SIGINT');
  return process.stdout.write(...parameters);
};
`;

describe('the binary', () => {
  it('lists, checks and migrates', () => {
    const project = createProject({ 'a.ts': bareLoop });
    expect(start(project, 'list')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('1 stream in 1 file') as string,
    });
    expect(start(project, 'check')).toMatchObject({
      status: 1,
      stderr: '',
      stdout: expect.stringContaining('3 problems in 1 file') as string,
    });
    expect(start(project, 'migrate', '--allow-dirty')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('Rewrote 1 stream loop') as string,
    });
    expect(project.read('a.ts')).toContain('resilientStream');
  });

  it('reads a list of files from standard input', () => {
    const { stdout } = start(
      createProject({ 'a.ts': bareLoop, 'b.ts': bareLoop }),
      'list',
      '--files-from',
      '-',
      '--format',
      'json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ streams: [{ file: 'a.ts' }] });
  });

  it('puts results on one stream, errors on the other, and both in its exit code', () => {
    const { status, stdout, stderr } = start(
      createProject({ 'a.ts': bareLoop }),
      'list',
      'a.ts',
      'missing.ts',
      '--format',
      'json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ streams: [{ file: 'a.ts' }] });
    expect(stderr).toBe('error: missing.ts: no such file or folder; check the path\n');
    expect(status).toBe(2);
  });

  it('tells its version and its flags', () => {
    const project = createProject({});
    expect(start(project, '--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(start(project, 'migrate', '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('--dry-run') as string,
    });
  });

  it('is silent when nobody reads on', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`a-rather-long-folder-name/file-${index}.ts`, bareLoop]),
    );
    const child = spawn(process.execPath, [binary, 'list', '--format', 'json'], { cwd: createProject(files).root });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each([[1], [2]])('ends between two files at the first SIGINT, with %d at work', async (workers) => {
    const files = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`file-${index}.ts`, bareLoop]));
    const project = createProject({ ...files, 'interrupt.mjs': INTERRUPT });
    const child = spawn(
      process.execPath,
      [
        '--import',
        pathToFileURL(join(project.root, 'interrupt.mjs')).href,
        binary,
        'migrate',
        '--allow-dirty',
        '--verify',
        'fast',
        '--workers',
        String(workers),
      ],
      { cwd: project.root },
    );
    let stdout = '';
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(stdout).toContain('Stopped.');
    expect(code).toBe(130);
    const contents = Object.keys(files).map(project.read);
    expect(
      contents.filter((content) => content !== bareLoop && !content.includes('resilientStream(({ signal })')),
    ).toEqual([]);
    expect(contents).toContain(bareLoop);
  });

  it.skipIf(process.platform === 'win32')('starts with the line that makes it a program', () => {
    expect(statSync(binary).size).toBeGreaterThan(0);
    expect(spawnSync('head', ['-n', '1', binary], { encoding: 'utf8' }).stdout).toBe('#!/usr/bin/env node\n');
  });
});
