import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { MigrateReport } from '../../../cli/reports/json-shapes.ts';
import { createProject, type Project } from '../project.ts';

const packages = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const strict = {
  strict: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'dom'],
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/** A project with the SDK's own types. */
function createTyped(text: string, options: Readonly<Record<string, unknown>> = {}): Project {
  const project = createProject({
    'a.mts': text,
    'package.json': '{ "dependencies": { "resilient-stream": "0.1.0" } }\n',
    'tsconfig.json': JSON.stringify({ compilerOptions: { ...strict, ...options } }),
    'node_modules/.keep': '',
  });
  for (const name of ['openai', 'resilient-stream'])
    symlinkSync(join(packages, name), join(project.root, 'node_modules', name));
  return project;
}

const migrate = ['migrate', '--allow-dirty', '--verify', 'full', '--format', 'json'];
const filesOf = async (project: Project, ...flags: string[]): Promise<MigrateReport['files']> =>
  (JSON.parse((await project.run([...migrate, ...flags])).stdout) as MigrateReport).files;

const handed = (imports: string): string => `${imports}
const client = new OpenAI();
async function read(stream: Stream<ChatCompletionChunk>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}
export async function ask(question: string): Promise<string> {
  const stream = await client.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: question }], stream: true });
  return await read(stream);
}
`;

const head = "import OpenAI from 'openai';\n";
const chunk = "import type { ChatCompletionChunk } from 'openai/resources';\n";

describe('types that are widened, with the SDK’s own types and nothing unused allowed', () => {
  it.each([
    [
      'a type import of its own goes',
      `${head}import type { Stream } from 'openai/streaming';\n${chunk}`,
      `${head}${chunk}`,
      {},
    ],
    [
      'a class that only types speak of goes, too',
      `${head}import { Stream } from 'openai/streaming';\n${chunk}`,
      `${head}${chunk}`,
      {},
    ],
    [
      'also where imports stay what they are',
      `${head}${chunk}import { type Stream } from 'openai/streaming';\n`,
      `${head}${chunk}`,
      { verbatimModuleSyntax: true },
    ],
    [
      'of a list with others only the name goes',
      `${head}import { Stream, type ServerSentEvent } from 'openai/core/streaming';
${chunk}export type { ServerSentEvent };
`,
      `${head}import { type ServerSentEvent } from 'openai/core/streaming';\n${chunk}`,
      {},
    ],
  ])('%s', async (_, before, after, options) => {
    const project = createTyped(handed(before), options);
    expect(await filesOf(project)).toMatchObject([
      {
        status: 'skipped',
        skipped: [
          { reason: expect.stringMatching(/^The stream is typed with the SDK's own class.*--widen-types/) as string },
        ],
      },
    ]);
    expect(await filesOf(project, '--widen-types')).toMatchObject([{ status: 'changed', skipped: [] }]);
    const text = project.read('a.mts');
    expect(text).toContain(`${after}import { resilientStream } from 'resilient-stream';\n`);
    expect(text).toContain('async function read(stream: AsyncIterable<ChatCompletionChunk>)');
    expect(text).toContain('const stream = await resilientStream(({ signal }) => client.chat.completions.create(');
    expect(await filesOf(project, '--widen-types')).toMatchObject([{ status: 'unchanged', skipped: [] }]);
  });
});
