import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The lab's own run: `npm run lab`. Its SDKs are installed by `npm ci` in this folder. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/lab/**/*.lab.ts'],
    globalSetup: ['test/lab/setup.ts'],
    alias: { 'resilient-stream': fileURLToPath(new URL('../../src/resilient-stream/index.ts', import.meta.url)) },
    testTimeout: 120_000,
    // Some SDKs tell the console of each fault.
    silent: true,
    maxWorkers: 2,
  },
});
