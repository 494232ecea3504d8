import type { LeftOut } from '../reports/json-shapes.ts';
import { colorsFor, type Terminal } from './terminal.ts';

/** The command line is wrong: an option, a name or a path in it. The message is all that the user sees. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that the command did not do, in one line that names the file and the remedy. */
export interface Fault {
  /** 'failed': the command could not do part of its work. 'left-out': it cannot analyse this file. */
  readonly kind: 'failed' | 'left-out';
  /** The file, from the working directory; without a file, the path or pattern as the user wrote it. */
  readonly place: string;
  /** The position in the file; null: the fault is about the whole file. */
  readonly at: Position | null;
  readonly message: string;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

export const failed = (place: string, message: string): Fault => ({ kind: 'failed', place, at: null, message });

export const leftOut = (place: string, message: string, at: Position | null = null): Fault => ({
  kind: 'left-out',
  place,
  at,
  message,
});

/** File names may contain line feeds and control characters, which terminals and the logs of CI interpret. */
const toLine = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));

/** Prints each fault at once, and remembers what the exit code and the report need. */
export class FaultLog {
  readonly #print: (fault: Fault) => void;
  readonly #isStrict: boolean;
  readonly #faults: Fault[] = [];
  #failed = false;

  constructor({ stderr, env }: Pick<Terminal, 'stderr' | 'env'>, { isStrict }: { isStrict: boolean }) {
    const colors = colorsFor(stderr, env);
    this.#isStrict = isStrict;
    this.#print = ({ kind, place, at, message }) => {
      const label = kind === 'failed' || isStrict ? colors.red('error:') : colors.yellow('warning:');
      stderr.write(`${label} ${toLine(place)}${at ? `:${at.line}:${at.column}` : ''}: ${toLine(message)}\n`);
    };
  }

  add(fault: Fault): void {
    this.#print(fault);
    if (fault.kind === 'failed' || this.#isStrict) this.#failed = true;
    this.#faults.push(fault);
  }

  /** The command could not do all of its work; the exit code is 2. */
  get failed(): boolean {
    return this.#failed;
  }

  /** The faults as the report lists them, in the order in which they happened. */
  get leftOut(): readonly LeftOut[] {
    return this.#faults.map(({ place, at, message }) => ({
      file: place,
      reason: at ? `line ${at.line}, column ${at.column}: ${message}` : message,
    }));
  }
}

/** The reason of a file system error, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    case 'EISDIR':
      return 'is a folder';
    case 'ENOTDIR':
      return 'part of its path is a file';
    case 'ENAMETOOLONG':
      return 'the name is too long';
    case 'ELOOP':
      return 'is a symbolic link that leads to itself';
    default:
      return message;
  }
}

/** The reason of a file system error, and the remedy where there is one. */
export function printFailure(error: unknown): string {
  const remedy = REMEDIES[(error as NodeJS.ErrnoException).code ?? ''];
  return remedy === undefined ? reasonOf(error) : `${reasonOf(error)}; ${remedy}`;
}

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'change its permissions, or leave it out',
  EPERM: 'change its permissions, or leave it out',
  EROFS: 'leave it out, or use --dry-run',
  ENOSPC: 'make room, and run again',
  EDQUOT: 'make room, and run again',
  EMFILE: 'allow more open files (ulimit -n)',
  ENFILE: 'allow more open files (ulimit -n)',
};
