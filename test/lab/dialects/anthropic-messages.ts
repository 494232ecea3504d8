import { event, SSE, type Dialect } from './dialect.ts';

export const anthropicMessages: Dialect = {
  path: '/messages',
  contentType: SSE,
  head: [
    event({
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    event({ type: 'ping' }),
  ],
  text: (text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  toolCall: [
    event({
      type: 'content_block_start',
      index: 1,
      content_block: { type: 'tool_use', id: 'toolu_1', name: 'look_up', input: {} },
    }),
    event({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"city":' } }),
    event({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '"Zürich 🏔"}' } }),
    event({ type: 'content_block_stop', index: 1 }),
  ],
  tail: (finishReason) => [
    event({ type: 'content_block_stop', index: 0 }),
    event({
      type: 'message_delta',
      delta: { stop_reason: finishReason, stop_sequence: null },
      usage: { output_tokens: 6 },
    }),
  ],
  finishReason: 'end_turn',
  usage: '',
  done: event({ type: 'message_stop' }),
  error: event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  malformed: 'event: content_block_delta\ndata: {"type":"content_bl\n\n',
  keepAlive: event({ type: 'ping' }),
  refusal: (status) => ({
    type: 'error',
    error: { type: status === 429 ? 'rate_limit_error' : 'overloaded_error', message: `http ${status}` },
  }),
};
