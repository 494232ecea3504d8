import { describe, expect, it } from 'vitest';
import { parseRemote } from '../../../cli/migrate/git/permalinks.ts';
import { bareLoop, commitAll, createProject } from '../project.ts';

const elsewhere =
  'export async function show(stream) {\n  for await (const chunk of stream) log(chunk.choices[0]?.delta?.content);\n}\n';
const files = {
  'src/a.ts': bareLoop,
  'src/b.ts': bareLoop,
  'c.js': elsewhere,
  'package.json': '{\n  "name": "app"\n}\n',
};

describe('migrate --format markdown', () => {
  it('is the body of a pull request', async () => {
    const project = createProject(files);
    commitAll(project);
    project.git('remote', 'add', 'origin', 'https://user:secret@github.com/acme/app.git');
    const { code, stdout, stderr } = await project.run(['migrate', '--format', 'markdown']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /^### Read model streams through `resilientStream\(\)`\n\nRewrites 2 places in 2 files, leaves 1 to a person\.\n/,
    );
    expect(stdout).toContain(
      '\n| provider | codemod | places | files |\n| --- | --- | --- | --- |\n| OpenAI | `wrap-in-resilient-stream` | 2 | 2 |\n',
    );
    expect(stdout).toMatch(
      /\n\| provider \| codemod \| left to a person, because \| places \|\n\| --- \| --- \| --- \| --- \|\n\| OpenAI \| `wrap-in-resilient-stream` \| .+\. \| 1 \|\n/,
    );
    expect(stdout).toMatch(
      /\n#### Files\n\n- `src\/a\.ts`: line \[4\]\(https:\/\/github\.com\/acme\/app\/blob\/[0-9a-f]{40}\/src\/a\.ts#L4\)\n- `src\/b\.ts`: line /,
    );
    expect(stdout).toMatch(/\n#### Dependencies\n\n- `package\.json`: `resilient-stream \^\S+`; run `npm install`\n/);
    expect(stdout).toMatch(
      /\n#### Left to a person\n\n- \[`c\.js:2`\]\(https:\/\/github\.com\/acme\/app\/blob\/[0-9a-f]{40}\/c\.js#L2\): .+\.\n/,
    );
    expect(stdout).toMatch(
      /\n#### How it was proven\n\nEach file parses; outside of the edits its syntax tree is the one before; .+ and TypeScript says nothing .+\n$/,
    );
    expect(stdout).not.toContain('secret');
  });

  it('links to the files beside it where the host is unknown, and says what was not asked', async () => {
    const { stdout } = await createProject({ 'a b.ts': bareLoop }).run([
      'migrate',
      '--dry-run',
      '--format',
      'markdown',
      '--verify',
      'fast',
    ]);
    expect(stdout).toContain('- `a b.ts`: line [4](a%20b.ts#L4)\n');
    expect(stdout).toContain('TypeScript was not asked.');
  });

  it('holds names that look like markup', async () => {
    const { stdout } = await createProject({ 'a|b/`c`.ts': bareLoop, 'd)e.ts': bareLoop, 'f|g.js': elsewhere }).run([
      'migrate',
      '--dry-run',
      '--format',
      'markdown',
      '--verify',
      'fast',
    ]);
    expect(stdout).toContain('- ``a|b/`c`.ts``: line [4](a%7Cb/%60c%60.ts#L4)\n');
    expect(stdout).toContain('- `d)e.ts`: line [4](d%29e.ts#L4)\n');
    expect(stdout).toContain('- [`f|g.js:2`](f%7Cg.js#L2): ');
  });

  it('is as long as GitHub takes it, whatever the lists are made of', async () => {
    const name = (index: number): string => `${'a-long-name-'.repeat(15)}${index}.js`;
    const project = createProject(
      Object.fromEntries(
        Array.from({ length: 300 }, (_, index) => [
          name(index),
          index % 3 === 0
            ? 'const stream = OpenAI("openai"; for await (const a of b) {}'
            : index % 3 === 1
              ? bareLoop
              : elsewhere,
        ]),
      ),
    );
    const { stdout } = await project.run(['migrate', '--dry-run', '--format', 'markdown', '--verify', 'fast']);
    expect(stdout.length).toBeLessThan(65_536);
    expect(stdout.match(/^- … and \d+ more\.$/gm)).toHaveLength(3);
  });

  it('says little where there is nothing to say', async () => {
    const { stdout } = await createProject({ 'a.ts': 'export const a = 1;\n' }).run([
      'migrate',
      '--dry-run',
      '--format',
      'markdown',
    ]);
    expect(stdout).toBe(
      '### Would read model streams through `resilientStream()`\n\nWould rewrite 0 places in 0 files, leaves 0 to a person.\n',
    );
  });
});

describe('the address of a repository', () => {
  it.each([
    ['git@github.com:acme/app.git', 'https://github.com/acme/app'],
    ['https://token@github.com/acme/app', 'https://github.com/acme/app'],
    ['ssh://git@gitlab.acme.com:2222/group/sub/app.git', 'https://gitlab.acme.com/group/sub/app'],
    ['https://example.com/acme/app.git', null],
    ['/srv/git/app.git', null],
    ['', null],
  ])('of %s is %s', (url, address) => {
    expect(parseRemote(url)).toBe(address);
  });
});

describe('the summary of migrate for people', () => {
  it('counts by provider, codemod and reason', async () => {
    const { stdout } = await createProject(files).run(['migrate', '--dry-run']);
    expect(stdout).toMatch(
      /\n {2}OpenAI {2}wrap-in-resilient-stream {2}2 {2}rewritten\n {2}OpenAI {2}wrap-in-resilient-stream {2}1 {2}.+\.\n/,
    );
  });
});
