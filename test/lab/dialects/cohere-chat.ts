import { event, SSE, type Dialect } from './dialect.ts';

/** Cohere's v2 chat. */
export const cohereChat: Dialect = {
  path: '/v2/chat',
  contentType: SSE,
  head: [
    event({
      type: 'message-start',
      id: 'msg_1',
      delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
    }),
    event({ type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
  ],
  text: (text) => event({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } }),
  toolCall: [
    event({
      type: 'tool-call-start',
      index: 0,
      delta: {
        message: { tool_calls: { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '' } } },
      },
    }),
    event({
      type: 'tool-call-delta',
      index: 0,
      delta: { message: { tool_calls: { function: { arguments: '{"city":"Zürich 🏔"}' } } } },
    }),
    event({ type: 'tool-call-end', index: 0 }),
  ],
  tail: (finishReason) => [
    event({ type: 'content-end', index: 0 }),
    event({
      type: 'message-end',
      delta: { finish_reason: finishReason, usage: { tokens: { input_tokens: 1, output_tokens: 6 } } },
    }),
  ],
  finishReason: 'COMPLETE',
  usage: '',
  done: 'data: [DONE]\n\n',
  // Cohere has no error event; this is how it says that the model failed: https://docs.cohere.com/v2/docs/streaming
  error: event({ type: 'message-end', delta: { finish_reason: 'ERROR', error: 'The model failed.' } }),
  malformed: 'event: content-delta\ndata: {"type":"content-del\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal: (status) => ({ message: `http ${status}` }),
};
