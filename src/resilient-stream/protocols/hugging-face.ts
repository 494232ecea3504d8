import { fail, finish, say, type Protocol } from './protocol.ts';

interface TextGenerationChunk {
  readonly token?: { readonly text?: string; readonly special?: boolean };
  readonly generated_text?: string | null;
  readonly details?: { readonly finish_reason?: string } | null;
  readonly error?: unknown;
}

/**
 * Hugging Face `textGenerationStream`, finished by the chunk that repeats the whole text. (`chatCompletionStream` is
 * `openaiChat`.)
 */
export const huggingFace: Protocol = {
  name: 'hugging-face',
  matches: ({ token }) => token?.text !== undefined,
  start: () => (chunk: TextGenerationChunk, progress) => {
    const { token, generated_text: whole, details, error } = chunk;
    if (error) return fail(progress, error);
    say(progress, token?.special ? '' : token?.text);
    if (whole != null || details) finish(progress, details?.finish_reason);
  },
};
