import { RuleTester as TypeScriptRuleTester } from '@typescript-eslint/rule-tester';
import { RuleTester } from 'eslint';
import { describe } from 'vitest';
import { applyEdits } from '../../codemods/contract/edits.ts';
import { toEslintRule } from '../../rules/adapter.ts';
import { findProblems } from '../../rules/problems.ts';
import type { Rule } from '../../rules/rule.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';

interface ValidCase {
  readonly name: string;
  readonly code: string;
  readonly options?: object;
  /** The code is TypeScript only. */
  readonly ts?: true;
}

interface SuggestionOutput<MessageId extends string> {
  readonly messageId: MessageId;
  readonly output: string;
}

interface InvalidCase<MessageId extends string> extends ValidCase {
  /** After the fix, where there is one. */
  readonly output?: string;
  readonly error: {
    readonly messageId: MessageId;
    readonly line: number;
    readonly column: number;
    readonly endLine?: number;
    readonly endColumn?: number;
    readonly data?: Readonly<Record<string, string>>;
    /** Where they are not what the case is about, they are to be those that the rule has outside of ESLint. */
    readonly suggestions?: SuggestionOutput<MessageId>[];
  };
}

interface Cases<MessageId extends string> {
  readonly valid: readonly ValidCase[];
  readonly invalid: readonly InvalidCase<MessageId>[];
}

/** Runs the cases through both rule testers: as TypeScript with its parser, and as JavaScript with ESLint's own. */
export function testRule<MessageId extends string, Options extends object>(
  rule: Rule<MessageId, Options>,
  { valid, invalid }: Cases<MessageId>,
): void {
  const eslintRule = toEslintRule(rule);
  const js = <T extends ValidCase>(cases: readonly T[]): T[] => cases.filter(({ ts }) => !ts);
  describe('as TypeScript', () => {
    new TypeScriptRuleTester().run(rule.name, eslintRule, {
      valid: valid.map(toCase),
      invalid: invalid.map((each) => toInvalidCase(rule, each, 'file.ts')),
    });
  });
  describe('as JavaScript', () => {
    new RuleTester().run(rule.name, eslintRule, {
      valid: js(valid).map(toCase),
      invalid: js(invalid).map((each) => toInvalidCase(rule, each, 'file.js')),
    });
  });
}

const toCase = ({ name, code, options }: ValidCase): { name: string; code: string; options: object[] } => ({
  name,
  code,
  options: options ? [options] : [],
});

function toInvalidCase<MessageId extends string, Options extends object>(
  rule: Rule<MessageId, Options>,
  invalid: InvalidCase<MessageId>,
  path: string,
): ReturnType<typeof toCase> & { output: string | null; errors: InvalidCase<MessageId>['error'][] } {
  const { suggestions = findSuggestions(rule, invalid, path) } = invalid.error;
  return {
    ...toCase(invalid),
    output: invalid.output ?? null,
    errors: [{ ...invalid.error, ...(suggestions.length > 0 && { suggestions }) }],
  };
}

function findSuggestions<MessageId extends string, Options extends object>(
  rule: Rule<MessageId, Options>,
  { code, options, error: { messageId } }: InvalidCase<MessageId>,
  path: string,
): SuggestionOutput<MessageId>[] {
  const problem = findProblems(parseSource(path, code), rule, options, { path }).find(
    (each) => each.messageId === messageId,
  );
  return (problem?.suggestions ?? []).map((suggestion) => ({
    messageId: suggestion.messageId as MessageId,
    output: applyEdits(code, suggestion.edits),
  }));
}
