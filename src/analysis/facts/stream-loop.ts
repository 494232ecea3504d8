import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { Bound, Provider, StreamApi } from '../../providers/provider.ts';
import type { RoundStatement } from '../source/jumps.ts';
import type { FunctionNode } from '../source/tree.ts';

/** Why a value counts as a stream of this API. */
export type Evidence = 'import' | 'type' | 'annotation' | 'shape';

export interface StreamOrigin {
  readonly provider: Provider;
  readonly api: StreamApi;
  /** The SDK call. Null where it is out of sight (a parameter, another file). */
  readonly call: TSESTree.CallExpression | null;
  /** The `new Client()` of the call. Null where it is out of sight. */
  readonly client: TSESTree.NewExpression | null;
  /** The calls that gave the client other options, such as `withOptions(…)`, the last one first. */
  readonly clientCalls: readonly TSESTree.CallExpression[];
  /** The calls between the client and the API's own call: `getGenerativeModel(…)`, `chats.create(…)`. */
  readonly makers: readonly TSESTree.CallExpression[];
  readonly evidence: Evidence;
  /** The chunks come through a generator or a wrapper of the program, which may have changed them. */
  readonly relayed: boolean;
  /** The call is already inside `resilientStream(…)`. */
  readonly wrapper: TSESTree.CallExpression | null;
}

/**
 * What a handler does about the error. Where its branches differ, the best one counts:
 * - 'rethrows': throws the error, or another in its place.
 * - 'reports': passes the error, or a value made of it, to a call, a `yield`, an outer variable or the return value; or
 *   returns a value that no caller takes for an answer (`null`, `{ error: … }`); or ends the process.
 * - 'requests-again': none of these, and requests an answer again; see `secondRequest`.
 * - 'unknown': none of these, and has an effect that is out of sight (`showToast('Failed')`).
 * - 'returns-answer': returns an empty or partial answer, which looks like a complete one.
 * - 'logs': writes to the log, and the program goes on as after a complete answer.
 * - 'ignores': nothing.
 */
export type Reaction = 'rethrows' | 'reports' | 'requests-again' | 'unknown' | 'returns-answer' | 'logs' | 'ignores';

/** A request that an error handler makes, in any of its branches. */
export interface SecondRequest {
  /**
   * The call. Where the handler is part of an attempt loop: what leads to the next round, its `continue` or the handler
   * itself, where control reaches its end.
   */
  readonly node: TSESTree.Node;
  /** The code before the request tests what the loop wrote (`if (!started)`), or resets it (`text = ''`). */
  readonly checksOutput: boolean;
  /** The outputs of the loop that the second request certainly shows, sends or writes again. */
  readonly repeats: readonly Output[];
}

/**
 * Code that sees an error: a `catch` clause, the callback of `.catch()`, a caller in the same file that has one of
 * these, or an `error` listener.
 */
export interface ErrorHandler {
  readonly kind: 'try' | 'promise' | 'caller' | 'listener';
  /** The `catch` clause, or the callback. */
  readonly node: TSESTree.Node;
  readonly reaction: Reaction;
  /**
   * What runs after the handler as if the answer were complete: a statement, or the function, whose callers take its
   * return for a success.
   */
  readonly continuation: TSESTree.Node | null;
  /** The loggers that it calls, as written: `logger.error`. */
  readonly loggers: readonly string[];
  readonly secondRequest: SecondRequest | null;
}

/** Where an error of the iteration goes. */
export type ErrorDestination = 'handled' | 'to-caller' | 'to-consumer' | 'to-nobody';

export interface Limit {
  readonly node: TSESTree.Node;
  /** 'cancellation': other code decides when to abort. 'unknown': the value is out of sight. */
  readonly bounds: Bound | 'cancellation' | 'unknown';
}

export interface Limits {
  readonly signal: Limit | null;
  readonly requestTimeout: Limit | null;
  readonly idleTimeout: Limit | null;
}

/** A local variable that the loop only adds to, and the value that it had before. */
export interface Accumulator {
  readonly variable: Variable;
  readonly initial: TSESTree.Expression;
}

/**
 * How a program reads one chunk after another:
 * - 'for-await': `for await (const chunk of stream)`;
 * - 'reader': `read()` of a stream's reader, in a `while`, `do` or `for`;
 * - 'iterator': `next()` of a stream's iterator, in such a loop;
 * - 'recursion': a function that calls one of these, and then itself;
 * - 'events': listeners, `stream.on('text', show)`.
 *
 * In the first four, an error rejects the promise that the program awaits. So the facts about `catch`, the end and
 * aborts
 * hold for all of them. An error is never thrown at a listener: streams with listeners emit an `error` event, which has
 * a
 * rule of its own, and an SDK's helper emits other events on a truncation or an abort than its loop shows. For
 * 'events', a
 * rule may use only the facts about the request.
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

/** A place where text of the answer, or a value made of it, leaves the loop. */
export interface Output {
  /** The `yield`, the call that gets it as an argument, or the assignment. */
  readonly node: TSESTree.Node;
  /** The variable that it goes into. Null: it is shown, sent, passed to other code, or stored where others see it. */
  readonly variable: Variable | null;
  /** It is added to what is there already; a second attempt would add it once more. */
  readonly adds: boolean;
}

/** How often a request that fails before the first chunk is sent again by code other than the program's. */
export interface Retries {
  /** By the SDK. Null: the catalog does not know, or the value is out of sight. */
  readonly sdk: number | null;
  /** The client is out of sight and may set another number; `sdk` is the default. */
  readonly isAssumed: boolean;
  /** By `resilientStream()`. Null: the request is not inside it, or the value is out of sight. */
  readonly helper: number | null;
}

/** The program's own retry: a loop or a recursion that requests again after an error, until an answer is complete. */
export interface Attempts {
  /** The loop, or the function that calls itself. */
  readonly node: RoundStatement | FunctionNode;
  /**
   * What leads to the next attempt: a `continue`, a `catch` clause whose end control reaches, or the function's call of
   * itself.
   */
  readonly next: TSESTree.Node;
  /** Each attempt makes the same request: the same model and the same prompt. */
  readonly repeatsRequest: boolean;
  /** What may end the attempts although each one fails. Null: nothing does. */
  readonly cap: TSESTree.Node | null;
  /** What may wait before the next attempt. Null: nothing does. */
  readonly delay: TSESTree.Node | null;
}

/** A request whose stream a caller passes as an argument to the function with the loop. */
export interface ArgumentStream {
  readonly origin: StreamOrigin;
  /** The call that passes it. */
  readonly at: TSESTree.CallExpression;
  /** The function that gets it. */
  readonly reader: FunctionNode;
  /** The hand-written attempts around the request and the call. */
  readonly retriedBy: Attempts | null;
}

export interface StreamLoop {
  readonly form: LoopForm;
  readonly node: LoopNode;
  readonly origin: StreamOrigin;
  /** The origins of the other branches, where the stream is assigned in more than one place. */
  readonly alternatives: readonly StreamOrigin[];
  /**
   * Where the stream is a parameter of a function that only calls in this file can reach: the stream that each of them
   * passes. Empty where one of these streams is unknown.
   */
  readonly argumentStreams: readonly ArgumentStream[];
  /**
   * The loop's variable, `value` of `read()`, or a listener's parameter. Null where it is destructured or has no name.
   */
  readonly chunk: TSESTree.Identifier | null;
  readonly coverage: { readonly opening: ErrorHandler | null; readonly iterating: ErrorHandler | null };
  readonly errorGoesTo: ErrorDestination;
  readonly limits: Limits;
  /** Reads of the terminal marker, in the loop or after it. */
  readonly endChecks: readonly TSESTree.Node[];
  /** Those of `completion` that have an effect: the value is more than logged, or stored where nothing reads it. */
  readonly usedEndChecks: readonly TSESTree.Node[];
  /** Tests whether the stream was aborted, in the loop or after it. */
  readonly abortChecks: readonly TSESTree.Node[];
  /**
   * Where an end check would have to look: at the chunks, at a member of the result (`await result.finishReason`), or
   * at what the program itself parses out of bytes. Null where there is no marker, or none in this loop.
   */
  readonly endSign: 'chunk' | 'member' | 'parsed' | null;
  /** Places where the whole chunk goes to code out of sight, which may check the marker there. */
  readonly chunksOutOfSight: readonly TSESTree.Node[];
  /** Places where a generator yields the whole chunk, or a value that a function out of sight has made of it. */
  readonly yieldedChunks: readonly TSESTree.Node[];
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
   * The helper reads the loop's stream, and knows how a complete answer ends: from its protocols, or by the `terminal`
   * or `protocol` that is passed as an option.
   */
  readonly provenByHelper: boolean;
}
