import { describe, expect, it } from 'vitest';
import { parseSource, SourceSyntaxError } from '../../../../src/analysis/source/parse-source.ts';

describe('parseSource', () => {
  it.each([
    ['JSX in .js', 'a.js', 'const a = <b/>;'],
    ['a cast in .ts', 'a.ts', 'const a = <string>b;'],
    ['JSX in .tsx', 'a.tsx', 'const a: string = <b/>;'],
    ['a top-level return', 'a.js', `const a = require('a'); return;`],
    ['a top-level await without an import', 'a.ts', 'for await (const a of b) c(a);'],
    ['a hashbang', 'a.mjs', '#!/usr/bin/env node\nimport a from "a";'],
    ['sloppy code', 'a.js', 'with (a) { b = 010; }'],
    ['using', 'a.ts', 'await using a = b();'],
  ])('reads %s', (_, path, text) => {
    expect(parseSource(path, text).ast.type).toBe('Program');
  });

  it('counts offsets and lines in the text as it is', () => {
    const text = '\uFEFF// a\r\n\tconst s = "\u{1F600}";\r\nuse(s);';
    const [, call] = parseSource('a.ts', text).ast.body;
    expect(text.slice(...call!.range)).toBe('use(s);');
    expect(call!.loc.start).toEqual({ line: 3, column: 0 });
  });

  it('links each node to its parent', () => {
    const { ast } = parseSource('a.ts', 'a.b();');
    const [statement] = ast.body;
    expect(statement!.parent).toBe(ast);
    expect(statement).toHaveProperty('expression.parent', statement);
  });

  it.each([
    ['additions', (n: number) => `a = ${'1+'.repeat(n)}1;`],
    ['parentheses', (n: number) => `a = ${'('.repeat(n)}1${')'.repeat(n)};`],
    ['arrays', (n: number) => `a = ${'['.repeat(n)}${']'.repeat(n)};`],
    ['templates', (n: number) => `a = ${'`${'.repeat(n)}1${'}`'.repeat(n)};`],
    ['arrows', (n: number) => `${'a=>'.repeat(n)}1;`],
    ['conditions', (n: number) => `a = ${'a?b:'.repeat(n)}1;`],
    ['ifs', (n: number) => `${'if(a)'.repeat(n)};`],
    ['elses', (n: number) => `${'if(a);else '.repeat(n)};`],
    ['assignments', (n: number) => `${'a='.repeat(n)}1;`],
    ['powers', (n: number) => `a = ${'1**'.repeat(n)}1;`],
    ['type arguments', (n: number) => `type A = ${'A<'.repeat(n)}a${'>'.repeat(n)};`],
    ['functions', (n: number) => `${'function f(){'.repeat(n)}${'}'.repeat(n)}`],
  ])('says that a hundred thousand %s are too deep, and reads a hundred', (_, nest) => {
    expect(() => parseSource('a.ts', nest(100_000))).toThrow('Code is nested too deeply to be read');
    expect(parseSource('a.ts', nest(100)).ast.type).toBe('Program');
  });

  it('says where a text does not parse', () => {
    expect(() => parseSource('a.ts', 'ok();\n  let = =;')).toThrow(SourceSyntaxError);
    expect(() => parseSource('a.ts', 'ok();\nlet x: = 1;')).toThrow(expect.objectContaining({ line: 2, column: 8 }));
  });
});
