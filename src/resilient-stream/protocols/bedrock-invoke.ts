import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { openaiChat } from './openai-chat.ts';
import { finish, say, type Protocol, type ReadChunk } from './protocol.ts';

interface InvokeEvent {
  readonly chunk?: { readonly bytes?: Uint8Array };
}

interface ModelChunk {
  readonly [key: string]: unknown;
  /** Llama. */
  readonly generation?: string;
  /** Titan. */
  readonly outputText?: string;
  /** Mistral's own shape. */
  readonly outputs?: readonly { readonly text?: string }[];
}

/**
 * Bedrock `InvokeModelWithResponseStreamCommand`: JSON in `chunk.bytes`, in the shape of each model (Anthropic's,
 * OpenAI's and Nova's are read in full, of Llama, Titan and Mistral the text). Finished by the model's own marker, or
 * by Bedrock's metrics on the last chunk.
 */
export const bedrockInvoke: Protocol = {
  name: 'bedrock-invoke',
  matches: ({ chunk }) => chunk?.bytes !== undefined,
  start() {
    const decoder = new TextDecoder();
    let read: ReadChunk | undefined;
    return ({ chunk }: InvokeEvent, progress) => {
      const inner = JSON.parse(decoder.decode(chunk!.bytes)) as ModelChunk;
      read ??= [anthropicMessages, openaiChat, bedrockConverse].find(({ matches }) => matches(inner))?.start();
      if (read) read(inner as never, progress);
      else say(progress, inner.generation ?? inner.outputText ?? inner.outputs?.[0]?.text);
      if (inner['amazon-bedrock-invocationMetrics']) finish(progress, null);
    };
  },
};
