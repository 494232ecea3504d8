import type { Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat.ts';

/**
 * A chat answer of structured output: the text is in a string of a JSON object, which the first piece opens and the
 * tail closes.
 */
export const openaiChatJson: Dialect = {
  ...openaiChat,
  isVariant: true,
  text: (text, index) =>
    openaiChat.text(`${index === 0 ? '{"answer":"' : ''}${JSON.stringify(text).slice(1, -1)}`, index),
  tail: (finishReason, text) => [openaiChat.text('"}', 99), ...openaiChat.tail(finishReason, text)],
};
