import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The hosts' own run, `npm run hosts`: it packs the packages and installs them as a stranger would. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/hosts/**/*.hosts.ts'],
    globalSetup: ['test/hosts/setup.ts'],
    setupFiles: ['test/plain-output.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
});
