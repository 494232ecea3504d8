import { data, SSE, type Dialect } from './dialect.ts';
import { error, refusal, usage } from './openai-error.ts';

const chunk = (choice: object): string =>
  data({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }],
  });
const call = (more: object): string => chunk({ delta: { tool_calls: [{ index: 0, ...more }] } });

export const openaiChat: Dialect = {
  path: '/chat/completions',
  contentType: SSE,
  head: [chunk({ delta: { role: 'assistant', content: '' } })],
  text: (content) => chunk({ delta: { content } }),
  toolCall: [
    call({ id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '' } }),
    call({ function: { arguments: '{"city":' } }),
    call({ function: { arguments: '"Zürich 🏔"}' } }),
  ],
  tail: (finishReason) => [chunk({ finish_reason: finishReason })],
  finishReason: 'stop',
  usage: data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage }),
  done: 'data: [DONE]\n\n',
  error,
  malformed: 'data: {"id":"chatcmpl-1","choices":[{"ind}\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal,
};
