import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

/** One way into an SDK, and how to read the text of its chunks. */
export interface EntryPoint {
  readonly name: string;
  /** Makes the request as a program would, with the SDK's own retries off. */
  readonly open: (
    url: string,
    options?: { readonly signal?: AbortSignal; readonly timeout?: number },
  ) => AsyncIterable<unknown> | PromiseLike<AsyncIterable<unknown>>;
  readonly findText: (chunk: never) => string;
}

const messages = [{ role: 'user' as const, content: 'hi' }];
const openai = (url: string): OpenAI =>
  new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0, logLevel: 'off' });
const anthropic = (url: string): Anthropic =>
  new Anthropic({ apiKey: 'key', baseURL: url, maxRetries: 0, logLevel: 'off' });

const findChatText = (chunk: OpenAI.ChatCompletionChunk): string => chunk.choices[0]?.delta?.content ?? '';
const findResponseText = (chunk: OpenAI.Responses.ResponseStreamEvent): string =>
  chunk.type === 'response.output_text.delta' ? chunk.delta : '';
const findMessageText = (chunk: Anthropic.RawMessageStreamEvent): string =>
  chunk.type === 'content_block_delta' && chunk.delta.type === 'text_delta' ? chunk.delta.text : '';

export const openaiEntryPoints: readonly EntryPoint[] = [
  {
    name: 'chat.completions.create',
    findText: findChatText,
    open: (url, options) => openai(url).chat.completions.create({ model: 'm', messages, stream: true }, options),
  },
  {
    name: 'chat.completions.stream',
    findText: findChatText,
    open: (url, options) => openai(url).chat.completions.stream({ model: 'm', messages }, options),
  },
  {
    name: 'completions.create',
    findText: (chunk: OpenAI.Completion) => chunk.choices[0]?.text ?? '',
    open: (url, options) => openai(url).completions.create({ model: 'm', prompt: 'hi', stream: true }, options),
  },
  {
    name: 'responses.create',
    findText: findResponseText,
    open: (url, options) => openai(url).responses.create({ model: 'm', input: 'hi', stream: true }, options),
  },
  {
    name: 'responses.stream',
    findText: findResponseText,
    open: (url, options) => openai(url).responses.stream({ model: 'm', input: 'hi' }, options),
  },
];

export const anthropicEntryPoints: readonly EntryPoint[] = [
  {
    name: 'messages.create',
    findText: findMessageText,
    open: (url, options) =>
      anthropic(url).messages.create({ model: 'm', max_tokens: 9, messages, stream: true }, options),
  },
  {
    name: 'messages.stream',
    findText: findMessageText,
    open: (url, options) => anthropic(url).messages.stream({ model: 'm', max_tokens: 9, messages }, options),
  },
];
