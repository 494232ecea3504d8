// What is done to a stream that the helper's cannot do: sentences, each of which says what a person can do.

export const withResponse =
  '`.withResponse()` is not called on the request itself; call it where the request is made, without parentheses, then run this again.';
export const responseTaken =
  'A pattern takes apart what `.withResponse()` gives, and not into plain names; write `const { data, response } = await …`, then run this again.';
export const responseRead =
  'The `response` gives away the answer beside the stream, and each attempt has one of its own; read its headers and its status only, then run this again.';
export const responseNotInPattern =
  'The `response` is used, of which each attempt has one; take it by a pattern where the request is made, `const { data, response } = await …`, then run this again.';
export const stored =
  'The stream is stored where other code may use it; wrap the request by hand if only a loop reads it.';
export const returned =
  'The stream is returned to callers out of sight; wrap the request by hand if they only iterate it.';
export const exported = 'The stream is exported; wrap the request by hand if importers only iterate it.';
export const destructured =
  'Members of the stream are taken out of it by a pattern; read the stream itself in the loop, then run this again.';
export const typed =
  "The stream is typed with a type of its own, which the helper's stream may not have; take that type away or make it `AsyncIterable`, then run this again.";
export const typedBySdk =
  "The stream is typed with the SDK's own class, which the helper's stream is not; make that `AsyncIterable`, by hand or by `--widen-types`, then run this again.";
export const usedOtherwise = 'The stream is used for more than the loop; wrap the request by hand if that use can go.';
export const manyStreams =
  'More than one stream is taken out of what the request gives; read one of them, then run this again.';
export const abortedQuietly =
  "The stream's `controller` ends this loop without an error, which the helper's never does; leave the loop by `break`, then run this again.";
export const listened = (name: string): string =>
  `The stream has listeners (\`.${name}()\`), which the helper's stream does not take; do their work in the loop, then run this again.`;
export const passedOn = (callee: string): string =>
  `The stream is passed to \`${callee}\`, out of sight; wrap the request by hand if it only iterates the stream.`;
export const inCallback = (callee: string): string =>
  `The request is made in a callback of \`${callee}\`; wrap it by hand, and let only one of the two retry.`;
export const memberUsed = (name: string): string =>
  `The stream's \`${name}\` is used, which the helper's stream does not have; do without it, then run this again.`;
export const resultUsed = (name: string): string =>
  `The result's \`${name}\` is used, which the helper's stream does not have; do without it, then run this again.`;
export const responseUsed = (name: string): string =>
  `The \`${name}\` that \`.withResponse()\` gives is used, which the helper's stream does not tell there; do without it, then run this again.`;
