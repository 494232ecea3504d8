import { mkdirSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bareLoop, createProject, type Project } from '../project.ts';

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const TSCONFIG = JSON.stringify({
  compilerOptions: { target: 'es2023', module: 'nodenext', strict: true, noEmit: true, types: ['node'] },
  include: ['src'],
});

/** With the real SDK. */
function createTypedProject(files: Readonly<Record<string, string>>): Project {
  const project = createProject({ 'package.json': '{ "type": "module" }', ...files });
  symlinkSync(modules, join(project.root, 'node_modules'));
  return project;
}

const migrate = ['migrate', '--allow-dirty', '--format', 'json'];
const filesOf = (stdout: string): { file: string; status: string; failure: string | null }[] =>
  (JSON.parse(stdout) as { files: { file: string; status: string; failure: string | null }[] }).files.map(
    ({ file, status, failure }) => ({ file, status, failure }),
  );

/** A client that takes no options, which only its type says. */
const TAKES_NO_OPTIONS = `import OpenAI from 'openai';
interface Asks { chat: { completions: { create(body: object): Promise<AsyncIterable<OpenAI.ChatCompletionChunk>> } } }
const client = new OpenAI() as unknown as Asks;
const stream = await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;

describe('the proof by types', () => {
  it('lets a rewrite pass of which TypeScript says nothing', async () => {
    const project = createTypedProject({ 'tsconfig.json': TSCONFIG, 'src/ask.ts': bareLoop });
    const { code, stdout } = await project.run(migrate);
    expect(filesOf(stdout)).toEqual([{ file: 'src/ask.ts', status: 'changed', failure: null }]);
    expect(code).toBe(0);
    expect(project.read('src/ask.ts')).toContain('resilientStream(');
  });

  it('lets a file stay as wrong as it was', async () => {
    const project = createTypedProject({
      'tsconfig.json': TSCONFIG,
      'src/ask.ts': `${bareLoop}const answer: number = 'text';\nexport {};\n`,
    });
    expect(filesOf((await project.run(migrate)).stdout)).toEqual([
      { file: 'src/ask.ts', status: 'changed', failure: null },
    ]);
  });

  it('lets a rewrite pass of a client without a type, whose chunks stay without one', async () => {
    const untyped = bareLoop
      .replace('new OpenAI()', 'new OpenAI() as any')
      .replace(
        "import OpenAI from 'openai';",
        "import OpenAI from 'openai';\nimport type { Gone } from 'not-installed';",
      );
    const project = createTypedProject({
      'tsconfig.json': TSCONFIG,
      'src/ask.ts': `${untyped}export type { Gone };\n`,
    });
    expect(filesOf((await project.run(migrate)).stdout)).toEqual([
      { file: 'src/ask.ts', status: 'changed', failure: null },
    ]);
    expect(project.read('src/ask.ts')).toContain('resilientStream(');
  });

  it('knows the types of the helper where it is not installed', async () => {
    const project = createProject({
      'package.json': '{ "type": "module" }',
      'tsconfig.json': TSCONFIG,
      'src/ask.ts': `${bareLoop}export {};\n`,
    });
    mkdirSync(join(project.root, 'node_modules/@types'), { recursive: true });
    for (const name of ['openai', '@types/node', 'undici-types'])
      symlinkSync(join(modules, name), join(project.root, 'node_modules', name));
    expect(filesOf((await project.run(migrate)).stdout)).toEqual([
      { file: 'src/ask.ts', status: 'changed', failure: null },
    ]);
  });

  it('leaves a file alone of which TypeScript would say more, and says what', async () => {
    const project = createTypedProject({
      'tsconfig.json': TSCONFIG,
      'src/ask.ts': TAKES_NO_OPTIONS,
      'src/other.ts': bareLoop,
    });
    const { code, stdout } = await project.run(migrate);
    const [ask, other] = filesOf(stdout);
    expect(ask?.status).toBe('failed');
    expect(ask?.failure).toMatch(/^TypeScript would say: .+\(TS\d+\)\. The file was left as it was\.$/);
    expect(project.read('src/ask.ts')).toBe(TAKES_NO_OPTIONS);
    expect(other?.status).toBe('changed');
    expect(code).toBe(2);
  });

  it('is not asked with --verify fast', async () => {
    const project = createTypedProject({ 'tsconfig.json': TSCONFIG, 'src/ask.ts': TAKES_NO_OPTIONS });
    expect(filesOf((await project.run([...migrate, '--verify', 'fast'])).stdout)[0]?.status).toBe('changed');
  });

  it('is not given of files that no tsconfig.json names, and of a broken one, which is said', async () => {
    const project = createTypedProject({
      'tsconfig.json': '{ "extends": "./gone.json", "include": ["src"] }',
      'src/ask.ts': TAKES_NO_OPTIONS,
    });
    const { stdout, stderr } = await project.run(migrate);
    expect(filesOf(stdout)[0]?.status).toBe('changed');
    expect(stderr).toContain('warning: tsconfig.json: ');
  });

  it('looks where a solution refers to', async () => {
    const project = createTypedProject({
      'tsconfig.json': '{ "files": [], "references": [{ "path": "./tsconfig.src.json" }] }',
      'tsconfig.src.json': TSCONFIG,
      'src/ask.ts': TAKES_NO_OPTIONS,
    });
    expect(filesOf((await project.run(migrate)).stdout)[0]?.status).toBe('failed');
  });
});

describe('--verify', () => {
  it('takes three words', async () => {
    const { code, stderr } = await createProject({}).run(['migrate', '--verify', 'maybe']);
    expect(code).toBe(2);
    expect(stderr).toContain('full, fast, off');
  });

  it('off writes what parses', async () => {
    const project = createProject({ 'ask.js': bareLoop });
    expect(filesOf((await project.run([...migrate, '--verify', 'off'])).stdout)).toEqual([
      { file: 'ask.js', status: 'changed', failure: null },
    ]);
  });
});
