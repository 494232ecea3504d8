import * as typescriptParser from '@typescript-eslint/parser';
import { Linter } from 'eslint';
import { expect } from 'vitest';
import type { Codemod } from '../../codemods/contract/codemod.ts';
import { applyEdits } from '../../codemods/contract/edits.ts';
import { toEslintRule } from '../../rules/adapter.ts';
import type { Rule } from '../../rules/rule.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';

/** A text that a suggestion would make, and the line of the problem that it belongs to. */
export interface Suggested {
  readonly line: number;
  readonly output: string;
}

/** ESLint's own parser for JavaScript, typescript-eslint's for both. */
const parsersOf = (path: string): readonly (Linter.Parser | null)[] =>
  /\.[cm]?tsx?$/.test(path) ? [typescriptParser] : [null, typescriptParser];

/** What ESLint's `Linter` and each parser make of a rule's suggestions; null where the parser takes no such text. */
export function suggest(
  rule: Rule,
  path: string,
  text: string,
  options: object = {},
  messageId?: string,
): (readonly Suggested[] | null)[] {
  return parsersOf(path).map((parser) => {
    const config: Linter.Config = {
      files: ['**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}'],
      plugins: { own: { rules: { it: toEslintRule(rule) } } },
      rules: { 'own/it': ['error', ...(Object.keys(options).length > 0 ? [options] : [])] },
      languageOptions: {
        ...(parser && { parser }),
        sourceType: /\.c[jt]s$/.test(path) ? 'commonjs' : 'module',
        parserOptions: { ecmaFeatures: { jsx: !/\.[cm]?ts$/.test(path) } },
      },
    };
    const messages = new Linter().verify(text, [config], path);
    if (messages.some(({ fatal }) => fatal)) return null;
    expect(messages.filter(({ ruleId }) => ruleId === null)).toEqual([]);
    // Offsets are those of the text without its byte order mark, which ESLint puts back.
    const [mark, body] = text.startsWith('\uFEFF') ? ['\uFEFF', text.slice(1)] : ['', text];
    return messages.flatMap(({ line, suggestions = [] }) =>
      suggestions
        .filter((suggestion) => messageId === undefined || suggestion.messageId === messageId)
        .map(({ fix }) => ({
          line,
          output: `${mark}${body.slice(0, fix.range[0])}${fix.text}${body.slice(fix.range[1])}`,
        })),
    );
  });
}

/**
 * Holds that a rule suggests for each loop what the codemod writes for it alone, and nothing for loops that the codemod
 * leaves.
 */
export function expectTheCodemodsEdits(
  rule: Rule,
  codemod: Codemod,
  path: string,
  text: string,
  helper = 'resilient-stream',
): readonly Suggested[] {
  const { rewrites } = codemod.findRewrites(parseSource(path, text), { helper, path });
  const expected = rewrites.map(({ line, edits }) => ({ line, output: applyEdits(text, edits) }));
  const suggested = suggest(rule, path, text, { helper });
  expect(suggested.some((each) => each !== null)).toBe(true);
  for (const each of suggested) if (each !== null) expect(each).toEqual(expected);
  return expected;
}
