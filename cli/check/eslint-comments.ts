import type { TSESTree } from '@typescript-eslint/utils';
import type { Linter as EslintLinter } from 'eslint';
import { NAMESPACE } from '../../rules/contract.ts';
import type { Problem } from '../../rules/problems.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { ChosenRule } from './choose-rules.ts';
import type { Severity } from '../reports/json-shapes.ts';

/**
 * The file name that ESLint sees. By the real name it would ignore TypeScript files, files in node_modules, and files
 * outside its working directory.
 */
const FILENAME = 'source.js';

/** ESLint, and the plugin as every other ESLint runs it. */
export interface EslintWithPlugin {
  readonly Linter: typeof EslintLinter;
  readonly plugin: object;
}

/** ESLint is loaded late: `list` and `migrate` do not need it. */
export async function loadEslint(): Promise<EslintWithPlugin> {
  const [{ Linter }, { default: plugin }] = await Promise.all([
    import('eslint'),
    import('eslint-plugin-resilient-stream'),
  ]);
  return { Linter, plugin };
}

export interface LintedFile {
  readonly parsed: ParsedSource;
  /** The parser services: TypeScript's, or empty. */
  readonly services: object;
}

/** A problem that no `eslint-disable` comment of the file turns off. */
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
export const hasEslintComment = ({ ast }: ParsedSource): boolean =>
  (ast.comments ?? []).some(({ value }) => value.includes('eslint'));

/** The messages that ESLint would give for these problems in a file without comments for ESLint. */
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

export type Lint = (file: LintedFile) => LintMessage[];

/** Runs ESLint on parsed files, with the chosen rules only. `settings` are those that the user wrote. */
export function createLint(
  { Linter, plugin }: EslintWithPlugin,
  rules: readonly ChosenRule[],
  settings: unknown,
): Lint {
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
    // The tree is changed in place: the scopes and the loops that were found refer to its nodes.
    ast.comments = ast.comments?.filter(isForOurRules) ?? [];
    return { ast, scopeManager, visitorKeys, services };
  },
});

/**
 * Leaves out comments that turn on other rules: a core rule may need tokens, which this tree does not have, and throw.
 * `eslint-disable` comments stay, whatever rules they name.
 */
const isForOurRules = ({ value }: TSESTree.Comment): boolean =>
  !/^\s*(?:eslint|eslint-env|globals?|exported)\s/.test(value) || value.includes(`${NAMESPACE}/`);

/** Drops messages that are not from our rules. */
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
