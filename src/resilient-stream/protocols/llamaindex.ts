import { startChoices, type ChoicesChunk } from './openai-choices.ts';
import type { Protocol } from './protocol.ts';

interface ChatChunk {
  readonly delta: string;
  readonly raw?: ChoicesChunk | null;
}

/**
 * LlamaIndex: the chunks of `llm.chat({ stream: true })`, OpenAI's own inside `raw`. What cannot be told: the end of a
 * provider whose `raw` is of another shape; there an end is an end.
 */
export const llamaindex: Protocol = {
  name: 'llamaindex',
  matches: ({ delta, raw }) => typeof delta === 'string' && typeof raw === 'object',
  start() {
    const read = startChoices();
    return (chunk: ChatChunk, progress) => {
      const { delta, raw } = chunk;
      if (raw?.choices) read(raw, progress);
      else progress.mayEnd = true;
      progress.delta = delta;
      progress.hasContent ||= delta !== '';
    };
  },
};
