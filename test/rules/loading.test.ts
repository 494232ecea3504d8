import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { codemods } from '../../codemods/all.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { rules } from '../../rules/all.ts';
import { catalog } from '../../src/providers/catalog.ts';

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

const samples = [
  ...catalog.flatMap(({ apis }) => apis.map(({ example }) => example)),
  ...rules.flatMap(({ examples: { incorrect, correct } }) => [...incorrect, ...correct].map(({ code }) => code)),
  ...codemods.flatMap(({ examples }) => examples.flatMap(({ before, after }) => [before, after])),
];

describe('the plugin as it is built', () => {
  const file = `${root}/packages/eslint-plugin-resilient-stream/dist/plugin.js`;
  const text = readFileSync(file, 'utf8');

  it('is one file, which loads nothing, not even late', () => {
    const { staticImports, dynamicImports } = parseSync(file, text).module;
    expect([...staticImports, ...dynamicImports]).toEqual([]);
    expect(text).not.toMatch(/\bcreateRequire\b/);
  });

  it('holds no sample program, and asks for none', () => {
    // Lines long enough to be nobody else's, and that are written in a module as they are in the program.
    const linesOf = (sample: string): string[] => sample.split('\n').filter((line) => /^[^`$\\]{25,}$/.test(line));
    expect(samples.filter((sample) => linesOf(sample).length === 0)).toEqual([]);
    expect(samples.flatMap(linesOf).filter((line) => text.includes(line.trim()))).toEqual([]);
    expect(text).not.toMatch(/\.examples?\b/);
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
