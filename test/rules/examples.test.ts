import { describe, expect, it } from 'vitest';
import { defaultOptions } from '../../codemods/contract/codemod.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { rules } from '../../rules/all.ts';
import { findProblems } from '../../rules/problems.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';
import { catalog } from '../../src/providers/catalog.ts';

describe.each(rules)('the examples of $name', (rule) => {
  const messageIds = (code: string): string[] =>
    findProblems(parseSource('example.js', code), rule).map(({ messageId }) => messageId);

  it.each(rule.examples.incorrect)('are reported: $title', ({ code, messageId }) => {
    expect(messageIds(code)).toEqual([messageId]);
  });

  it.each(rule.examples.correct)('are not reported: $title', ({ code }) => {
    expect(messageIds(code)).toEqual([]);
  });
});

// An example is the plainest program there is: no catch, no limit, no look at the end but where a stream stays open,
// which is left there.
describe.each(catalog.flatMap(({ title, apis }) => apis.map((api) => ({ title, ...api }))))(
  'the example of $title $name',
  ({ name, example, onCleanEnd, terminal, finals, inBandError, errorOption, staysOpen }) => {
    it('has every problem that its API allows', () => {
      const problems = rules
        .flatMap((rule) => findProblems(parseSource('example.js', example), rule))
        .map(({ rule, messageId }) => `${rule} ${messageId}`);
      const looksFor = staysOpen
        ? null
        : terminal
          ? 'unchecked'
          : finals.length > 0
            ? 'unawaited'
            : example.includes('JSON.parse')
              ? 'unparsed'
              : null;
      const isRewritable = codemod.findRewrites(parseSource('example.js', example), defaultOptions).rewrites.length > 0;
      expect(problems).toEqual([
        ...(isRewritable ? ['prefer-resilient-stream rewritable'] : []),
        ...(onCleanEnd === 'silent' && looksFor ? [`require-completion-check ${looksFor}`] : []),
        'require-error-handling unhandled',
        ...(inBandError === 'hidden' && errorOption ? ['require-stream-error-listener hidden'] : []),
        ...(name.startsWith('new ') ? [] : ['require-timeout unbounded']),
      ]);
    });
  },
);
