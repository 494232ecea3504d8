import type { LeftOut } from '../reports/json-shapes.ts';
import { colorsFor, type Terminal } from './terminal.ts';

/** The command line asks for something that there is not. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that was not done, in one line that names the file and the remedy. */
export interface Fault {
  /** 'failed': the tool did not do what it was asked; 'left-out': a file is none that it can analyse. */
  readonly kind: 'failed' | 'left-out';
  /** The file as shown; where there is none, the path or pattern as it was given. */
  readonly place: string;
  /** Where in the file; null where it is about all of it. */
  readonly at: { readonly line: number; readonly column: number } | null;
  readonly message: string;
}

/** A name may hold line feeds, and what terminals and the logs of CI take for orders. */
const toLine = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));

/** Prints faults as they come, and remembers what they mean for the exit code. */
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

  /** The command could not do all of its work. */
  get failed(): boolean {
    return this.#failed;
  }

  /** What a report says of each, in the order in which they came. */
  get leftOut(): readonly LeftOut[] {
    return this.#faults.map(({ place, at, message }) => ({
      file: place,
      reason: at ? `line ${at.line}, column ${at.column}: ${message}` : message,
    }));
  }
}

/** What the system said, in words. */
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

/** The same, and what to do about it. */
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
