import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bareLoop, createProject, type Project } from '../project.ts';

/** Stands for a formatter: it puts its name, its arguments and its folder on top, and doubles the quotes. */
const formatter = (name: string): string => `#!/usr/bin/env node
const text = require('node:fs').readFileSync(0, 'utf8');
const line = '// ${name} ' + process.argv.slice(2).join(' ') + ' in ' + require('node:path').basename(process.cwd()) + '\\n';
process.stdout.write(line + text.replace(line, '').replaceAll("'", '"'));
`;
const FAILING =
  "#!/usr/bin/env node\nprocess.stderr.write('[error] Invalid configuration for file.\\n[error]   more\\n');\nprocess.exit(2);\n";

function createWith(files: Readonly<Record<string, string>>, binaries: Readonly<Record<string, string>>): Project {
  const project = createProject(files);
  for (const [name, text] of Object.entries(binaries)) {
    project.write(`node_modules/.bin/${name}`, text);
    chmodSync(join(project.root, 'node_modules/.bin', name), 0o755);
  }
  return project;
}

const all = Object.fromEntries(['prettier', 'biome', 'dprint', 'oxfmt'].map((name) => [name, formatter(name)]));
const firstLineOf = (project: Project, file: string): string => project.read(file).split('\n')[0]!;

describe('migrate --format-with', () => {
  it.each([
    ['.prettierrc', '// prettier --stdin-filepath src/a.ts in '],
    ['prettier.config.mjs', '// prettier --stdin-filepath src/a.ts in '],
    ['biome.jsonc', '// biome format --stdin-file-path=src/a.ts in '],
    ['dprint.json', '// dprint fmt --stdin src/a.ts in '],
    ['.oxfmtrc.json', '// oxfmt --stdin-filepath src/a.ts in '],
  ])('auto runs what %s is of, on what was rewritten', async (config, expected) => {
    const project = createWith({ 'src/a.ts': bareLoop, 'src/b.ts': "export const b = 'b';\n", [config]: '' }, all);
    expect((await project.run(['migrate', '--allow-dirty'])).stderr).toBe('');
    expect(firstLineOf(project, 'src/a.ts')).toContain(expected);
    expect(project.read('src/a.ts')).toContain('import { resilientStream } from "resilient-stream";');
    expect(project.read('src/b.ts')).toBe("export const b = 'b';\n");
    const after = project.read('src/a.ts');
    expect((await project.run(['migrate', '--allow-dirty'])).stdout).toBe('Nothing to rewrite.\n');
    expect(project.read('src/a.ts')).toBe(after);
  });

  it('takes the nearest configuration, a key of package.json too', async () => {
    const project = createWith(
      { 'a.ts': bareLoop, 'inner/a.ts': bareLoop, 'biome.json': '{}', 'inner/package.json': '{ "prettier": {} }' },
      all,
    );
    await project.run(['migrate', '--allow-dirty']);
    expect(firstLineOf(project, 'a.ts')).toMatch(/^\/\/ biome /);
    expect(firstLineOf(project, 'inner/a.ts')).toBe('// prettier --stdin-filepath a.ts in inner');
  });

  it('auto runs nothing where nothing is configured in the repository', async () => {
    const project = createWith({ 'inner/a.ts': bareLoop, '.prettierrc': '' }, all);
    project.git('init', '--quiet', 'inner');
    await project.run(['migrate', '--allow-dirty']);
    expect(project.read('inner/a.ts')).toContain("from 'resilient-stream'");
  });

  it('runs the one that is named, configured or not, and none where it is off', async () => {
    const named = createWith({ 'a.ts': bareLoop, '.prettierrc': '' }, all);
    await named.run(['migrate', '--allow-dirty', '--format-with', 'oxfmt']);
    expect(firstLineOf(named, 'a.ts')).toMatch(/^\/\/ oxfmt /);
    const off = createWith({ 'a.ts': bareLoop, '.prettierrc': '' }, all);
    await off.run(['migrate', '--allow-dirty', '--format-with', 'off']);
    expect(off.read('a.ts')).toContain("from 'resilient-stream'");
  });

  it('shows in a dry run what would be written', async () => {
    const project = createWith({ 'a.ts': bareLoop, '.prettierrc': '' }, all);
    expect((await project.run(['migrate', '--dry-run'])).stdout).toContain(
      '+import { resilientStream } from "resilient-stream";',
    );
    expect(project.read('a.ts')).toBe(bareLoop);
  });

  it('says once that it is not installed', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'src/b.ts': bareLoop, '.prettierrc': '' });
    const { code, stderr } = await project.run(['migrate', '--allow-dirty']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'warning: .prettierrc: prettier is not installed, so the rewritten files are not formatted; install it, or pass --format-with off.\n',
    });
    expect(project.read('a.ts')).toContain("from 'resilient-stream'");
  });

  it('leaves the file as it was rewritten where the formatter fails', async () => {
    const project = createWith({ 'a.ts': bareLoop, '.prettierrc': '' }, { prettier: FAILING });
    const { code, stderr } = await project.run(['migrate', '--allow-dirty']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'warning: a.ts: prettier failed (Invalid configuration for file); the file is left as it was rewritten.\n',
    });
    expect(project.read('a.ts')).toContain("from 'resilient-stream'");
  });

  it('does not take what is another program, such as a message', async () => {
    const project = createWith(
      { 'a.ts': bareLoop, '.prettierrc': '' },
      { prettier: '#!/bin/sh\ncat > /dev/null\necho done\n' },
    );
    expect((await project.run(['migrate', '--allow-dirty'])).stderr).toBe(
      'warning: a.ts: prettier failed (what it gave back is another program); the file is left as it was rewritten.\n',
    );
    expect(project.read('a.ts')).toContain("from 'resilient-stream'");
  });

  it('says why the formatter failed before it had read the text, and that it could not be started', async () => {
    const files = { 'a.ts': bareLoop + `// ${'x'.repeat(500_000)}\n`, '.prettierrc': '' };
    const failing = createWith(files, { prettier: '#!/bin/sh\necho "Invalid configuration." >&2\nexit 2\n' });
    expect((await failing.run(['migrate', '--dry-run'])).stderr).toContain('prettier failed (Invalid configuration);');
    const locked = createWith(files, { prettier: '' });
    chmodSync(join(locked.root, 'node_modules/.bin/prettier'), 0o644);
    expect((await locked.run(['migrate', '--dry-run'])).stderr).toContain('prettier failed (permission denied);');
  });

  it('does not take what a second run would rewrite again', async () => {
    const undoing = `#!/usr/bin/env node\nprocess.stdout.write(${JSON.stringify(bareLoop)});\n`;
    const project = createWith({ 'a.ts': bareLoop, '.prettierrc': '' }, { prettier: undoing });
    await project.run(['migrate', '--allow-dirty']);
    expect(project.read('a.ts')).toContain("from 'resilient-stream'");
  });
});
