import { isAbsolute, relative, sep } from 'node:path';
import { findRepository } from './gitignore.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * The folder that machines name files from: that of the repository, wherever in it the command runs. A checkout without
 * git is told by the variable that GitHub's runners set.
 */
export function findSourceRoot({ cwd, env }: Pick<Terminal, 'cwd' | 'env'>): string {
  const workspace = env['GITHUB_WORKSPACE'];
  return findRepository(cwd) ?? (workspace && isInside(cwd, workspace) ? workspace : cwd);
}

const isInside = (path: string, folder: string): boolean => {
  const steps = relative(folder, path);
  return !isAbsolute(steps) && steps.split(sep)[0] !== '..';
};
