import { gaps, terminal } from './gemini.ts';
import { defineProvider, type StreamApi } from './provider.ts';

/**
 * `generateContentStream` and the chats made of it: bare generators. The timer of `httpOptions.timeout` stays armed
 * while the body is read and cuts healthy streams too (`createAttemptSignal()`, `apiCall()`); Node's own limit is off
 * (`createUndiciNoTimeoutDispatcher()`), so that without it a stall has no end. Retries are off unless
 * `httpOptions.retryOptions` is set.
 */
const content = {
  gaps,
  reach: 'client',
  protocol: 'google-genai',
  // With functions of the program's own among `config.tools` a call is a run.
  scope: 'request',
  headersWait: 'headers',
  awaited: true,
  signal: { argument: 0, path: ['config', 'abortSignal'] },
  retries: null,
  onCleanEnd: 'silent',
  onAbort: 'throws',
  inBandError: 'throws',
  // `processStreamResponse()` releases its reader and does not cancel it.
  closesOnBreak: false,
  terminal,
  // A getter: the text of all parts of the first candidate.
  text: ['text'],
  fingerprint: [
    { path: ['candidates', 0, 'content', 'parts'], values: null },
    { path: ['candidates', 0, 'finishReason'], values: null },
    { path: ['usageMetadata', 'promptTokenCount'], values: null },
  ],
  resume: {
    how: 'continuation-token',
    requires:
      'a server that sends `candidates[0].continuationToken`; the SDK then resumes by itself, and text after the last token comes twice',
    docs: 'https://github.com/googleapis/js-genai',
  },
  measured: '@google/genai 2.32 – 3.1',
} satisfies Partial<StreamApi>;

const requestTimeouts = [
  { option: { argument: 0, path: ['config', 'httpOptions', 'timeout'] }, bounds: 'total' },
  { option: { client: 'httpOptions.timeout' }, bounds: 'total' },
] satisfies StreamApi['timeouts'];

export default defineProvider({
  id: 'google-genai',
  title: 'Google Gen AI',
  modules: ['@google/genai'],
  clients: ['GoogleGenAI', 'Models', 'Chats', 'Chat'],
  abortErrors: ['APIUserAbortError'],
  docs: 'https://googleapis.github.io/js-genai/release_docs/',
  apis: [
    {
      ...content,
      name: 'models.generateContentStream',
      types: ['GenerateContentResponse'],
      typeTells: ['GenerateContentResponse'],
      nameTells: ['generateContentStream'],
      // Of a parameter or a field `models: Models`.
      aliases: ['generateContentStream'],
      timeouts: requestTimeouts,
      example: `import { GoogleGenAI } from '@google/genai';

const client = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY });
const stream = await client.models.generateContentStream({ model: 'gemini-2.5-flash', contents: 'Hello' });
for await (const chunk of stream) {
  process.stdout.write(chunk.text ?? '');
}
`,
    },
    {
      ...content,
      name: 'chats.create().sendMessageStream',
      nameTells: ['sendMessageStream'],
      // Of `chats: Chats` and `chat: Chat`.
      aliases: ['create().sendMessageStream', 'sendMessageStream'],
      // `params.config ?? this.config`: the instructions and the tools that the chat was made with are gone.
      signalHides: { maker: 0, argument: 0, path: ['config'] },
      timeouts: [
        ...requestTimeouts,
        { option: { maker: 0, argument: 0, path: ['config', 'httpOptions', 'timeout'] }, bounds: 'total' },
      ],
      example: `import { GoogleGenAI } from '@google/genai';

const client = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY });
const chat = client.chats.create({ model: 'gemini-2.5-flash' });
const stream = await chat.sendMessageStream({ message: 'Hello' });
for await (const chunk of stream) {
  process.stdout.write(chunk.text ?? '');
}
`,
    },
    {
      ...content,
      name: 'interactions.create',
      protocol: 'google-interactions',
      types: ['InteractionSSEEvent'],
      enabledBy: { argument: 0, path: ['stream'] },
      signal: { argument: 1, path: ['signal'] },
      retries: { argument: 1, path: ['maxRetries'] },
      ownRetries: { times: 4, client: null },
      // None of them counts once a signal is given; in Node both it and they are lost when the garbage collector runs
      // (`_createRequest()` makes a `new Request(url, { signal })`, https://github.com/nodejs/undici/issues/4068).
      timeouts: [
        { option: { argument: 1, path: ['timeout'] }, bounds: 'total' },
        { option: { argument: 1, path: ['timeout_ms'] }, bounds: 'total' },
        { option: { client: 'httpOptions.timeout' }, bounds: 'headers' },
      ],
      onAbort: 'ignored',
      // `event_type: 'error'`; a chunk that is no JSON comes as a string (`tryParseJson()`).
      inBandError: 'chunk',
      closesOnBreak: true,
      terminal: { path: ['event_type'], values: ['interaction.completed'], finishReason: ['interaction', 'status'] },
      text: ['delta', 'text'],
      textWhen: [
        { path: ['event_type'], values: ['step.delta'] },
        { path: ['delta', 'type'], values: ['text'] },
      ],
      fingerprint: [
        {
          path: ['event_type'],
          values: ['interaction.created', 'interaction.completed', 'step.start', 'step.delta', 'step.stop'],
        },
      ],
      resume: {
        how: 'cursor',
        requires: '`background: true`; then `interactions.get(id, { stream: true, last_event_id })`',
        docs: 'https://ai.google.dev/gemini-api/docs/interactions',
      },
      example: `import { GoogleGenAI } from '@google/genai';

const client = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY });
const stream = await client.interactions.create({ model: 'gemini-2.5-flash', input: 'Hello', stream: true });
for await (const chunk of stream) {
  if (chunk.event_type === 'step.delta' && chunk.delta.type === 'text') process.stdout.write(chunk.delta.text);
}
`,
    },
  ],
});
