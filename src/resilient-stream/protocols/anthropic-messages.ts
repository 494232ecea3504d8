import { fail, finish, readBlock, say, type Protocol } from './protocol.ts';

interface MessageEvent {
  readonly type: string;
  readonly delta?: { readonly text?: string; readonly stop_reason?: string | null };
  readonly content_block?: { readonly type?: string };
  readonly error?: unknown;
}

/**
 * Anthropic Messages: the events of `messages.create({ stream: true })` and of `messages.stream()`.
 * Finished by the `stop_reason` of `message_delta`; `message_stop` follows at once and says nothing more.
 */
export const anthropicMessages: Protocol = {
  name: 'anthropic-messages',
  matches: ({ type }) => /^(message|content_block)_(start|delta|stop)$/.test(type),
  start: () => (chunk: MessageEvent, progress) => {
    const { type, delta, content_block: block, error } = chunk;
    // Most events are this one, and a regular expression would cost each of them as much as all the rest of the
    // reading.
    if (type === 'content_block_delta') say(progress, delta?.text);
    else if (/^content/.test(type)) readBlock(progress, type, block?.type);
    else if (type === 'message_stop' || delta?.stop_reason) finish(progress, delta?.stop_reason);
    // The SDK throws this one; streams read by hand hand it on.
    else if (error) fail(progress, error);
  },
  withText: (event: MessageEvent, text) => ({ ...event, delta: { ...event.delta, text } }),
};
