import type { TSESTree } from '@typescript-eslint/utils';
import type { Linter as EslintLinter } from 'eslint';
import { NAMESPACE } from '../../rules/contract.ts';
import type { Problem } from '../../rules/problems.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { ChosenRule } from './choose-rules.ts';
import type { Severity } from '../reports/json-shapes.ts';

/**
 * ESLint says nothing of files that it has no configuration for: TypeScript's, those outside of its working directory,
 * node_modules.
 */
const FILENAME = 'source.js';

/** ESLint, and the plugin as every other ESLint runs it. */
export interface EslintWithPlugin {
  readonly Linter: typeof EslintLinter;
  readonly plugin: object;
}

/** Loaded late: `list` and `migrate` need neither. */
export async function loadEslint(): Promise<EslintWithPlugin> {
  const [{ Linter }, { default: plugin }] = await Promise.all([
    import('eslint'),
    import('eslint-plugin-resilient-stream'),
  ]);
  return { Linter, plugin };
}

export interface LintedFile {
  readonly parsed: ParsedSource;
  /** Those of the parser: types, where there are some. */
  readonly services: object;
}

/** What a rule says of a file after the file's own `eslint-disable` comments have had their say. */
export interface LintMessage {
  readonly rule: string;
  readonly messageId: string;
  readonly message: string;
  readonly severity: Severity;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Whether a comment of the file may turn rules on or off. */
export const speaksToEslint = ({ ast }: ParsedSource): boolean =>
  (ast.comments ?? []).some(({ value }) => value.includes('eslint'));

/** What ESLint makes of problems in a file whose comments say nothing to it. */
export function toMessages(problems: readonly Problem[], rules: readonly ChosenRule[]): LintMessage[] {
  const severities = new Map(rules.map(({ rule, severity }) => [rule.name, severity]));
  return problems
    .map(({ rule, messageId, message, loc: { start, end } }) => ({
      rule,
      messageId,
      message,
      severity: severities.get(rule)!,
      line: start.line,
      column: start.column + 1,
      endLine: end.line,
      endColumn: end.column + 1,
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * Lints sources that are parsed already, with these rules of ours and nothing else; `settings` are the user's, as they
 * were written.
 */
export function createLint(
  { Linter, plugin }: EslintWithPlugin,
  rules: readonly ChosenRule[],
  settings: unknown,
): (file: LintedFile) => LintMessage[] {
  const linter = new Linter({ configType: 'flat' });
  return (file) => {
    const config = {
      plugins: { [NAMESPACE]: plugin },
      rules: Object.fromEntries(
        rules.map(({ rule, severity }) => [`${NAMESPACE}/${rule.name}`, severity === 'error' ? 'error' : 'warn']),
      ),
      languageOptions: { parser: parserOf(file) },
      settings: { [NAMESPACE]: settings },
      linterOptions: { reportUnusedDisableDirectives: false },
    } as unknown as EslintLinter.Config;
    return linter.verify(file.parsed.text, [config], { filename: FILENAME }).flatMap(toLintMessage);
  };
}

const parserOf = ({ parsed, services }: LintedFile) => ({
  meta: { name: 'resilient-stream/parser' },
  parseForESLint: () => {
    const { ast, scopeManager, visitorKeys } = parsed;
    // In place: the scopes and the loops that were found belong to this very tree.
    ast.comments = ast.comments?.filter(isForUs) ?? [];
    return { ast, scopeManager, visitorKeys, services };
  },
});

/**
 * Comments that turn on other rules are not for us: a core rule may need what this tree lacks, such as tokens, and
 * throw. `eslint-disable` stays, whatever it names.
 */
const isForUs = ({ value }: TSESTree.Comment): boolean =>
  !/^\s*(?:eslint|eslint-env|globals?|exported)\s/.test(value) || value.includes(`${NAMESPACE}/`);

/** Anything that is not from our rules is about the configuration of others. */
function toLintMessage({
  ruleId,
  messageId,
  message,
  severity,
  line,
  column,
  endLine,
  endColumn,
}: EslintLinter.LintMessage): LintMessage[] {
  if (!ruleId?.startsWith(`${NAMESPACE}/`) || messageId === undefined) return [];
  const rule = ruleId.slice(NAMESPACE.length + 1);
  return [
    {
      rule,
      messageId,
      message,
      severity: severity === 2 ? 'error' : 'warning',
      line,
      column,
      endLine: endLine ?? line,
      endColumn: endColumn ?? column,
    },
  ];
}
