import type { StreamApi } from './provider.ts';

/**
 * What the chunks of Gemini's API may lack. @google/genai declares all of it optional; its two elders declare what is
 * in a candidate as if it were always there.
 */
export const gaps = [
  { path: ['candidates'], askedBy: null, when: 'where the prompt was blocked' },
  { path: ['candidates', 0], askedBy: null, when: 'where the prompt was blocked' },
  { path: ['candidates', 0, 'content'], askedBy: null, when: 'where the answer was stopped for its content' },
  {
    path: ['candidates', 0, 'content', 'parts'],
    askedBy: null,
    when: 'in a last chunk that holds but the finish reason',
  },
  {
    path: ['candidates', 0, 'content', 'parts', 0],
    askedBy: null,
    when: 'in a last chunk that holds but the finish reason',
  },
] satisfies StreamApi['gaps'];

export const terminal = {
  path: ['candidates', 0, 'finishReason'],
  values: null,
  finishReason: null,
} satisfies StreamApi['terminal'];

/** The two elders are made alike: a result with a `stream`, whose second branch is read for `response`. */
export const elder = {
  gaps,
  terminal,
  reach: 'client',
  protocol: 'google-genai',
  scope: 'request',
  headersWait: 'headers',
  awaited: true,
  iterables: ['stream'],
  foundByHelper: ['stream'],
  // No finals: `await result.response` gives all chunks as one, and on a cut answer no finish reason.
  retries: null,
  onCleanEnd: 'silent',
  // `{ error: … }` comes as a chunk, whose text is ''.
  inBandError: 'chunk',
  // `processStream()` reads the second branch of a `tee()` for `response`, come what may.
  closesOnBreak: false,
  text: ['candidates', 0, 'content', 'parts', 0, 'text'],
  // No fingerprint: the chunks are those of @google/genai.
} satisfies Partial<StreamApi>;
