import { fail, finish, say, type Protocol } from './protocol.ts';

interface ServerSentEvent {
  readonly event: string;
  readonly data: unknown;
}

/**
 * Replicate: the events of `stream`. Finished by `done`, which also ends a prediction that failed. `output` may be a
 * file instead of text.
 */
export const replicate: Protocol = {
  name: 'replicate',
  matches: ({ event, data }) => /^(output|logs|done)$/.test(event) && data !== undefined,
  start: () => (chunk: ServerSentEvent, progress) => {
    const { event, data } = chunk;
    if (event === 'output') say(progress, typeof data === 'string' ? data : '');
    else if (event === 'error') fail(progress, data);
    else if (event === 'done') {
      const { reason = event } = JSON.parse(String(data) || '{}') as { readonly reason?: string };
      if (reason === 'error') fail(progress, reason);
      else finish(progress, reason);
    }
  },
};
