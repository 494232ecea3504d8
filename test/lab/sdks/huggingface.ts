import type { Sdk } from '../sdk.ts';

export default {
  id: 'huggingface',
  title: 'Hugging Face',
  packages: { newest: ['@huggingface/inference'], previous: ['@huggingface/inference'] },
  entryPoints: [
    {
      name: 'chatCompletionStream',
      dialect: 'openai-chat',
      proves: { module: '@huggingface/inference', api: 'chatCompletionStream', iterable: null },
      client: (url, options, { InferenceClient }) => new InferenceClient('hf_key', { endpointUrl: url, ...options }),
      arguments: [{ model: 'm', messages: [{ role: 'user', content: 'hi' }] }],
      call: (client, given) => client.chatCompletionStream(...given),
      findText: (chunk) => chunk.choices[0]?.delta?.content,
      signal: { argument: 1, path: ['signal'] },
      retries: { option: { argument: 1, path: ['retry_on_error'] }, off: false },
      timeouts: [],
    },
    {
      name: 'textGenerationStream',
      dialect: 'hf-text-generation',
      proves: { module: '@huggingface/inference', api: 'textGenerationStream', iterable: null },
      client: (url, options, { InferenceClient }) =>
        new InferenceClient('hf_key', { endpointUrl: `${url}/generate_stream`, ...options }),
      arguments: [{ model: 'm', inputs: 'hi' }],
      call: (client, given) => client.textGenerationStream(...given),
      findText: (chunk) => chunk.token.text,
      signal: { argument: 1, path: ['signal'] },
      retries: { option: { argument: 1, path: ['retry_on_error'] }, off: false },
      timeouts: [],
    },
  ],
} satisfies Sdk;
