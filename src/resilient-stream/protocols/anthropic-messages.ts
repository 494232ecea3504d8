import type { Protocol } from './protocol.ts';

interface MessageEvent {
  readonly type: string;
  readonly delta?: { readonly type?: string; readonly text?: string; readonly stop_reason?: string | null };
  readonly content_block?: { readonly type?: string };
  readonly error?: { readonly type?: string; readonly message?: string };
}

const EVENTS = /^(message|content_block)_(start|delta|stop)$/;

/**
 * Anthropic Messages: the events of `messages.create({ stream: true })` and of `messages.stream()`.
 * Finished by the `stop_reason` of `message_delta`; `message_stop` follows at once and says nothing more.
 */
export const anthropicMessages: Protocol = {
  name: 'anthropic-messages',
  matches: ({ type }) => typeof type === 'string' && EVENTS.test(type),
  start: () => (event: MessageEvent, progress) => {
    const { type } = event;
    if (type === 'content_block_delta') {
      progress.hasContent = true;
      if (event.delta?.type === 'text_delta') progress.delta = event.delta.text ?? '';
    } else if (type === 'content_block_start') {
      // Text and thinking blocks start empty. Others carry a tool's name or a whole result.
      const kind = event.content_block?.type;
      progress.hasContent ||= kind !== 'text' && kind !== 'thinking';
      progress.toolCallOpen = kind === 'tool_use' || kind === 'server_tool_use' || kind === 'mcp_tool_use';
    } else if (type === 'content_block_stop') {
      progress.toolCallOpen = false;
    } else if (type === 'message_delta') {
      const reason = event.delta?.stop_reason;
      if (typeof reason !== 'string') return;
      progress.finishReason = reason;
      progress.terminal = true;
    } else if (type === 'message_stop') {
      progress.terminal = true;
    } else if (type === 'error') {
      // The SDK throws this one; streams read by hand hand it on.
      progress.failure = { code: event.error?.type ?? null, message: event.error?.message ?? 'error' };
    }
  },
};
