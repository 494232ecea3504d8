import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const MODULE = '@google/genai';
const client = (url: string, options: Untyped, { GoogleGenAI }: Untyped): Untyped =>
  new GoogleGenAI({ apiKey: 'key', ...options, httpOptions: { baseUrl: url, ...options.httpOptions } });

const content = {
  client,
  dialect: 'gemini-content',
  findText: (chunk: Untyped): string => chunk.candidates?.[0]?.content?.parts?.[0]?.text,
  retries: null,
} satisfies Partial<EntryPoint>;

export default {
  id: 'google-genai',
  title: 'Google GenAI',
  packages: { newest: [MODULE], previous: ['@google/genai-2'] },
  entryPoints: [
    {
      ...content,
      name: 'models.generateContentStream',
      proves: { module: MODULE, api: 'models.generateContentStream', iterable: null },
      arguments: [{ model: 'm', contents: 'hi' }],
      call: (ai, given) => ai.models.generateContentStream(...given),
      signal: { argument: 0, path: ['config', 'abortSignal'] },
      timeouts: [{ option: { argument: 0, path: ['config', 'httpOptions', 'timeout'] } }],
    },
    {
      ...content,
      name: 'chats.sendMessageStream',
      proves: { module: MODULE, api: 'chats.create().sendMessageStream', iterable: null },
      arguments: [{ message: 'hi' }],
      call: (ai, given) => ai.chats.create({ model: 'm' }).sendMessageStream(...given),
      signal: { argument: 0, path: ['config', 'abortSignal'] },
      timeouts: [{ option: { argument: 0, path: ['config', 'httpOptions', 'timeout'] } }],
    },
    {
      client,
      name: 'interactions.create',
      dialect: 'gemini-interactions',
      proves: { module: MODULE, api: 'interactions.create', iterable: null },
      arguments: [{ model: 'm', input: 'hi', stream: true }],
      call: (ai, given) => ai.interactions.create(...given),
      findText: (chunk) => (chunk.event_type === 'step.delta' && chunk.delta?.type === 'text' ? chunk.delta.text : ''),
      signal: { argument: 1, path: ['signal'] },
      retries: { option: { argument: 1, path: ['maxRetries'] }, off: 0 },
      timeouts: [{ option: { argument: 1, path: ['timeout'] } }],
      beyondHelp: [
        {
          cases: ['abort', 'stall', 'keep-alive', 'stall-head', 'keep-alive-head', 'stall-headers'],
          wrong: /the connection stays open/,
          why: 'It makes a `Request` of the signal, and the garbage collector takes both: https://github.com/nodejs/undici/issues/4068',
        },
        {
          cases: ['malformed-first'],
          wrong: /ends silently/,
          why: 'It hands on a line that it cannot read as a string. A stream of strings alone is taken for text, unless `protocol` names it: cut right behind such a first line, its end is an end.',
        },
      ],
    },
  ],
} satisfies Sdk;
