import { data, type Dialect } from './dialect.ts';
import { openaiCompletions } from './openai-completions.ts';

/** Like OpenAI's, with the finish reason beside the choices too, where the SDK's types have it. */
export const togetherCompletions: Dialect = {
  ...openaiCompletions,
  isVariant: true,
  tail: (finishReason) => [
    data({
      id: 'cmpl-1',
      object: 'completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, text: '', finish_reason: finishReason }],
      finish_reason: finishReason,
    }),
  ],
};
