import { fail, finish, say, type Protocol } from './protocol.ts';

interface Part {
  readonly type: string;
  /** `text-delta` in the parts of `streamText`, in chunks of UI messages, and in the parts of `streamObject`. */
  readonly text?: string;
  readonly delta?: string;
  readonly textDelta?: string;
  readonly finishReason?: string;
  readonly rawFinishReason?: string;
  readonly error?: unknown;
  readonly errorText?: string;
  readonly reason?: string;
}

/**
 * AI SDK 5 to 7: the parts of `fullStream` and `stream`, of `streamObject`, and the chunks of UI messages. Finished by
 * `finish`.
 *
 * ```ts
 * const stream = resilientStream(({ signal }) => streamText({ model, prompt, abortSignal: signal, maxRetries: 0 }));
 * for await (const text of stream.text()) process.stdout.write(text); // in place of `result.textStream`, which hides errors
 * ```
 *
 * A `finish` behind which no word of the provider's stands is an answer that was cut, and is no terminal marker:
 * `interrupted` in v7, `other` with nothing raw in v6, `unknown` in v5. What cannot be told from it: a provider that
 * finishes so of its own accord. `terminal: 'optional'` is for that.
 */
export const aiSdk: Protocol = {
  name: 'ai-sdk',
  // A plain `start` could be anybody's; here it has no other key, or `messageId` and `messageMetadata`.
  matches: (part) =>
    /^(start-step|object|text-(start|delta)|(reasoning|tool-input)-start)$/.test(part['type']) ||
    (part['type'] === 'start' && Object.keys(part).every((key) => /^(type$|message)/.test(key))),
  start: () => (chunk: Part, progress) => {
    const {
      type,
      text,
      delta = text,
      textDelta = delta,
      finishReason: word,
      rawFinishReason: raw,
      error,
      errorText,
      reason,
    } = chunk;
    if (type === 'text-delta') return say(progress, textDelta);
    if (type === 'error') return fail(progress, error ?? errorText);
    // The caller's own abort never gets here. This is a limit of the SDK's, or a signal that only the SDK was given.
    if (type === 'abort') return fail(progress, `Aborted: ${reason}`, /timeout/i.test(reason!) ? 'timeout' : type);
    if (type === 'finish') {
      if (word === 'error') fail(progress, word);
      else if (raw ?? !/^(interrupted|unknown|other)$/.test(word!)) finish(progress, word);
      return;
    }
    // `finish-step` too: one that is no terminal marker is to be retried unseen.
    progress.hasContent ||= !/^(start|finish|ping|raw|custom|message)|^(text|reasoning)-(start|end)/.test(type);
    // A tool runs as soon as its call is complete (v5, v6), long before its result comes. Parts, and the chunks of UI
    // messages.
    progress.toolRan ||= /^tool-(call|result|error|input-available|output)/.test(type);
    progress.toolCallOpen = /^tool-input-(start|delta)/.test(type);
    progress.blockOpen = /^(object|reasoning-(start|delta))$/.test(type);
  },
  withText: (part: Part, text) => ({ ...part, [part.text === undefined ? 'delta' : 'text']: text }),
};
