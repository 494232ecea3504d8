import { event, SSE, type Dialect } from './dialect.ts';
import { refusal } from './openai-error.ts';

const usage = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 6,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 7,
};
const response = (more: object): object => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'in_progress',
  output: [],
  error: null,
  incomplete_details: null,
  ...more,
});
const message = (more: object): object => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'in_progress',
  content: [],
  ...more,
});
const call = (more: object): object => ({
  id: 'fc_1',
  type: 'function_call',
  call_id: 'call_1',
  name: 'look_up',
  arguments: '',
  status: 'in_progress',
  ...more,
});
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const callAt = { item_id: 'fc_1', output_index: 1 };
const ARGUMENTS = '{"city":"Zürich 🏔"}';

export const openaiResponses: Dialect = {
  path: '/responses',
  contentType: SSE,
  head: [
    event({ type: 'response.created', sequence_number: 0, response: response({}) }),
    event({ type: 'response.in_progress', sequence_number: 1, response: response({}) }),
    event({ type: 'response.output_item.added', sequence_number: 2, output_index: 0, item: message({}) }),
    event({
      type: 'response.content_part.added',
      sequence_number: 3,
      ...at,
      part: { type: 'output_text', text: '', annotations: [] },
    }),
  ],
  text: (delta, index) =>
    event({ type: 'response.output_text.delta', sequence_number: 4 + index, ...at, delta, logprobs: [] }),
  toolCall: [
    event({ type: 'response.output_item.added', sequence_number: 70, output_index: 1, item: call({}) }),
    event({ type: 'response.function_call_arguments.delta', sequence_number: 71, ...callAt, delta: ARGUMENTS }),
    event({
      type: 'response.function_call_arguments.done',
      sequence_number: 72,
      ...callAt,
      arguments: ARGUMENTS,
      name: 'look_up',
    }),
    event({
      type: 'response.output_item.done',
      sequence_number: 73,
      output_index: 1,
      item: call({ arguments: ARGUMENTS, status: 'completed' }),
    }),
  ],
  tail: (finishReason, text) => {
    const item = message({ status: 'completed', content: [{ type: 'output_text', text, annotations: [] }] });
    const done = [
      event({ type: 'response.output_text.done', sequence_number: 90, ...at, text }),
      event({ type: 'response.output_item.done', sequence_number: 91, output_index: 0, item }),
    ];
    if (finishReason === 'completed')
      return [
        ...done,
        event({
          type: 'response.completed',
          sequence_number: 92,
          response: response({ status: 'completed', output: [item], usage }),
        }),
      ];
    return [
      ...done,
      event({
        type: 'response.incomplete',
        sequence_number: 92,
        response: response({
          status: 'incomplete',
          output: [item],
          usage,
          incomplete_details: { reason: finishReason },
        }),
      }),
    ];
  },
  finishReason: 'completed',
  usage: '',
  done: '',
  error: event({
    type: 'error',
    sequence_number: 80,
    code: 'server_error',
    message: 'The server had an error.',
    param: null,
  }),
  malformed: 'event: response.output_text.delta\ndata: {"type":"response.output_te\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal,
};

/** A failed answer, which the SDK yields as an ordinary event. */
export const responseFailed = (code: string): string =>
  event({
    type: 'response.failed',
    sequence_number: 80,
    response: response({ status: 'failed', error: { code, message: 'The model failed.' } }),
  });
