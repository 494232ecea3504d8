import { Linter } from 'eslint';
import { defineConfig } from 'eslint/config';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { printRuleOptions } from '../../generate/rule-options.ts';
import plugin, { type RuleOptions } from '../../rules/plugin.ts';
import requireCompletionCheck from '../../rules/require-completion-check.ts';
import requireErrorHandling from '../../rules/require-error-handling.ts';
import requireTimeout from '../../rules/require-timeout.ts';
import type { Rule } from '../../rules/rule.ts';

type OptionsIn<Name extends keyof RuleOptions> = Exclude<Extract<RuleOptions[Name], readonly unknown[]>[1], undefined>;
type OptionsOf<R> = R extends Rule<string, infer Options> ? Partial<Options> : never;

/**
 * `npm run typecheck` holds what this file says of types: each `@ts-expect-error` fails where the mistake behind it
 * passes.
 */
describe('the rules of a configuration', () => {
  it('have the types of the options that the rules take', () => {
    expectTypeOf<OptionsIn<'resilient-stream/require-timeout'>>().toEqualTypeOf<OptionsOf<typeof requireTimeout>>();
    expectTypeOf<OptionsIn<'resilient-stream/require-completion-check'>>().toEqualTypeOf<
      OptionsOf<typeof requireCompletionCheck>
    >();
    expectTypeOf<OptionsIn<'resilient-stream/require-error-handling'>>().toEqualTypeOf<
      OptionsOf<typeof requireErrorHandling>
    >();
    expect(Object.keys(plugin.configs.strict.rules)).toEqual(
      Object.keys(plugin.rules).map((name) => `resilient-stream/${name}`),
    );
  });

  it('may be a severity, or a severity and options', () => {
    const rules: RuleOptions = {
      'resilient-stream/require-error-handling': 'warn',
      'resilient-stream/no-unresolved-migration': ['error'],
      'resilient-stream/require-completion-check': [2, { finishReasons: ['length'] }],
      'resilient-stream/require-timeout': ['error', { requireDeadline: true, minimumMs: 30_000 }],
    };
    expect(new Linter().verify('', defineConfig(plugin.configs.strict, { rules }), 'example.js')).toEqual([]);
  });

  it.each([
    [
      'an option that there is not',
      // @ts-expect-error: there is no such option.
      { 'resilient-stream/require-timeout': ['error', { requireDeadlines: true }] } satisfies RuleOptions,
    ],
    [
      'an option of another type',
      // @ts-expect-error: an option has a type.
      { 'resilient-stream/require-timeout': ['error', { minimumMs: '30s' }] } satisfies RuleOptions,
    ],
    [
      'options of a rule that has none',
      // @ts-expect-error: the rule has no options.
      { 'resilient-stream/no-unresolved-migration': ['error', {}] } satisfies RuleOptions,
    ],
    // @ts-expect-error: there is no such severity.
    ['a severity that there is not', { 'resilient-stream/require-timeout': 'fatal' } satisfies RuleOptions],
  ])('are refused by types and by ESLint: %s', (_, rules) => {
    expect(() =>
      new Linter().verify(
        '',
        [plugin.configs.strict as Linter.Config, { rules: rules as Linter.RulesRecord }],
        'example.js',
      ),
    ).toThrow(/resilient-stream/);
  });
});

describe('the generated types', () => {
  it('tell of each rule what it finds, and of each option what it does and its default', () => {
    const text = printRuleOptions([requireTimeout]);
    expect(text).toContain(
      `  /** Finds ${requireTimeout.finds}. */\n  'resilient-stream/require-timeout'?: Severity | [Severity, {\n`,
    );
    expect(text).toContain('`signal`. @default false */\n    readonly requireDeadline?: boolean;\n');
  });

  it('know lists and choices', () => {
    const option = (schema: object): object => ({ schema, default: null, description: 'It is.' });
    const rule = {
      ...requireTimeout,
      options: { list: option({ type: 'array', items: { enum: ['a', 'b'] } }), choice: option({ enum: ['a', 'b'] }) },
    } as unknown as Rule;
    expect(printRuleOptions([rule])).toMatch(
      /readonly list\?: readonly \('a' \| 'b'\)\[\];[^]*readonly choice\?: 'a' \| 'b';/,
    );
  });

  it('refuse a schema that they do not know', () => {
    const rule = {
      ...requireTimeout,
      options: { what: { schema: { type: 'object' }, default: {}, description: 'It is.' } },
    } as unknown as Rule;
    expect(() => printRuleOptions([rule])).toThrow(
      'There is no TypeScript type for options of type object yet; add it here.',
    );
  });
});
