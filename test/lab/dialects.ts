/** The wire protocols that the fault server speaks. The first whose path ends the request's path is spoken. */
import { anthropicMessages } from './dialects/anthropic-messages.ts';
import { anthropicSession } from './dialects/anthropic-session.ts';
import { bedrockConverse } from './dialects/bedrock-converse.ts';
import { bedrockInvoke } from './dialects/bedrock-invoke.ts';
import { cohereChat } from './dialects/cohere-chat.ts';
import { cohereV1Chat } from './dialects/cohere-v1-chat.ts';
import type { Dialect } from './dialects/dialect.ts';
import { geminiContent } from './dialects/gemini-content.ts';
import { geminiInteractions } from './dialects/gemini-interactions.ts';
import { hfTextGeneration } from './dialects/hf-text-generation.ts';
import { langgraphRuns } from './dialects/langgraph-runs.ts';
import { mistralChat } from './dialects/mistral-chat.ts';
import { mistralConversations } from './dialects/mistral-conversations.ts';
import { ollamaChat } from './dialects/ollama-chat.ts';
import { ollamaGenerate } from './dialects/ollama-generate.ts';
import { openaiAssistants } from './dialects/openai-assistants.ts';
import { openaiChatJson } from './dialects/openai-chat-json.ts';
import { openaiChat } from './dialects/openai-chat.ts';
import { openaiCompletions } from './dialects/openai-completions.ts';
import { openaiImages } from './dialects/openai-images.ts';
import { openaiResponses } from './dialects/openai-responses.ts';
import { openaiTranscription } from './dialects/openai-transcription.ts';
import { replicateSse } from './dialects/replicate-sse.ts';
import { togetherCompletions } from './dialects/together-completions.ts';

export const dialects = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-responses': openaiResponses,
  'mistral-chat': mistralChat,
  'anthropic-messages': anthropicMessages,
  'gemini-content': geminiContent,
  'gemini-interactions': geminiInteractions,
  'cohere-chat': cohereChat,
  'ollama-chat': ollamaChat,
  'replicate-sse': replicateSse,
  'together-completions': togetherCompletions,
  'bedrock-converse': bedrockConverse,
  'bedrock-invoke': bedrockInvoke,
  'anthropic-session': anthropicSession,
  'cohere-v1-chat': cohereV1Chat,
  'hf-text-generation': hfTextGeneration,
  'langgraph-runs': langgraphRuns,
  'mistral-conversations': mistralConversations,
  'ollama-generate': ollamaGenerate,
  'openai-assistants': openaiAssistants,
  'openai-chat-json': openaiChatJson,
  'openai-images': openaiImages,
  'openai-transcription': openaiTranscription,
} satisfies Readonly<Record<string, Dialect>>;

export type DialectName = keyof typeof dialects;

export function findDialect(path: string): Dialect {
  const bare = path.split('?')[0] ?? '';
  const found = Object.values<Dialect>(dialects).find(
    (dialect) => bare.endsWith(dialect.path) || (dialect.created && bare.endsWith('/predictions')),
  );
  if (!found) throw new Error(`The fault server speaks no dialect for ${path}.`);
  return found;
}
