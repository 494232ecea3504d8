import { colorsFor, type Terminal } from './terminal.ts';

type ErrorOutput = Pick<Terminal, 'stderr' | 'env'>;

/** The command could not do something. */
export const writeError = (message: string, { stderr, env }: ErrorOutput): void =>
  void stderr.write(`${colorsFor(stderr, env).red('error:')} ${message}\n`);

/** The command goes on, but without something that the user may expect. */
export const writeWarning = (message: string, { stderr, env }: ErrorOutput): void =>
  void stderr.write(`${colorsFor(stderr, env).yellow('warning:')} ${message}\n`);

/** Something that the user may not expect, and that is no fault. */
export const writeNote = (message: string, { stderr }: Pick<Terminal, 'stderr'>): void =>
  void stderr.write(`note: ${message}\n`);
