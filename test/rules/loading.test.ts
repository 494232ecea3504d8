import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a module beside the built package, and gives what it prints. */
async function evaluate(script: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  return JSON.parse(stdout);
}

/**
 * The packages whose code is in the cache of CommonJS, where all that the codemods load late ends up: oxc-parser by its
 * binding.
 */
const LOADED = `[...new Set(Object.keys(createRequire(import.meta.url).cache).map((file) => /.*node_modules[\\\\\\\\/]((?:@[^\\\\\\\\/]+[\\\\\\\\/])?[^\\\\\\\\/]+)/.exec(file)?.[1]).filter(Boolean))].sort()`;

describe('the plugin as it is built', () => {
  it('is one file, and what it loads only to run a codemod is in the package', () => {
    const file = fileURLToPath(import.meta.resolve('eslint-plugin-resilient-stream'));
    const text = readFileSync(file, 'utf8');
    const { staticImports, dynamicImports } = parseSync(file, text).module;
    expect(staticImports).toEqual([]);
    const late = dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start + 1, moduleRequest.end - 1));
    expect(late).toEqual(['./codemods/rewrite.js']);
    expect(existsSync(new URL(late[0]!, pathToFileURL(file)))).toBe(true);
  });

  it('loads no package, neither with its module nor to suggest an edit', async () => {
    const loaded = await evaluate(`
      import { createRequire } from 'node:module';
      import { Linter } from 'eslint';
      new Linter().verify('', [{ rules: { 'no-undef': ['error', {}] } }]);
      const before = ${LOADED};
      const { default: plugin } = await import('eslint-plugin-resilient-stream');
      const [message] = new Linter().verify(${JSON.stringify(codemod.examples[0]!.before)}, [plugin.configs.strict], 'example.js').filter(({ suggestions }) => suggestions);
      console.log(JSON.stringify({ suggests: message.suggestions.length > 0, more: ${LOADED}.filter((name) => !before.includes(name)) }));
    `);
    expect(loaded).toEqual({ suggests: true, more: [] });
  });

  it('is what `require()` gives', async () => {
    const same = await evaluate(`
      import { createRequire } from 'node:module';
      const required = createRequire(import.meta.url)('eslint-plugin-resilient-stream');
      const { default: plugin } = await import('eslint-plugin-resilient-stream');
      console.log(JSON.stringify([required === plugin, Object.keys(required.configs)]));
    `);
    expect(same).toEqual([true, ['recommended', 'strict']]);
  });
});
