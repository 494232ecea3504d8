import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../../rules/all.ts';
import { rulesIn } from '../../rules/presets.ts';
import { defaultsOf, optionsOf } from '../../rules/rule.ts';
import { version } from '../../rules/version.ts';

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const names = rules.map(({ name }) => name);

it('every hyphenated file of rules/ is a rule of that name, and nothing else is', () => {
  const files = readdirSync(at('rules')).filter((file) => file.includes('-'));
  expect(files).toEqual(names.map((name) => `${name}.ts`));
});

it('the version is the package’s', () => {
  expect(version).toBe((JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string }).version);
});

it('strict holds what recommended holds', () => {
  expect(rulesIn('strict')).toEqual(rules);
  expect(rulesIn('recommended')).toEqual(rules.filter(({ preset }) => preset === 'recommended'));
});

describe.each(rules)('$name', (rule) => {
  it('has a page and a test', () => {
    expect(existsSync(at(`docs/rules/${rule.name}.md`))).toBe(true);
    expect(existsSync(at(`test/rules/${rule.name}.test.ts`))).toBe(true);
  });

  it.each(Object.entries(rule.messages))(
    'the message %s is a sentence, and names the API where it is about a loop',
    (_, message) => {
      expect(message).toMatch(/^[A-Z`].*\.$/);
      if ('check' in rule) expect(message).toContain('`{{api}}`');
      expect(message).not.toMatch(/\b(?:please|should)\b/i);
    },
  );

  it('has examples of both kinds', () => {
    expect(rule.examples.incorrect.length).toBeGreaterThan(0);
    expect(rule.examples.correct.length).toBeGreaterThan(0);
  });

  it('says where it is of no use, and what it cannot see', () => {
    expect(rule.whenNotToUse).toMatch(/\.$/);
    expect(rule.cannotSee).toMatch(/\.$/);
  });

  it('describes what it finds as the end of a sentence, and its options as sentences', () => {
    expect(rule.finds).toMatch(/^[a-z`].*[^.]$/);
    for (const [, { description }] of optionsOf(rule)) expect(description).toMatch(/^[A-Z`].*\.$/);
  });

  it('has a default for each option', () => {
    expect(Object.keys(defaultsOf(rule))).toEqual(optionsOf(rule).map(([name]) => name));
  });
});
