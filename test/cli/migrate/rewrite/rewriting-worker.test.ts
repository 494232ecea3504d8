import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/providers/catalog.ts';
import { bareLoop, createProject, otherLoop, type Project } from '../../project.ts';

/** What `npm run build` makes, for a worker runs no TypeScript; `npm test` builds first. */
const binary = fileURLToPath(new URL('../../../../dist/cli/main.js', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function migrate(
  project: Project,
  workers: number,
  argv: readonly string[] = ['--dry-run'],
  nodeOptions: readonly string[] = [],
): Ended {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, binary, 'migrate', '--verify', 'fast', '--workers', String(workers), ...argv],
    { cwd: project.root, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

/** What a tree may hold: every SDK, what is no code, what is left, what is large, what is of no interest. */
function createFiles(): Record<string, string | Buffer> {
  const examples = catalog.flatMap(({ apis }) => apis.map(({ example }) => example));
  return {
    ...Object.fromEntries(examples.map((example, index) => [`src/file-${String(index).padStart(3, '0')}.ts`, example])),
    'src/file-010-broken.ts': `${bareLoop}}`,
    'src/file-020-latin.js': Buffer.from(`${bareLoop}// caf\xe9\n`, 'latin1'),
    'src/file-030-large.ts': bareLoop + '//'.repeat(5_000),
    'src/file-040-other.ts': otherLoop,
    'src/file-050-own.ts': `import { streamChat } from '@acme/llm';
for await (const chunk of await streamChat({})) console.log(chunk.choices[0]?.delta?.content);
`,
    'src/file-060-bom.ts': `\uFEFF${bareLoop}`,
    'package.json': JSON.stringify({
      name: 'app',
      'resilient-stream': { streams: [{ module: '@acme/llm', name: 'streamChat', like: 'openai.chat' }] },
    }),
  };
}

describe('workers', () => {
  it.each([
    [['--format', 'pretty']],
    [['--format', 'json']],
    [['--format', 'markdown']],
    [
      [
        '--codemod',
        'make-chunk-access-safe,wrap-in-resilient-stream',
        '--timeouts',
        'limit',
        '--helper',
        './helper.js',
      ],
    ],
  ])('report what one thread does, to the byte: %j', (flags) => {
    const project = createProject(createFiles());
    const [alone, together] = [1, 3].map((workers) =>
      migrate(project, workers, ['--dry-run', '--max-file-size', '9KB', ...flags]),
    );
    expect(together).toEqual(alone);
    expect(together!.status).toBe(1);
    expect(together!.stdout).toContain('file-050-own.ts');
    expect(together!.stderr).toMatch(
      /file-010-broken\.ts:7:1: does not parse[^]*file-020-latin\.js: is not UTF-8[^]*file-030-large\.ts: left out/,
    );
  });

  it('leave the files as one thread does', () => {
    const [alone, together] = [1, 3].map((workers) => {
      const project = createProject(createFiles());
      expect(migrate(project, workers, ['--allow-dirty']).status).toBe(1);
      return Object.keys(createFiles()).map(project.read);
    });
    expect(together).toEqual(alone);
    expect(together!.filter((text) => text.includes('resilientStream(')).length).toBeGreaterThan(20);
  });

  it('fail the file at which one dies, and go on with the others', () => {
    const project = createProject({
      ...Object.fromEntries(
        Array.from({ length: 80 }, (_, index) => [`file-${String(index).padStart(2, '0')}.ts`, bareLoop]),
      ),
      'file-40-deadly.ts': bareLoop,
      'die.mjs': `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
const { readFileSync } = fs;
fs.readFileSync = (path, ...rest) => (!isMainThread && String(path).endsWith('deadly.ts') ? process.exit(7) : readFileSync(path, ...rest));
syncBuiltinESMExports();
`,
    });
    const { status, stdout, stderr } = migrate(
      project,
      2,
      ['--allow-dirty', '--format', 'json'],
      ['--import', pathToFileURL(join(project.root, 'die.mjs')).href],
    );
    expect(status).toBe(2);
    expect(stderr).toBe(
      'error: file-40-deadly.ts: ended the thread that was to rewrite it (it ended with 7); leave it out\n',
    );
    const { files, summary } = JSON.parse(stdout) as {
      files: { file: string; status: string }[];
      summary: { changed: number; failed: number };
    };
    expect(summary).toMatchObject({ changed: 80, failed: 1 });
    expect(files.filter(({ status }) => status === 'failed').map(({ file }) => file)).toEqual(['file-40-deadly.ts']);
    expect(project.read('file-41.ts')).toContain('resilientStream(');
    expect(project.read('file-40-deadly.ts')).toBe(bareLoop);
  });

  it('say so where they are asked for, and one thread does all', () => {
    const note = 'note: with --types, --interactive or --vendor one thread does all, whatever --workers says.\n';
    const project = createProject({ 'a.js': bareLoop });
    expect(migrate(project, 2, ['--dry-run', '--types', 'auto']).stderr).toContain(note);
    expect(migrate(project, 2).stderr).not.toContain(note);
    expect(migrate(project, 1, ['--dry-run', '--types', 'auto']).stderr).not.toContain(note);
  });

  it.each(['0', '-1', 'two'])('cannot be %s', (count) => {
    const { status, stderr } = migrate(createProject({}), 0, ['--workers', count]);
    expect(status).toBe(2);
    expect(stderr).toContain('It is a number from 1.');
  });
});
