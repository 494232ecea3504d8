import { describe, expect, it } from 'vitest';
import { addDependency } from '../../../cli/migrate/manifest.ts';
import { bareLoop, createProject } from '../project.ts';

const add = (text: string): string | null => addDependency(text, 'resilient-stream', '^1.0.0');

describe('a dependency is added', () => {
  it('among its sorted neighbours, with the indentation of the file', () => {
    expect(
      add('{\n\t"name": "app",\n\t"dependencies": {\n\t\t"openai": "^6.0.0",\n\t\t"zod": "^4.0.0"\n\t}\n}\n'),
    ).toBe(
      '{\n\t"name": "app",\n\t"dependencies": {\n\t\t"openai": "^6.0.0",\n\t\t"resilient-stream": "^1.0.0",\n\t\t"zod": "^4.0.0"\n\t}\n}\n',
    );
  });

  it('behind neighbours that are not sorted', () => {
    expect(add('{\n    "dependencies": {\n        "zod": "4",\n        "openai": "6"\n    }\n}')).toBe(
      '{\n    "dependencies": {\n        "zod": "4",\n        "openai": "6",\n        "resilient-stream": "^1.0.0"\n    }\n}',
    );
  });

  it('with a section of its own where there is none, and the line ends of the file', () => {
    expect(add('{\r\n  "name": "app"\r\n}\r\n')).toBe(
      '{\r\n  "name": "app",\r\n  "dependencies": {\r\n    "resilient-stream": "^1.0.0"\r\n  }\r\n}\r\n',
    );
  });

  it('not where it stands already, as a dependency or a peer', () => {
    for (const text of [
      '{ "dependencies": { "resilient-stream": "0.9.0" } }',
      '{ "peerDependencies": { "resilient-stream": "*" } }',
    ])
      expect(add(text)).toBe(text);
  });

  it('by moving it there from the development dependencies, which npm leaves out of production even where it stands in both', () => {
    expect(add('{\n  "devDependencies": {\n    "resilient-stream": "~0.9.0",\n    "zod": "4"\n  }\n}\n')).toBe(
      '{\n  "devDependencies": {\n    "zod": "4"\n  },\n  "dependencies": {\n    "resilient-stream": "~0.9.0"\n  }\n}\n',
    );
    expect(
      add(
        '{\n  "dependencies": {\n    "openai": "6"\n  },\n  "devDependencies": {\n    "resilient-stream": "workspace:*"\n  }\n}',
      ),
    ).toBe('{\n  "dependencies": {\n    "openai": "6",\n    "resilient-stream": "workspace:*"\n  }\n}');
  });

  it('not to what is no JSON object, nor into dependencies that are none', () => {
    for (const text of ['{ "name": ', '[]', '{ "dependencies": null }', '{ "dependencies": [] }'])
      expect(add(text)).toBe(null);
  });
});

describe('migrate', () => {
  const files = {
    'package.json': '{\n  "type": "module"\n}\n',
    'pnpm-lock.yaml': '',
    'packages/bot/package.json': '{\n  "name": "bot"\n}\n',
    'packages/bot/ask.js': bareLoop,
    'packages/web/ask.js': bareLoop,
  };

  it('adds the helper to the nearest package.json, and says which install command the lock file calls for', async () => {
    const project = createProject(files);
    const { stdout, code } = await project.run(['migrate', '--allow-dirty']);
    expect(code).toBe(0);
    expect(project.read('packages/bot/package.json')).toMatch(
      /^\{\n {2}"name": "bot",\n {2}"dependencies": \{\n {4}"resilient-stream": "\^\d+\.\d+\.\d+"\n {2}\}\n\}\n$/,
    );
    expect(project.read('package.json')).toContain('"resilient-stream"');
    expect(stdout).toContain('Next: `pnpm install`, then run your tests.');
  });

  it.each([
    ['bun.lock', 'bun install'],
    ['deno.lock', 'deno install'],
    ['yarn.lock', 'yarn install'],
  ])('knows the manager that %s is of', async (lock, install) => {
    const { stdout } = await createProject({ 'ask.js': bareLoop, 'package.json': '{}', [lock]: '' }).run([
      'migrate',
      '--allow-dirty',
    ]);
    expect(stdout).toContain(`Next: \`${install}\`, then run your tests.`);
  });

  it('says what adds the helper to a project of Deno that has no package.json', async () => {
    const { stdout } = await createProject({ 'ask.js': bareLoop, 'deno.json': '{}' }).run(['migrate', '--allow-dirty']);
    expect(stdout).toContain('Next: `deno add npm:resilient-stream`, then run your tests.');
  });

  it('passes over a package.json that only says how files are read, and has it where there is no other', async () => {
    const project = createProject({
      'package.json': '{ "name": "app" }',
      'src/package.json': '{ "type": "module" }',
      'src/deep/ask.js': bareLoop,
      'alone/package.json': '{ "type": "module" }',
      'alone/ask.js': bareLoop,
    });
    project.git('init', '--quiet', 'alone');
    await project.run(['migrate', '--allow-dirty']);
    expect(
      ['package.json', 'src/package.json', 'alone/package.json'].map((name) =>
        project.read(name).includes('resilient-stream'),
      ),
    ).toEqual([true, false, true]);
  });

  it('leaves a package.json beyond the repository alone', async () => {
    const project = createProject({ 'package.json': '{}', 'pnpm-lock.yaml': '', 'app/ask.js': bareLoop });
    project.git('init', '--quiet', 'app');
    const { stdout } = await project.run(['migrate', '--allow-dirty', 'app']);
    expect(stdout).toContain('Next: `npm install resilient-stream`, then run your tests.');
    expect(project.read('package.json')).toBe('{}');
  });

  it('says in a dry run what it would add, and adds nothing', async () => {
    const project = createProject(files);
    const { stdout } = await project.run(['migrate', '--dry-run', '--format', 'json', 'packages/bot']);
    expect((JSON.parse(stdout) as { dependencies: unknown }).dependencies).toEqual([
      {
        file: 'packages/bot/package.json',
        name: 'resilient-stream',
        range: expect.stringMatching(/^\^/) as string,
        install: 'pnpm install',
      },
    ]);
    expect(project.read('packages/bot/package.json')).toBe(files['packages/bot/package.json']);
  });

  it('adds nothing where the helper is imported from elsewhere', async () => {
    const project = createProject(files);
    await project.run(['migrate', '--allow-dirty', '--helper', '@acme/streams']);
    expect(project.read('package.json')).toBe(files['package.json']);
  });

  it('names a package.json that is none, and rewrites the files all the same', async () => {
    const project = createProject({ 'package.json': '{', 'ask.js': bareLoop });
    const { stderr, code } = await project.run(['migrate', '--allow-dirty']);
    expect(stderr).toMatch(
      /^error: package\.json: is no JSON object, or its dependencies are none; add "resilient-stream": "\^\d.*" to its dependencies by hand$/m,
    );
    expect(code).toBe(2);
    expect(project.read('ask.js')).toContain('resilientStream(');
  });
});
