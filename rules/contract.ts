/**
 * What the plugin publishes, and the only types of it that reach a user. They import nothing: a project that has ESLint
 * and TypeScript, and nothing else, type-checks its configuration.
 */

/** `recommended`: what it finds is a bug. `strict` holds these and the rest. */
export type Preset = 'recommended' | 'strict';

/** The prefix of the rules in a configuration. */
export const NAMESPACE = 'resilient-stream';

export interface Docs {
  readonly description: string;
  readonly url: string;
  readonly preset: Preset;
  readonly recommended: boolean;
}

/** The JSON Schema of one option, or of an element of one. */
export type OptionSchema =
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly minimum?: number }
  | { readonly type: 'string'; readonly minLength?: number; readonly enum?: string[] }
  | { readonly type: 'array'; readonly items: OptionSchema; readonly uniqueItems?: boolean };

export type OptionValue = boolean | number | string | string[];

/** The JSON Schema of a rule's options. */
export interface OptionsSchema {
  readonly type: 'object';
  readonly properties: Record<string, OptionSchema & { readonly default: OptionValue; readonly description: string }>;
  readonly additionalProperties: false;
}

/**
 * A rule as ESLint takes it. The types of ESLint and of typescript-eslint do not fit each other, nor one version the
 * next; this one asks for so little that it fits them all.
 */
export interface EslintRule {
  readonly meta: {
    /** What is in `recommended` is a bug; what only `strict` finds could be done better. */
    readonly type: 'problem' | 'suggestion';
    readonly fixable?: 'code';
    readonly hasSuggestions?: true;
    readonly docs: Docs;
    readonly messages: Record<string, string>;
    readonly schema: OptionsSchema[];
    readonly defaultOptions?: object[];
  };
  create(context: object): Record<string, () => void>;
}

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
