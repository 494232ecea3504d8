import { RuleTester as TypeScriptRuleTester } from '@typescript-eslint/rule-tester';
import { RuleTester } from 'eslint';
import { describe } from 'vitest';
import { toEslintRule } from '../../rules/adapter.ts';
import type { Rule } from '../../rules/rule.ts';

interface ValidCase {
  readonly name: string;
  readonly code: string;
  readonly options?: object;
  /** The code is TypeScript only. */
  readonly ts?: true;
}

interface InvalidCase<MessageId extends string> extends ValidCase {
  /** After the fix, where there is one. */
  readonly output?: string;
  readonly error: { readonly suggestions?: { readonly messageId: MessageId; readonly output: string }[]; readonly messageId: MessageId; readonly line: number; readonly column: number; readonly endLine?: number; readonly endColumn?: number; readonly data?: Readonly<Record<string, string>> };
}

interface Cases<MessageId extends string> {
  readonly valid: readonly ValidCase[];
  readonly invalid: readonly InvalidCase<MessageId>[];
}

/** Runs the cases through both rule testers: as TypeScript with its parser, and as JavaScript with ESLint's own. */
export function testRule<MessageId extends string, Options extends object>(rule: Rule<MessageId, Options>, { valid, invalid }: Cases<MessageId>): void {
  const eslintRule = toEslintRule(rule);
  const js = <T extends ValidCase>(cases: readonly T[]): T[] => cases.filter(({ ts }) => !ts);
  describe('as TypeScript', () => {
    new TypeScriptRuleTester().run(rule.name, eslintRule, { valid: valid.map(toCase), invalid: invalid.map(toInvalidCase) });
  });
  describe('as JavaScript', () => {
    new RuleTester().run(rule.name, eslintRule, { valid: js(valid).map(toCase), invalid: js(invalid).map(toInvalidCase) });
  });
}

const toCase = ({ name, code, options }: ValidCase): { name: string; code: string; options: object[] } => ({ name, code, options: options ? [options] : [] });
const toInvalidCase = <MessageId extends string>(invalid: InvalidCase<MessageId>): ReturnType<typeof toCase> & { output: string | null; errors: InvalidCase<MessageId>['error'][] } => ({
  ...toCase(invalid),
  output: invalid.output ?? null,
  errors: [invalid.error],
});
