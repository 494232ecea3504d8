import { rules as allRules } from '../../rules/all.ts';
import { rulesIn } from '../../rules/presets.ts';
import { NAMESPACE, type Preset } from '../../rules/contract.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Severity } from '../reports/json-shapes.ts';
import { type Choice, chooseOne } from '../terminal/choose-named.ts';

/** A rule that runs. */
export interface ChosenRule {
  readonly rule: Rule;
  readonly severity: Severity;
}

/** The severities that a user can write, as in ESLint's configuration. */
const LEVELS = [
  { level: 'off', severity: null },
  { level: 'warn', severity: 'warning' },
  { level: 'error', severity: 'error' },
] as const satisfies readonly { level: string; severity: Severity | null }[];

const RULES: Choice<Rule> = { kind: 'rule', items: allRules, nameOf: ({ name }) => name };
const SEVERITIES: Choice<(typeof LEVELS)[number]> = {
  kind: 'severity',
  items: LEVELS,
  nameOf: ({ level }) => level,
};

const prefix = `${NAMESPACE}/`;

/**
 * The rules of the preset, changed by `--rule`. `name:severity` changes the severity of a rule, or adds the rule. Rules
 * that are named without a severity replace the preset, as errors. If a rule is named twice, the later one counts.
 */
export function chooseRules(preset: Preset, specs: readonly string[]): readonly ChosenRule[] {
  const parsed = specs.map(parseSpec);
  const alone = parsed.flatMap(({ rule, isAlone }) => (isAlone ? [rule] : []));
  const severities = new Map<Rule, Severity | null>(
    (alone.length > 0 ? alone : rulesIn(preset)).map((rule) => [rule, 'error']),
  );
  for (const { rule, isAlone, severity } of parsed) if (!isAlone) severities.set(rule, severity);
  return [...severities].flatMap(([rule, severity]) => (severity === null ? [] : [{ rule, severity }]));
}

interface Spec {
  readonly rule: Rule;
  /** The user named it without a severity. */
  readonly isAlone: boolean;
  /** null: off. */
  readonly severity: Severity | null;
}

function parseSpec(spec: string): Spec {
  const colon = spec.lastIndexOf(':');
  const name = (colon === -1 ? spec : spec.slice(0, colon)).trim();
  // Users may copy a name from an `eslint-disable` comment, where it has a prefix.
  const rule = chooseOne(RULES, name.startsWith(prefix) ? name.slice(prefix.length) : name);
  if (colon === -1) return { rule, isAlone: true, severity: 'error' };
  const { severity } = chooseOne(SEVERITIES, spec.slice(colon + 1).trim());
  return { rule, isAlone: false, severity };
}
