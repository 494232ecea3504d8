import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFiles, readFileList, showPath } from '../../../cli/files/find-files.ts';
import { createProject, type Project } from '../project.ts';

async function found(project: Project, paths: readonly string[], cwd = project.root): Promise<string[]> {
  const { files, faults } = await findFiles(cwd, paths);
  expect(faults).toEqual([]);
  return files.map((file) => showPath(project.root, file));
}

describe('a folder', () => {
  it('gives the source files below it, in the order of their names', async () => {
    const project = createProject({
      'b.ts': '',
      'a.mjs': '',
      'src/z.tsx': '',
      'src/y.cts': '',
      'src/x.jsx': '',
      'notes.md': '',
      'data.json': '',
      '.github/deploy.js': '',
    });
    expect(await found(project, ['.'])).toEqual([
      '.github/deploy.js',
      'a.mjs',
      'b.ts',
      'src/x.jsx',
      'src/y.cts',
      'src/z.tsx',
    ]);
  });

  it('gives no installed package, no minified file, no declaration', async () => {
    const project = createProject({
      'a.ts': '',
      'node_modules/openai/index.js': '',
      'pkg/node_modules/x/index.js': '',
      '.yarn/releases/yarn.cjs': '',
      'lib.min.js': '',
      'types.d.ts': '',
      'types.d.mts': '',
    });
    expect(await found(project, ['.'])).toEqual(['a.ts']);
  });

  it('gives no file twice where two paths overlap', async () => {
    const project = createProject({ 'src/a.ts': '', 'src/deep/b.ts': '' });
    expect(await found(project, ['src', 'src/deep', 'src/a.ts'])).toEqual(['src/a.ts', 'src/deep/b.ts']);
  });

  it('gives an installed package where that is named', async () => {
    const project = createProject({ 'node_modules/openai/index.js': '' });
    expect(await found(project, ['node_modules/openai'])).toEqual(['node_modules/openai/index.js']);
  });
});

describe('.gitignore', () => {
  it('leaves out what it names, at every level, the nearest having the last word', async () => {
    const project = createProject({
      '.gitignore': 'generated\n*.gen.ts\n/dist/\n',
      'a.ts': '',
      'b.gen.ts': '',
      'dist/a.js': '',
      'src/dist/kept.ts': '',
      'src/generated/x.ts': '',
      'lib/.gitignore': '!keep.gen.ts\nlocal.ts\n',
      'lib/keep.gen.ts': '',
      'lib/drop.gen.ts': '',
      'lib/local.ts': '',
    });
    expect(await found(project, ['.'])).toEqual(['a.ts', 'lib/keep.gen.ts', 'src/dist/kept.ts']);
  });

  it('counts up to the root of the repository when a folder inside is named', async () => {
    const project = createProject({
      '.git/HEAD': '',
      '.gitignore': 'build\n',
      'pkg/src/a.ts': '',
      'pkg/src/build/b.ts': '',
    });
    expect(await found(project, ['pkg/src'])).toEqual(['pkg/src/a.ts']);
    expect(await found(project, ['.'], join(project.root, 'pkg/src'))).toEqual(['pkg/src/a.ts']);
  });

  it('does not stand against a folder or file that is named', async () => {
    const project = createProject({
      '.git/HEAD': '',
      '.gitignore': 'build\n',
      'build/a.js': '',
      'build/deep/b.js': '',
    });
    expect(await found(project, ['build'])).toEqual(['build/a.js', 'build/deep/b.js']);
    expect(await found(project, ['build/deep'])).toEqual(['build/deep/b.js']);
    expect(await found(project, ['build/a.js'])).toEqual(['build/a.js']);
  });

  it('holds for patterns too', async () => {
    const project = createProject({ '.gitignore': 'build\n', 'src/a.ts': '', 'src/build/b.ts': '' });
    expect(await found(project, ['src/**/*.ts'])).toEqual(['src/a.ts']);
  });
});

describe('a pattern', () => {
  it('gives the source files that match', async () => {
    const project = createProject({
      'a.ts': '',
      'src/b.ts': '',
      'src/c.js': '',
      'src/d.css': '',
      'node_modules/x/e.ts': '',
    });
    expect(await found(project, ['**/*.ts'])).toEqual(['a.ts', 'src/b.ts']);
    expect(await found(project, ['src/*'])).toEqual(['src/b.ts', 'src/c.js']);
  });

  it('is none where a file has that very name', async () => {
    const project = createProject({ 'app/[slug]/page.tsx': '', 'app/s/page.tsx': '' });
    expect(await found(project, ['app/[slug]/page.tsx'])).toEqual(['app/[slug]/page.tsx']);
  });
});

describe('symbolic links', () => {
  it('are not followed, so that none leads in a circle', async () => {
    const project = createProject({ 'src/a.ts': '' });
    symlinkSync('..', join(project.root, 'src/up'));
    symlinkSync('a.ts', join(project.root, 'src/again.ts'));
    expect(await found(project, ['.'])).toEqual(['src/a.ts']);
    expect(await found(project, ['src/**'])).toEqual(['src/a.ts']);
  });

  it('that are named beside what they lead to give each file once, by the name that comes first', async () => {
    const project = createProject({ 'g/a.ts': '', 'g/deep/b.ts': '' });
    symlinkSync('g', join(project.root, 'lnk'));
    symlinkSync('g/a.ts', join(project.root, 'again.ts'));
    expect(await found(project, ['lnk', 'g'])).toEqual(['lnk/a.ts', 'lnk/deep/b.ts']);
    expect(await found(project, ['g', 'lnk', 'again.ts', 'lnk/*.ts'])).toEqual(['g/a.ts', 'g/deep/b.ts']);
  });

  it('that lead to themselves are named as such', async () => {
    const project = createProject({});
    symlinkSync('loop.ts', join(project.root, 'loop.ts'));
    expect((await findFiles(project.root, ['loop.ts'])).faults).toEqual([
      {
        kind: 'failed',
        place: 'loop.ts',
        at: null,
        message: 'cannot be read: is a symbolic link that leads to itself',
      },
    ]);
  });
});

describe('a list of files', () => {
  const fromStdin = (text: string): readonly string[] => readFileList('/', '-', () => text).files;

  it('has one a line, or one before each NUL', () => {
    expect(fromStdin('a.ts\nb c.js\n')).toEqual(['a.ts', 'b c.js']);
    expect(fromStdin('a.ts\r\nb.js\r\n')).toEqual(['a.ts', 'b.js']);
    expect(fromStdin('a.ts\0b\nc.js\0')).toEqual(['a.ts', 'b\nc.js']);
  });

  it('may quote names as git does', () => {
    expect(fromStdin('"src/caf\\303\\251.ts"\n"say \\"a\\\\b\\".ts"\r\n"tab\\t.js"\n')).toEqual([
      'src/café.ts',
      'say "a\\b".ts',
      'tab\t.js',
    ]);
  });

  it('may hold what is no source file, as lists from git do', () => {
    expect(fromStdin('README.md\na.ts\npackage.json\n')).toEqual(['a.ts']);
  });
});
