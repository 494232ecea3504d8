import { findProblems } from '../../rules/problems.ts';
import type { Rule } from '../../rules/rule.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';

/** What a rule says about a text. */
export const messagesOf = <Options extends object>(
  rule: Rule<string, Options>,
  text: string,
  options?: Partial<Options>,
  path = 'example.ts',
): string[] => findProblems(parseSource(path, text), rule, options).map(({ message }) => message);
