import { SSE, type Dialect } from './dialect.ts';

const event = (name: string, value: unknown): string => `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;

/** A run of a LangGraph server in the mode `custom`: a graph may stream what it likes, here bare text. */
export const langgraphRuns: Dialect = {
  path: '/runs/stream',
  contentType: SSE,
  head: [event('metadata', { run_id: 'run_1', attempt: 1 })],
  text: (text) => event('custom', text),
  toolCall: [],
  tail: () => [],
  finishReason: '',
  usage: '',
  done: event('end', null),
  error: event('error', { error: 'InternalError', message: 'The model failed.' }),
  malformed: 'event: custom\ndata: {"tex\n\n',
  keepAlive: ': heartbeat\n\n',
  refusal: (status) => ({ detail: `http ${status}` }),
};
