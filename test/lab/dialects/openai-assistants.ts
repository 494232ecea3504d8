import { data, SSE, type Dialect } from './dialect.ts';
import { refusal } from './openai-error.ts';

const event = (name: string, value: object): string => `event: ${name}\n${data(value)}`;
const run = (status: string): object => ({
  id: 'run_1',
  object: 'thread.run',
  created_at: 1,
  thread_id: 'thread_1',
  assistant_id: 'asst_1',
  status,
});
const message = (more: object): object => ({
  id: 'msg_1',
  object: 'thread.message',
  created_at: 1,
  thread_id: 'thread_1',
  role: 'assistant',
  content: [],
  status: 'in_progress',
  ...more,
});
const part = (value: string): object => ({ index: 0, type: 'text', text: { value, annotations: [] } });

/** A run of the Assistants API. */
export const openaiAssistants: Dialect = {
  path: '/runs',
  contentType: SSE,
  head: [
    event('thread.run.created', run('queued')),
    event('thread.run.in_progress', run('in_progress')),
    event('thread.message.created', message({})),
  ],
  text: (text) =>
    event('thread.message.delta', { id: 'msg_1', object: 'thread.message.delta', delta: { content: [part(text)] } }),
  toolCall: [],
  tail: (finishReason, text) => [
    event('thread.message.completed', message({ content: [part(text)], status: 'completed' })),
    event('thread.run.completed', run(finishReason)),
  ],
  finishReason: 'completed',
  usage: '',
  done: 'event: done\ndata: [DONE]\n\n',
  error: event('error', {
    error: { message: 'The server had an error while processing your request.', type: 'server_error', code: null },
  }),
  malformed: 'event: thread.message.delta\ndata: {"id":"msg_1","del\n\n',
  keepAlive: ': keep-alive\n\n',
  refusal,
};
