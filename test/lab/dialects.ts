/** How each provider writes the same answer on the wire. Data only; the server plays it. */
export interface Dialect {
  /** The end of the path that the SDK posts to. */
  readonly path: string;
  /** Frames before the text. */
  readonly head: readonly string[];
  readonly text: (delta: string, index: number) => string;
  /** Frames behind the text, the finish reason among them. */
  readonly tail: (finishReason: string, text: string) => readonly string[];
  /** What an SDK calls a whole answer's finish reason. */
  readonly finishReason: string;
  readonly usage: string;
  /** The last frame; empty where the tail has the last word. */
  readonly done: string;
  /** A failure told in the middle of the stream. */
  readonly error: string;
  /** A frame whose JSON is broken. */
  readonly malformed: string;
  /** The body of a refused request. */
  readonly refusal: (status: number) => unknown;
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const event = (value: { readonly type: string } & Readonly<Record<string, unknown>>): string => `event: ${value.type}\n${data(value)}`;

const chat = (choice: object): string => data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }] });
const completion = (choice: object): string => data({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [{ index: 0, text: '', finish_reason: null, ...choice }] });
const openaiRefusal = (status: number): unknown => ({ error: { message: `http ${status}`, type: status === 429 ? 'rate_limit_error' : 'server_error', code: null } });
const openaiError = data({ error: { message: 'The server had an error while processing your request.', type: 'server_error', code: null } });
const usage = { prompt_tokens: 1, completion_tokens: 6, total_tokens: 7 };

const response = (more: object): object => ({ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'in_progress', output: [], error: null, incomplete_details: null, ...more });
const item = (more: object): object => ({ id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [], ...more });
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };

export type DialectName = 'openai-chat' | 'openai-completions' | 'openai-responses' | 'anthropic-messages';

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  'openai-chat': {
    path: '/chat/completions',
    head: [chat({ delta: { role: 'assistant', content: '' } })],
    text: (content) => chat({ delta: { content } }),
    tail: (finishReason) => [chat({ finish_reason: finishReason })],
    finishReason: 'stop',
    usage: data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage }),
    done: 'data: [DONE]\n\n',
    error: openaiError,
    malformed: 'data: {"id":"chatcmpl-1","choices":[{"ind}\n\n',
    refusal: openaiRefusal,
  },
  'openai-completions': {
    path: '/completions',
    head: [],
    text: (text) => completion({ text }),
    tail: (finishReason) => [completion({ finish_reason: finishReason })],
    finishReason: 'stop',
    usage: data({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [], usage }),
    done: 'data: [DONE]\n\n',
    error: openaiError,
    malformed: 'data: {"id":"cmpl-1","choices":[{"ind}\n\n',
    refusal: openaiRefusal,
  },
  'openai-responses': {
    path: '/responses',
    head: [
      event({ type: 'response.created', sequence_number: 0, response: response({}) }),
      event({ type: 'response.in_progress', sequence_number: 1, response: response({}) }),
      event({ type: 'response.output_item.added', sequence_number: 2, output_index: 0, item: item({}) }),
      event({ type: 'response.content_part.added', sequence_number: 3, ...at, part: { type: 'output_text', text: '', annotations: [] } }),
    ],
    text: (delta, index) => event({ type: 'response.output_text.delta', sequence_number: 4 + index, ...at, delta, logprobs: [] }),
    tail: (finishReason, text) => {
      const content = [{ type: 'output_text', text, annotations: [] }];
      const complete = finishReason === 'completed';
      const output = [item({ status: 'completed', content })];
      return [
        event({ type: 'response.output_text.done', sequence_number: 90, ...at, text }),
        event({ type: 'response.output_item.done', sequence_number: 91, output_index: 0, item: output[0] }),
        complete
          ? event({ type: 'response.completed', sequence_number: 92, response: response({ status: 'completed', output }) })
          : event({ type: 'response.incomplete', sequence_number: 92, response: response({ status: 'incomplete', output, incomplete_details: { reason: finishReason } }) }),
      ];
    },
    finishReason: 'completed',
    usage: '',
    done: '',
    error: event({ type: 'error', sequence_number: 80, code: 'server_error', message: 'The server had an error.', param: null }),
    malformed: 'event: response.output_text.delta\ndata: {"type":"response.output_te\n\n',
    refusal: openaiRefusal,
  },
  'anthropic-messages': {
    path: '/messages',
    head: [
      event({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } } }),
      event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      event({ type: 'ping' }),
    ],
    text: (text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    tail: (finishReason) => [
      event({ type: 'content_block_stop', index: 0 }),
      event({ type: 'message_delta', delta: { stop_reason: finishReason, stop_sequence: null }, usage: { output_tokens: 6 } }),
    ],
    finishReason: 'end_turn',
    usage: '',
    done: event({ type: 'message_stop' }),
    error: event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
    malformed: 'event: content_block_delta\ndata: {"type":"content_bl\n\n',
    refusal: (status) => ({ type: 'error', error: { type: status === 429 ? 'rate_limit_error' : 'overloaded_error', message: `http ${status}` } }),
  },
};

/** A failed Responses answer, which the SDK yields as an ordinary event. */
export const responseFailed = (code: string): string =>
  event({ type: 'response.failed', sequence_number: 80, response: response({ status: 'failed', error: { code, message: 'The model failed.' } }) });
