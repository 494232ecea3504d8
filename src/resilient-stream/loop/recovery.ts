import type { Protocol } from '../protocols/protocol.ts';
import type { PartialAnswer } from './streaming-error.ts';

/** A chunk on its way to the consumer, and the text in it. */
export interface Delivery<Chunk> {
  readonly result: IteratorResult<Chunk>;
  readonly delta: string;
}

/**
 * A way to go on after chunks were delivered: `restart`, `resume` or `continueText`; a list of them is tried in order.
 */
export interface Recovery {
  readonly name: 'restart' | 'resume' | 'continue-text';
  /** Expects of the options what it needs of them, as far as that can be known at the call. */
  readonly check?: (options: RecoveryOptions, expect: Expect) => void;
  /** Gets ready for the next attempt, or gives `null` where this way cannot keep the answer exact. */
  readonly prepare: (interruption: Interruption) => Preparation | null | PromiseLike<Preparation | null>;
}

/** The options that recoveries depend on. */
export interface RecoveryOptions {
  readonly protocol: Protocol | null;
  readonly collectText: boolean;
}

/** @throws TypeError unless `isRight`. */
export type Expect = (isRight: boolean, what: string, expected: string, value: unknown) => void;

/** For a recovery that works with protocols of this ability alone. */
export const expectAbility = (
  name: Recovery['name'],
  ability: 'isSeen' | 'withText',
  { protocol }: RecoveryOptions,
  expect: Expect,
): void =>
  expect(
    !protocol || !!protocol[ability],
    '`recover`',
    `a recovery that the protocol \`${protocol?.name}\` can do`,
    name,
  );

/** What a recovery may decide by. */
export interface Interruption {
  readonly partial: PartialAnswer;
  /** Where the protocol could re-attach; `null` where it cannot. */
  readonly cursor: unknown;
  /** What read the chunks; `null` for an unknown shape. */
  readonly protocol: Protocol | null;
  /** The model was thinking, or had called a tool: text alone cannot take that up. */
  readonly beyondText: boolean;
  readonly cause: unknown;
}

/** What the next attempt is to know and do. */
export interface Preparation {
  /** What was delivered has been taken back: the answer starts anew. */
  readonly takenBack: boolean;
  /** Handed to `open` beside `signal` and `attempt`. */
  readonly hints: AttemptHints;
  /**
   * The next attempt's chunks follow the last one's in the same answer; those for which this is true were delivered
   * before.
   */
  readonly isSeen?: (chunk: unknown) => boolean;
  /**
   * Given all chunks of the attempt so far: those of them to deliver, and then it is not asked again; `null` if the
   * next one must be seen first, which there is not after the `last`.
   */
  readonly join?: (held: readonly Delivery<unknown>[], last: boolean) => readonly Delivery<unknown>[] | null;
}

/** What only a later attempt is told. */
export interface AttemptHints {
  /** Re-attach here: a `ResponsesCursor` of OpenAI Responses, an `InteractionsCursor` of Gemini interactions. */
  readonly cursor?: unknown;
  /** Go on behind this text. */
  readonly text?: string;
}

/**
 * Recovers by starting the answer anew. `undo` takes back what was shown so far (empties the variable, clears the
 * line); it may be async, is awaited for at most `openTimeoutMs`, and runs right before the new request.
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
  if (typeof undo !== 'function')
    throw new TypeError(`restart: expected a function that takes back what was shown, got ${typeof undo}.`);
  return {
    name: 'restart',
    async prepare({ partial }) {
      await undo(partial);
      return { takenBack: true, hints: {} };
    },
  };
}

/**
 * Recovers by re-attaching to an answer that the provider goes on making without us: the next attempt gets `{ cursor
 * }`. Exact: chunks that come again are dropped. For OpenAI Responses and Gemini interactions, both in background mode.
 *
 * ```ts
 * resilientStream(({ signal, cursor }) => {
 *   if (!cursor) return client.responses.create({ model, input, background: true, stream: true }, { signal });
 *   const { responseId, startingAfter } = cursor as ResponsesCursor;
 *   return client.responses.retrieve(responseId, { stream: true, starting_after: startingAfter }, { signal });
 * }, { recover: resume() });
 * ```
 */
export function resume(): Recovery {
  return {
    name: 'resume',
    check: (options, expect) => expectAbility('resume', 'isSeen', options, expect),
    prepare({ cursor, protocol }) {
      if (cursor === null || !protocol?.isSeen) return null;
      // The protocol goes on writing in its own.
      const last: unknown = structuredClone(cursor);
      return {
        takenBack: false,
        hints: { cursor: last },
        isSeen: (chunk) => protocol.isSeen!(chunk as never, last as never),
      };
    },
  };
}
