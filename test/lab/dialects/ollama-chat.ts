import type { Dialect } from './dialect.ts';

const line = (value: object): string => `${JSON.stringify(value)}\n`;
const chunk = (message: object, more: object = {}): string =>
  line({
    model: 'm',
    created_at: '2026-01-01T00:00:00Z',
    message: { role: 'assistant', content: '', ...message },
    done: false,
    ...more,
  });

/** Newline-delimited JSON. */
export const ollamaChat: Dialect = {
  path: '/api/chat',
  contentType: 'application/x-ndjson',
  head: [],
  text: (content) => chunk({ content }),
  toolCall: [chunk({ tool_calls: [{ function: { name: 'look_up', arguments: { city: 'Zürich 🏔' } } }] })],
  tail: (finishReason) => [chunk({}, { done: true, done_reason: finishReason, prompt_eval_count: 1, eval_count: 6 })],
  finishReason: 'stop',
  usage: '',
  done: '',
  error: line({ error: 'The model runner has unexpectedly stopped.' }),
  malformed: '{"model":"m","mess\n',
  keepAlive: null,
  refusal: (status) => ({ error: `http ${status}` }),
};
