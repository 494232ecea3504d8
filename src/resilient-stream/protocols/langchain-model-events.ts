import { fail, finish, readBlock, type Protocol } from './protocol.ts';

interface ModelEvent {
  readonly event: string;
  readonly content?: { readonly type?: string };
  readonly delta?: { readonly text?: string };
  readonly reason?: string;
}

/**
 * LangChain's newer events, those of `streamEvents` of a model without a version. Finished by `message-finish` with a
 * reason: without one, LangChain made it up at the end of a cut answer. What cannot be told: it says `stop` for a
 * reason it does not know, `error` among them, and always with integrations that have no events of their own.
 */
export const langchainModelEvents: Protocol = {
  name: 'langchain-model-events',
  matches: ({ event }) => /^message-(start|finish)$/.test(event),
  start: () => (chunk: ModelEvent, progress) => {
    const { event, delta, content, reason } = chunk;
    if (/^content/.test(event)) readBlock(progress, event, content?.type, delta?.text);
    else if (event === 'error') fail(progress, chunk);
    else if (event === 'message-finish' && reason) finish(progress, reason);
  },
};
