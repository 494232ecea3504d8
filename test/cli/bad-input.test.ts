import fs, { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bareLoop, commitAll, createProject } from './project.ts';

const COMMANDS = ['list', 'check', 'migrate'];

/** One line, and the other file is still done. */
async function expectOneLine(
  command: string,
  files: Record<string, string | Buffer>,
  argv: readonly string[],
  line: RegExp,
  code: number,
): Promise<void> {
  const project = createProject({ ...files, 'good.ts': bareLoop });
  const outcome = await project.run([
    command,
    ...argv,
    '--format',
    'json',
    ...(command === 'migrate' ? ['--dry-run'] : []),
  ]);
  expect(outcome.stderr).toMatch(line);
  expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(outcome.stdout).toContain('"good.ts"');
  // `check` has found problems, and `migrate` leaves to a person what it could not look at.
  expect(outcome.code).toBe(code === 0 && command !== 'list' ? 1 : code);
}

describe.each(COMMANDS)('%s', (command) => {
  it('names a path that does not exist', async () => {
    await expectOneLine(
      command,
      {},
      ['good.ts', 'missing.ts'],
      /^error: missing\.ts: no such file or folder; check the path\n$/,
      2,
    );
  });

  it('names a pattern that matches nothing', async () => {
    await expectOneLine(
      command,
      {},
      ['good.ts', 'lib/**/*.ts'],
      /^error: lib\/\*\*\/\*\.ts: the pattern matches no source file/,
      2,
    );
  });

  it('names a file that is not UTF-8', async () => {
    const latin1 = Buffer.from(`// caf\u00e9\n${bareLoop}`, 'latin1');
    await expectOneLine(command, { 'old.ts': latin1 }, [], /^warning: old\.ts: is not UTF-8; convert it/, 0);
  });

  it('names a file that does not parse, with the place', async () => {
    await expectOneLine(
      command,
      { 'broken.ts': 'const a = 1;\nfor await (const x of ) x.fullStream;\n' },
      [],
      /^warning: broken\.ts:2:\d+: does not parse: .+; correct it, or leave it out\n$/,
      0,
    );
  });

  it('names a file in one line, whatever it is called', async () => {
    await expectOneLine(
      command,
      { 'two\nlines\u001B[31m.ts': 'for await (const x of ) x.fullStream;\n' },
      [],
      /^warning: two\\nlines\\u001b\[31m\.ts:1:\d+: does not parse/,
      0,
    );
  });

  it('exits with 2 for a file that does not parse if asked to', async () => {
    await expectOneLine(
      command,
      { 'broken.ts': 'for await (const x of ) x.fullStream;\n' },
      ['--strict-parse'],
      /^error: broken\.ts:1:\d+: does not parse/,
      2,
    );
  });

  it('leaves out a minified bundle of 5 MB', async () => {
    const bundle = `${bareLoop.replaceAll('\n', '')}${'function f(a,b){return a+b}'.repeat(200_000)}`;
    expect(bundle.length).toBeGreaterThan(5_000_000);
    await expectOneLine(
      command,
      { 'bundle.js': bundle },
      [],
      /^warning: bundle\.js: left out: 5\.4MB are more than --max-file-size 1MB; add it to \.gitignore/,
      0,
    );
  });

  it('does not come back to where it was through a symbolic link', async () => {
    const project = createProject({ 'good.ts': bareLoop });
    symlinkSync('.', join(project.root, 'again'));
    const { stdout, stderr } = await project.run([
      command,
      '--format',
      'json',
      ...(command === 'migrate' ? ['--dry-run'] : []),
    ]);
    expect(stderr).toBe('');
    expect(stdout).not.toContain('again');
  });

  it('guesses which flag was meant', async () => {
    const { code, stdout, stderr } = await createProject({}).run([command, '--fromat', 'json']);
    expect(stderr).toBe("error: unknown option '--fromat' (Did you mean --format?) See `resilient-stream --help`.\n");
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('knows its formats', async () => {
    const { code, stderr } = await createProject({}).run([command, '--format', 'xml']);
    expect(stderr).toMatch(
      /^error: option '--format <name>' argument 'xml' is invalid\. Allowed choices are pretty, json[,.].*\n$/,
    );
    expect(code).toBe(2);
  });

  it('names a folder in a list of files', async () => {
    const { code, stderr } = await createProject({ 'src/a.js': '', list: 'src\n' }).run([
      command,
      '--files-from',
      'list',
    ]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'note: src is a folder, and --files-from is a list of files; name it on the command line.\n',
    });
  });

  it('names a list of files that cannot be read', async () => {
    const { code, stderr } = await createProject({}).run([command, '--files-from', 'missing.txt']);
    expect(stderr).toBe('error: --files-from missing.txt: cannot be read: does not exist.\n');
    expect(code).toBe(2);
  });

  it('has nothing to say of a file without stream code, whatever else is in it', async () => {
    const project = createProject({
      'broken.ts': 'const = ;',
      'latin1.js': Buffer.from([0xe9]),
      'large.js': 'x;'.repeat(1_000_000),
    });
    const { code, stderr } = await project.run([command, ...(command === 'migrate' ? ['--dry-run'] : [])]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('names', () => {
  it('guesses which command was meant', async () => {
    const { code, stderr } = await createProject({}).run(['chekc']);
    expect(stderr).toBe("error: unknown command 'chekc' (Did you mean check?) See `resilient-stream --help`.\n");
    expect(code).toBe(2);
  });

  it('ends each sentence of an error', async () => {
    const { stderr } = await createProject({}).run(['nope']);
    expect(stderr).toBe("error: unknown command 'nope'. See `resilient-stream --help`.\n");
  });

  it.each(['list', 'check'])('shows no default in the help of %s that is none', async (command) => {
    expect((await createProject({}).run([command, '--help'])).stdout).not.toContain('default: []');
  });

  it('shows its help where no command is given', async () => {
    const { code, stderr } = await createProject({}).run([]);
    expect(stderr).toContain('Usage: resilient-stream');
    expect(code).toBe(2);
  });

  it.each([
    ['require-timeot', "error: unknown rule 'require-timeot'; did you mean 'require-timeout'?\n"],
    ['timeout', "error: unknown rule 'timeout'; did you mean 'require-timeout'?\n"],
    ['xyz', /^error: unknown rule 'xyz'; there are no-.+, require-.+\.\n$/],
  ])('guesses which rule was meant by %s', async (name, line) => {
    const { code, stderr } = await createProject({ 'a.ts': bareLoop }).run(['check', '--rule', name]);
    expect(stderr).toMatch(line);
    expect(code).toBe(2);
  });

  it.each([
    ['require-timeot:warn', "error: unknown rule 'require-timeot'; did you mean 'require-timeout'?\n"],
    ['require-timeout:wran', "error: unknown severity 'wran'; did you mean 'warn'?\n"],
    ['require-timeout:2', "error: unknown severity '2'; there are off, warn, error.\n"],
    ['require-timeout:', "error: unknown severity ''; there are off, warn, error.\n"],
    ['', /^error: unknown rule ''; there are .*require-.+\.\n$/],
  ])('guesses what was meant by --rule %s', async (spec, line) => {
    const { code, stdout, stderr } = await createProject({ 'a.ts': bareLoop }).run(['check', '--rule', spec]);
    expect(stderr).toMatch(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it.each(['-1', 'x', '1.5', ''])('knows that %j is no number of warnings', async (number) => {
    const { code, stderr } = await createProject({}).run(['check', `--max-warnings=${number}`]);
    expect(stderr).toContain('It is a number from 0.');
    expect(code).toBe(2);
  });

  it('guesses which provider was meant', async () => {
    const { code, stderr } = await createProject({}).run(['list', '--provider', 'openia']);
    expect(stderr).toBe("error: unknown provider 'openia'; did you mean 'openai'?\n");
    expect(code).toBe(2);
  });

  it('knows its presets', async () => {
    const { code, stderr } = await createProject({}).run(['check', '--preset', 'all']);
    expect(stderr).toContain('Allowed choices are recommended, strict.');
    expect(code).toBe(2);
  });

  it('knows a size when it sees one', async () => {
    const { code, stderr } = await createProject({}).run(['list', '--max-file-size', 'big']);
    expect(stderr).toContain('It is a number of bytes, such as 500KB or 5MB.');
    expect(code).toBe(2);
  });
});

describe('migrate', () => {
  it('refuses a dirty tree, and says which files', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'b.ts': '1;\n', 'c.ts': '1;\n' });
    commitAll(project);
    project.write('b.ts', '2;\n');
    project.write('new file.ts', '');
    const { code, stdout, stderr } = await project.run(['migrate']);
    expect(stderr).toBe(
      'error: the git tree has uncommitted changes: b.ts, new file.ts; commit or stash them, or pass --allow-dirty.\n',
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(project.read('a.ts')).toBe(bareLoop);
    expect((await project.run(['migrate', '--dry-run'])).stderr).toBe('');
    expect((await project.run(['migrate', '--allow-dirty'])).stderr).toBe('');
    expect(project.read('a.ts')).not.toBe(bareLoop);
  });

  it('refuses a dirty tree where git is set not to show untracked files', async () => {
    const project = createProject({ 'a.ts': '1;\n' });
    commitAll(project);
    project.git('config', 'status.showUntrackedFiles', 'no');
    project.write('deep/new.ts', bareLoop);
    const { code, stderr } = await project.run(['migrate']);
    expect(stderr).toContain('uncommitted changes: deep/new.ts; commit');
    expect(code).toBe(2);
    expect(project.read('deep/new.ts')).toBe(bareLoop);
  });

  it.each([
    ['is ignored', 'lib/a.ts', ['lib/a.ts'], null],
    ['is in a folder that is ignored', 'lib/a.ts', ['lib'], null],
    ['is kept out of the sight of git', 'src/b.ts', [], ['update-index', '--assume-unchanged', 'src/b.ts']],
    ['is said to be elsewhere', 'src/b.ts', [], ['update-index', '--skip-worktree', 'src/b.ts']],
  ] as const)('refuses a file that %s: git could not bring it back', async (_, file, named, marking) => {
    const project = createProject({ '.gitignore': 'lib\n', 'src/b.ts': bareLoop, 'lib/a.ts': bareLoop });
    commitAll(project);
    if (marking) project.git(...marking);
    const { code, stdout, stderr } = await project.run(['migrate', ...named]);
    expect(stderr).toBe(
      `error: git does not track ${file} and could not bring back what was there; leave that out, or pass --allow-dirty.
`,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(project.read(file)).toBe(bareLoop);
    expect((await project.run(['migrate', '--allow-dirty', ...named])).code).toBe(0);
    expect(project.read(file)).not.toBe(bareLoop);
  });

  it('minds the repository that holds the file, not the one that holds the link', async () => {
    const [clean, other] = [createProject({ 'x.ts': '1;\n' }), createProject({ 'b.ts': '1;\n' })];
    symlinkSync(join(other.root, 'b.ts'), join(clean.root, 'link.ts'));
    commitAll(clean);
    commitAll(other);
    other.write('b.ts', bareLoop);
    expect((await clean.run(['migrate', 'link.ts'])).stderr).toContain('uncommitted changes: ');
    expect(other.read('b.ts')).toBe(bareLoop);
  });

  it.each(["it's", 'a"b', 'a\\b', 'a\nb', '', ' a'])(
    'takes no module that could not stand between quotes: %j',
    async (helper) => {
      const project = createProject({ 'a.ts': bareLoop });
      const { code, stderr } = await project.run(['migrate', '--allow-dirty', `--helper=${helper}`]);
      expect(stderr).toMatch(
        /^error: option '--helper <module>' argument '[^]*' is invalid\. It is what stands behind `from`.*\n$/,
      );
      expect(code).toBe(2);
      expect(project.read('a.ts')).toBe(bareLoop);
    },
  );

  it('names a file by its new name where git knows two', async () => {
    const project = createProject({ 'old.ts': 'export const a = 1;\n', 'a.ts': bareLoop });
    commitAll(project);
    project.git('mv', 'old.ts', 'R  new.ts');
    expect((await project.run(['migrate'])).stderr).toContain('uncommitted changes: R  new.ts; commit');
  });

  it.each([
    ['a read-only file system', 'EROFS', 'the file system is read-only; leave it out, or use --dry-run'],
    ['a full disk', 'ENOSPC', 'the disk is full; make room, and run again'],
    ['a folder that may not be written', 'EACCES', 'permission denied; change its permissions, or leave it out'],
  ])('leaves the file whole on %s, cleans up, and does the others', async (_, errno, words) => {
    const project = createProject({ 'a.ts': bareLoop, 'b.ts': bareLoop });
    commitAll(project);
    const disk: typeof fs = {
      ...fs,
      renameSync: (from, to) => {
        if (String(to).endsWith('a.ts')) throw Object.assign(new Error(errno), { code: errno });
        fs.renameSync(from, to);
      },
    };
    const { code, stdout, stderr } = await project.run(['migrate', '--format', 'json'], { disk });
    expect(stderr).toBe(`error: a.ts: cannot be written: ${words}\n`);
    expect(code).toBe(2);
    expect(project.read('a.ts')).toBe(bareLoop);
    expect(project.read('b.ts')).not.toBe(bareLoop);
    expect(fs.readdirSync(project.root).sort()).toEqual(['.git', 'a.ts', 'b.ts']);
    const { files } = JSON.parse(stdout) as {
      files: { file: string; status: string; edits: unknown[]; failure: string | null }[];
    };
    expect(files.map(({ file, status, failure }) => [file, status, failure])).toEqual([
      ['a.ts', 'failed', `cannot be written: ${words}`],
      ['b.ts', 'changed', null],
    ]);
    expect(files[0]?.edits).toEqual([]);
  });

  it('leaves nothing behind where the temporary file fills the disk', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const disk: typeof fs = {
      ...fs,
      writeFileSync: (path, _, options) => {
        fs.writeFileSync(path, 'half', options);
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      },
    };
    const { stderr } = await project.run(['migrate', '--allow-dirty'], { disk });
    expect(stderr).toBe('error: a.ts: cannot be written: the disk is full; make room, and run again\n');
    expect(fs.readdirSync(project.root)).toEqual(['a.ts']);
    expect(project.read('a.ts')).toBe(bareLoop);
  });

  it('leaves a file that may only be read', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const disk: typeof fs = {
      ...fs,
      accessSync: () => {
        throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      },
    };
    expect((await project.run(['migrate', '--allow-dirty'], { disk })).stderr).toBe(
      'error: a.ts: cannot be written: permission denied; change its permissions, or leave it out\n',
    );
    expect(project.read('a.ts')).toBe(bareLoop);
  });

  it('does not overwrite what changed on disk in the meantime', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const disk: typeof fs = {
      ...fs,
      writeFileSync: (path, content, options) => {
        project.write('a.ts', '// saved in the editor\n');
        fs.writeFileSync(path, content, options);
      },
    };
    const { code, stderr } = await project.run(['migrate', '--allow-dirty'], { disk });
    expect(stderr).toBe('error: a.ts: changed on disk in the meantime; run again\n');
    expect(code).toBe(2);
    expect(project.read('a.ts')).toBe('// saved in the editor\n');
    expect(fs.readdirSync(project.root)).toEqual(['a.ts']);
  });
});
