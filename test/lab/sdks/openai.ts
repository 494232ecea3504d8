import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const messages = [{ role: 'user', content: 'hi' }];

const request = {
  client: (url: string, options: Untyped, { OpenAI }: Untyped) =>
    new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, logLevel: 'off', ...options }),
  signal: { argument: 1, path: ['signal'] },
  retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0 },
  timeouts: [{ option: { argument: 1, path: ['timeout'] } }, { option: { client: 'timeout' } }],
} satisfies Partial<EntryPoint>;

const proves = (api: string): EntryPoint['proves'] => ({ module: 'openai', api, iterable: null });
const findChatText = (chunk: Untyped): string => chunk.choices[0]?.delta?.content;
const findResponseText = (chunk: Untyped): string => (chunk.type === 'response.output_text.delta' ? chunk.delta : '');

const secondArgument = {
  signal: { argument: 2, path: ['signal'] },
  retries: { option: { argument: 2, path: ['maxRetries'] }, off: 0 },
  timeouts: [{ option: { argument: 2, path: ['timeout'] } }, { option: { client: 'timeout' } }],
} satisfies Partial<EntryPoint>;

const assistants = {
  ...request,
  dialect: 'openai-assistants',
  findText: (chunk: Untyped): string =>
    chunk.event === 'thread.message.delta' ? chunk.data.delta.content?.[0]?.text?.value : '',
  helper: { ownProtocol: true },
} satisfies Partial<EntryPoint>;

const tools = [{ type: 'function', function: { name: 'now', parameters: {}, function: () => 'noon' } }];

export default {
  id: 'openai',
  title: 'OpenAI',
  packages: { newest: ['openai'], previous: ['openai-6'] },
  entryPoints: [
    {
      ...request,
      name: 'chat.completions.create',
      dialect: 'openai-chat',
      proves: proves('chat.completions.create'),
      findText: findChatText,
      arguments: [{ model: 'm', messages, stream: true, stream_options: { include_usage: true } }],
      call: (client, given) => client.chat.completions.create(...given),
    },
    {
      ...request,
      name: 'chat.completions.stream',
      dialect: 'openai-chat',
      proves: proves('chat.completions.stream'),
      findText: findChatText,
      // lib/EventStream.mjs drops an error that finds nobody waiting; 7 keeps it.
      previously: { inBandError: 'hidden' },
      arguments: [{ model: 'm', messages }],
      call: (client, given) => client.chat.completions.stream(...given),
    },
    {
      ...request,
      name: 'completions.create',
      dialect: 'openai-completions',
      proves: proves('completions.create'),
      findText: (chunk) => chunk.choices[0]?.text,
      arguments: [{ model: 'm', prompt: 'hi', stream: true }],
      call: (client, given) => client.completions.create(...given),
    },
    {
      ...request,
      name: 'responses.create',
      dialect: 'openai-responses',
      proves: proves('responses.create'),
      findText: findResponseText,
      // 6 takes the flat `error` event for one like any other.
      previously: { inBandError: 'chunk' },
      arguments: [{ model: 'm', input: 'hi', stream: true }],
      call: (client, given) => client.responses.create(...given),
    },
    {
      ...request,
      name: 'responses.stream',
      dialect: 'openai-responses',
      proves: proves('responses.stream'),
      findText: findResponseText,
      // 6 takes the flat `error` event for one like any other.
      previously: { inBandError: 'chunk' },
      beyondHelp: [
        {
          cases: ['error-first'],
          wrong: /throws OpenAIError/,
          // lib/responses/ResponseStream.mjs: "When snapshot hasn't been set yet, expected 'response.created' event".
          why: 'It makes an error of its own of the event, and that has neither a type nor a status.',
        },
      ],
      arguments: [{ model: 'm', input: 'hi' }],
      call: (client, given) => client.responses.stream(...given),
    },
    {
      ...request,
      name: 'AzureOpenAI chat.completions.create',
      dialect: 'openai-chat',
      proves: null,
      findText: findChatText,
      client: (url, options, { AzureOpenAI }) =>
        new AzureOpenAI({ apiKey: 'key', endpoint: url, apiVersion: '2024-10-21', logLevel: 'off', ...options }),
      arguments: [{ model: 'm', messages, stream: true }],
      call: (client, given) => client.chat.completions.create(...given),
    },
    {
      ...request,
      name: 'chat.completions.runTools',
      dialect: 'openai-chat',
      proves: proves('chat.completions.runTools'),
      findText: findChatText,
      previously: { inBandError: 'hidden' },
      runsTools: true,
      arguments: [{ model: 'm', messages, tools, stream: true }],
      call: (client, given) => client.chat.completions.runTools(...given),
    },
    {
      ...request,
      ...secondArgument,
      name: 'responses.retrieve',
      dialect: 'openai-responses',
      proves: proves('responses.retrieve'),
      findText: findResponseText,
      previously: { inBandError: 'chunk' },
      arguments: ['resp_1', { stream: true }],
      call: (client, given) => client.responses.retrieve(...given),
    },
    {
      ...assistants,
      ...secondArgument,
      name: 'beta.threads.runs.create',
      proves: proves('beta.threads.runs.create'),
      arguments: ['thread_1', { assistant_id: 'asst_1', stream: true }],
      call: (client, given) => client.beta.threads.runs.create(...given),
    },
    {
      ...assistants,
      ...secondArgument,
      name: 'beta.threads.runs.stream',
      proves: proves('beta.threads.runs.stream'),
      previously: { inBandError: 'hidden' },
      arguments: ['thread_1', { assistant_id: 'asst_1' }],
      call: (client, given) => client.beta.threads.runs.stream(...given),
    },
    {
      ...assistants,
      name: 'beta.threads.createAndRun',
      proves: proves('beta.threads.createAndRun'),
      arguments: [{ assistant_id: 'asst_1', stream: true }],
      call: (client, given) => client.beta.threads.createAndRun(...given),
    },
    {
      ...assistants,
      name: 'beta.threads.createAndRunStream',
      proves: proves('beta.threads.createAndRunStream'),
      previously: { inBandError: 'hidden' },
      arguments: [{ assistant_id: 'asst_1' }],
      call: (client, given) => client.beta.threads.createAndRunStream(...given),
    },
    {
      ...request,
      name: 'audio.transcriptions.create',
      dialect: 'openai-transcription',
      proves: proves('audio.transcriptions.create'),
      findText: (chunk) => (chunk.type === 'transcript.text.delta' ? chunk.delta : ''),
      helper: { ownProtocol: true },
      arguments: [{ model: 'm', file: new File(['RIFF'], 'speech.wav'), stream: true }],
      call: (client, given) => client.audio.transcriptions.create(...given),
    },
    {
      ...request,
      name: 'images.generate',
      dialect: 'openai-images',
      proves: proves('images.generate'),
      findText: (chunk) => (chunk.type === 'image_generation.partial_image' ? chunk.b64_json : ''),
      helper: { ownProtocol: true },
      arguments: [{ model: 'm', prompt: 'a kite', partial_images: 2, stream: true }],
      call: (client, given) => client.images.generate(...given),
    },
  ],
} satisfies Sdk;
