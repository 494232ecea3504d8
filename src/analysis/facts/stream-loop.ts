import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { Bound, Provider, StreamApi } from '../../providers/provider.ts';
import type { RoundStatement } from '../source/jumps.ts';
import type { FunctionNode } from '../source/tree.ts';

/** Why we hold a value to be a stream of this API. */
export type Evidence = 'import' | 'type' | 'annotation' | 'shape';

export interface StreamOrigin {
  readonly provider: Provider;
  readonly api: StreamApi;
  /** The SDK call; null where it is out of sight (a parameter, another file). */
  readonly call: TSESTree.CallExpression | null;
  /** The `new Client()` behind the call, where it is in sight. */
  readonly client: TSESTree.NewExpression | null;
  /** The calls that gave the client other options, `withOptions(…)`, the last one first. */
  readonly clientCalls: readonly TSESTree.CallExpression[];
  /** The calls between the client and the API's own: `getGenerativeModel(…)`, `chats.create(…)`. */
  readonly makers: readonly TSESTree.CallExpression[];
  readonly evidence: Evidence;
  /** The chunks come out of a generator or a wrapper of the program's own, which may have made others of them. */
  readonly relayed: boolean;
  /** The call is already inside `resilientStream(…)`. */
  readonly wrapper: TSESTree.CallExpression | null;
}

/**
 * What a handler does about the error, by the best of its branches:
 * - 'rethrows': throws it, or another in its place;
 * - 'reports': tells somebody. The error, or what is made of it, goes into a call, a `yield`, a variable of outside or
 *   what the handler
 * gives; or it gives what nobody takes for an answer (`null`, `{ error: … }`), or ends the process;
 * - 'requests-again': none of these; it asks the model anew, see `secondRequest`;
 * - 'unknown': none of these; it does something whose meaning is out of sight (`showToast('Failed')`);
 * - 'returns-answer': gives an empty or partial answer, which looks like a whole one;
 * - 'logs': writes to the log, and the program goes on as after a whole answer;
 * - 'ignores': nothing.
 */
export type Reaction = 'rethrows' | 'reports' | 'requests-again' | 'unknown' | 'returns-answer' | 'logs' | 'ignores';

/** A request that an error handler makes, in whatever branch. */
export interface SecondRequest {
  /**
   * The call; where the handler lies in an attempt loop, what leads to the next round: its `continue`, or the handler
   * that is run to its end.
   */
  readonly node: TSESTree.Node;
  /** Somewhere on the way what the stream's loop wrote is looked at (`if (!started)`) or set back (`text = ''`). */
  readonly checksOutput: boolean;
  /** What of the loop's outputs it shows, sends or writes once more, as far as that is certain. */
  readonly repeats: readonly Output[];
}

/**
 * Who sees an error: a `catch` clause, the callback of `.catch()`, a caller in the same file that has one of those, or
 * an `error` listener.
 */
export interface ErrorHandler {
  readonly kind: 'try' | 'promise' | 'caller' | 'listener';
  /** The `catch` clause, or the callback. */
  readonly node: TSESTree.Node;
  readonly reaction: Reaction;
  /**
   * What goes on behind it as though the answer were whole: a statement, or the function, whose callers take it for a
   * success.
   */
  readonly continuation: TSESTree.Node | null;
  /** What it logs with, as it is written: `logger.error`. */
  readonly loggers: readonly string[];
  readonly secondRequest: SecondRequest | null;
}

/** Where an error of the iteration goes. */
export type Escape = 'handled' | 'to-caller' | 'to-consumer' | 'to-nobody';

export interface Limit {
  readonly node: TSESTree.Node;
  /** 'cancellation': somebody else decides; 'unknown': the value is out of sight. */
  readonly bounds: Bound | 'cancellation' | 'unknown';
}

export interface Limits {
  readonly signal: Limit | null;
  readonly requestTimeout: Limit | null;
  readonly idleTimeout: Limit | null;
}

/** A local variable that the loop does nothing but fill, and the source text of the value it had before. */
export interface Accumulator {
  readonly variable: Variable;
  readonly initial: TSESTree.Expression;
}

/**
 * How a program takes one chunk after another:
 * - 'for-await': `for await (const chunk of stream)`;
 * - 'reader': `read()` of a stream's reader, in a `while`, `do` or `for`;
 * - 'iterator': `next()` of a stream's iterator, likewise;
 * - 'recursion': a function that calls one of these, and then itself;
 * - 'events': listeners, `stream.on('text', show)`.
 *
 * In the first four an error rejects what the program waits for, so what is known of a `catch`, of the end and of an
 * abort holds for all of them. Listeners are never thrown at: they have an `error` event, which a rule of its own asks
 * for, and what an SDK's helper emits at a cut or an abort is another matter than what its loop does. Of 'events' a
 * rule may use what is said of the request alone.
 */
export type LoopForm = 'for-await' | 'reader' | 'iterator' | 'recursion' | 'events';

/** The loop's statement, the function that calls itself, or the call that adds the first listener for chunks. */
export type LoopNode =
  | TSESTree.ForOfStatement
  | TSESTree.WhileStatement
  | TSESTree.DoWhileStatement
  | TSESTree.ForStatement
  | FunctionNode
  | TSESTree.CallExpression;

/** A place where text of the answer, or what is made of it, leaves the loop. */
export interface Output {
  /** The `yield`, the call that is given it, or the assignment. */
  readonly node: TSESTree.Node;
  /** What it is put into; null: it is shown, sent, handed on, or put where others see it. */
  readonly variable: Variable | null;
  /** To what is there already, as a second time would too. */
  readonly adds: boolean;
}

/** How often a request that fails before the first chunk is sent again, by code that is not the program's own. */
export interface Retries {
  /** By the SDK itself; null: it does not say, or the value is out of sight. */
  readonly sdk: number | null;
  /** The client is out of sight, and may say otherwise; `sdk` is what holds where nobody says. */
  readonly isAssumed: boolean;
  /** By `resilientStream()`; null: the request is not inside of it, or the value is out of sight. */
  readonly helper: number | null;
}

/**
 * A retry that the program does itself: what goes round makes a request anew after an error, until an answer is whole.
 */
export interface Attempts {
  /** The loop, or the function that calls itself. */
  readonly node: RoundStatement | FunctionNode;
  /**
   * What leads to the next attempt: a `continue`, the `catch` clause that is run to its end, the function's call of
   * itself.
   */
  readonly next: TSESTree.Node;
  /** Each attempt makes the same request; no other model, and no shorter prompt. */
  readonly asksTheSame: boolean;
  /** What may end the attempts although each one fails; null: nothing does. */
  readonly cap: TSESTree.Node | null;
  /** What may let time pass before the next attempt; null: nothing does. */
  readonly delay: TSESTree.Node | null;
}

/** A request whose stream a caller hands to the function with the loop. */
export interface HandedStream {
  readonly origin: StreamOrigin;
  /** Where it is handed over. */
  readonly at: TSESTree.CallExpression;
  /** The function that it is handed to. */
  readonly reader: FunctionNode;
  /** The hand-written attempts that request and handing are part of. */
  readonly retriedBy: Attempts | null;
}

export interface StreamLoop {
  readonly form: LoopForm;
  readonly node: LoopNode;
  readonly origin: StreamOrigin;
  /** The other branches' origins, where the stream is assigned in more than one place. */
  readonly alternatives: readonly StreamOrigin[];
  /**
   * Where the stream is a parameter of a function that only calls in this file reach: what each of them hands to it; []
   * where one hands over what is not known.
   */
  readonly handed: readonly HandedStream[];
  /** The loop's variable, `value` of `read()`, a listener's parameter; null where it is destructured or has no name. */
  readonly chunk: TSESTree.Identifier | null;
  readonly coverage: { readonly opening: ErrorHandler | null; readonly iterating: ErrorHandler | null };
  readonly escapes: Escape;
  readonly limits: Limits;
  /** Reads of the terminal marker, in the loop or after it. */
  readonly completion: readonly TSESTree.Node[];
  /** Those of `completion` that make a difference: what they see is more than logged, or put where nobody reads it. */
  readonly heeded: readonly TSESTree.Node[];
  /** Looks at whether the stream was aborted, in the loop or after it. */
  readonly abortChecks: readonly TSESTree.Node[];
  /**
   * Where a look for the end would have to look: at the chunks, at a member of the result (`await
   * result.finishReason`), or in what the program itself parses out of bytes. Null where there is nothing to look for,
   * or not in this loop.
   */
  readonly endSign: 'chunk' | 'member' | 'parsed' | null;
  /** Places where the whole chunk goes to code out of sight, which may look at the marker there. */
  readonly handedOn: readonly TSESTree.Node[];
  /**
   * Places where a generator gives the whole chunk, or what a function out of sight has made of it, to its consumer.
   */
  readonly passedOn: readonly TSESTree.Node[];
  readonly effects: 'yields' | 'accumulates' | 'emits';
  /** Filled only where `effects` is 'accumulates'. */
  readonly accumulators: readonly Accumulator[];
  readonly outputs: readonly Output[];
  readonly controlFlow: readonly ('break' | 'continue' | 'return' | 'throw')[];
  readonly retries: Retries;
  /** The hand-written attempts that the request is part of. */
  readonly retriedBy: Attempts | null;
  readonly resilient: boolean;
  /**
   * The helper reads the loop's stream, and knows what end a whole answer has: by itself, or by a `terminal` or
   * `protocol` that it is handed.
   */
  readonly provenByHelper: boolean;
}
