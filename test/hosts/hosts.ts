import type { Tarballs } from './setup.ts';
import { found, javascript, typescript } from './sources.ts';

/** A tool that runs the rules, in a project of its own. */
export interface Host {
  readonly title: string;
  /** Those of ours that are installed; absent: all. */
  readonly packages?: readonly (keyof Tarballs)[];
  /** Beside ours. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  /** A program of node_modules/.bin and its arguments; it prints JSON. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly output: 'eslint' | 'oxlint' | 'check';
  readonly finds: readonly string[];
  /** It is run again and finds the same: once to fill a cache, once to use it. */
  readonly twice?: true;
}

const ESM = `import { defineConfig } from 'eslint/config';
import resilientStream from 'eslint-plugin-resilient-stream';

export default defineConfig([{ plugins: { 'resilient-stream': resilientStream }, extends: ['resilient-stream/recommended'] }]);
`;

const CJS = `const resilientStream = require('eslint-plugin-resilient-stream');

module.exports = [resilientStream.configs.recommended];
`;

const OBJECT = `import { defineConfig } from 'eslint/config';
import resilientStream from 'eslint-plugin-resilient-stream';

export default defineConfig({ extends: [resilientStream.configs.recommended] });
`;

/** For `.ts` files: untyped, or with what is asked of the type checker. */
const typescriptConfig = (parserOptions: string): string => `import { defineConfig } from 'eslint/config';
import resilientStream from 'eslint-plugin-resilient-stream';
import tseslint from 'typescript-eslint';

export default defineConfig({
  files: ['**/*.js', '**/*.ts'],
  extends: [resilientStream.configs.recommended],
  languageOptions: { parser: tseslint.parser, parserOptions: { ${parserOptions} } },
});
`;

const TYPED = typescriptConfig('projectService: true, tsconfigRootDir: import.meta.dirname');
const UNTYPED = typescriptConfig('');
const OXLINT = `${JSON.stringify({
  jsPlugins: ['eslint-plugin-resilient-stream'],
  categories: { correctness: 'off' },
  rules: {
    'resilient-stream/require-completion-check': 'error',
    'resilient-stream/require-error-handling': 'error',
    'resilient-stream/require-timeout': 'error',
  },
})}\n`;

const eslint = ['eslint', '--format', 'json', 'src'];
const typescriptEslint = { 'typescript-eslint': '8.72.0', openai: '6.49.0', '@types/node': '20.19.43' };
const all = [...found.javascript, ...found.typed];
/** Whoever lints installs nothing else. */
const packages = ['plugin'] as const;

export const hosts: readonly Host[] = [
  {
    title: 'ESLint 8.57.1 with a CommonJS configuration',
    packages,
    dependencies: { eslint: '8.57.1' },
    files: { ...javascript, 'eslint.config.cjs': CJS },
    command: eslint,
    environment: { ESLINT_USE_FLAT_CONFIG: 'true' },
    output: 'eslint',
    finds: found.javascript,
  },
  {
    title: 'ESLint 9.39.5 with the preset by its name',
    packages,
    dependencies: { eslint: '9.39.5' },
    files: { ...javascript, 'eslint.config.js': ESM },
    command: eslint,
    output: 'eslint',
    finds: found.javascript,
  },
  {
    title: 'ESLint 10.15.0 with a CommonJS configuration',
    packages,
    dependencies: { eslint: '10.15.0' },
    files: { ...javascript, 'eslint.config.cjs': CJS },
    command: eslint,
    output: 'eslint',
    finds: found.javascript,
  },
  {
    title: 'ESLint 10.15.0 with the preset as an object, a cache and two workers',
    packages,
    dependencies: { eslint: '10.15.0' },
    files: { ...javascript, 'eslint.config.js': OBJECT },
    command: [...eslint, '--cache', '--concurrency', '2'],
    output: 'eslint',
    finds: found.javascript,
    twice: true,
  },
  {
    title: 'ESLint 10.15.0 with typescript-eslint, without types',
    packages,
    dependencies: { eslint: '10.15.0', typescript: '6.0.3', ...typescriptEslint },
    files: { ...typescript, 'eslint.config.js': UNTYPED },
    command: eslint,
    output: 'eslint',
    finds: found.javascript,
  },
  {
    title: 'ESLint 10.15.0 with types of TypeScript 6.0.3',
    packages,
    dependencies: { eslint: '10.15.0', typescript: '6.0.3', ...typescriptEslint },
    files: { ...typescript, 'eslint.config.js': TYPED },
    command: eslint,
    output: 'eslint',
    finds: all,
  },
  {
    title: 'ESLint 9.39.5 with types of TypeScript 5.9.3',
    packages,
    dependencies: { eslint: '9.39.5', typescript: '5.9.3', ...typescriptEslint },
    files: { ...typescript, 'eslint.config.js': TYPED },
    command: eslint,
    output: 'eslint',
    finds: all,
  },
  {
    title: 'oxlint 1.89.0 in a repository whose only TypeScript is 7.0.2',
    packages,
    dependencies: { oxlint: '1.89.0', typescript: '7.0.2' },
    files: { ...typescript, '.oxlintrc.json': OXLINT },
    command: ['oxlint', '--format', 'json', 'src'],
    output: 'oxlint',
    finds: found.javascript,
  },
  {
    title: '`resilient-stream check` in a repository whose only TypeScript is 7.0.2',
    dependencies: { typescript: '7.0.2' },
    files: typescript,
    command: ['resilient-stream', 'check', '--format', 'json', 'src'],
    output: 'check',
    finds: found.javascript,
  },
];
