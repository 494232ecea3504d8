import { aiSdk } from './ai-sdk.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvoke } from './bedrock-invoke.ts';
import { claudeAgent } from './claude-agent.ts';
import { cohere } from './cohere.ts';
import { googleGenai } from './google-genai.ts';
import { googleInteractions } from './google-interactions.ts';
import { huggingFace } from './hugging-face.ts';
import { langchainEvents } from './langchain-events.ts';
import { langchainModelEvents } from './langchain-model-events.ts';
import { langchain } from './langchain.ts';
import { llamaindex } from './llamaindex.ts';
import { mistral } from './mistral.ts';
import { ollama } from './ollama.ts';
import { openaiAgents } from './openai-agents.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiCompletions } from './openai-completions.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Protocol } from './protocol.ts';
import { replicate } from './replicate.ts';

/** Asked in this order about the first chunk; the last takes any error. */
export const allProtocols: readonly Protocol[] = [
  openaiCompletions,
  openaiResponses,
  anthropicMessages,
  aiSdk,
  googleGenai,
  googleInteractions,
  mistral,
  cohere,
  ollama,
  huggingFace,
  bedrockConverse,
  bedrockInvoke,
  langchain,
  langchainEvents,
  langchainModelEvents,
  openaiAgents,
  replicate,
  llamaindex,
  claudeAgent,
  openaiChat,
];
