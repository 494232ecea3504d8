import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The tests run the helper and the plugin from their sources.
const helper = (name: string): string =>
  `${fileURLToPath(new URL('src/resilient-stream/', import.meta.url))}${name}.ts`;

/** The helper has a clock and a retry budget for the whole process, so each of these files gets a process of its own. */
const HELPER = ['test/src/resilient-stream/**/*.test.ts', 'test/lab/*.test.ts'];

export default defineConfig({
  test: {
    setupFiles: ['test/setup.ts', 'test/plain-output.ts'],
    // No test asserts how long something takes. These are for the day when the machine is busy with something else.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // vitest would leave one core to itself, which has little to do.
    maxWorkers: '100%',
    alias: [
      {
        find: /^eslint-plugin-resilient-stream$/,
        replacement: fileURLToPath(new URL('rules/plugin.ts', import.meta.url)),
      },
      { find: /^resilient-stream$/, replacement: helper('index') },
      { find: /^resilient-stream\/(.+)$/, replacement: helper('$1') },
    ],
    projects: [
      { extends: true, test: { name: 'helper', include: HELPER, isolate: true } },
      // Pure functions and the programs around them: they load ESLint, TypeScript and the catalog once per process.
      {
        extends: true,
        test: { name: 'tool', include: ['test/**/*.test.ts'], exclude: HELPER, isolate: false },
      },
    ],
  },
});
