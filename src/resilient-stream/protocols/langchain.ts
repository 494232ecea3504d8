import { readContent, type Content } from './openai-choices.ts';
import { finish, type Progress, type Protocol } from './protocol.ts';

/** What a message of LangChain says, one chunk of it or the whole. */
export interface LangChainMessage {
  readonly content?: Content;
  readonly tool_call_chunks?: readonly unknown[];
  readonly response_metadata?: Reasons & { readonly messageStop?: Reasons; readonly status?: string };
  readonly additional_kwargs?: Reasons & { readonly reasoning_content?: string };
}

/** Each integration of LangChain hands on its provider's own word. */
interface Reasons {
  readonly finish_reason?: string;
  readonly finishReason?: string;
  readonly stop_reason?: string;
  readonly stopReason?: string;
  readonly done_reason?: string;
}

const findIn = (reasons: Reasons | undefined): string | undefined =>
  reasons?.finish_reason ??
  reasons?.finishReason ??
  reasons?.stop_reason ??
  reasons?.stopReason ??
  reasons?.done_reason;

/**
 * OpenAI's word is in `finish_reason`, that of its Responses in `status`, Anthropic's among the `additional_kwargs`,
 * Bedrock's in `messageStop`.
 */
export function findReason({
  response_metadata: metadata,
  additional_kwargs: more,
}: LangChainMessage): string | undefined {
  return (
    findIn(metadata) ??
    findIn(more) ??
    findIn(metadata?.messageStop) ??
    (metadata?.status === 'in_progress' ? undefined : metadata?.status)
  );
}

export function readMessage(
  { content, tool_call_chunks: calls, additional_kwargs: more }: LangChainMessage,
  progress: Progress,
): void {
  readContent(content, progress);
  if (calls?.length) progress.toolCallOpen = progress.hasContent = true;
  if (more?.reasoning_content) progress.blockOpen = progress.hasContent = true;
}

/**
 * LangChain `stream`: message chunks. Finished by the provider's finish reason, which LangChain hands on.
 * A chain that ends in an output parser gives strings or objects of your own: of those an end is an end.
 */
export const langchain: Protocol = {
  name: 'langchain',
  matches: (chunk) => 'response_metadata' in chunk,
  start: () => (chunk: LangChainMessage, progress) => {
    readMessage(chunk, progress);
    const reason = findReason(chunk);
    if (reason) finish(progress, reason);
  },
};
