import { findReason, readMessage, type LangChainMessage } from './langchain.ts';
import { closeBlock, type Protocol } from './protocol.ts';

interface RunEvent {
  readonly event: string;
  readonly data?: { readonly chunk?: LangChainMessage & { readonly text?: string }; readonly output?: Output };
}

/** A message; in events of version 1, generations of messages. */
type Output = LangChainMessage & {
  readonly generations?: readonly (readonly { readonly message?: LangChainMessage }[])[];
};

/**
 * LangChain `streamEvents` of versions 1 and 2: an end is whole when every run that has started has ended, and each
 * model's with a finish reason. LangChain itself ends the run of a cut answer as if it were whole.
 */
export const langchainEvents: Protocol = {
  name: 'langchain-events',
  matches: ({ event, run_id: run }) => /^on_/.test(event) && run !== undefined,
  start() {
    let open = 0;
    let isCut = false;
    return ({ event, data }: RunEvent, progress) => {
      if (/_(model|llm)_stream$/.test(event)) {
        const chunk = data!.chunk!;
        readMessage(chunk, progress);
        // A model that completes text instead of messages.
        if (chunk.content === undefined) progress.delta = chunk.text ?? '';
        progress.hasContent ||= progress.delta !== '';
      } else if (event.endsWith('_start')) {
        open += 1;
        progress.toolRan ||= event === 'on_tool_start';
      } else if (event.endsWith('_end')) {
        open -= 1;
        if (/_(model|llm)_/.test(event)) {
          const output = data!.output!;
          const reason = findReason(output.generations?.[0]?.[0]?.message ?? output);
          closeBlock(progress);
          progress.finishReason = reason ?? null;
          isCut ||= !reason;
        }
      }
      progress.mayEnd = open < 1 && !isCut;
    };
  },
};
