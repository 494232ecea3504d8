import type { Provider, StreamApi } from './provider.ts';

/** dist/types/responses.d.ts has `candidates?`; what is in it is declared as if it were always there, but comes as @google/genai declares it. */
const gaps = [
  { path: ['candidates'], askedBy: null, when: 'where the prompt was blocked' },
  { path: ['candidates', 0], askedBy: null, when: 'where the prompt was blocked' },
  { path: ['candidates', 0, 'content'], askedBy: null, when: 'where the answer was stopped for its content' },
  { path: ['candidates', 0, 'content', 'parts'], askedBy: null, when: 'in a last chunk that holds but the finish reason' },
  { path: ['candidates', 0, 'content', 'parts', 0], askedBy: null, when: 'in a last chunk that holds but the finish reason' },
] satisfies StreamApi['gaps'];

/** `buildFetchOptions()` never clears its timer, so that it counts while the body is read. The model's timeout and the request's are one option. */
const content = {
  gaps,
  reach: 'client',
  enabledBy: null,
  awaited: true,
  command: null,
  iterables: ['stream'],
  withResponse: false,
  chainable: [],
  // `await result.response`: all chunks as one; its finish reason is missing on a cut answer.
  finals: [],
  signal: { argument: 1, path: ['signal'] },
  retries: null,
  timeouts: [
    { option: { argument: 1, path: ['timeout'] }, bounds: 'total' },
    { option: { maker: 0, argument: 1, path: ['timeout'] }, bounds: 'total' },
  ],
  onCleanEnd: 'silent',
  onAbort: 'throws',
  // `{ error: … }` comes as a chunk, whose `text()` is ''.
  inBandError: 'chunk',
  // `processStream()` reads the second branch of a `tee()` for `response`, come what may.
  closesOnBreak: false,
  terminal: { path: ['candidates', 0, 'finishReason'], values: null, finishReason: null },
  // People call `chunk.text()`, which throws on a chunk that safety filters blocked.
  text: ['candidates', 0, 'content', 'parts', 0, 'text'],
  textWhen: [],
  // The chunks of @google/genai.
  fingerprint: [],
  resume: null,
  measured: '@google/generative-ai 0.24',
} satisfies Partial<StreamApi>;

export default {
  id: 'google-generative-ai',
  title: 'Google Generative AI (legacy)',
  modules: ['@google/generative-ai'],
  clients: ['GoogleGenerativeAI', 'GenerativeModel', 'ChatSession'],
  factories: [],
  instances: [],
  sameClient: [],
  docs: 'https://github.com/google-gemini/deprecated-generative-ai-js',
  apis: [
    {
      ...content,
      name: 'getGenerativeModel().generateContentStream',
      types: ['GenerateContentStreamResult', 'EnhancedGenerateContentResponse'],
      // The last is that of a parameter or a field `model: GenerativeModel`.
      aliases: ['getGenerativeModelFromCachedContent().generateContentStream', 'generateContentStream'],
      example: `import { GoogleGenerativeAI } from '@google/generative-ai';

const client = new GoogleGenerativeAI(process.env.GEMINI_API_KEY ?? '');
const model = client.getGenerativeModel({ model: 'gemini-1.5-flash' });
const { stream } = await model.generateContentStream('Hello');
for await (const chunk of stream) {
  process.stdout.write(chunk.text());
}
`,
    },
    {
      ...content,
      name: 'getGenerativeModel().startChat().sendMessageStream',
      // Of `model: GenerativeModel` and `chat: ChatSession`.
      aliases: ['getGenerativeModelFromCachedContent().startChat().sendMessageStream', 'startChat().sendMessageStream', 'sendMessageStream'],
      example: `import { GoogleGenerativeAI } from '@google/generative-ai';

const client = new GoogleGenerativeAI(process.env.GEMINI_API_KEY ?? '');
const chat = client.getGenerativeModel({ model: 'gemini-1.5-flash' }).startChat();
const { stream } = await chat.sendMessageStream('Hello');
for await (const chunk of stream) {
  process.stdout.write(chunk.text());
}
`,
    },
  ],
} satisfies Provider;
