import fs from 'node:fs';
import pc from 'picocolors';
import { StatusLine } from './status-line.ts';

/** The file system calls that `migrate` writes with, so that a test can make one of them fail. */
export type Disk = Pick<typeof fs, 'accessSync' | 'chmodSync' | 'closeSync' | 'fsyncSync' | 'ftruncateSync' | 'openSync' | 'readFileSync' | 'realpathSync' | 'renameSync' | 'rmSync' | 'statSync' | 'writeFileSync' | 'writeSync'>;

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** What the program has of the outside world. */
export interface Outside {
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly disk: Disk;
  /** Milliseconds, from whenever. */
  readonly now: () => number;
  readonly readStdin: () => string;
  /** Asked for only by commands that end in an orderly way; the others just die. */
  readonly interruption: () => AbortSignal;
}

/** The same, and a line of it that says how far the work is. */
export interface Terminal extends Outside {
  readonly status: StatusLine;
}

export function withStatus(outside: Outside): Terminal {
  const status = new StatusLine(outside.stderr, outside.now);
  return { ...outside, status, stdout: status.giveWayTo(outside.stdout), stderr: status.giveWayTo(outside.stderr) };
}

/** The terminal that the process was started in. */
export const processTerminal: Outside = {
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  disk: fs,
  now: () => performance.now(),
  readStdin: () => fs.readFileSync(0, 'utf8'),
  interruption: () => {
    const controller = new AbortController();
    // Once: whoever presses the keys again wants out at once.
    process.once('SIGINT', () => controller.abort());
    return controller.signal;
  },
};

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours are for eyes: not for pipes, and not where NO_COLOR is set (https://no-color.org). */
export const colorsFor = (output: Output, env: Terminal['env']): Colors => pc.createColors(wantsColor(output, env));

function wantsColor({ isTTY }: Output, env: Terminal['env']): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTTY === true && env['TERM'] !== 'dumb';
}
