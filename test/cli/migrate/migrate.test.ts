import { chmodSync, linkSync, lstatSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ListReport, MigrateReport } from '../../../cli/reports/json-shapes.ts';
import { bareLoop, commitAll, createProject, otherLoop } from '../project.ts';

/** A loop whose request is made by somebody else. */
const loopElsewhere =
  'export async function show(stream) {\n  for await (const chunk of stream) log(chunk.choices[0]?.delta?.content);\n}\n';

const reportOf = ({ stdout }: { stdout: string }): MigrateReport => JSON.parse(stdout) as MigrateReport;

describe('migrate', () => {
  it('rewrites each file once and for all', async () => {
    const project = createProject({ 'src/a.ts': bareLoop, 'src/b.js': otherLoop });
    commitAll(project);
    const first = await project.run(['migrate']);
    expect(first).toEqual({
      code: 0,
      stdout: `rewritten  src/a.ts:4  wrap-in-resilient-stream
Rewrote 1 stream loop in 1 file.
Next: \`npm install resilient-stream\`, then run your tests.
`,
      stderr: '',
    });
    const after = project.read('src/a.ts');
    expect(after).toContain("import { resilientStream } from 'resilient-stream';");
    expect(after).toContain('resilientStream(({ signal }) => client.chat.completions.create(');
    expect(project.read('src/b.js')).toBe(otherLoop);

    expect(await project.run(['migrate', '--allow-dirty'])).toEqual({
      code: 0,
      stdout: 'Nothing to rewrite.\n',
      stderr: '',
    });
    expect(project.read('src/a.ts')).toBe(after);
    const { streams } = JSON.parse((await project.run(['list', '--format', 'json'])).stdout) as {
      streams: { resilient: boolean }[];
    };
    expect(streams.map(({ resilient }) => resilient)).toEqual([true]);
  });

  it('says what it left and why, and exits with 1', async () => {
    const project = createProject({ 'a.js': loopElsewhere });
    commitAll(project);
    const { code, stdout } = await project.run(['migrate']);
    expect(stdout).toMatch(/^Left to you:\n {2}a\.js:2 {2}.+\.\n\nNothing to rewrite, left 1 to you\.\n$/);
    expect(code).toBe(1);
  });

  it('imports the helper from where it is told', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    await project.run(['migrate', '--allow-dirty', '--helper', '@acme/streams']);
    expect(project.read('a.ts')).toContain("from '@acme/streams'");
  });

  it('makes the timeout of the SDK the limit of the whole answer where it is told so', async () => {
    const loop = bareLoop.replace('stream: true }', 'stream: true }, { timeout: 20_000 }');
    const [kept, limited] = [createProject({ 'a.ts': loop }), createProject({ 'a.ts': loop })];
    await kept.run(['migrate', '--allow-dirty']);
    expect(kept.read('a.ts')).toContain('{ timeout: 20_000, signal, maxRetries: 0 }));');
    await limited.run(['migrate', '--allow-dirty', '--timeouts', 'limit']);
    expect(limited.read('a.ts')).toContain('{ timeout: 20_000, signal, maxRetries: 0 }), { totalTimeoutMs: 20_000 });');
    expect((await limited.run(['migrate', '--allow-dirty', '--timeouts', 'limit'])).stdout).toBe(
      'Nothing to rewrite.\n',
    );
  });

  it('widens the types of the SDK where it is told so', async () => {
    const loop = bareLoop
      .replace('const stream', 'const stream: Stream<Chunk>')
      .replace('\n', "\nimport type { Stream } from 'openai/streaming';\nimport type { Chunk } from './chunk';\n");
    const project = createProject({ 'a.ts': loop });
    expect((await project.run(['migrate', '--allow-dirty'])).code).toBe(1);
    expect((await project.run(['migrate', '--allow-dirty', '--widen-types'])).code).toBe(0);
    expect(project.read('a.ts')).toContain('const stream: AsyncIterable<Chunk> = await resilientStream(');
    expect((await project.run(['migrate', '--allow-dirty', '--widen-types'])).stdout).toBe('Nothing to rewrite.\n');
  });

  it('goes on outside of a git repository, and says that there is no undo', async () => {
    const { code, stderr } = await createProject({ 'a.ts': bareLoop }).run(['migrate']);
    expect(stderr).toBe(
      'note: these files are in no git repository, so there is no undo; --dry-run shows what would change.\n',
    );
    expect(code).toBe(0);
  });

  it('does not mind a dirty tree around a repository that is clean', async () => {
    const project = createProject({ 'inner/a.ts': bareLoop });
    commitAll({ ...project, git: (...args) => project.git('-C', 'inner', ...args) });
    commitAll(project);
    project.write('dirty.ts', '');
    expect((await project.run(['migrate', 'inner'])).code).toBe(0);
  });

  it('ends between two files when it is interrupted', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'b.ts': bareLoop });
    const controller = new AbortController();
    let stdout = '';
    const { code } = await project.run(['migrate', '--allow-dirty'], {
      interruption: () => controller.signal,
      stdout: {
        write: (text) => {
          stdout += text;
          controller.abort();
        },
      },
    });
    expect(stdout).toContain(
      'Stopped. Files not reached are as they were; run again to go on.\nRewrote 1 stream loop in 1 file.\n',
    );
    expect(code).toBe(130);
    expect(project.read('a.ts')).not.toBe(bareLoop);
    expect(project.read('b.ts')).toBe(bareLoop);
  });
});

describe('migrate --format json', () => {
  it('has the shape that others build on', async () => {
    const project = createProject({
      'a.ts': bareLoop,
      'b.js': loopElsewhere,
      'c.ts': otherLoop,
      'd.ts': 'export const d = 1;\n',
    });
    commitAll(project);
    const outcome = await project.run(['migrate', '--format', 'json']);
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(1);
    expect(reportOf(outcome)).toEqual({
      version: 1,
      dependencies: [
        {
          file: null,
          name: 'resilient-stream',
          range: expect.stringMatching(/^\^\d/) as string,
          install: 'npm install resilient-stream',
        },
      ],
      vendored: null,
      commits: [],
      counts: {
        edits: [{ provider: 'openai', codemod: 'wrap-in-resilient-stream', edits: 1, files: 1 }],
        skipped: [
          {
            provider: 'openai',
            codemod: 'wrap-in-resilient-stream',
            reason: expect.stringMatching(/\.$/) as string,
            loops: 1,
          },
        ],
      },
      files: [
        {
          file: 'a.ts',
          status: 'changed',
          edits: [{ line: 4, codemod: 'wrap-in-resilient-stream', provider: 'openai' }],
          skipped: [],
          failure: null,
        },
        {
          file: 'b.js',
          status: 'skipped',
          edits: [],
          skipped: [
            {
              line: 2,
              reason: expect.stringMatching(/\.$/) as string,
              codemod: 'wrap-in-resilient-stream',
              provider: 'openai',
            },
          ],
          failure: null,
        },
        { file: 'c.ts', status: 'unchanged', edits: [], skipped: [], failure: null },
      ],
      summary: {
        dryRun: false,
        changed: 1,
        unchanged: 1,
        skipped: 1,
        failed: 0,
        edits: 1,
        skippedLoops: 1,
        leftOut: 0,
        interrupted: false,
      },
    });
  });
});

describe('a report on files that were not done', () => {
  const files = {
    'a.ts': bareLoop,
    'broken.ts': 'const a = 1;\nfor await (const x of ) x.fullStream;\n',
    'large.js': `${bareLoop}${'x;'.repeat(600_000)}`,
  };

  it('of migrate has each of them, as failed, with the reason', async () => {
    const { code, stdout } = await createProject(files).run([
      'migrate',
      '--allow-dirty',
      '--format',
      'json',
      '.',
      'missing.ts',
    ]);
    const report = JSON.parse(stdout) as MigrateReport;
    expect(report.files.map(({ file, status, failure }) => [file, status, failure])).toEqual([
      ['a.ts', 'changed', null],
      ['missing.ts', 'failed', 'no such file or folder; check the path'],
      ['broken.ts', 'failed', expect.stringMatching(/^line 2, column \d+: does not parse: .+/)],
      ['large.js', 'failed', expect.stringMatching(/^left out: 1\.2MB are more than/)],
    ]);
    expect(report.summary).toMatchObject({ changed: 1, failed: 3, leftOut: 3 });
    expect(code).toBe(2);
  });

  it('of migrate has a file that may not be read', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    symlinkSync('/proc/self/mem', join(project.root, 'mem.ts'));
    const { files } = reportOf(await project.run(['migrate', '--dry-run', '--format', 'json', 'a.ts', 'mem.ts']));
    expect(files.map(({ file, status }) => [file, status])).toEqual([
      ['a.ts', 'changed'],
      ['mem.ts', 'failed'],
    ]);
  });

  it('of migrate counts them for people too', async () => {
    const project = createProject(files);
    expect((await project.run(['migrate', '--dry-run', 'missing.ts'])).stdout).toBe('1 file failed.\n');
    expect((await project.run(['migrate', '--allow-dirty'])).stdout).toContain(
      '\nRewrote 1 stream loop in 1 file, 2 files failed.\n',
    );
  });

  it.each(['list', 'check'])('of %s names them, and their number', async (command) => {
    const { stdout } = await createProject(files).run([command, '--format', 'json', '.', 'missing.ts']);
    const { leftOut, summary } = JSON.parse(stdout) as ListReport;
    expect(leftOut).toEqual([
      { file: 'missing.ts', reason: 'no such file or folder; check the path' },
      { file: 'broken.ts', reason: expect.stringMatching(/^line 2, column \d+: does not parse: /) as string },
      { file: 'large.js', reason: expect.stringMatching(/^left out: /) as string },
    ]);
    expect(summary).toMatchObject({ examined: 1, leftOut: 3 });
  });
});

describe('migrate --dry-run', () => {
  it('shows a diff and writes nothing', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const { code, stdout, stderr } = await project.run(['migrate', '--dry-run']);
    expect(stdout).toContain('--- a/a.ts\n+++ b/a.ts\n@@ -1,');
    expect(stdout).toContain("\n+import { resilientStream } from 'resilient-stream';\n");
    expect(stdout).toContain(
      '\nWould rewrite 1 stream loop in 1 file.\nNext: the same without --dry-run writes the files.\n',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(project.read('a.ts')).toBe(bareLoop);
    expect(readdirSync(project.root)).toEqual(['a.ts']);
  });

  it('shows what `git apply` makes the same change of', async () => {
    const source = `\uFEFF${bareLoop}// no newline at the end`.replaceAll('\n', '\r\n');
    const project = createProject({ 'a.ts': source, 'deep/b.ts': bareLoop });
    project.git('init', '--quiet');
    const { stdout } = await project.run(['migrate', '--dry-run']);
    project.write('.git/dry-run.patch', stdout);
    project.git('apply', '.git/dry-run.patch');
    const applied = ['a.ts', 'deep/b.ts'].map(project.read);
    project.write('a.ts', source);
    project.write('deep/b.ts', bareLoop);
    await project.run(['migrate', '--allow-dirty']);
    expect(['a.ts', 'deep/b.ts'].map(project.read)).toEqual(applied);
  });

  it('shows so whatever a file is called', async () => {
    const names = ['a b.ts', 'line\nfeed.ts', 'say "é".ts', 'back\\slash.ts'];
    const project = createProject(Object.fromEntries(names.map((name) => [name, bareLoop])));
    project.git('init', '--quiet');
    project.write('.git/dry-run.patch', (await project.run(['migrate', '--dry-run'])).stdout);
    project.git('apply', '.git/dry-run.patch');
    for (const name of names) expect(project.read(name)).toContain('resilientStream((');
  });

  it('is coloured on a terminal', async () => {
    let stdout = '';
    await createProject({ 'a.ts': bareLoop }).run(['migrate', '--dry-run'], {
      stdout: { isTTY: true, write: (text) => (stdout += text) },
    });
    expect(stdout).toContain('\u001B[36m@@ -1,');
    expect(stdout).toContain('\u001B[32m+import');
  });

  it('gives the same JSON as the real run, but for the flag', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'b.js': loopElsewhere });
    const dry = reportOf(await project.run(['migrate', '--dry-run', '--format', 'json']));
    const real = reportOf(await project.run(['migrate', '--allow-dirty', '--format', 'json']));
    expect(dry).toEqual({ ...real, summary: { ...real.summary, dryRun: true } });
  });
});

describe('a file that is written', () => {
  it('keeps its Windows line endings and byte order mark', async () => {
    const project = createProject({ 'a.ts': `\uFEFF${bareLoop.replaceAll('\n', '\r\n')}` });
    await project.run(['migrate', '--allow-dirty']);
    const after = project.read('a.ts');
    expect(after).toContain('resilientStream');
    expect(after.startsWith('\uFEFFimport OpenAI')).toBe(true);
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('keeps its mode', async () => {
    const project = createProject({ 'a.mjs': bareLoop });
    chmodSync(join(project.root, 'a.mjs'), 0o755);
    await project.run(['migrate', '--allow-dirty']);
    expect(project.read('a.mjs')).toContain('resilientStream');
    expect(statSync(join(project.root, 'a.mjs')).mode & 0o777).toBe(0o755);
  });

  it('stays behind its symbolic link', async () => {
    const project = createProject({ 'real/a.ts': bareLoop });
    symlinkSync('real/a.ts', join(project.root, 'link.ts'));
    await project.run(['migrate', '--allow-dirty', 'link.ts']);
    expect(lstatSync(join(project.root, 'link.ts')).isSymbolicLink()).toBe(true);
    expect(project.read('real/a.ts')).toContain('resilientStream');
    expect(readdirSync(project.root).sort()).toEqual(['link.ts', 'real']);
  });

  it('leaves its other hard links as they were, and says so', async () => {
    const project = createProject({ 'src/a.ts': bareLoop, 'other/keep.txt': '' });
    linkSync(join(project.root, 'src/a.ts'), join(project.root, 'other/a.ts'));
    const { code, stderr } = await project.run(['migrate', '--allow-dirty', 'src']);
    expect(stderr).toBe('note: src/a.ts: was a hard link; its other names keep the old text.\n');
    expect(code).toBe(0);
    expect(project.read('src/a.ts')).toContain('resilientStream');
    expect(project.read('other/a.ts')).toBe(bareLoop);
  });

  it('may have a name as long as names can be', async () => {
    const name = `${'a'.repeat(252)}.ts`;
    const project = createProject({ [name]: bareLoop });
    expect((await project.run(['migrate', '--allow-dirty'])).code).toBe(0);
    expect(project.read(name)).toContain('resilientStream');
  });
});

describe('the codemods of migrate', () => {
  it('are chosen by their names', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const { code, stdout } = await project.run(['migrate', '--allow-dirty', '--codemod', 'wrap-in-resilient-stream']);
    expect(stdout).toContain('rewritten  a.ts:4  wrap-in-resilient-stream');
    expect(code).toBe(0);
  });

  it('must exist', async () => {
    const { code, stderr } = await createProject({ 'a.ts': bareLoop }).run([
      'migrate',
      '--codemod',
      'wrap-in-resilient-streams',
    ]);
    expect(stderr).toBe(
      "error: unknown codemod 'wrap-in-resilient-streams'; did you mean 'wrap-in-resilient-stream'?\n",
    );
    expect(code).toBe(2);
  });
});
