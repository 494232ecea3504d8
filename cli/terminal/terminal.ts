import fs from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import { StatusLine } from './status-line.ts';

/** The file system calls that `migrate` writes with, so that a test can make one of them fail. */
export type Disk = Pick<
  typeof fs,
  | 'accessSync'
  | 'chmodSync'
  | 'closeSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmSync'
  | 'statSync'
  | 'writeFileSync'
  | 'writeSync'
>;

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Everything outside the program that it uses, so that tests can replace it. */
export interface Outside {
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly disk: Disk;
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
  readonly readStdin: () => string;
  /** A person can answer questions: standard input is a terminal. */
  readonly canAsk: boolean;
  /** The answer, one line; null where the person ends the input (Ctrl+C, Ctrl+D). */
  readonly ask: (question: string) => Promise<string | null>;
  /** Waits until the editor ends; false where it failed. */
  readonly runEditor: (command: string, file: string) => boolean;
  /** Aborts on Ctrl+C. Only a command that must finish its work in order calls it; Ctrl+C kills the others. */
  readonly interruption: () => AbortSignal;
}

/** The outside world, with a status line that shows the progress. */
export interface Terminal extends Outside {
  readonly status: StatusLine;
}

export function withStatus(outside: Outside): Terminal {
  const status = new StatusLine(outside.stderr, outside.now);
  return { ...outside, status, stdout: status.clearBefore(outside.stdout), stderr: status.clearBefore(outside.stderr) };
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
  canAsk: process.stdin.isTTY,
  ask: (question) => askOn(process.stdin, process.stderr, question),
  // The editor may be a command with arguments, such as `code --wait`: a shell parses it, as for git.
  runEditor: (command, file) => spawnSync(`${command} "${file}"`, { shell: true, stdio: 'inherit' }).status === 0,
  interruption: () => {
    const controller = new AbortController();
    // Once: a second Ctrl+C ends the process immediately.
    process.once('SIGINT', () => controller.abort());
    return controller.signal;
  },
};

/** The line that answers a question; null where the person ends the input (Ctrl+C, Ctrl+D). */
export function askOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | null> {
  const lines = createInterface({ input, output });
  let answer: string | null = null;
  const accept = (line: string): void => {
    answer = line;
    lines.close();
  };
  return new Promise((resolve) => {
    // Resolve only after 'close', which pauses the input. A question asked earlier would read from a paused input, and
    // the process would end without an answer.
    lines
      .once('SIGINT', () => lines.close())
      .once('close', () => {
        if (answer === null) output.write('\n'); // the cursor is still behind the question
        resolve(answer);
      });
    void lines.question(question).then(accept, () => lines.close());
  });
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a terminal; none for pipes, and none where NO_COLOR is set (https://no-color.org). */
export const colorsFor = (output: Output, env: Terminal['env']): Colors => pc.createColors(wantsColor(output, env));

function wantsColor({ isTTY }: Output, env: Terminal['env']): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTTY === true && env['TERM'] !== 'dumb';
}
