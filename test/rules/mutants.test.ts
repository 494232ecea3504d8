import fc from 'fast-check';
import { Linter } from 'eslint';
import { expect, it } from 'vitest';
import { applyEdits } from '../../codemods/contract/edits.ts';
import { rules } from '../../rules/all.ts';
import plugin from '../../rules/plugin.ts';
import { findProblems } from '../../rules/problems.ts';
import { defaultsOf, optionsOf, type Rule } from '../../rules/rule.ts';
import { mutants, parse, PATH } from './mutants.ts';

/** Every option the other way round: what is asked for only by some is asked for too. */
function strictestOf(rule: Rule): object {
  const turned = optionsOf(rule).map(([name, { default: value }]): [string, unknown] => {
    if (typeof value === 'boolean') return [name, !value];
    if (typeof value === 'number') return [name, 1_000_000];
    return [name, Array.isArray(value) ? ['length'] : value];
  });
  return Object.fromEntries(turned);
}

it('no rule throws on a mutated program, and no fix or suggestion yields a text that does not parse', () => {
  let edited = 0;
  fc.assert(
    fc.property(mutants, (text) => {
      const source = parse(text);
      if (!source) return;
      for (const rule of rules as readonly Rule<string, object>[]) {
        for (const options of [defaultsOf(rule), strictestOf(rule)]) {
          for (const { fix, suggestions } of findProblems(source, rule, options, { path: PATH })) {
            for (const edits of [...(fix ? [fix] : []), ...suggestions.map((suggestion) => suggestion.edits)]) {
              edited++;
              expect({ text: applyEdits(text, edits), parses: parse(applyEdits(text, edits)) !== null }).toMatchObject({
                parses: true,
              });
            }
          }
        }
      }
    }),
    { numRuns: 600 },
  );
  expect(edited).toBeGreaterThan(200);
});

it('nor does one throw in ESLint, by the tree of ESLint’s own parser', () => {
  let reported = 0;
  fc.assert(
    fc.property(mutants, (text) => {
      // A rule that throws ends the run.
      reported += new Linter()
        .verify(text, [plugin.configs.strict as Linter.Config], 'example.js')
        .filter(({ ruleId }) => ruleId !== null).length;
    }),
    { numRuns: 250 },
  );
  expect(reported).toBeGreaterThan(50);
});
