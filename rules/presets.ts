import { rules } from './all.ts';
import type { Preset } from './contract.ts';
import type { Rule } from './rule.ts';

export const presets: readonly Preset[] = ['recommended', 'strict'];

/** The rules that a preset turns on, as errors. */
export const rulesIn = (preset: Preset): readonly Rule[] =>
  preset === 'strict' ? rules : rules.filter((rule) => rule.preset === preset);
