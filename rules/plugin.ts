import { type EslintRule, toEslintRule } from './adapter.ts';
import { rules } from './all.ts';
import { rulesIn } from './presets.ts';
import type { Preset } from './rule.ts';
import { version } from './version.ts';

/** The prefix of the rules in a configuration. */
const NAMESPACE = 'resilient-stream';

/** Narrower than the types of ESLint and of typescript-eslint, so that it fits both, and either's `defineConfig`. */
export interface PresetConfig {
  readonly name: string;
  readonly plugins: Record<string, ResilientStreamPlugin>;
  readonly rules: Record<string, 'error'>;
}

export interface ResilientStreamPlugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: string };
  readonly rules: Record<string, EslintRule>;
  readonly configs: Record<Preset, PresetConfig>;
}

const plugin: ResilientStreamPlugin = {
  meta: { name: 'eslint-plugin-resilient-stream', version, namespace: NAMESPACE },
  rules: Object.fromEntries(rules.map((rule) => [rule.name, toEslintRule(rule)])),
  // Getters: a configuration holds the plugin itself, or ESLint takes the two for different plugins.
  configs: {
    get recommended() {
      return configOf('recommended');
    },
    get strict() {
      return configOf('strict');
    },
  },
};

function configOf(preset: Preset): PresetConfig {
  return {
    name: `${NAMESPACE}/${preset}`,
    plugins: { [NAMESPACE]: plugin },
    rules: Object.fromEntries(rulesIn(preset).map(({ name }) => [`${NAMESPACE}/${name}`, 'error' as const])),
  };
}

export type { RuleOptions } from './options.ts';
// The second name is what `require()` gives in a CommonJS configuration.
export { plugin as default, plugin as 'module.exports' };
