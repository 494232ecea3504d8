import type { Dialect } from './dialect.ts';
import { printEvent, printException } from './event-stream.ts';

const chunk = (value: object): Uint8Array =>
  printEvent('chunk', { bytes: Buffer.from(JSON.stringify(value)).toString('base64') });

/** AWS's binary event stream around the events of an Anthropic model, as `InvokeModelWithResponseStream` gives them. */
export const bedrockInvoke: Dialect = {
  path: '/invoke-with-response-stream',
  contentType: 'application/vnd.amazon.eventstream',
  head: [
    chunk({
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    }),
    chunk({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ],
  text: (text) => chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  toolCall: [
    chunk({
      type: 'content_block_start',
      index: 1,
      content_block: { type: 'tool_use', id: 't1', name: 'look_up', input: {} },
    }),
    chunk({
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json: '{"city":"Zürich 🏔"}' },
    }),
    chunk({ type: 'content_block_stop', index: 1 }),
  ],
  tail: (finishReason) => [
    chunk({ type: 'content_block_stop', index: 0 }),
    chunk({
      type: 'message_delta',
      delta: { stop_reason: finishReason, stop_sequence: null },
      usage: { output_tokens: 6 },
    }),
  ],
  finishReason: 'end_turn',
  usage: '',
  done: chunk({
    type: 'message_stop',
    'amazon-bedrock-invocationMetrics': { inputTokenCount: 1, outputTokenCount: 6 },
  }),
  error: printException('modelStreamErrorException', 'The model failed.'),
  malformed: printEvent('chunk', '{"bytes":"eyJ'),
  keepAlive: null,
  refusal: (status) => ({
    __type: status === 429 ? 'ThrottlingException' : 'InternalServerException',
    message: `http ${status}`,
  }),
};
