import { elder } from './gemini.ts';
import { defineProvider, type StreamApi } from './provider.ts';

/** No signal, and no options of the request: functions/post_request.js `getFetchOptions()`. */
const content = {
  ...elder,
  signal: null,
  timeouts: [{ option: { maker: 0, argument: 1, path: ['timeout'] }, bounds: 'total' }],
  onAbort: 'ignored',
  measured: '@google-cloud/vertexai 1.12',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'google-vertexai',
  title: 'Google Vertex AI (legacy)',
  modules: ['@google-cloud/vertexai'],
  clients: ['VertexAI', 'GenerativeModel', 'GenerativeModelPreview', 'ChatSession', 'ChatSessionPreview'],
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
      remembersCut: true,
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
});
