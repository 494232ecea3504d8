import { data, SSE, type Dialect } from './dialect.ts';

const event = (type: string, id: number, more: object): string =>
  `event: ${type}\n${data({ event_type: type, event_id: `e${id}`, ...more })}`;
const interaction = (status: string): object => ({
  interaction: {
    id: 'int_1',
    object: 'interaction',
    model: 'm',
    status,
    ...(status === 'completed' ? { usage: { total_tokens: 7 } } : {}),
  },
});

export const geminiInteractions: Dialect = {
  path: '/interactions',
  contentType: SSE,
  head: [
    event('interaction.created', 1, interaction('in_progress')),
    event('step.start', 2, { index: 0, step: { type: 'model_output' } }),
  ],
  text: (text, index) => event('step.delta', 3 + index, { index: 0, delta: { type: 'text', text } }),
  toolCall: [
    event('step.start', 70, {
      index: 1,
      step: { type: 'function_call', id: 'call_1', name: 'look_up', arguments: {} },
    }),
    event('step.delta', 71, { index: 1, delta: { type: 'arguments_delta', arguments: '{"city":"Zürich 🏔"}' } }),
    event('step.stop', 72, { index: 1 }),
  ],
  tail: (finishReason) => [
    event('step.stop', 90, { index: 0 }),
    event('interaction.completed', 91, interaction(finishReason)),
  ],
  finishReason: 'completed',
  usage: '',
  done: 'event: done\ndata: [DONE]\n\n',
  error: event('error', 80, { error: { code: 'internal_error', message: 'The server had an error.' } }),
  malformed: 'event: step.delta\ndata: {"event_type":"step.del\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal: (status) => ({ error: { code: status, message: `http ${status}`, status: 'UNAVAILABLE' } }),
};
