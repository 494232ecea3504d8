import { data, SSE, type Dialect } from './dialect.ts';
import { error, refusal, usage } from './openai-error.ts';

const chunk = (choice: object): string =>
  data({
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, text: '', finish_reason: null, ...choice }],
  });

export const openaiCompletions: Dialect = {
  path: '/completions',
  contentType: SSE,
  head: [],
  text: (text) => chunk({ text }),
  toolCall: [],
  tail: (finishReason) => [chunk({ finish_reason: finishReason })],
  finishReason: 'stop',
  usage: data({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [], usage }),
  done: 'data: [DONE]\n\n',
  error,
  malformed: 'data: {"id":"cmpl-1","choices":[{"ind}\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal,
};
