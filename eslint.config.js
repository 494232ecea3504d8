import { existsSync } from 'node:fs';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The house lints itself with its own rules, as it was last built.
const built = new URL('packages/eslint-plugin-resilient-stream/dist/plugin.js', import.meta.url);
const ownRules = existsSync(built) ? (await import(built.href)).default.configs.strict : { rules: {} };

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', 'packages/*/{codemods,examples}/**', 'coverage/**'] },
  js.configs.recommended,
  // The globals of the Node that lints are the globals of the Node that runs.
  {
    languageOptions: {
      globals: Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly'])),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Node types are string enums; comparing them with their text is how trees are read.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // A promise-returning contract is kept by functions that have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    // Chunks come as the server sent them, and tests look into whatever was caught: `any` is the honest type there.
    files: ['src/resilient-stream/protocols/*.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // A function fits on a screen, and a decision with many branches is a list of named checks.
    files: ['{src,rules,codemods,cli,generate,bench}/**/*.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 40 }], complexity: ['error', { max: 25 }] },
  },
  { extends: [ownRules] },
  // What these show, test or measure is the mistake itself; one does by hand what the helper does.
  {
    files: [
      'examples/{chat,dose}.mjs',
      'examples/{responses,server}.ts',
      'bench/helper.ts',
      'test/src/resilient-stream/real-sdks/*.ts',
      'test/rules/typed/*.ts',
    ],
    rules: Object.fromEntries(Object.keys(ownRules.rules).map((name) => [name, 'off'])),
  },
  { files: ['examples/careful.cjs'], rules: { 'resilient-stream/prefer-resilient-stream': 'off' } },
);
