import { anthropicMessages } from './anthropic-messages.ts';
import { event, type Dialect } from './dialect.ts';

const at = { processed_at: '2026-01-01T00:00:00Z' };

/** The events of a managed agent's session. */
export const anthropicSession: Dialect = {
  ...anthropicMessages,
  path: '/events/stream',
  head: [event({ type: 'session.status_running', id: 'sevt_0', ...at })],
  text: (text, index) =>
    event({ type: 'agent.message', id: `sevt_${index + 1}`, ...at, content: [{ type: 'text', text }] }),
  toolCall: [event({ type: 'agent.tool_use', id: 'sevt_70', ...at, name: 'look_up', input: { city: 'Zürich 🏔' } })],
  tail: (finishReason) => [
    event({ type: 'session.status_idle', id: 'sevt_91', ...at, stop_reason: { type: finishReason } }),
  ],
  done: '',
  error: event({
    type: 'session.error',
    id: 'sevt_80',
    ...at,
    error: { type: 'unknown_error', message: 'The model failed.', retry_status: { type: 'terminal' } },
  }),
  malformed: 'event: agent.message\ndata: {"type":"agent.mes\n\n',
  keepAlive: ': keep-alive\n\n',
};
