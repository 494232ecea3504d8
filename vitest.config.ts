import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The tests run the helper and the plugin from their sources.
const helper = (name: string): string =>
  `${fileURLToPath(new URL('src/resilient-stream/', import.meta.url))}${name}.ts`;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts', 'test/plain-output.ts'],
    // The first type that is asked for costs the reading of an SDK's declarations.
    testTimeout: 60_000,
    alias: [
      {
        find: /^eslint-plugin-resilient-stream$/,
        replacement: fileURLToPath(new URL('rules/plugin.ts', import.meta.url)),
      },
      { find: /^resilient-stream$/, replacement: helper('index') },
      { find: /^resilient-stream\/(.+)$/, replacement: helper('$1') },
    ],
  },
});
