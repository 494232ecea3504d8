import { toEslintRule } from './adapter.ts';
import { rules } from './all.ts';
import { NAMESPACE, type Preset, type PresetConfig, type ResilientStreamPlugin } from './contract.ts';
import { rulesIn } from './presets.ts';
import { version } from './version.ts';

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

export type { EslintRule, PresetConfig, ResilientStreamPlugin } from './contract.ts';
export type { RuleOptions } from './options.ts';
// The second name is what `require()` gives in a CommonJS configuration.
export { plugin as default, plugin as 'module.exports' };
