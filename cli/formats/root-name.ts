import { resolve } from 'node:path';
import { showPath } from '../files/find-files.ts';
import type { CheckContext } from './check-context.ts';

/** The path of a file for machines: relative to the root of the repository, with `/`. */
export const nameFromRoot = (file: string, { cwd, root }: Pick<CheckContext, 'cwd' | 'root'>): string =>
  showPath(root, resolve(cwd, file));
