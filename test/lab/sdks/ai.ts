import { generation, type EntryPoint, type Sdk, type Untyped } from '../sdk.ts';

// `stream` has the parts since 7; `fullStream` is its older name.
const PARTS = generation === 'newest' ? 'stream' : 'fullStream';
const findPartText = (part: Untyped): string => (part.type === 'text-delta' ? part.text : '');

const call = {
  arguments: [{ prompt: 'hi', onError: () => {} }],
  signal: { argument: 0, path: ['abortSignal'] },
  retries: { option: { argument: 0, path: ['maxRetries'] }, off: 0 },
  timeouts: [{ option: { argument: 0, path: ['timeout'] } }, { option: { argument: 0, path: ['timeout', 'chunkMs'] } }],
  call: async (model: Untyped, [options]: Untyped[], { streamText }: Untyped) => ({
    result: streamText({ model, ...options }),
  }),
  errorOvertakes: 'reset',
  helper: { give: ({ result }: Untyped) => result, findText: findPartText },
} satisfies Partial<EntryPoint>;

const parts = {
  ...call,
  iterate: ({ result }: Untyped) => result[PARTS],
  findText: findPartText,
} satisfies Partial<EntryPoint>;

const agent = {
  ...call,
  arguments: [{ prompt: 'hi' }],
  call: async (made: Untyped, [options]: Untyped[]) => ({ result: await made.stream(options) }),
  runsTools: true,
  // A setting of the agent's.
  retries: { option: { client: 'maxRetries' }, off: 0 },
} satisfies Partial<EntryPoint>;

/** A string inside a JSON object: what has come of it. */
const findAnswer = (json: string): string =>
  JSON.parse(`"${json.replace('{"answer":"', '').replace(/"\}$/, '')}"`) as string;

/** Structured output: the raw loop reads objects, the helper the JSON in the parts. */
const json = {
  dialect: 'openai-chat-json',
  helper: {
    give: ({ result }: Untyped) => result,
    findText: (part: Untyped): string => findAnswer(findPartText(part)),
    findPartial: findAnswer,
  },
} satisfies Partial<EntryPoint>;

const partialOutput = {
  ...json,
  cumulative: true,
  iterate: ({ result }: Untyped) => result.partialOutputStream,
  findText: (chunk: Untyped): string => chunk.answer,
} satisfies Partial<EntryPoint>;

const ui = {
  iterate: ({ result }: Untyped) => result.toUIMessageStream(),
  findText: (chunk: Untyped): string => (chunk.type === 'text-delta' ? chunk.delta : ''),
  helper: {
    give: ({ result }: Untyped) => result.toUIMessageStream(),
    findText: (chunk: Untyped): string => (chunk.type === 'text-delta' ? chunk.delta : ''),
  },
} satisfies Partial<EntryPoint>;

const schemaOf = ({ jsonSchema }: Untyped): Untyped =>
  jsonSchema({
    type: 'object',
    properties: { answer: { type: 'string' } },
    required: ['answer'],
    additionalProperties: false,
  });

const object = {
  ...call,
  ...json,
  timeouts: [],
  call: async (model: Untyped, [options]: Untyped[], ai: Untyped) => ({
    result: ai.streamObject({ model, schema: schemaOf(ai), ...options }),
  }),
  // `toObjectParts`: text in `textDelta`, and objects beside it.
  helper: {
    give: ({ result }: Untyped) => result.fullStream,
    findText: (part: Untyped): string => (part.type === 'text-delta' ? findAnswer(part.textDelta) : ''),
    findPartial: findAnswer,
  },
} satisfies Partial<EntryPoint>;

const compatible = (url: string, _: Untyped, __: Untyped, { createOpenAICompatible }: Untyped): Untyped =>
  createOpenAICompatible({ name: 'lab', apiKey: 'key', baseURL: `${url}/v1`, supportsStructuredOutputs: true })('m');

const newest = ['ai', '@ai-sdk/openai-compatible', '@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google'];
const previous = ['ai-6', '@ai-sdk/openai-compatible-2', '@ai-sdk/openai-3', '@ai-sdk/anthropic-3', '@ai-sdk/google-3'];

/** 6 makes an APICallError of `abort(new Error())`, and knows no `timeout.firstChunkMs`. */
const previously = {
  onAbort: 'throws',
  timeouts: { 'timeout.firstChunkMs': 'nothing', 'client timeout.firstChunkMs': 'nothing' },
} as const;

/** The agent of these settings. */
const compatibleAgent =
  (settings?: (ai: Untyped) => Untyped) =>
  (url: string, options: Untyped, ai: Untyped, provider: Untyped): Untyped =>
    new ai.ToolLoopAgent({ model: compatible(url, {}, ai, provider), ...settings?.(ai), ...options });

const withOutput = (ai: Untyped): Untyped => ({ output: ai.Output.object({ schema: schemaOf(ai) }) });
const proves = (api: string, iterable: string | null): EntryPoint['proves'] => ({ module: 'ai', api, iterable });

export default {
  id: 'ai',
  title: 'AI SDK',
  packages: { newest, previous },
  entryPoints: [
    {
      ...call,
      name: 'textStream',
      dialect: 'openai-chat',
      proves: { module: 'ai', api: 'streamText', iterable: 'textStream' },
      client: compatible,
      previously,
      iterate: ({ result }) => result.textStream,
      findText: (text) => text,
    },
    {
      ...parts,
      name: PARTS,
      dialect: 'openai-chat',
      proves: { module: 'ai', api: 'streamText', iterable: PARTS },
      client: compatible,
      previously,
    },
    {
      ...call,
      ...partialOutput,
      name: 'partialOutputStream',
      proves: proves('streamText', 'partialOutputStream'),
      client: compatible,
      previously,
      call: async (model, [options], ai) => ({ result: ai.streamText({ model, ...withOutput(ai), ...options }) }),
    },
    {
      ...call,
      ...ui,
      name: 'toUIMessageStream',
      dialect: 'openai-chat',
      proves: proves('streamText', 'toUIMessageStream()'),
      client: compatible,
      previously,
    },
    {
      ...agent,
      name: 'agent, textStream',
      dialect: 'openai-chat',
      proves: proves('stream', 'textStream'),
      client: compatibleAgent(),
      previously,
      iterate: ({ result }) => result.textStream,
      findText: (text) => text,
    },
    {
      ...agent,
      name: `agent, ${PARTS}`,
      dialect: 'openai-chat',
      proves: proves('stream', PARTS),
      client: compatibleAgent(),
      previously,
      iterate: ({ result }) => result[PARTS],
      findText: findPartText,
    },
    {
      ...agent,
      ...partialOutput,
      name: 'agent, partialOutputStream',
      proves: proves('stream', 'partialOutputStream'),
      client: compatibleAgent(withOutput),
      previously,
    },
    {
      ...agent,
      ...ui,
      name: 'agent, toUIMessageStream',
      dialect: 'openai-chat',
      proves: proves('stream', 'toUIMessageStream()'),
      client: compatibleAgent(),
      previously,
    },
    {
      ...agent,
      ...ui,
      name: 'createAgentUIStream',
      dialect: 'openai-chat',
      proves: proves('createAgentUIStream', null),
      client: compatibleAgent(),
      previously,
      arguments: [{ uiMessages: [{ id: '1', role: 'user', parts: [{ type: 'text', text: 'hi' }] }] }],
      call: async (made, [options], { createAgentUIStream }) => ({
        result: await createAgentUIStream({ agent: made, ...options }),
      }),
      iterate: ({ result }) => result,
      helper: { ...ui.helper, give: ({ result }) => result },
    },
    {
      ...object,
      name: 'streamObject, partialObjectStream',
      proves: proves('streamObject', 'partialObjectStream'),
      client: compatible,
      cumulative: true,
      iterate: ({ result }) => result.partialObjectStream,
      findText: (chunk) => chunk.answer,
    },
    {
      ...object,
      name: 'streamObject, textStream',
      proves: proves('streamObject', 'textStream'),
      client: compatible,
      iterate: ({ result }) => result.textStream,
      findText: (chunk) => findAnswer(chunk),
    },
    {
      ...object,
      name: 'streamObject, fullStream',
      proves: proves('streamObject', 'fullStream'),
      client: compatible,
      iterate: ({ result }) => result.fullStream,
      findText: object.helper.findText,
    },
    {
      ...parts,
      name: `${PARTS}, openai`,
      dialect: 'openai-responses',
      proves: null,
      client: (url, _, __, ___, { createOpenAI }) =>
        createOpenAI({ apiKey: 'key', baseURL: `${url}/v1` }).responses('m'),
    },
    {
      ...parts,
      name: `${PARTS}, anthropic`,
      dialect: 'anthropic-messages',
      proves: null,
      beyondHelp: [
        {
          cases: ['no-done'],
          wrong: /truncated/,
          why: 'Without `message_stop` its finish reason is that of a cut answer.',
        },
        // doStream(): "Expected a normalized Anthropic stream error".
        {
          cases: ['malformed-first'],
          wrong: /throws Error/,
          why: 'It makes an error of its own of a first line that it cannot read, and that has neither a type nor a status.',
        },
      ],
      client: (url, _, __, ___, ____, { createAnthropic }) =>
        createAnthropic({ apiKey: 'key', baseURL: `${url}/v1` })('m'),
    },
    {
      ...parts,
      name: `${PARTS}, google`,
      dialect: 'gemini-content',
      proves: null,
      client: (url, _, __, ___, ____, _____, { createGoogleGenerativeAI }) =>
        createGoogleGenerativeAI({ apiKey: 'key', baseURL: `${url}/v1beta` })('m'),
    },
  ],
} satisfies Sdk;
