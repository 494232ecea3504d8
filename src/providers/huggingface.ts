import { defineProvider, type StreamApi } from './provider.ts';

/**
 * Generators of the client, of `client.endpoint(url)` and of the module itself; the request starts with the first chunk
 * that is asked for.
 */
const generator = {
  reach: 'any',
  scope: 'request',
  headersWait: 'headers',
  awaited: false,
  signal: { argument: 1, path: ['signal'] },
  // `retry_on_error` is a switch, not a number: utils/request.js asks again at once, for ever, while the server answers
  // 503.
  retries: null,
  timeouts: [],
  onCleanEnd: 'silent',
  onAbort: 'throws',
  inBandError: 'throws',
  // utils/request.js `innerStreamingRequest()` releases its reader and does not cancel it.
  closesOnBreak: false,
  measured: '@huggingface/inference 4.13',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'huggingface',
  title: 'Hugging Face',
  modules: ['@huggingface/inference'],
  typeModules: ['@huggingface/tasks'],
  clients: ['InferenceClient', 'HfInference', 'InferenceClientEndpoint', 'HfInferenceEndpoint'],
  sameClient: ['endpoint'],
  docs: 'https://huggingface.co/docs/huggingface.js/inference/README',
  apis: [
    {
      ...generator,
      name: 'chatCompletionStream',
      protocol: 'openai-chat',
      types: ['ChatCompletionStreamOutput'],
      typeTells: ['ChatCompletionStreamOutput'],
      nameTells: ['chatCompletionStream'],
      gaps: [
        {
          path: ['choices', 0],
          askedBy: { argument: 0, path: ['stream_options', 'include_usage'] },
          when: 'in the chunk that tells the usage',
        },
      ],
      // The chunks of OpenAI.
      terminal: { path: ['choices', 0, 'finish_reason'], values: null, finishReason: null },
      text: ['choices', 0, 'delta', 'content'],
      example: `import { InferenceClient } from '@huggingface/inference';

const client = new InferenceClient(process.env.HF_TOKEN);
const stream = client.chatCompletionStream({
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  messages: [{ role: 'user', content: 'Hello' }],
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
    },
    {
      ...generator,
      name: 'textGenerationStream',
      protocol: 'hugging-face',
      types: ['TextGenerationStreamOutput'],
      nameTells: ['textGenerationStream'],
      // Null until the last chunk.
      terminal: { path: ['generated_text'], values: null, finishReason: ['details', 'finish_reason'] },
      text: ['token', 'text'],
      example: `import { InferenceClient } from '@huggingface/inference';

const client = new InferenceClient(process.env.HF_TOKEN);
const stream = client.textGenerationStream({ model: 'meta-llama/Llama-3.1-8B-Instruct', inputs: 'Hello' });
for await (const chunk of stream) {
  process.stdout.write(chunk.token.text);
}
`,
    },
  ],
});
