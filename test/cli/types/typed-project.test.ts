import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTsConfig } from '../../../cli/types/tsconfig.ts';
import { TypedProject } from '../../../cli/types/typed-project.ts';
import { oracleOf } from '../../../src/analysis/origin/typescript-oracle.ts';
import { findStreamLoops } from '../../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../../src/analysis/source/parse-source.ts';

const consumer = (loop: string): string =>
  `import { ask } from './ask';\nexport async function show(): Promise<void> {\n${loop}\n}\n`;
const loop = `  for await (const chunk of await ask()) console.log(chunk);`;

const files = {
  // Nobody imports it: a project's own declarations count all the same.
  'sdk.d.ts': `declare module 'openai' { export interface ChatCompletionChunk { id: string } }`,
  'ask.ts': `import type { ChatCompletionChunk } from 'openai';
export declare function ask(): Promise<AsyncIterable<ChatCompletionChunk>>;`,
  'plain.ts': consumer(loop),
  'crlf.ts': consumer(loop).replaceAll('\n', '\r\n'),
  'tabs-and-emoji.ts': consumer(`\tconst greeting = '👋🏽';\n\tconsole.log(greeting);\n\t${loop}`),
  'parentheses.ts': consumer(`  for await (const chunk of (await (ask()))) console.log(chunk);`),
  'hashbang.ts': `#!/usr/bin/env node\n${consumer(loop)}`,
  'view.tsx': consumer(loop),
};

let folder = '';
let project: TypedProject;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'typed-project-')));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'bom.ts'), `\uFEFF${files['plain.ts']}`);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { target: 'es2023', module: 'preserve', lib: ['es2023'], types: [], jsx: 'preserve' },
    }),
  );
  project = TypedProject.of(
    readTsConfig(join(folder, 'tsconfig.json')),
    [...Object.keys(files), 'bom.ts']
      .filter((name) => name !== 'sdk.d.ts' && name !== 'ask.ts')
      .map((name) => join(folder, name)),
  );
  loopsIn('plain.ts', files['plain.ts']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loopsIn = (name: string, text: string): string[] =>
  findStreamLoops(parseSource(name, text), { oracle: oracleOf(project.servicesOf(join(folder, name))), own: [] }).map(
    ({ origin }) => `${origin.api.name} ${origin.evidence}`,
  );

describe('a typed project', () => {
  it.each([
    ...Object.entries(files).filter(([, text]) => text.includes('for await')),
    ['bom.ts', files['plain.ts']] as const,
  ])('tells the type of what is iterated in %s', (name, text) => {
    expect(loopsIn(name, text)).toEqual(['chat.completions.create type']);
  });

  it('says nothing of a file that it does not have', () => {
    expect(loopsIn('nowhere.ts', files['plain.ts'])).toEqual([]);
  });

  it('opens nothing before it is asked for a type', () => {
    const lazy = new TypedProject(() => {
      throw new Error('opened');
    });
    const text = `import OpenAI from 'openai';
for await (const chunk of await new OpenAI().responses.create({ stream: true })) show(chunk);`;
    const oracle = oracleOf(lazy.servicesOf('example.ts'));
    expect(findStreamLoops(parseSource('example.ts', text), { oracle, own: [] })).toHaveLength(1);
    expect(() => findStreamLoops(parseSource('example.ts', files['plain.ts']), { oracle, own: [] })).toThrow('opened');
  });
});
