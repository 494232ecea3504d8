import { generation, type EntryPoint, type Sdk, type Untyped } from '../sdk.ts';

// `stream` has the parts since 7; `fullStream` is its older name.
const PARTS = generation === 'newest' ? 'stream' : 'fullStream';
const findPartText = (part: Untyped): string => (part.type === 'text-delta' ? part.text : '');

const call = {
  arguments: [{ prompt: 'hi', onError: () => {} }],
  signal: { argument: 0, path: ['abortSignal'] },
  retries: { option: { argument: 0, path: ['maxRetries'] }, off: 0 },
  timeouts: [{ option: { argument: 0, path: ['timeout'] } }, { option: { argument: 0, path: ['timeout', 'chunkMs'] } }],
  call: async (model: Untyped, [options]: Untyped[], { streamText }: Untyped) => ({ result: streamText({ model, ...options }) }),
  errorOvertakes: 'reset',
  helper: { give: ({ result }: Untyped) => result, findText: findPartText },
} satisfies Partial<EntryPoint>;

const parts = {
  ...call,
  iterate: ({ result }: Untyped) => result[PARTS],
  findText: findPartText,
} satisfies Partial<EntryPoint>;

const compatible = (url: string, _: Untyped, __: Untyped, { createOpenAICompatible }: Untyped): Untyped => createOpenAICompatible({ name: 'lab', apiKey: 'key', baseURL: `${url}/v1` })('m');

const newest = ['ai', '@ai-sdk/openai-compatible', '@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google'];
const previous = ['ai-6', '@ai-sdk/openai-compatible-2', '@ai-sdk/openai-3', '@ai-sdk/anthropic-3', '@ai-sdk/google-3'];

/** 6 makes an APICallError of `abort(new Error())`, and knows no `timeout.firstChunkMs`. */
const previously = { onAbort: 'throws', timeouts: { 'timeout.firstChunkMs': 'nothing' } } as const;

export default {
  id: 'ai',
  title: 'AI SDK',
  packages: { newest, previous },
  entryPoints: [
    {
      ...call, name: 'textStream', dialect: 'openai-chat', proves: { module: 'ai', api: 'streamText', iterable: 'textStream' }, client: compatible, previously,
      iterate: ({ result }) => result.textStream,
      findText: (text) => text,
    },
    { ...parts, name: PARTS, dialect: 'openai-chat', proves: { module: 'ai', api: 'streamText', iterable: PARTS }, client: compatible, previously },
    {
      ...parts, name: `${PARTS}, openai`, dialect: 'openai-responses', proves: null,
      client: (url, _, __, ___, { createOpenAI }) => createOpenAI({ apiKey: 'key', baseURL: `${url}/v1` }).responses('m'),
    },
    {
      ...parts, name: `${PARTS}, anthropic`, dialect: 'anthropic-messages', proves: null,
      beyondHelp: [
        { cases: ['no-done'], wrong: /truncated/, why: 'Without `message_stop` its finish reason is that of a cut answer.' },
        // doStream(): "Expected a normalized Anthropic stream error".
        { cases: ['malformed-first'], wrong: /throws Error/, why: 'It makes an error of its own of a first line that it cannot read, and that has neither a type nor a status.' },
      ],
      client: (url, _, __, ___, ____, { createAnthropic }) => createAnthropic({ apiKey: 'key', baseURL: `${url}/v1` })('m'),
    },
    {
      ...parts, name: `${PARTS}, google`, dialect: 'gemini-content', proves: null,
      client: (url, _, __, ___, ____, _____, { createGoogleGenerativeAI }) => createGoogleGenerativeAI({ apiKey: 'key', baseURL: `${url}/v1beta` })('m'),
    },
  ],
} satisfies Sdk;
