import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createProject, type Project } from './project.ts';

const CONFIG = `import { defineConfig } from 'eslint/config';
import resilientStream from 'eslint-plugin-resilient-stream';
import tseslint from 'typescript-eslint';

export const byObject = defineConfig({ extends: [resilientStream.configs.recommended] });
export const byName = defineConfig({ plugins: { 'resilient-stream': resilientStream }, extends: ['resilient-stream/strict'] });
export const ofTypescriptEslint = tseslint.config(tseslint.configs.base, resilientStream.configs.strict);
`;

const PROGRAM = `import { createRequire } from 'node:module';
import { resilientStream } from 'resilient-stream';
import { scriptedStream } from 'resilient-stream/testing';

const chunk = (content, finish_reason = null) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason }] });
let text = '';
try {
  for await (const { choices } of resilientStream(() => scriptedStream(chunk('Half an '), chunk('answer')))) text += choices[0].delta.content;
} catch (error) {
  console.log(JSON.stringify({ text, code: error.code, required: createRequire(import.meta.url)('resilient-stream').resilientStream === resilientStream }));
}
`;

const TSCONFIG = `${JSON.stringify({ compilerOptions: { target: 'es2023', module: 'nodenext', strict: true, noEmit: true, skipLibCheck: false, types: ['node'] }, files: ['eslint.config.ts'] })}\n`;

describe('the packages', () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject(
      {
        dependencies: {
          '@arethetypeswrong/cli': '0.18.5',
          eslint: '10.15.0',
          typescript: '6.0.3',
          'typescript-eslint': '8.72.0',
          '@types/node': '20.19.43',
        },
        files: { 'eslint.config.ts': CONFIG, 'tsconfig.json': TSCONFIG, 'program.js': PROGRAM },
      },
      inject('tarballs'),
    );
  });
  afterAll(() => project?.remove());

  it.each(['plugin.tgz', 'helper.tgz'])('%s has types that resolve wherever modules do', async (tarball) => {
    const { code, stdout, stderr } = await project.run([
      'attw',
      '--profile',
      'esm-only',
      '--format',
      'ascii',
      '--no-color',
      tarball,
    ]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('node16 (from ESM): 🟢 (ESM)');
  });

  it('a configuration in TypeScript type-checks', async () => {
    const { code, stdout } = await project.run(['tsc', '--project', 'tsconfig.json']);
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it('the helper runs, imported and required', async () => {
    const { stdout, stderr } = await project.run(['node', 'program.js']);
    expect(JSON.parse(stdout || `"${stderr}"`)).toEqual({ text: 'Half an answer', code: 'truncated', required: true });
  });
});
