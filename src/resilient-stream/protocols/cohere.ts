import { fail, finish, readBlock, say, type Protocol } from './protocol.ts';

interface CohereEvent extends End {
  readonly type?: string;
  readonly eventType?: string;
  readonly text?: string;
  readonly message?: string;
  readonly delta?: End & {
    readonly message?: { readonly content?: { readonly type?: string; readonly text?: string } };
  };
}

interface End {
  readonly finishReason?: string;
  readonly finish_reason?: string;
  readonly error?: string;
}

/**
 * Cohere: the events of `v2.chatStream` (finished by `message-end`, as the SDK names its fields and as the wire does)
 * and of the first version's `chatStream` (finished by `stream-end`). An `ERROR` comes as a finish reason, and nothing
 * is thrown.
 */
export const cohere: Protocol = {
  name: 'cohere',
  matches: ({ type, eventType = type }) => /^(message|stream)-(start|end)$/.test(eventType),
  start: () => (event: CohereEvent, progress) => {
    const { eventType, type = eventType ?? '', text, delta, message } = event;
    const content = delta?.message?.content;
    if (type === 'text-generation') say(progress, text);
    else if (/^(content|tool-call-)/.test(type)) readBlock(progress, type, content?.type ?? 'tool_call', content?.text);
    else if (/^(message|stream)-end$/.test(type)) {
      const { finishReason, finish_reason: reason = finishReason, error } = delta ?? event;
      if (error ?? /^(ERROR|TIMEOUT)$/.test(reason!)) fail(progress, error ?? reason);
      else finish(progress, reason);
    } else if (type === 'error') fail(progress, message);
    else if (!type.endsWith('-start')) progress.hasContent = true;
  },
};
