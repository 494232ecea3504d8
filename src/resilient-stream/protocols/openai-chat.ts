import { startChoices, type ChoicesChunk } from './openai-choices.ts';
import type { Protocol } from './protocol.ts';

/** For the list of all: it takes errors too, those of the other protocols among them. */
export const isAskedLast = true;

/**
 * OpenAI chat completions and the many hosts that speak the same (Groq, Together, DeepSeek, OpenRouter, Hugging Face,
 * vLLM): the chunks of `chat.completions.create({ stream: true })` and of `chat.completions.stream()`. Finished by the
 * `finish_reason` of each choice; a usage chunk with no choices may follow.
 *
 * A stream of nobody else's whose first chunk is an error is taken for this one, for an end behind it is no end.
 */
export const openaiChat: Protocol = {
  name: 'openai-chat',
  matches: ({ object, choices, error, type, event }) =>
    object === 'chat.completion.chunk' ||
    [object, type, event].includes('error') ||
    typeof (error?.message ?? error) === 'string' ||
    (Array.isArray(choices) && (!choices.length || choices[0]?.delta !== undefined)),
  start: startChoices,
  withText: (chunk: ChoicesChunk, text) => ({
    ...chunk,
    choices: chunk.choices!.map((choice) =>
      choice.index ? choice : { ...choice, delta: { ...choice.delta, content: text } },
    ),
  }),
};
