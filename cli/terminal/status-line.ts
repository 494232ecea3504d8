/** The part of an output that the status line uses; `terminal.ts` imports this file. */
interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Shorter runs show no progress. */
const SHOW_AFTER_MS = 500;
const SHOW_EVERY_MS = 100;
/**
 * Without a terminal, each progress message is a line of its own, so that the log of a long run shows that it is alive:
 * some CI systems kill jobs that print nothing.
 */
const LOG_EVERY_MS = 30_000;
const CLEAR = '\r\u001B[K';

/**
 * One line on a terminal that shows the progress and disappears before anything else is printed. Without a terminal, a
 * plain line from time to time.
 */
export class StatusLine {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #started: number;
  #shownAt = 0;
  #isShown = false;

  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
    this.#started = now();
  }

  /** `done` of `total` files are done. */
  showProgress(done: number, total: number): void {
    const now = this.#now();
    if (this.#output.isTTY !== true) return this.#logProgress(done, total, now);
    if (now - this.#started < SHOW_AFTER_MS || now - this.#shownAt < SHOW_EVERY_MS) return;
    this.#shownAt = now;
    this.#show(printProgress(done, total, now - this.#started));
  }

  #logProgress(done: number, total: number, now: number): void {
    if (now - Math.max(this.#started, this.#shownAt) < LOG_EVERY_MS) return;
    this.#shownAt = now;
    this.#output.write(`${printProgress(done, total, now - this.#started)}\n`);
  }

  /** Work whose progress cannot be measured. */
  showWork(text: string): void {
    if (this.#output.isTTY === true) this.#show(text);
  }

  clear(): void {
    if (this.#isShown) this.#output.write(CLEAR);
    this.#isShown = false;
  }

  /** The same output, but the status line disappears before each text. */
  clearBefore(output: Output): Output {
    return {
      isTTY: output.isTTY,
      write: (text) => {
        this.clear();
        return output.write(text);
      },
    };
  }

  #show(text: string): void {
    this.#output.write(`${CLEAR}${text}`);
    this.#isShown = true;
  }
}

/** '1200 of 12800 files, 3400 a second, 4 s left' */
export function printProgress(done: number, total: number, milliseconds: number): string {
  const rate = done / (milliseconds / 1_000);
  const left = rate > 0 ? `, ${Math.round(rate)} a second, ${printTime((total - done) / rate)} left` : '';
  return `${done} of ${total} files${left}`;
}

function printTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
