import { rules as allRules } from '../../rules/all.ts';
import { rulesIn } from '../../rules/presets.ts';
import { NAMESPACE, type Preset } from '../../rules/contract.ts';
import type { Rule } from '../../rules/rule.ts';
import { findChosen } from '../terminal/find-chosen.ts';
import type { Severity } from '../reports/json-shapes.ts';

/** A rule that runs. */
export interface ChosenRule {
  readonly rule: Rule;
  readonly severity: Severity;
}

/** As ESLint has them in a configuration. */
const LEVELS = [
  { level: 'off', severity: null },
  { level: 'warn', severity: 'warning' },
  { level: 'error', severity: 'error' },
] as const satisfies readonly { level: string; severity: Severity | null }[];

const prefix = `${NAMESPACE}/`;

/**
 * What `--rule` asks for. `name:severity` changes one rule of the preset, or adds it; rules that are named alone run in
 * place of the preset, as errors. Of two words on one rule the later counts.
 */
export function chooseRules(preset: Preset, specs: readonly string[]): readonly ChosenRule[] {
  const words = specs.map(parseSpec);
  const alone = words.flatMap(({ rule, isAlone }) => (isAlone ? [rule] : []));
  const severities = new Map<Rule, Severity | null>(
    (alone.length > 0 ? alone : rulesIn(preset)).map((rule) => [rule, 'error']),
  );
  for (const { rule, isAlone, severity } of words) if (!isAlone) severities.set(rule, severity);
  return [...severities].flatMap(([rule, severity]) => (severity === null ? [] : [{ rule, severity }]));
}

interface Spec {
  readonly rule: Rule;
  /** Named without a severity. */
  readonly isAlone: boolean;
  /** null: off. */
  readonly severity: Severity | null;
}

function parseSpec(spec: string): Spec {
  const colon = spec.lastIndexOf(':');
  const name = (colon === -1 ? spec : spec.slice(0, colon)).trim();
  // With the prefix, it is as `eslint-disable` comments have it.
  const [rule] = findChosen(
    'rule',
    [name.startsWith(prefix) ? name.slice(prefix.length) : name],
    allRules,
    ({ name }) => name,
  );
  if (colon === -1) return { rule: rule!, isAlone: true, severity: 'error' };
  const [chosen] = findChosen('severity', [spec.slice(colon + 1).trim()], LEVELS, ({ level }) => level);
  return { rule: rule!, isAlone: false, severity: chosen!.severity };
}
