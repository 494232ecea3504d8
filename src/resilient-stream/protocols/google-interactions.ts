import { fail, finish, readBlock, type Protocol } from './protocol.ts';

interface InteractionEvent {
  readonly event_type?: string;
  readonly event_id?: string;
  readonly delta?: { readonly text?: string };
  readonly step?: { readonly type?: string };
  readonly interaction?: { readonly id?: string; readonly status?: string };
  readonly error?: unknown;
}

/** Where `interactions.get(id, { stream: true, last_event_id: lastEventId })` goes on. */
export interface InteractionsCursor {
  readonly id: string;
  lastEventId: string;
}

/**
 * Gemini interactions: the events of `interactions.create({ stream: true })`. Finished by `interaction.completed`,
 * whose status says how; at `requires_continuation` the SDK asks for more by itself. `error` comes as an ordinary
 * event, and one that is no JSON as a string.
 */
export const googleInteractions: Protocol = {
  name: 'google-interactions',
  matches: ({ event_type: type }) => /^(interaction|step)\./.test(type),
  start: (behindOthers) => (event: InteractionEvent, progress) => {
    const { event_type: type, event_id: id, delta, step, interaction, error } = event;
    if (interaction?.id) progress.cursor ??= { id: interaction.id, lastEventId: id };
    if (progress.cursor && id) (progress.cursor as InteractionsCursor).lastEventId = id;
    if (behindOthers || !type) fail(progress, new SyntaxError('An event is no JSON'));
    else if (/^step/.test(type)) readBlock(progress, type, step?.type, delta?.text);
    else if (type === 'error' || interaction?.status === 'failed') fail(progress, error);
    else if (type === 'interaction.completed' && interaction?.status !== 'requires_continuation')
      finish(progress, interaction?.status);
  },
  // The server goes on behind the last event; its ids cannot be put in order.
  isSeen: ({ event_id: id }: InteractionEvent, cursor: InteractionsCursor) => id === cursor.lastEventId,
};
