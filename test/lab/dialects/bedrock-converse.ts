import type { Dialect } from './dialect.ts';
import { printEvent, printException } from './event-stream.ts';

/** AWS's binary event stream with the events of `ConverseStream`. */
export const bedrockConverse: Dialect = {
  path: '/converse-stream',
  contentType: 'application/vnd.amazon.eventstream',
  head: [printEvent('messageStart', { role: 'assistant' })],
  text: (text) => printEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
  toolCall: [
    printEvent('contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't1', name: 'look_up' } } }),
    printEvent('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"city":"Zürich 🏔"}' } } }),
    printEvent('contentBlockStop', { contentBlockIndex: 1 }),
  ],
  tail: (finishReason) => [
    printEvent('contentBlockStop', { contentBlockIndex: 0 }),
    printEvent('messageStop', { stopReason: finishReason }),
  ],
  finishReason: 'end_turn',
  usage: printEvent('metadata', {
    usage: { inputTokens: 1, outputTokens: 6, totalTokens: 7 },
    metrics: { latencyMs: 1 },
  }),
  done: '',
  error: printException('modelStreamErrorException', 'The model failed.'),
  malformed: printEvent('contentBlockDelta', '{"contentBlockIndex":0,"del'),
  keepAlive: null,
  refusal: (status) => ({
    __type: status === 429 ? 'ThrottlingException' : 'InternalServerException',
    message: `http ${status}`,
  }),
};
