import { event, SSE, type Dialect } from './dialect.ts';
import { error, refusal } from './openai-error.ts';

/**
 * Partial pictures, each finer than the one before, and the last. Here each holds a part of the text, and the last all
 * of it.
 */
export const openaiImages: Dialect = {
  path: '/images/generations',
  contentType: SSE,
  head: [],
  text: (text, index) => event({ type: 'image_generation.partial_image', partial_image_index: index, b64_json: text }),
  toolCall: [],
  tail: (_, text) => [event({ type: 'image_generation.completed', b64_json: text })],
  finishReason: '',
  usage: '',
  done: '',
  error,
  malformed: 'event: image_generation.partial_image\ndata: {"type":"image_gen\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal,
};
