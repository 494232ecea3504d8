import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an install has put into a project. */
export interface Installed {
  /** Their folders below node_modules, nested ones too. */
  readonly packages: readonly string[];
  /** On the disk, as `du` counts. */
  readonly megabytes: number;
}

export function findInstalled(folder: string): Installed {
  const modules = join(folder, 'node_modules');
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as { packages: object };
  return { packages: Object.keys(packages), megabytes: weigh(modules) / 2 ** 20 };
}

function weigh(path: string): number {
  const { blocks, isFolder } = statOf(path);
  return blocks * 512 + (isFolder ? readdirSync(path).reduce((sum, name) => sum + weigh(join(path, name)), 0) : 0);
}

function statOf(path: string): { readonly blocks: number; readonly isFolder: boolean } {
  const stats = lstatSync(path);
  return { blocks: stats.blocks, isFolder: stats.isDirectory() };
}
