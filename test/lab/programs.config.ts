import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Migrated programs with the lab's SDKs: `npm run lab:programs`. Nothing is measured first. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: { include: ['test/lab/*.programs.ts'], setupFiles: ['test/plain-output.ts'], testTimeout: 120_000 },
});
