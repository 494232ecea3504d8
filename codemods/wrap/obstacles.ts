import type { Obstacle } from '../options/placement.ts';

/** Why a request cannot be put into `resilientStream`. */
export const obstacles = {
  requestedElsewhere: { obstacle: 'The request is made elsewhere; wrap it there in `resilientStream`.' },
  otherForm: { obstacle: 'The chunks are not read by a `for await`; read them by one, then run this again.' },
  withoutSdk: {
    obstacle:
      'The response is read without an SDK; wrap the request by hand in `resilientStream`, with `sse(response)` or ' +
      '`ndjson(response)` to read it.',
  },
  streamPerTurn: {
    obstacle:
      'The request gives a stream for each turn of a run, which cannot be made again one by one; give each turn a ' +
      'request of its own, or leave this loop.',
  },
  optionalCall: {
    obstacle: 'The request is skipped where `?.` finds nothing; test for that before the call, then run this again.',
  },
  untraced: {
    obstacle: 'The way of the stream from the request to this loop is out of sight; wrap the request by hand.',
  },
  limitPerAttempt: {
    obstacle:
      'Each attempt has a limit of its own (`AbortSignal.timeout()`), and is made again behind it; the helper’s ' +
      'limit ends all of them. Say by `idleTimeoutMs` or `totalTimeoutMs` which is meant, and wrap the request by ' +
      'hand.',
  },
} satisfies Record<string, Obstacle>;

export const describeUnknownClient = (module: string): Obstacle => ({
  obstacle:
    `The client comes from \`${module}\`, whose streams are not known; wrap the request by hand if the helper reads ` +
    'them.',
});

/** `changed`: what the request is made of, as source text. */
export const describeReaderChange = (changed: string): Obstacle => ({
  obstacle:
    `\`${changed}\` is changed before the function that reads the stream has read it, and another attempt would send ` +
    'that; do it behind the loop, then run this again.',
});
