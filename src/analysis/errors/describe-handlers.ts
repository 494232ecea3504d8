import type { Variable } from '@typescript-eslint/scope-manager';
import { findContinuation, listLoggers } from './handler-continuation.ts';
import { bestReaction, describeReaction } from './handler-reaction.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { listFilledVariables, findSecondRequest, type Requests, toRequests } from './second-request.ts';
import type { ErrorHandler, StreamLoop } from '../facts/stream-loop.ts';

/**
 * Describes the reaction of each handler. A handler may request again through another loop of the file, so this runs
 * after all loops are known.
 */
export function describeHandlers(source: ParsedSource, loops: readonly StreamLoop[]): StreamLoop[] {
  const requests = toRequests(source, loops);
  return loops.map((loop) => {
    const { opening, iterating } = loop.coverage;
    const filled = listFilledVariables(source, loop.node);
    const before = opening && describeHandler(requests, loop, opening, filled);
    return {
      ...loop,
      coverage: {
        opening: before,
        iterating:
          iterating && (iterating.node === opening?.node ? before : describeHandler(requests, loop, iterating, filled)),
      },
    };
  });
}

function describeHandler(
  requests: Requests,
  loop: StreamLoop,
  handler: ErrorHandler,
  filled: ReadonlySet<Variable>,
): ErrorHandler {
  const reaction = describeReaction(requests.source, handler.node, filled);
  const secondRequest = findSecondRequest(requests, loop, handler.node, filled);
  const continuation = findContinuation(requests.source, loop, handler.node);
  const loggers = listLoggers(requests.source, handler.node);
  return {
    ...handler,
    continuation,
    loggers,
    reaction: secondRequest ? bestReaction([reaction, 'requests-again']) : reaction,
    secondRequest,
  };
}
