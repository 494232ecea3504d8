import type { Variable } from '@typescript-eslint/scope-manager';
import { findAftermath, findLoggers } from './handler-aftermath.ts';
import { best, findConduct } from './handler-conduct.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findFilled, findSecondRequest, type Requests, toRequests } from './second-request.ts';
import type { ErrorHandler, StreamLoop } from '../facts/stream-loop.ts';

/**
 * What the handlers do about the errors they see. A handler may ask the model through another loop of the file: all of
 * them are known by now.
 */
export function withConducts(source: ParsedSource, loops: readonly StreamLoop[]): StreamLoop[] {
  const requests = toRequests(source, loops);
  return loops.map((loop) => {
    const { opening, iterating } = loop.coverage;
    const filled = findFilled(source, loop.node);
    const before = opening && describe(requests, loop, opening, filled);
    return {
      ...loop,
      coverage: {
        opening: before,
        iterating:
          iterating && (iterating.node === opening?.node ? before : describe(requests, loop, iterating, filled)),
      },
    };
  });
}

function describe(
  requests: Requests,
  loop: StreamLoop,
  handler: ErrorHandler,
  filled: ReadonlySet<Variable>,
): ErrorHandler {
  const conduct = findConduct(requests.source, handler.node, filled);
  const secondRequest = findSecondRequest(requests, loop, handler.node, filled);
  const aftermath = findAftermath(requests.source, loop, handler.node);
  const loggers = findLoggers(requests.source, handler.node);
  return {
    ...handler,
    aftermath,
    loggers,
    conduct: secondRequest ? best([conduct, 'requests-again']) : conduct,
    secondRequest,
  };
}
