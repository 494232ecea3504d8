import type { TextEdit } from '../codemods/contract/edits.ts';
import { oracleOf } from '../src/analysis/origin/typescript-oracle.ts';
import { parseSettings } from '../src/analysis/origin/user-streams.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import type { EslintRule, OptionsSchema, OptionValue } from './contract.ts';
import { urlOf } from './page.ts';
import { findProblems, type Problem } from './problems.ts';
import { defaultsOf, mayConcern, mayConcernAny, optionsOf, type Rule } from './rule.ts';

/** What we use of ESLint's context. */
interface Context {
  /** The services are empty in oxlint, and come without types where the linting is untyped. */
  readonly sourceCode: ParsedSource & { readonly parserServices?: object };
  readonly settings?: { readonly 'resilient-stream'?: unknown };
  readonly options: readonly [object?];
  /** Where the text has no file, ESLint says `<input>`. */
  readonly filename?: string;
  report(descriptor: Descriptor): void;
}

type Report = Pick<Problem, 'messageId' | 'data'> & { readonly fix?: Fix | null };
type Descriptor = Report & Pick<Problem, 'loc'> & { readonly suggest: readonly Report[] };
type Fix = (fixer: Fixer) => readonly object[];

interface Fixer {
  replaceTextRange(range: readonly [number, number], text: string): object;
}

/** The one place where a rule meets ESLint. */
export function toEslintRule(rule: Rule): EslintRule {
  return {
    meta: {
      type: rule.preset === 'recommended' ? 'problem' : 'suggestion',
      ...(rule.fixable && { fixable: 'code' }),
      ...(rule.hasSuggestions && { hasSuggestions: true }),
      docs: {
        description: rule.finds,
        url: urlOf(rule.name),
        preset: rule.preset,
        recommended: rule.preset === 'recommended',
      },
      messages: rule.messages,
      ...printOptions(rule),
    },
    create(given): Record<string, () => void> {
      const context = given as Context;
      const { sourceCode } = context;
      const own = parseSettings(context.settings?.['resilient-stream']);
      // Most files hold nothing that concerns us, and their text says so.
      if (!mayConcernAny(sourceCode.text)) return {};
      const hints = { oracle: oracleOf(sourceCode.parserServices), own };
      if (!mayConcern(rule, sourceCode.text, own, hints.oracle !== null)) return {};
      return {
        'Program:exit'() {
          // ESLint 8 does not fill in `meta.defaultOptions`; `findProblems` does, everywhere.
          for (const problem of findProblems(sourceCode, rule, context.options[0], { hints, path: context.filename }))
            context.report(toDescriptor(problem));
        },
      };
    },
  };
}

const toDescriptor = ({ messageId, data, loc, fix, suggestions }: Problem): Descriptor => ({
  messageId,
  data,
  loc,
  fix: fix && toFix(fix),
  suggest: suggestions.map((suggestion) => ({
    messageId: suggestion.messageId,
    data: suggestion.data,
    fix: toFix(suggestion.edits),
  })),
});

/** ESLint applies insertions at one place in the order in which they are given, as we do. */
const toFix =
  (edits: readonly TextEdit[]): Fix =>
  (fixer) =>
    edits.map(({ range: [start, end], text }) => fixer.replaceTextRange([start, end], text));

function printOptions(rule: Rule): Pick<EslintRule['meta'], 'schema' | 'defaultOptions'> {
  const specs = optionsOf(rule);
  // oxlint refuses `defaultOptions` beside an empty schema.
  if (specs.length === 0) return { schema: [] };
  const properties = Object.fromEntries(
    specs.map(([name, { schema, default: value, description }]): [string, OptionsSchema['properties'][string]] => [
      name,
      { ...schema, default: value as OptionValue, description },
    ]),
  );
  return {
    schema: [{ type: 'object', properties, additionalProperties: false }],
    defaultOptions: [defaultsOf(rule)],
  };
}
