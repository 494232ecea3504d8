import { describe, expect, it } from 'vitest';
import type { ListReport } from '../../../cli/reports/json-shapes.ts';
import { bareLoop, createProject, otherLoop } from '../project.ts';

const anthropicLoop = `import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic();
export async function* ask(messages: never[], signal: AbortSignal) {
  const stream = await client.messages.create({ model: 'm', max_tokens: 9, messages, stream: true }, { signal });
  for await (const chunk of stream) {
    if (chunk.type === 'message_stop') return;
    yield chunk;
  }
}
`;

const resilientLoop = `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';
const client = new OpenAI();
try {
  const stream = await resilientStream(({ signal }) => client.chat.completions.create({ model: 'm', messages: [], stream: true }, { signal, maxRetries: 0 }));
  for await (const chunk of stream) console.log(chunk);
} catch (error) {
  tell(error);
}
`;

async function listJson(files: Record<string, string>, ...argv: string[]): Promise<ListReport> {
  const { code, stdout, stderr } = await createProject(files).run(['list', '--format', 'json', ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as ListReport;
}

describe('list --format json', () => {
  it('has the shape that others build on', async () => {
    expect(
      await listJson({
        'src/deep/a.ts': `// a line\n  ${bareLoop.replaceAll('\n', '\n  ')}`,
        'src/other.ts': otherLoop,
      }),
    ).toEqual({
      version: 1,
      streams: [
        {
          file: 'src/deep/a.ts',
          line: 5,
          column: 3,
          provider: 'openai',
          api: 'chat.completions.create',
          form: 'for-await',
          evidence: 'import',
          handled: 'to-nobody',
          timeout: null,
          completion: 'unchecked',
          resilient: false,
        },
      ],
      leftOut: [],
      summary: { streams: 1, files: 1, resilient: 0, examined: 2, leftOut: 0 },
    });
  });

  it('tells what protects each stream', async () => {
    const { streams } = await listJson({ 'a.ts': anthropicLoop, 'b.ts': resilientLoop });
    expect(
      streams.map(({ provider, handled, timeout, completion, resilient }) => ({
        provider,
        handled,
        timeout,
        completion,
        resilient,
      })),
    ).toEqual([
      {
        provider: 'anthropic',
        handled: 'to-consumer',
        timeout: 'cancellation',
        completion: 'checked',
        resilient: false,
      },
      { provider: 'openai', handled: 'handled', timeout: 'by-helper', completion: 'by-helper', resilient: true },
    ]);
  });

  it.each([
    ['{ timeout: 1000 }', 'headers'],
    ['{ signal: AbortSignal.timeout(1000) }', 'total'],
    ['{ signal }', 'cancellation'],
    ['options', 'unknown'],
  ])('tells that %s bounds a stall by %s', async (options, timeout) => {
    const code = `import OpenAI from 'openai';
const client = new OpenAI();
export async function ask(options, signal) {
  for await (const chunk of await client.chat.completions.create({ model: 'm', messages: [], stream: true }, ${options})) console.log(chunk);
}
`;
    expect((await listJson({ 'a.js': code })).streams[0]?.timeout).toBe(timeout);
  });

  it('does not call a stream unbounded whose request is out of sight', async () => {
    const code =
      'export async function show(stream) {\n  for await (const chunk of stream) log(chunk.choices[0]?.delta?.content);\n}\n';
    expect((await listJson({ 'a.js': code })).streams).toMatchObject([{ evidence: 'shape', timeout: 'unknown' }]);
  });

  it('lists the streams of the providers that are asked for', async () => {
    const files = { 'a.ts': anthropicLoop, 'b.ts': bareLoop };
    const providersOf = async (...argv: string[]): Promise<string[]> =>
      (await listJson(files, ...argv)).streams.map(({ provider }) => provider);
    expect(await providersOf('--provider', 'anthropic')).toEqual(['anthropic']);
    expect(await providersOf('--provider', 'anthropic,openai')).toEqual(['anthropic', 'openai']);
  });

  it('takes its files from a list', async () => {
    const files = { 'a.ts': bareLoop, 'b.ts': bareLoop, 'changed.txt': 'b.ts\nchanged.txt\n' };
    expect((await listJson(files, '--files-from', 'changed.txt')).streams.map(({ file }) => file)).toEqual(['b.ts']);
    expect((await listJson({ ...files, 'changed.txt': '' }, '--files-from', 'changed.txt')).streams).toEqual([]);
  });

  it('takes its files from standard input', async () => {
    const { stdout } = await createProject({ 'a.ts': bareLoop, 'b.ts': bareLoop }).run(
      ['list', '--files-from', '-', '--format', 'json'],
      { readStdin: () => 'a.ts\0' },
    );
    expect((JSON.parse(stdout) as ListReport).streams.map(({ file }) => file)).toEqual(['a.ts']);
  });

  it('names files from where it runs', async () => {
    const project = createProject({ 'a.ts': bareLoop, 'deep/b.ts': '' });
    const { stdout } = await project.run(['list', '..', '--format', 'json'], { cwd: `${project.root}/deep` });
    expect((JSON.parse(stdout) as ListReport).streams.map(({ file }) => file)).toEqual(['../a.ts']);
  });

  it('counts columns without the byte order mark', async () => {
    const inOneLine = `\uFEFF${bareLoop.replaceAll('\n', ' ')}`;
    expect((await listJson({ 'a.ts': inOneLine })).streams[0]?.column).toBe(inOneLine.indexOf('for await'));
  });
});

describe('list', () => {
  it('prints a table under the name of each file', async () => {
    const { code, stdout } = await createProject({ 'a.ts': bareLoop, 'src/b.ts': anthropicLoop }).run(['list']);
    expect(stdout).toBe(`  line  stream                          errors           a stall         a cut answer

a.ts
  4:1   openai chat.completions.create  reach nobody     none            unnoticed

src/b.ts
  5:3   anthropic messages.create       to the consumer  caller cancels  checked

2 streams in 2 files: 1 would take a cut answer for a whole one, 1 would wait for ever on a stall, 1 loses its errors, 0 made by resilientStream().
Next: \`resilient-stream check\` says what is wrong with each.
`);
    expect(code).toBe(0);
  });

  it('tells how the chunks are taken where it is not by `for await`', async () => {
    const code = `import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic();
client.messages.stream({ model: 'm', max_tokens: 9, messages: [] }).on('text', show);
export async function pull(stream) {
  const it = stream[Symbol.asyncIterator]();
  for (let r; !(r = await it.next()).done;) show(r.value.choices[0]?.delta?.content);
}
`;
    const project = createProject({ 'a.js': code });
    const { stdout } = await project.run(['list']);
    expect(stdout).toContain('anthropic messages.stream (listeners)');
    expect(stdout).toContain('openai chat.completions.create (by its shape, next())');
    const report = JSON.parse((await project.run(['list', '--format', 'json'])).stdout) as ListReport;
    expect(report.streams.map(({ form }) => form)).toEqual(['events', 'iterator']);
  });

  it('says so when there is none', async () => {
    expect(await createProject({ 'a.ts': otherLoop }).run(['list'])).toEqual({
      code: 0,
      stdout: 'No loop over an LLM stream found.\n',
      stderr: '',
    });
  });

  it('does not say so of what it could not look at', async () => {
    const project = createProject({ 'a.ts': otherLoop, 'broken.ts': 'for await (const x of ) x.fullStream;\n' });
    expect((await project.run(['list', 'missing'])).stdout).toBe('');
    expect((await project.run(['check', 'broken.ts'])).stdout).toBe('');
    expect((await project.run(['list', 'missing', 'a.ts'])).stdout).toBe(
      'No loop over an LLM stream found in 1 file; 1 could not be looked at.\n',
    );
  });

  it('is coloured on a terminal only, and not where NO_COLOR is set', async () => {
    const project = createProject({ 'a.ts': bareLoop });
    const print = async (isTTY: boolean, env: Record<string, string>): Promise<string> => {
      let text = '';
      await project.run(['list'], { env, stdout: { isTTY, write: (part) => (text += part) } });
      return text;
    };
    expect(await print(true, {})).toContain('\u001B[');
    expect(await print(true, { NO_COLOR: '1' })).not.toContain('\u001B[');
    expect(await print(true, { TERM: 'dumb' })).not.toContain('\u001B[');
    expect(await print(false, {})).not.toContain('\u001B[');
    expect(await print(false, { FORCE_COLOR: '1' })).toContain('\u001B[');
  });
});
