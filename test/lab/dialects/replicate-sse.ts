import { SSE, type Dialect } from './dialect.ts';

const event = (name: string, id: string, text: string): string =>
  `event: ${name}\nid: ${id}\n${text
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;

/**
 * Plain text in SSE. A POST makes the prediction and names the stream's address:
 * https://replicate.com/docs/topics/predictions/streaming
 */
export const replicateSse: Dialect = {
  path: '/prediction-stream',
  contentType: SSE,
  head: [],
  text: (delta, index) => event('output', `${index}:0`, delta),
  toolCall: [],
  tail: () => [],
  finishReason: '',
  usage: '',
  done: event('done', '9:0', '{}'),
  error: event('error', '8:0', 'The model failed.'),
  // Its chunks hold no JSON; this one has a line that no field begins.
  malformed: 'event: output\ndta: {"oops\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal: (status) => ({ detail: `http ${status}` }),
  created: (url) => ({
    id: 'p1',
    status: 'starting',
    urls: { get: `${url}/predictions/p1`, stream: `${url}/prediction-stream` },
  }),
};
