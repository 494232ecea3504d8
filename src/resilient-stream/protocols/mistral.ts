import { openaiChat } from './openai-chat.ts';
import { startChoices, type ChoicesChunk } from './openai-choices.ts';
import type { Protocol } from './protocol.ts';

interface CompletionEvent {
  readonly data: ChoicesChunk;
}

/**
 * Mistral: the events of `chat.stream`, `fim.stream` and `agents.stream`, OpenAI's choices inside `data`. The raw wire
 * is `openaiChat`.
 */
export const mistral: Protocol = {
  name: 'mistral',
  matches: ({ data }) => Array.isArray(data?.choices),
  start() {
    const read = startChoices();
    return ({ data }: CompletionEvent, progress) => read(data, progress);
  },
  withText: (event: CompletionEvent, text) => ({ ...event, data: openaiChat.withText!(event.data as never, text) }),
};
