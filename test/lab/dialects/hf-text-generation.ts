import { data, SSE, type Dialect } from './dialect.ts';

const token = (text: string, id: number, more: object = {}): string =>
  data({ index: id, token: { id, text, logprob: 0, special: false }, generated_text: null, details: null, ...more });

/** Hugging Face's text generation: the chunk with the last token repeats the whole text. */
export const hfTextGeneration: Dialect = {
  path: '/generate_stream',
  contentType: SSE,
  head: [],
  text: (text, index) => token(text, index),
  toolCall: [],
  tail: (finishReason, text) => [
    token('', 9, { generated_text: text, details: { finish_reason: finishReason, generated_tokens: 6, seed: null } }),
  ],
  finishReason: 'eos_token',
  usage: '',
  done: '',
  error: data({ error: 'The model failed.', error_type: 'generation' }),
  malformed: 'data: {"index":3,"token":{"i\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal: (status) => ({ error: `http ${status}` }),
};
