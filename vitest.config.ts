import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    alias: { 'resilient-stream': fileURLToPath(new URL('src/resilient-stream/index.ts', import.meta.url)) },
  },
});
