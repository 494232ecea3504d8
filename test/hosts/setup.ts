import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly tarballs: Tarballs;
  }
}

/** Absolute paths of what would be published. */
export interface Tarballs {
  readonly plugin: string;
  readonly helper: string;
  readonly cli: string;
}

/** What is published, by the name of its tarball. */
export const PACKAGES = {
  plugin: { name: 'eslint-plugin-resilient-stream', folder: './packages/eslint-plugin-resilient-stream' },
  helper: { name: 'resilient-stream', folder: './src/resilient-stream' },
  cli: { name: 'resilient-stream-cli', folder: './packages/resilient-stream-cli' },
} as const satisfies Record<keyof Tarballs, { name: string; folder: string }>;

/** Packs the packages once for all hosts. */
export default function pack(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'resilient-stream-packed-'));
  const folders = Object.values(PACKAGES).map((one) => one.folder);
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder, ...folders], {
    cwd: project.config.root,
    encoding: 'utf8',
  });
  // What the build prints stands before the list.
  const packed = JSON.parse(output.slice(output.search(/^\[/m))) as {
    readonly name: string;
    readonly filename: string;
    readonly size: number;
    readonly unpackedSize: number;
  }[];
  const pathOf = (key: keyof Tarballs): string =>
    join(folder, packed.find(({ name }) => name === PACKAGES[key].name)!.filename);
  for (const { filename, size, unpackedSize } of packed)
    console.log(`${filename}: ${(size / 1000).toFixed(0)} kB, unpacked ${(unpackedSize / 1000).toFixed(0)} kB`);
  project.provide('tarballs', { plugin: pathOf('plugin'), helper: pathOf('helper'), cli: pathOf('cli') });
  return () => rmSync(folder, { recursive: true, force: true });
}
