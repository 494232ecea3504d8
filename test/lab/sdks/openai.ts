import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const messages = [{ role: 'user', content: 'hi' }];

const request = {
  client: (url: string, options: Untyped, { OpenAI }: Untyped) => new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, logLevel: 'off', ...options }),
  signal: { argument: 1, path: ['signal'] },
  retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0 },
  timeouts: [{ option: { argument: 1, path: ['timeout'] } }, { option: { client: 'timeout' } }],
} satisfies Partial<EntryPoint>;

const proves = (api: string): EntryPoint['proves'] => ({ module: 'openai', api, iterable: null });
const findChatText = (chunk: Untyped): string => chunk.choices[0]?.delta?.content;
const findResponseText = (chunk: Untyped): string => (chunk.type === 'response.output_text.delta' ? chunk.delta : '');

export default {
  id: 'openai',
  title: 'OpenAI',
  packages: { newest: ['openai'], previous: ['openai-6'] },
  entryPoints: [
    {
      ...request, name: 'chat.completions.create', dialect: 'openai-chat', proves: proves('chat.completions.create'), findText: findChatText,
      arguments: [{ model: 'm', messages, stream: true, stream_options: { include_usage: true } }],
      call: (client, given) => client.chat.completions.create(...given),
    },
    {
      ...request, name: 'chat.completions.stream', dialect: 'openai-chat', proves: proves('chat.completions.stream'), findText: findChatText,
      // lib/EventStream.mjs drops an error that finds nobody waiting; 7 keeps it.
      previously: { inBandError: 'hidden' },
      arguments: [{ model: 'm', messages }],
      call: (client, given) => client.chat.completions.stream(...given),
    },
    {
      ...request, name: 'completions.create', dialect: 'openai-completions', proves: proves('completions.create'), findText: (chunk) => chunk.choices[0]?.text,
      arguments: [{ model: 'm', prompt: 'hi', stream: true }],
      call: (client, given) => client.completions.create(...given),
    },
    {
      ...request, name: 'responses.create', dialect: 'openai-responses', proves: proves('responses.create'), findText: findResponseText,
      // 6 takes the flat `error` event for one like any other.
      previously: { inBandError: 'chunk' },
      arguments: [{ model: 'm', input: 'hi', stream: true }],
      call: (client, given) => client.responses.create(...given),
    },
    {
      ...request, name: 'responses.stream', dialect: 'openai-responses', proves: proves('responses.stream'), findText: findResponseText,
      // 6 takes the flat `error` event for one like any other.
      previously: { inBandError: 'chunk' },
      beyondHelp: [{
        cases: ['error-first'],
        wrong: /throws OpenAIError/,
        // lib/responses/ResponseStream.mjs: "When snapshot hasn't been set yet, expected 'response.created' event".
        why: 'It makes an error of its own of the event, and that has neither a type nor a status.',
      }],
      arguments: [{ model: 'm', input: 'hi' }],
      call: (client, given) => client.responses.stream(...given),
    },
  ],
} satisfies Sdk;
