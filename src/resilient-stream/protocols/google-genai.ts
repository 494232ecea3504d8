import { fail, finish, type Protocol } from './protocol.ts';

interface GenerateContentChunk {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly { readonly text?: string; readonly thought?: boolean }[] };
    readonly finishReason?: string;
  }[];
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly error?: unknown;
}

/**
 * Google GenAI: the chunks of `generateContentStream` and `sendMessageStream`. Finished by the `finishReason` of the
 * first candidate, or by a blocked prompt. At `CONTINUATION` the SDK asks for more by itself.
 */
export const googleGenai: Protocol = {
  name: 'google-genai',
  matches: (chunk) => 'candidates' in chunk || 'promptFeedback' in chunk || 'usageMetadata' in chunk,
  start: () => (chunk: GenerateContentChunk, progress) => {
    const { candidates, promptFeedback, error } = chunk;
    if (error) return fail(progress, error);
    const { content, finishReason = promptFeedback?.blockReason } = candidates?.[0] ?? {};
    // Not the getter `text`: it warns about each part that is none.
    for (const { text, thought = false } of content?.parts ?? []) {
      if (text === '') continue;
      progress.hasContent = true;
      progress.blockOpen = thought;
      if (text && !thought) progress.delta += text;
    }
    if (finishReason && finishReason !== 'CONTINUATION') finish(progress, finishReason);
  },
};
