import { event as print, SSE, type Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat.ts';

const event = (type: string, more: object = {}): string => print({ type, created_at: '2026-01-01T00:00:00Z', ...more });

export const mistralConversations: Dialect = {
  path: '/v1/conversations',
  contentType: SSE,
  head: [event('conversation.response.started', { conversation_id: 'conv_1' })],
  text: (content) => event('message.output.delta', { id: 'msg_1', content }),
  toolCall: [
    event('function.call.delta', {
      id: 'fc_1',
      name: 'look_up',
      tool_call_id: 'call_1',
      arguments: '{"city":"Zürich 🏔"}',
    }),
  ],
  tail: () => [
    event('conversation.response.done', { usage: { prompt_tokens: 1, completion_tokens: 6, total_tokens: 7 } }),
  ],
  finishReason: '',
  usage: '',
  done: '',
  error: event('conversation.response.error', { message: 'The model failed.', code: 500 }),
  malformed: 'event: message.output.delta\ndata: {"type":"message.out\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal: openaiChat.refusal,
};
