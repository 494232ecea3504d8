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
}

/** Packs both packages once for all hosts. */
export default function pack(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'resilient-stream-packed-'));
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder, '.', './src/resilient-stream'], {
    cwd: project.config.root,
    encoding: 'utf8',
  });
  // What the build prints stands before the list.
  const packed = JSON.parse(output.slice(output.search(/^\[/m))) as {
    readonly name: string;
    readonly filename: string;
  }[];
  const pathOf = (name: string): string => join(folder, packed.find((one) => one.name === name)!.filename);
  project.provide('tarballs', { plugin: pathOf('eslint-plugin-resilient-stream'), helper: pathOf('resilient-stream') });
  return () => rmSync(folder, { recursive: true, force: true });
}
