import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import type { TextEdit } from '../contract/edits.ts';
import type { Obstacle } from '../options/placement.ts';

/** The request whose stream is followed through the file. */
export interface FollowedRequest {
  readonly source: ParsedSource;
  readonly call: TSESTree.CallExpression;
  readonly api: StreamApi;
  /** The SDK's modules: types that come from them can be widened to `AsyncIterable`. */
  readonly modules: readonly string[];
  /** The option `widenTypes`. */
  readonly widens: boolean;
}

/** One use of the stream. The events of a request stand in the order in which they were found. */
export type StreamEvent =
  | StreamOpened
  | StreamRead
  | { readonly kind: 'picked'; readonly pick: StreamPick }
  /** `yield*` passes the stream on. */
  | { readonly kind: 'delegated' }
  /** The program tests whether the result has a stream. */
  | { readonly kind: 'tested' }
  /** The name of a type that has to become `AsyncIterable`. */
  | { readonly kind: 'widened'; readonly name: TSESTree.EntityName }
  /** The second callback of `.then()`, or that of `.catch()`: its result stands in for a failed request's. */
  | { readonly kind: 'error-callback'; readonly node: TSESTree.Node }
  /** `limit(() => request)`: a call that makes the request in a callback, and returns what that returns. */
  | { readonly kind: 'outer-call'; readonly call: TSESTree.CallExpression }
  /** `.withResponse()`. */
  | { readonly kind: 'with-response'; readonly call: TSESTree.CallExpression }
  /** `property`: takes `response` by a pattern. `edits`: what is read by another name from the helper's stream. */
  | { readonly kind: 'response-used'; readonly property: TSESTree.Property | null; readonly edits: readonly TextEdit[] }
  /** The helper's stream cannot be used like this; it is the last event. */
  | { readonly kind: 'stopped'; readonly obstacle: Obstacle };

/** The program waits for the stream, or reads it. */
export interface StreamOpened extends Opening {
  readonly kind: 'opened';
}

export interface Opening {
  /**
   * The call that made this stream: the request, or a call of the function around the request, which makes a new stream
   * each time.
   */
  readonly made: TSESTree.Node;
  readonly at: TSESTree.Node;
}

/** A `for await` reads the stream. */
export interface StreamRead {
  readonly kind: 'read';
  readonly loop: TSESTree.ForOfStatement;
  readonly made: TSESTree.Node;
  readonly pick: StreamPick | null;
}

/**
 * The program takes the stream out of the request's result: `result.fullStream`, `result.toTextStream()`, `const {
 * stream } = result`.
 */
export interface StreamPick {
  /** The stream's name among the `iterables` of the catalog. */
  readonly name: string;
  /** `result` of `result.fullStream`; null for a pattern. */
  readonly from: TSESTree.Expression | null;
  /** The whole member, call of a member, or pattern. */
  readonly node: TSESTree.MemberExpression | TSESTree.CallExpression | TSESTree.ObjectPattern;
  /** The variable that a pattern fills. */
  readonly variable: string | null;
}

/** What the followed value is at one place of the program. */
export interface Reach {
  /** It is the stream or the result itself, not a promise of it. */
  readonly isOpened: boolean;
  /** See `Opening`. */
  readonly made: TSESTree.Node;
  /** How the stream was taken out of the request's result; null where it was not. */
  readonly pick: StreamPick | null;
  /** The value is the result of this `.withResponse()`; null where the request is not read by that. */
  readonly response: TSESTree.CallExpression | null;
}

/** What following a use leads to: events to record, and the values and variables that hold the stream next. */
export type Step =
  | StreamEvent
  | { readonly kind: 'value'; readonly value: TSESTree.Node; readonly reach: Reach }
  | { readonly kind: 'variable'; readonly name: TSESTree.Identifier; readonly reach: Reach };

/** The state of following one request. */
export interface Walk extends FollowedRequest {
  /** What was found so far. */
  readonly events: readonly StreamEvent[];
  /** Variables and functions that were followed already. */
  readonly seen: Set<unknown>;
}

/** One use of a value that holds the stream: `user` is the node around `value`. */
export interface Use<User extends TSESTree.Node = TSESTree.Node> {
  readonly walk: Walk;
  readonly user: User;
  readonly value: TSESTree.Node;
  readonly reach: Reach;
}

export const stop = (obstacle: Obstacle): Step[] => [{ kind: 'stopped', obstacle }];
export const follow = (value: TSESTree.Node, reach: Reach): Step => ({ kind: 'value', value, reach });
export const open = ({ made }: Reach, at: TSESTree.Node): Step => ({ kind: 'opened', made, at });

/** The members of the request's result that are streams; '' is the result itself. */
export const iterablesOf = ({ api }: FollowedRequest, { response }: Reach): readonly string[] =>
  response ? ['data'] : api.iterables;

/** The value is the stream, and not only a result that holds it. */
export function isStream(request: FollowedRequest, reach: Reach): boolean {
  const iterables = iterablesOf(request, reach);
  return reach.pick !== null || iterables.length === 0 || iterables.includes('');
}
