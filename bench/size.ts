/**
 * What the helper weighs in a bundle, minified and gzipped. It fails above the limits, which hold what has been
 * reached; the goals are what is still to be reached. It measures what is published, so build first.
 */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../src/resilient-stream/dist', import.meta.url));

interface Bundle {
  readonly title: string;
  readonly code: string;
  /** In bytes, as all weights here; `null` for information. */
  readonly goal: number | null;
  readonly limit: number;
}

const bundles: readonly Bundle[] = [
  {
    title: "import { resilientStream } from 'resilient-stream'",
    code: "export { resilientStream } from './index.js';",
    goal: 6_000,
    limit: 10_510,
  },
  {
    title: "import { resilientStream, openaiChat } from 'resilient-stream/core'",
    code: "export { resilientStream, openaiChat } from './core.js';",
    goal: 3_500,
    limit: 7_730,
  },
  {
    title: '  … anthropicMessages instead',
    code: "export { resilientStream, anthropicMessages } from './core.js';",
    goal: 3_500,
    limit: 7_540,
  },
  {
    title: '  … restart, resume, continueText as well',
    code: "export { resilientStream, openaiChat, restart, resume, continueText } from './core.js';",
    goal: null,
    limit: 8_530,
  },
  {
    title: "import { livenessFetch } from 'resilient-stream/fetch'",
    code: "export { livenessFetch } from './fetch.js';",
    goal: null,
    limit: 600,
  },
];

async function measure(contents: string): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dist },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  const { contents: bytes } = outputFiles[0]!;
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
}

console.log(
  `${'bytes'.padEnd(70)}${['minified', 'gzipped', 'limit', 'goal'].map((head) => head.padStart(10)).join('')}`,
);
for (const { title, code, goal, limit } of bundles) {
  const { minified, gzipped } = await measure(code);
  if (gzipped > limit) process.exitCode = 1;
  const row = [minified, gzipped, limit, goal ?? '–'].map((figure) => String(figure).padStart(10)).join('');
  console.log(
    `${title.padEnd(70)}${row}${gzipped > limit ? '   ABOVE the limit' : goal !== null && gzipped > goal ? '   above the goal' : ''}`,
  );
}
