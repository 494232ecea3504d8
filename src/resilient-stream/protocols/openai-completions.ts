import { startChoices } from './openai-choices.ts';
import type { Protocol } from './protocol.ts';

/**
 * OpenAI's legacy completions: `completions.create({ stream: true })`. Finished by the `finish_reason` of each choice.
 */
export const openaiCompletions: Protocol = {
  name: 'openai-completions',
  matches: ({ object, choices }) =>
    object === 'text_completion' || (Array.isArray(choices) && choices[0]?.text !== undefined),
  start: startChoices,
};
