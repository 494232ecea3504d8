import { data, SSE, type Dialect } from './dialect.ts';

const chunk = (candidate: object, more: object = {}): string =>
  data({ candidates: [{ index: 0, ...candidate }], modelVersion: 'm', responseId: 'r1', ...more });
const parts = (...each: readonly object[]): object => ({ content: { role: 'model', parts: each } });
const refusal = (status: number): unknown => ({
  error: { code: status, message: `http ${status}`, status: status === 429 ? 'RESOURCE_EXHAUSTED' : 'UNAVAILABLE' },
});

/** `generateContentStream`. The finish reason is in the last chunk, and nothing follows. */
export const geminiContent: Dialect = {
  path: ':streamGenerateContent',
  contentType: SSE,
  head: [],
  text: (text) => chunk(parts({ text })),
  toolCall: [chunk(parts({ functionCall: { name: 'look_up', args: { city: 'Zürich 🏔' } } }))],
  tail: (finishReason) => [
    chunk(
      { ...parts({ text: '' }), finishReason },
      { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 6, totalTokenCount: 7 } },
    ),
  ],
  finishReason: 'STOP',
  usage: '',
  done: '',
  error: data(refusal(503)),
  malformed: 'data: {"candidates":[{"con\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal,
};
