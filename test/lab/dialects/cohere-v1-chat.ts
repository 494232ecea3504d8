import type { Dialect } from './dialect.ts';

const line = (type: string, more: object): string =>
  `${JSON.stringify({ is_finished: false, event_type: type, ...more })}\n`;
const end = (reason: string, more: object): string =>
  line('stream-end', { is_finished: true, finish_reason: reason, ...more });

/** Version 1 of Cohere's chat: lines of JSON. */
export const cohereV1Chat: Dialect = {
  path: '/v1/chat',
  contentType: 'application/stream+json',
  head: [line('stream-start', { generation_id: 'g1' })],
  text: (text) => line('text-generation', { text }),
  toolCall: [
    line('tool-calls-generation', { text: '', tool_calls: [{ name: 'look_up', parameters: { city: 'Zürich 🏔' } }] }),
  ],
  tail: (finishReason, text) => [end(finishReason, { response: { text, generation_id: 'g1' } })],
  finishReason: 'COMPLETE',
  usage: '',
  done: '',
  // It has no error event either.
  error: end('ERROR', { response: { text: 'The model failed.', generation_id: 'g1' } }),
  malformed: '{"is_finished":false,"event_ty\n',
  keepAlive: null,
  refusal: (status) => ({ message: `http ${status}` }),
};
