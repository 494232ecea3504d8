import { startChoices } from './openai-choices.ts';
import { say, type Protocol, type ReadChunk } from './protocol.ts';

interface RunEvent {
  readonly type: string;
  readonly name?: string;
  readonly data?: {
    readonly type?: string;
    readonly delta?: string;
    readonly event?: { readonly choices?: readonly unknown[] };
  };
}

/**
 * OpenAI Agents: the events of `run(agent, input, { stream: true })`. A run of many turns has no terminal marker; an
 * end is whole behind `response_done`. Over chat completions the SDK makes that event up when the answer was cut, so
 * the chunks inside, which it hands on, have to be finished as well. What cannot be told: a cut answer of a model that
 * hands on no chunks of its own.
 */
export const openaiAgents: Protocol = {
  name: 'openai-agents',
  matches: ({ type }) => /^(agent_updated|raw_model|run_item)_stream_event$/.test(type),
  start() {
    let read: ReadChunk | null = null;
    let isFinished = false;
    return (chunk: RunEvent, progress) => {
      const { name, data: { type, delta, event } = {} } = chunk;
      if (type === 'output_text_delta') say(progress, delta);
      else if (type === 'response_done') progress.mayEnd = isFinished || !read;
      else if (type === 'response_started') {
        read = progress.finishReason = null;
        progress.mayEnd = isFinished = false;
      } else if (event?.choices) {
        (read ??= startChoices())(event as never, progress);
        // The chunk ends its turn, not the run, and its text comes once more.
        isFinished = progress.terminal;
        progress.terminal = false;
        progress.delta = '';
      } else if (name) {
        progress.hasContent = true;
        progress.toolRan ||= /^tool_(called|output)$/.test(name);
      }
    };
  },
};
