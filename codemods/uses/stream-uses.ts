import type { TSESTree } from '@typescript-eslint/utils';
import { isInside } from '../../src/analysis/source/tree.ts';
import type { TextEdit } from '../contract/edits.ts';
import type { Obstacle } from '../options/placement.ts';
import { followStream } from './follow-stream.ts';
import { areAlternatives } from './harmless-uses.ts';
import type { FollowedRequest, Opening, StreamEvent, StreamPick, StreamRead } from './stream-events.ts';
import { obstacles } from './use-obstacles.ts';

/** What the program does with the stream of a request. */
export interface StreamUses {
  /** A use that the helper's stream does not support; null where there is none. */
  readonly obstacle: Obstacle | null;
  /** The loops that read the stream. */
  readonly loops: readonly TSESTree.ForOfStatement[];
  /** A generator passes the stream on by `yield*`. */
  readonly isDelegated: boolean;
  /** Where the stream is taken out of the request's result; [] where the result itself is the stream. */
  readonly picks: readonly ReadPick[];
  /** The program tests whether the result has a stream. */
  readonly isTested: boolean;
  /** Names of types that have to become `AsyncIterable`; [] without the option `widenTypes`. */
  readonly widened: readonly TSESTree.EntityName[];
  /** The first place that waits for the stream, of each call that makes a stream and does not wait for it. */
  readonly openedLater: readonly Opening[];
  /** Callbacks whose result stands in for that of a failed request: `.catch(() => null)`. */
  readonly onErrors: readonly TSESTree.Node[];
  /** The request is read by `.withResponse()`. */
  readonly response: ResponseUse | null;
  /** `limit(() => request)`: the outermost call that makes the request in a callback, and returns what that returns. */
  readonly outerCall: TSESTree.CallExpression | null;
}

/** What the program reads of the result of `.withResponse()` besides the stream. */
export interface ResponseUse {
  readonly call: TSESTree.CallExpression;
  /** The property of a pattern that takes `response`; null where nothing reads that. */
  readonly property: TSESTree.Property | null;
  /** Where the program reads what has another name in the helper's stream. */
  readonly edits: readonly TextEdit[];
}

export interface ReadPick extends StreamPick {
  /** The expression that a loop iterates; null where no loop reads this pick. */
  readonly iterated: TSESTree.Expression | null;
}

export function findUses(request: FollowedRequest): StreamUses {
  const events = followStream(request);
  const reads = ofKind(events, 'read');
  const picks = ofKind(events, 'picked').map(({ pick }) => pick);
  return {
    obstacle: findUseObstacle(events, reads, picks),
    loops: [...new Set(reads.map(({ loop }) => loop))],
    isDelegated: ofKind(events, 'delegated').length > 0,
    picks: picks.map((pick) => ({ ...pick, iterated: reads.find((read) => read.pick === pick)?.loop.right ?? null })),
    isTested: ofKind(events, 'tested').length > 0,
    widened: [...new Set(ofKind(events, 'widened').map(({ name }) => name))],
    openedLater: findLateOpenings(ofKind(events, 'opened')),
    onErrors: ofKind(events, 'error-callback').map(({ node }) => node),
    response: readResponse(events),
    outerCall: ofKind(events, 'outer-call').at(-1)?.call ?? null,
  };
}

type EventOf<Kind extends StreamEvent['kind']> = Extract<StreamEvent, { readonly kind: Kind }>;

const ofKind = <Kind extends StreamEvent['kind']>(events: readonly StreamEvent[], kind: Kind): EventOf<Kind>[] =>
  events.filter((event): event is EventOf<Kind> => event.kind === kind);

function findUseObstacle(
  events: readonly StreamEvent[],
  reads: readonly StreamRead[],
  picks: readonly StreamPick[],
): Obstacle | null {
  const [stopped] = ofKind(events, 'stopped');
  if (stopped) return stopped.obstacle;
  const isResultReadToo = picks.length > 0 && reads.some(({ pick }) => pick === null);
  if (isResultReadToo || new Set(picks.map(({ name }) => name)).size > 1) return obstacles.manyStreams;
  return isReadTwice(reads) ? obstacles.manyLoops : null;
}

/** Two loops read one stream, and neither excludes the other. */
const isReadTwice = (reads: readonly StreamRead[]): boolean =>
  reads.some((read, index) =>
    reads
      .slice(index + 1)
      .some((other) => read.made === other.made && read.loop !== other.loop && !areAlternatives(read.loop, other.loop)),
  );

function findLateOpenings(openings: readonly Opening[]): Opening[] {
  return [...new Set(openings.map(({ made }) => made))].flatMap((made) => {
    const own = openings.filter((opening) => opening.made === made);
    if (own.some(({ at }) => isInside(made, at))) return [];
    return [own.reduce((first, opening) => (opening.at.range[0] < first.at.range[0] ? opening : first))];
  });
}

function readResponse(events: readonly StreamEvent[]): ResponseUse | null {
  const [called] = ofKind(events, 'with-response');
  if (!called) return null;
  const used = ofKind(events, 'response-used');
  return {
    call: called.call,
    property: used.findLast(({ property }) => property !== null)?.property ?? null,
    edits: used.flatMap(({ edits }) => edits),
  };
}
