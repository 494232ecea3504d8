import { event, SSE, type Dialect } from './dialect.ts';
import { error, refusal } from './openai-error.ts';

export const openaiTranscription: Dialect = {
  path: '/audio/transcriptions',
  contentType: SSE,
  head: [],
  text: (delta) => event({ type: 'transcript.text.delta', delta }),
  toolCall: [],
  tail: (_, text) => [event({ type: 'transcript.text.done', text })],
  finishReason: '',
  usage: '',
  done: 'data: [DONE]\n\n',
  error,
  malformed: 'event: transcript.text.delta\ndata: {"type":"transcript.te\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal,
};
