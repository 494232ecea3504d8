import type { Provider, StreamApi } from './provider.ts';

/** build/src/types/content.d.ts has `candidates?`; what is in it is declared as if it were always there, but comes as @google/genai declares it. */
const gaps = [
  { path: ['candidates'], askedBy: null, when: 'where the prompt was blocked' },
  { path: ['candidates', 0], askedBy: null, when: 'where the prompt was blocked' },
  { path: ['candidates', 0, 'content'], askedBy: null, when: 'where the answer was stopped for its content' },
  { path: ['candidates', 0, 'content', 'parts'], askedBy: null, when: 'in a last chunk that holds but the finish reason' },
  { path: ['candidates', 0, 'content', 'parts', 0], askedBy: null, when: 'in a last chunk that holds but the finish reason' },
] satisfies StreamApi['gaps'];

/** A sibling of @google/generative-ai, with no signal, and no options of the request: functions/post_request.js `getFetchOptions()`. */
const content = {
  gaps,
  reach: 'client',
  enabledBy: null,
  awaited: true,
  command: null,
  iterables: ['stream'],
  withResponse: false,
  chainable: [],
  finals: [],
  signal: null,
  retries: null,
  timeouts: [{ option: { maker: 0, argument: 1, path: ['timeout'] }, bounds: 'total' }],
  onCleanEnd: 'silent',
  onAbort: 'ignored',
  inBandError: 'chunk',
  // functions/post_fetch_processing.js `processStream()` reads the second branch of a `tee()`, come what may.
  closesOnBreak: false,
  terminal: { path: ['candidates', 0, 'finishReason'], values: null, finishReason: null },
  text: ['candidates', 0, 'content', 'parts', 0, 'text'],
  textWhen: [],
  // The chunks of @google/genai.
  fingerprint: [],
  resume: null,
  measured: '@google-cloud/vertexai 1.12',
} satisfies Partial<StreamApi>;

export default {
  id: 'google-vertexai',
  title: 'Google Vertex AI (legacy)',
  modules: ['@google-cloud/vertexai'],
  clients: ['VertexAI', 'GenerativeModel', 'GenerativeModelPreview', 'ChatSession', 'ChatSessionPreview'],
  factories: [],
  instances: [],
  sameClient: [],
  docs: 'https://github.com/googleapis/nodejs-vertexai',
  apis: [
    {
      ...content,
      name: 'getGenerativeModel().generateContentStream',
      types: ['StreamGenerateContentResult', 'GenerateContentResponse'],
      aliases: [
        'preview.getGenerativeModel().generateContentStream',
        'preview.getGenerativeModelFromCachedContent().generateContentStream',
        'generateContentStream',
      ],
      example: `import { VertexAI } from '@google-cloud/vertexai';

const client = new VertexAI({ project: 'my-project', location: 'us-central1' });
const model = client.getGenerativeModel({ model: 'gemini-1.5-flash' });
const { stream } = await model.generateContentStream('Hello');
for await (const chunk of stream) {
  process.stdout.write(chunk.candidates?.[0]?.content?.parts?.[0]?.text ?? '');
}
`,
    },
    {
      ...content,
      name: 'getGenerativeModel().startChat().sendMessageStream',
      aliases: [
        'preview.getGenerativeModel().startChat().sendMessageStream',
        'preview.getGenerativeModelFromCachedContent().startChat().sendMessageStream',
        'startChat().sendMessageStream',
        'sendMessageStream',
      ],
      example: `import { VertexAI } from '@google-cloud/vertexai';

const client = new VertexAI({ project: 'my-project', location: 'us-central1' });
const chat = client.getGenerativeModel({ model: 'gemini-1.5-flash' }).startChat();
const { stream } = await chat.sendMessageStream('Hello');
for await (const chunk of stream) {
  process.stdout.write(chunk.candidates?.[0]?.content?.parts?.[0]?.text ?? '');
}
`,
    },
  ],
} satisfies Provider;
