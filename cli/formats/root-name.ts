import { resolve } from 'node:path';
import { showPath } from '../files/find-files.ts';
import type { CheckContext } from './check-context.ts';

/** A file of the report as machines name it: from the root of the repository, with `/`. */
export const nameFromRoot = (file: string, { cwd, root }: Pick<CheckContext, 'cwd' | 'root'>): string =>
  showPath(root, resolve(cwd, file));
