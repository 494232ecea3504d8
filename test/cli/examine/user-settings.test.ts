import { describe, expect, it } from 'vitest';
import type { CheckReport, ListReport } from '../../../cli/reports/json-shapes.ts';
import { createProject, type Outcome } from '../project.ts';

const settings = { streams: [{ module: '@acme/llm', name: 'ask', like: 'openai.chat' }] };
const manifest = (value: unknown): string => JSON.stringify({ name: 'app', 'resilient-stream': value });
const loop = `import { ask } from '@acme/llm';\nfor await (const chunk of await ask()) show(chunk);\n`;
const pulled = `import { ask } from '@acme/llm';
const it = (await ask())[Symbol.asyncIterator]();
for (let r; !(r = await it.next()).done; ) show(r.value);
`;

const list = (files: Record<string, string>, ...argv: string[]): Promise<Outcome> =>
  createProject(files).run(['list', '--format', 'json', ...argv]);
const found = ({ stdout }: Outcome): string[] =>
  (JSON.parse(stdout) as ListReport).streams.map(({ file, provider, api }) => `${file} ${provider} ${api}`);

describe('the key "resilient-stream" of package.json', () => {
  it('names streams of the user’s own', async () => {
    expect(found(await list({ 'a.ts': loop, 'package.json': manifest(settings) }))).toEqual(['a.ts openai ask']);
    expect(found(await list({ 'a.ts': loop, 'package.json': '{}' }))).toEqual([]);
  });

  it('is looked for in the folders above, past a package.json without it', async () => {
    const project = createProject({
      'package.json': manifest(settings),
      'app/package.json': '{ "name": "app" }',
      'app/src/a.ts': loop,
    });
    expect(found(await project.run(['list', '--format', 'json'], { cwd: `${project.root}/app/src` }))).toEqual([
      'a.ts openai ask',
    ]);
  });

  it('finds files whose text names no SDK', async () => {
    expect(found(await list({ 'a.ts': pulled, 'package.json': manifest(settings) }))).toEqual(['a.ts openai ask']);
    const byPath = { streams: [{ module: '*/llm/ask.ts', name: 'ask', like: 'openai.chat' }] };
    expect(
      found(await list({ 'a.ts': pulled.replace('@acme/llm', '../llm/ask'), 'package.json': manifest(byPath) })),
    ).toEqual(['a.ts openai ask']);
  });

  it('counts for check and for migrate', async () => {
    const project = createProject({ 'a.ts': loop, 'package.json': manifest(settings) });
    const { problems } = JSON.parse((await project.run(['check', '--format', 'json'])).stdout) as CheckReport;
    expect(problems.map(({ file, rule }) => `${file} ${rule}`)).toContain('a.ts require-error-handling');
    const clients = { clients: [{ module: '@acme/llm', name: 'client', like: 'openai' }] };
    const own = createProject({
      'a.ts': `import { client } from '@acme/llm';
for await (const chunk of await client.chat.completions.create({ model: 'm', messages: [], stream: true })) show(chunk);
`,
      'package.json': manifest(clients),
    });
    const { stdout } = await own.run(['migrate', '--dry-run', '.']);
    expect(stdout).toContain(
      '+for await (const chunk of await resilientStream(({ signal }) => client.chat.completions.create(',
    );
  });

  it('is not asked of a package.json that has none, whatever else is wrong with that', async () => {
    expect(await list({ 'a.ts': loop, 'package.json': '{ "name": ' })).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    [manifest({ stream: [] }), "package.json: resilient-stream has no 'stream'; did you mean 'streams'?"],
    [
      manifest({ streams: [{ module: 'a', name: 'b', like: 'opnai.chat' }] }),
      "package.json: resilient-stream.streams[0].like: there is no provider 'opnai'; did you mean 'openai.chat'?",
    ],
    [manifest([]), "package.json: resilient-stream is a list; it is an object with 'streams', 'clients', 'modules'."],
    ['{ "resilient-stream": ', 'package.json: is no JSON: '],
  ])('that is wrong is named: %s', async (text, message) => {
    for (const command of ['list', 'check', 'migrate']) {
      const outcome = await createProject({ 'a.ts': loop, 'package.json': text }).run([command, '--format', 'json']);
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).toContain(`error: ${message}`);
      expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});

describe('--config', () => {
  it('names a file with the settings, which count instead', async () => {
    const files = {
      'a.ts': loop,
      'llm.json': JSON.stringify(settings),
      'package.json': manifest({ streams: [] }),
      'other/package.json': manifest(settings),
    };
    expect(found(await list(files, '--config', 'llm.json'))).toEqual(['a.ts openai ask']);
    expect(found(await list(files))).toEqual([]);
    expect(found(await list(files, '--config', 'other/package.json'))).toEqual(['a.ts openai ask']);
  });

  it.each([
    ['missing.json', '--config missing.json: cannot be read: does not exist.'],
    ['broken.json', '--config broken.json: is no JSON: '],
    ['package.json', '--config package.json: has no "resilient-stream".'],
    ['wrong.json', "--config wrong.json: settings has no 'stream'; did you mean 'streams'?"],
  ])('with %s says what is wrong', async (name, message) => {
    const outcome = await list(
      { 'broken.json': '{', 'package.json': '{}', 'wrong.json': '{ "stream": [] }' },
      '--config',
      name,
    );
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(`error: ${message}`);
  });
});
