import { closeBlock, finish, openBlock, say, type Protocol } from './protocol.ts';

interface ConverseEvent {
  readonly contentBlockStart?: { readonly start?: object };
  readonly contentBlockDelta?: { readonly delta?: { readonly text?: string; readonly reasoningContent?: object } };
  readonly contentBlockStop?: object;
  readonly messageStop?: { readonly stopReason?: string };
}

/**
 * Bedrock Converse: the events of `ConverseStreamCommand`. Finished by `messageStop`; `metadata` follows. On the
 * default HTTP/2 transport a reset, an abort and a limit of the client's all look like a clean end, so the marker is
 * the only proof.
 */
export const bedrockConverse: Protocol = {
  name: 'bedrock-converse',
  matches: (event) => 'messageStart' in event || 'contentBlockDelta' in event,
  start: () => (chunk: ConverseEvent, progress) => {
    const { contentBlockStart, contentBlockDelta, contentBlockStop, messageStop } = chunk;
    if (contentBlockDelta) {
      const { text, reasoningContent } = contentBlockDelta.delta ?? {};
      say(progress, text);
      progress.blockOpen = !!reasoningContent;
    } else if (contentBlockStart?.start) openBlock(progress, 'tool_use');
    else if (contentBlockStop) closeBlock(progress);
    else if (messageStop) finish(progress, messageStop.stopReason);
  },
};
