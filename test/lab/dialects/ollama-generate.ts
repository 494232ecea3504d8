import type { Dialect } from './dialect.ts';
import { ollamaChat } from './ollama-chat.ts';

const chunk = (response: string, more: object = {}): string =>
  `${JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00Z', response, done: false, ...more })}\n`;

export const ollamaGenerate: Dialect = {
  ...ollamaChat,
  path: '/api/generate',
  text: (text) => chunk(text),
  toolCall: [],
  tail: (finishReason) => [chunk('', { done: true, done_reason: finishReason, prompt_eval_count: 1, eval_count: 6 })],
};
