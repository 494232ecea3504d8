import { isAbsolute, relative, sep } from 'node:path';
import { findRepository } from './gitignore.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * The folder that paths for machines start at (SARIF, GitHub annotations, fingerprints): the root of the repository,
 * wherever in it the command runs. Without git, it is the folder that GitHub's runners name in `GITHUB_WORKSPACE`, or
 * else the working directory.
 */
export function findSourceRoot({ cwd, env }: Pick<Terminal, 'cwd' | 'env'>): string {
  const workspace = env['GITHUB_WORKSPACE'];
  return findRepository(cwd) ?? (workspace && isInside(cwd, workspace) ? workspace : cwd);
}

const isInside = (path: string, folder: string): boolean => {
  const steps = relative(folder, path);
  return !isAbsolute(steps) && steps.split(sep)[0] !== '..';
};
