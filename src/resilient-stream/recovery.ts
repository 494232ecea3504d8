import type { PartialAnswer } from './streaming-error.ts';

/** A way to go on after chunks were delivered. Made by `restart`; a list of them is tried in order. */
export interface Recovery {
  readonly name: 'restart' | 'resume' | 'continue-text';
  /** Gets ready for the next attempt, or gives `null` where this way cannot keep the answer exact. */
  readonly prepare: (interruption: Interruption) => Preparation | null | PromiseLike<Preparation | null>;
}

/** What a recovery may decide by. */
export interface Interruption {
  readonly partial: PartialAnswer;
  /** Where the protocol could re-attach; `null` where it cannot. */
  readonly cursor: unknown;
  readonly protocol: string | null;
  readonly cause: unknown;
}

/** What the next attempt is to know and do. */
export interface Preparation {
  /** What was delivered has been taken back: the answer starts anew. */
  readonly takenBack: boolean;
  /** Handed to `open` beside `signal` and `attempt`. */
  readonly hints: AttemptHints;
}

/** What only a later attempt is told. */
export interface AttemptHints {
  /** Re-attach here. */
  readonly cursor?: unknown;
  /** Go on behind this text. */
  readonly text?: string;
}

/**
 * Recovers by starting the answer anew. `undo` takes back what was shown so far (empties the variable, clears the line);
 * it may be async, is awaited for at most `openTimeoutMs`, and runs right before the new request.
 *
 * ```ts
 * let text = '';
 * const options = { recover: restart(() => { text = ''; }) };
 * ```
 *
 * If `undo` throws, nothing is requested again: the stream fails, with what `undo` threw as `cause`.
 *
 * @throws TypeError if `undo` is not a function.
 */
export function restart(undo: (partial: PartialAnswer) => unknown): Recovery {
  if (typeof undo !== 'function') throw new TypeError(`restart: expected a function that takes back what was shown, got ${typeof undo}.`);
  return {
    name: 'restart',
    async prepare({ partial }) {
      await undo(partial);
      return { takenBack: true, hints: {} };
    },
  };
}
