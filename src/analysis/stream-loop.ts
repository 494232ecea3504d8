import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { Bound, Provider, StreamApi } from '../providers/provider.ts';

/** Why we hold a value to be a stream of this API. */
export type Evidence = 'import' | 'type' | 'annotation' | 'shape';

export interface StreamOrigin {
  readonly provider: Provider;
  readonly api: StreamApi;
  /** The SDK call; null where it is out of sight (a parameter, another file). */
  readonly call: TSESTree.CallExpression | null;
  /** The `new Client()` behind the call, where it is in sight. */
  readonly client: TSESTree.NewExpression | null;
  readonly evidence: Evidence;
  /** The call is already inside `resilientStream(…)`. */
  readonly wrapper: TSESTree.CallExpression | null;
}

/** Who sees an error: a `catch` clause, the callback of `.catch()`, or a caller in the same file that has one of those. */
export interface ErrorHandler {
  readonly kind: 'try' | 'promise' | 'caller';
  readonly node: TSESTree.Node;
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

export interface StreamLoop {
  readonly node: TSESTree.ForOfStatement;
  readonly origin: StreamOrigin;
  /** The other branches' origins, where the stream is assigned in more than one place. */
  readonly alternatives: readonly StreamOrigin[];
  /** The loop's variable; null where it is destructured. */
  readonly chunk: TSESTree.Identifier | null;
  readonly coverage: { readonly opening: ErrorHandler | null; readonly iterating: ErrorHandler | null };
  readonly escapes: Escape;
  readonly limits: Limits;
  /** Reads of the terminal marker, in the loop or after it. */
  readonly completion: readonly TSESTree.Node[];
  /** Looks at whether the stream was aborted, in the loop or after it. */
  readonly abortChecks: readonly TSESTree.Node[];
  /** Places where the whole chunk goes to code out of sight, which may look at the marker there. */
  readonly handedOn: readonly TSESTree.Node[];
  readonly effects: 'yields' | 'accumulates' | 'emits';
  /** Filled only where `effects` is 'accumulates'. */
  readonly accumulators: readonly Accumulator[];
  readonly controlFlow: readonly ('break' | 'continue' | 'return' | 'throw')[];
  /** The hand-written attempt loop around the request. */
  readonly retriedBy: TSESTree.Node | null;
  readonly resilient: boolean;
}
