import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { codemods } from '../../codemods/all.ts';
import { createProject, type Project } from './project.ts';

const LOOP = `import OpenAI from 'openai';

const client = new OpenAI();
for await (const chunk of await client.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hello' }], stream: true })) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;
/** What is left to a person. */
const ELSEWHERE = `import OpenAI from 'openai';

export async function show(stream: Awaited<ReturnType<OpenAI['chat']['completions']['create']>>) {
  for await (const chunk of stream) console.log(chunk.choices[0]?.delta?.content);
}
`;

const formatters = {
  prettier: { config: '.prettierrc', text: '{ "singleQuote": false, "semi": false }', check: ['prettier', '--check'] },
  biome: { config: 'biome.json', text: '{ "formatter": { "indentStyle": "tab" } }', check: ['biome', 'format'] },
  dprint: {
    config: 'dprint.json',
    text: '{ "typescript": { "indentWidth": 4 }, "plugins": ["../node_modules/@dprint/typescript/plugin.wasm"] }',
    check: ['dprint', 'check'],
  },
  oxfmt: { config: '.oxfmtrc.json', text: '{ "singleQuote": false }', check: ['oxfmt', '--check'] },
} as const;

const examples = codemods.flatMap(({ name, examples }) =>
  examples.map(({ before, after }, index) => ({ name, file: `${name}/${index}.js`, before, after })),
);

describe('migrate, from the packed tarballs', () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject(
      {
        dependencies: {
          prettier: '3.10.1',
          '@biomejs/biome': '2.6.8',
          dprint: '0.57.4',
          '@dprint/typescript': '0.96.1',
          oxfmt: '0.79.0',
        },
        files: {
          ...Object.fromEntries(
            Object.entries(formatters).flatMap(([name, { config, text }]) => [
              [`${name}/a.ts`, LOOP],
              [`${name}/${config}`, text],
            ]),
          ),
          ...Object.fromEntries(examples.map(({ file, before }) => [file, before])),
          'left/a.ts': ELSEWHERE,
          'vendor/a.js': LOOP,
          'vendor/b.ts': LOOP,
        },
      },
      inject('tarballs'),
    );
  });
  afterAll(() => project?.remove());
  const read = (file: string): string => readFileSync(join(project.folder, file), 'utf8');

  it.each(Object.entries(formatters))('--format-with auto leaves nothing to %s', async (name, { check }) => {
    const { code, stderr } = await project.run(['resilient-stream', 'migrate', '--allow-dirty', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read(`${name}/a.ts`)).toContain('resilientStream');
    const [program, ...argv] = check;
    const checked = await project.run(['sh', '-c', `cd ${name} && ${program} ${argv.join(' ')} a.ts`]);
    expect(checked.code, checked.stdout + checked.stderr).toBe(0);
    const again = await project.run(['resilient-stream', 'migrate', '--allow-dirty', name]);
    expect(again.stdout).toBe('Nothing to rewrite.\n');
  });

  it('--vendor has its copies with it', async () => {
    expect(
      (
        await project.run([
          'resilient-stream',
          'migrate',
          '--allow-dirty',
          'vendor/b.ts',
          '--vendor',
          'vendor/helper.ts',
        ])
      ).code,
    ).toBe(0);
    expect(
      (
        await project.run([
          'resilient-stream',
          'migrate',
          '--allow-dirty',
          'vendor/a.js',
          '--vendor',
          'vendor/helper.js',
        ])
      ).code,
    ).toBe(0);
    expect([read('vendor/helper.ts'), read('vendor/helper.js')]).toEqual([
      expect.stringMatching(/^\/\*! resilient-stream /),
      expect.stringMatching(/^\/\*! resilient-stream /),
    ]);
    const { stdout } = await project.run([
      'node',
      '--input-type=module',
      '--eval',
      "console.log(typeof (await import('./vendor/helper.js')).resilientStream)",
    ]);
    expect(stdout).toBe('function\n');
  });

  describe.each(
    codemods.flatMap(({ name }) =>
      // As it is published, and the module behind it.
      ['codemods', 'dist/codemods'].map((folder) => ({ name, path: `resilient-stream-cli/${folder}/${name}.js` })),
    ),
  )('stock jscodeshift runs $path', ({ name, path }) => {
    beforeAll(() => {
      for (const { file, before } of own) writeFileSync(join(project.folder, file), before);
    });
    const transform = (target: string, ...flags: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
      project.run([
        'jscodeshift',
        '-t',
        `node_modules/${path}`,
        '--parser',
        'tsx',
        '--extensions=js',
        '--run-in-band',
        '--no-babel',
        ...flags,
        target,
      ]);
    const own = examples.filter((example) => example.name === name);

    it('dry: it counts, and writes nothing', async () => {
      const { code, stdout, stderr } = await transform(name, '--dry');
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(new RegExp(`\\b${own.length} ok\\b`));
      expect(stdout).toMatch(/rewritten: [1-9]/);
      expect(own.map(({ file }) => read(file))).toEqual(own.map(({ before }) => before));
    });

    it('for good: once, and then there is nothing left', async () => {
      expect((await transform(name)).stdout).toMatch(new RegExp(`\\b${own.length} ok\\b`));
      expect(own.map(({ file }) => read(file))).toEqual(own.map(({ after }) => after));
      expect((await transform(name)).stdout).toMatch(/\b0 ok\b/);
    });
  });

  it('stock jscodeshift is told what is left to a person, and how much', async () => {
    writeFileSync(join(project.folder, 'left/b.ts'), ELSEWHERE);
    const { stdout } = await project.run([
      'jscodeshift',
      '-t',
      'node_modules/resilient-stream-cli/codemods/wrap-in-resilient-stream.js',
      '--parser',
      'tsx',
      '--extensions=ts',
      '--run-in-band',
      '--dry',
      'left',
    ]);
    expect(stdout).toMatch(/REP\S* \S*left\/a\.ts 4: .+\.\n/);
    expect(stdout).toMatch(/left to a person: 2/);
  });
});
