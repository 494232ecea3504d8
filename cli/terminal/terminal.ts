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
  /** Somebody sits there who can be asked. */
  readonly canAsk: boolean;
  /** One line; null where somebody wants to say no more. */
  readonly ask: (question: string) => Promise<string | null>;
  /** Waits for the editor; false where it failed. */
  readonly runEditor: (command: string, file: string) => boolean;
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
  canAsk: process.stdin.isTTY,
  ask: (question) => askOn(process.stdin, process.stderr, question),
  // A shell's business, as it is for git: `code --wait`.
  runEditor: (command, file) => spawnSync(`${command} "${file}"`, { shell: true, stdio: 'inherit' }).status === 0,
  interruption: () => {
    const controller = new AbortController();
    // Once: whoever presses the keys again wants out at once.
    process.once('SIGINT', () => controller.abort());
    return controller.signal;
  },
};

/** The line that answers a question; null where somebody wants to say no more. */
export function askOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | null> {
  const lines = createInterface({ input, output });
  let answer: string | null = null;
  const hear = (line: string): void => {
    answer = line;
    lines.close();
  };
  return new Promise((resolve) => {
    // To close pauses the input: who asks again before that is not heard, and the process ends amidst its question.
    lines
      .once('SIGINT', () => lines.close())
      .once('close', () => {
        if (answer === null) output.write('\n'); // nobody has ended the line of the question
        resolve(answer);
      });
    void lines.question(question).then(hear, () => lines.close());
  });
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours are for eyes: not for pipes, and not where NO_COLOR is set (https://no-color.org). */
export const colorsFor = (output: Output, env: Terminal['env']): Colors => pc.createColors(wantsColor(output, env));

function wantsColor({ isTTY }: Output, env: Terminal['env']): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTTY === true && env['TERM'] !== 'dumb';
}
