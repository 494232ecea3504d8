import { fail, finish, type Protocol } from './protocol.ts';

interface OllamaPart {
  readonly message?: {
    readonly content?: string;
    readonly thinking?: string;
    readonly tool_calls?: readonly unknown[];
  };
  readonly response?: string;
  readonly thinking?: string;
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly error?: unknown;
}

/**
 * Ollama: the parts of `chat` and `generate`. Finished by `done`. Tool calls come whole. The SDK throws an `error`;
 * read by hand, it is a part.
 */
export const ollama: Protocol = {
  name: 'ollama',
  matches: ({ done, model }) => typeof done === 'boolean' && model !== undefined,
  start: () => (chunk: OllamaPart, progress) => {
    const {
      message,
      response = message?.content,
      thinking = message?.thinking,
      done,
      done_reason: reason,
      error,
    } = chunk;
    if (error) return fail(progress, error);
    progress.delta = response ?? '';
    progress.blockOpen = !!thinking && !response;
    progress.hasContent ||= !!(response || thinking || message?.tool_calls);
    if (done) finish(progress, reason);
  },
};
