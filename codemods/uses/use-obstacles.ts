import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { Obstacle } from '../options/placement.ts';
import { printShort } from '../text/short.ts';

/** Uses of the SDK's stream that the helper's stream does not support. */
export const obstacles = {
  withResponseElsewhere: {
    obstacle:
      '`.withResponse()` is not called on the request itself; call it where the request is made, without ' +
      'parentheses, then run this again.',
  },
  responsePattern: {
    obstacle:
      'A pattern takes apart what `.withResponse()` gives, and not into plain names; write `const { data, response } ' +
      '= await …`, then run this again.',
  },
  responseBodyRead: {
    obstacle:
      'The `response` gives away the answer beside the stream, and each attempt has one of its own; read its headers ' +
      'and its status only, then run this again.',
  },
  responseNotInPattern: {
    obstacle:
      'The `response` is used, of which each attempt has one; take it by a pattern where the request is made, `const ' +
      '{ data, response } = await …`, then run this again.',
  },
  stored: {
    obstacle: 'The stream is stored where other code may use it; wrap the request by hand if only a loop reads it.',
  },
  returned: {
    obstacle: 'The stream is returned to callers out of sight; wrap the request by hand if they only iterate it.',
  },
  exported: { obstacle: 'The stream is exported; wrap the request by hand if importers only iterate it.' },
  destructured: {
    obstacle:
      'Members of the stream are taken out of it by a pattern; read the stream itself in the loop, then run this ' +
      'again.',
  },
  typed: {
    obstacle:
      "The stream is typed with a type of its own, which the helper's stream may not have; take that type away or " +
      'make it `AsyncIterable`, then run this again.',
  },
  typedBySdk: {
    obstacle:
      "The stream is typed with the SDK's own class, which the helper's stream is not; make that `AsyncIterable`, by " +
      'hand or by `--widen-types`, then run this again.',
  },
  usedOtherwise: {
    obstacle: 'The stream is used for more than the loop; wrap the request by hand if that use can go.',
  },
  manyStreams: {
    obstacle: 'More than one stream is taken out of what the request gives; read one of them, then run this again.',
  },
  manyLoops: {
    obstacle:
      'More than one loop reads this stream, and a stream can be read once; read it in one loop, then run this again.',
  },
  abortedQuietly: {
    obstacle:
      "The stream's `controller` ends this loop without an error, which the helper's never does; leave the loop by " +
      '`break`, then run this again.',
  },
} satisfies Record<string, Obstacle>;

export const describeListener = (name: string): Obstacle => ({
  obstacle:
    `The stream has listeners (\`.${name}()\`), which the helper's stream does not take; do their work in the loop, ` +
    'then run this again.',
});

export const describePassing = (callee: string): Obstacle => ({
  obstacle:
    `The stream is passed to \`${callee}\`, out of sight; ` +
    'wrap the request by hand if it only iterates the stream.',
});

/** The request has to stay in a callback of `outerCall`. */
export const describeCallback = (source: ParsedSource, outerCall: TSESTree.CallExpression): Obstacle => ({
  obstacle:
    `The request is made in a callback of \`${printShort(source, outerCall.callee)}\`; wrap it by hand, and let only ` +
    'one of the two retry.',
});

export const describeStreamMember = (name: string): Obstacle => ({
  obstacle:
    `The stream's \`${name}\` is used, which the helper's stream does not have; ` +
    'do without it, then run this again.',
});

export const describeResultMember = (name: string): Obstacle => ({
  obstacle:
    `The result's \`${name}\` is used, which the helper's stream does not have; ` +
    'do without it, then run this again.',
});

export const describeResponseMember = (name: string): Obstacle => ({
  obstacle:
    `The \`${name}\` that \`.withResponse()\` gives is used, which the helper's stream does not tell there; do ` +
    'without it, then run this again.',
});
