import { fail, say, type Protocol } from './protocol.ts';

interface AgentMessage {
  readonly type: string;
  readonly subtype?: string;
  readonly parent_tool_use_id?: string | null;
  readonly event?: { readonly delta?: { readonly text?: string } };
  readonly message?: { readonly content?: readonly { readonly type?: string; readonly text?: string }[] | string };
  /** Of an `assistant` message: what the API failed with. */
  readonly error?: string;
  readonly is_error?: boolean;
  readonly errors?: readonly string[];
  readonly result?: string;
  readonly stop_reason?: string | null;
}

/**
 * Claude Agent SDK: the messages of `query`. An end is whole behind a `result` without error; more turns may follow
 * one. A process that exits without a result ends the loop silently, and a result that is an error ends it normally.
 */
export const claudeAgent: Protocol = {
  name: 'claude-agent',
  matches: ({ type, session_id: session }) =>
    session !== undefined && /^(system|assistant|user|stream_event|result)$/.test(type),
  start() {
    let hasDeltas = false;
    let apiError: string | undefined;
    return (chunk: AgentMessage, progress) => {
      const {
        type,
        subtype,
        parent_tool_use_id: parent,
        event,
        error,
        is_error: isError,
        errors,
        result,
        stop_reason: reason,
      } = chunk;
      if (type === 'result') {
        if (isError || subtype !== 'success') return fail(progress, errors?.join() ?? result, apiError ?? subtype);
        progress.mayEnd = true;
        progress.finishReason = reason ?? subtype;
      }
      // System messages, such as the suggestion of a next prompt, may follow a result.
      if (!/^(assistant|user|stream_event)$/.test(type)) return;
      progress.mayEnd = false;
      apiError = error;
      // A refused request comes as a message of the assistant's; the result says the same.
      if (error) return;
      hasDeltas ||= type === 'stream_event';
      say(progress, event?.delta?.text);
      const content = chunk.message?.content;
      if (typeof content === 'object') {
        for (const { type: kind, text } of content) {
          progress.toolRan ||= /^tool_/.test(kind!);
          // Without `includePartialMessages` text comes whole.
          if (!hasDeltas && type === 'assistant') progress.delta += text ?? '';
        }
      }
      // A subagent's text is no part of the answer.
      if (parent) progress.delta = '';
    };
  },
};
