import { elder } from './gemini.ts';
import { defineProvider, type StreamApi } from './provider.ts';

/**
 * `buildFetchOptions()` never clears its timer, so that it counts while the body is read. The model's timeout and the
 * request's are one option. People call `chunk.text()`, which throws on a chunk that safety filters blocked.
 */
const content = {
  ...elder,
  signal: { argument: 1, path: ['signal'] },
  timeouts: [
    { option: { argument: 1, path: ['timeout'] }, bounds: 'total' },
    { option: { maker: 0, argument: 1, path: ['timeout'] }, bounds: 'total' },
  ],
  onAbort: 'throws',
  measured: '@google/generative-ai 0.24',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'google-generative-ai',
  title: 'Google Generative AI (legacy)',
  modules: ['@google/generative-ai'],
  clients: ['GoogleGenerativeAI', 'GenerativeModel', 'ChatSession'],
  abortErrors: ['GoogleGenerativeAIAbortError'],
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
      remembersCut: true,
      // Of `model: GenerativeModel` and `chat: ChatSession`.
      aliases: [
        'getGenerativeModelFromCachedContent().startChat().sendMessageStream',
        'startChat().sendMessageStream',
        'sendMessageStream',
      ],
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
});
