import { describe, expect, it } from 'vitest';
import { apisIn, loopIn } from '../analysis/loops-in.ts';

const read = `for await (const chunk of stream) use(chunk);`;
const GENAI = `import { GoogleGenAI, type Chat } from '@google/genai';\nconst ai = new GoogleGenAI({ apiKey });\n`;
const GEMINI = `import { GoogleGenerativeAI, type GenerativeModel } from '@google/generative-ai';
const genAI = new GoogleGenerativeAI(apiKey);
`;
const VERTEX = `import { VertexAI } from '@google-cloud/vertexai';\nconst vertex = new VertexAI({ project });\n`;
const MISTRAL = `import { Mistral } from '@mistralai/mistralai';\nconst client = new Mistral({ apiKey });\n`;
const COHERE = `import { CohereClient, CohereClientV2 } from 'cohere-ai';\n`;
const HF = `import { chatCompletionStream, HfInference, InferenceClient } from '@huggingface/inference';\n`;
const BEDROCK = `import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
const client = new BedrockRuntimeClient({ region });
`;

describe('Google Gen AI', () => {
  it.each([
    [
      'of the models',
      `const stream = await ai.models.generateContentStream({ model, contents }); ${read}`,
      'models.generateContentStream',
    ],
    [
      'with params in a variable',
      `const params = { model, contents }; for await (const chunk of await ai.models.generateContentStream(params)) use(chunk);`,
      'models.generateContentStream',
    ],
    [
      'of a field',
      `class A { private client: GoogleGenAI; async run() { const stream = await this.client.models.generateContentStream(p); ${read} } }`,
      'models.generateContentStream',
    ],
    [
      'of a chat',
      `const chat = ai.chats.create({ model }); const stream = await chat.sendMessageStream({ message }); ${read}`,
      'chats.create().sendMessageStream',
    ],
    [
      'of a chat in a field',
      `class A { chat: Chat; async run() { for await (const chunk of await this.chat.sendMessageStream({ message })) use(chunk); } }`,
      'chats.create().sendMessageStream',
    ],
    [
      'of an interaction',
      `const stream = await ai.interactions.create({ model, input, stream: true }); ${read}`,
      'interactions.create',
    ],
  ])('has a stream %s', (_, text, name) => {
    expect(apisIn(GENAI + text)).toEqual([`google-genai.${name}`]);
  });

  it.each([
    [
      'on the request',
      `const stream = await ai.models.generateContentStream({ contents, config: { httpOptions: { timeout: 5_000 } } }); ${read}`,
    ],
    [
      'on the client',
      `const slow = new GoogleGenAI({ httpOptions: { timeout: 5_000 } }); const stream = await slow.models.generateContentStream({ contents }); ${read}`,
    ],
    [
      'on the chat',
      `const chat = ai.chats.create({ model, config: { httpOptions: { timeout: 5_000 } } }); const stream = await chat.sendMessageStream({ message }); ${read}`,
    ],
  ])('has a limit %s', (_, text) => {
    expect(loopIn(GENAI + text).limits.requestTimeout).toMatchObject({ bounds: 'total' });
  });

  it('has no limit in other options of the client', () => {
    const text = `const ai2 = new GoogleGenAI({ httpOptions: { baseUrl } }); const stream = await ai2.models.generateContentStream({ contents }); ${read}`;
    expect(loopIn(GENAI + text).limits.requestTimeout).toBeNull();
  });

  it('is known by its chunks', () => {
    expect(
      apisIn(
        `async function show(stream) { for await (const chunk of stream) print(chunk.candidates?.[0]?.content?.parts); }`,
      ),
    ).toEqual(['google-genai.models.generateContentStream']);
  });

  it.each([
    ['a page of models', `for await (const model of await ai.models.list()) use(model);`],
    [
      'an interaction that is not streamed',
      `for await (const step of await ai.interactions.create({ model, input })) use(step);`,
    ],
  ])('is not %s', (_, text) => {
    expect(apisIn(GENAI + text)).toEqual([]);
  });

  it('is suspected behind a client of one’s own with such a method, whose chunks may be others', () => {
    const { origin } = loopIn(
      `async function run(client) { for await (const event of client.sendMessageStream(m)) use(event.type); }`,
    );
    expect(origin).toMatchObject({ evidence: 'shape', call: null, relayed: true });
  });
});

describe('Google Generative AI and Vertex AI', () => {
  it.each([
    [
      'a model',
      GEMINI,
      `const model = genAI.getGenerativeModel({ model: m }); const result = await model.generateContentStream(p); for await (const chunk of result.stream) use(chunk.text());`,
    ],
    [
      'a picked stream',
      GEMINI,
      `const { stream } = await genAI.getGenerativeModel({ model: m }).generateContentStream(p); ${read}`,
    ],
    [
      'a field',
      GEMINI,
      `class A { constructor(private model: GenerativeModel) {} async run() { const result = await this.model.generateContentStream(p); for await (const chunk of result.stream) use(chunk); } }`,
    ],
    [
      'Vertex AI',
      VERTEX,
      `const model = vertex.preview.getGenerativeModel({ model: m }); const result = await model.generateContentStream(p); for await (const chunk of result.stream) use(chunk);`,
    ],
  ])('stream from %s', (_, head, text) => {
    expect(apisIn(head + text)).toHaveLength(1);
    expect(loopIn(head + text).origin).toMatchObject({
      api: { name: 'getGenerativeModel().generateContentStream' },
      evidence: 'import',
    });
  });

  it('stream from a chat', () => {
    const text = `const chat = genAI.getGenerativeModel({ model: m }).startChat({ history }); const result = await chat.sendMessageStream(q); for await (const chunk of result.stream) use(chunk);`;
    expect(apisIn(GEMINI + text)).toEqual(['google-generative-ai.getGenerativeModel().startChat().sendMessageStream']);
  });

  it.each([
    ['{ model: m }, { timeout: 5_000 }', 'total'],
    ['{ model: m }', null],
  ])('have the limit of getGenerativeModel(%s)', (settings, bounds) => {
    const text = `const model = genAI.getGenerativeModel(${settings}); const { stream } = await model.generateContentStream(p); ${read}`;
    expect(loopIn(GEMINI + text).limits.requestTimeout?.bounds ?? null).toBe(bounds);
  });

  it('may have a limit where the model was made out of sight', () => {
    const text = `async function run(model: GenerativeModel) { const { stream } = await model.generateContentStream(p); ${read} }`;
    expect(loopIn(GEMINI + text).limits.requestTimeout).toMatchObject({ bounds: 'unknown' });
  });

  it('do not stream a whole answer', () => {
    expect(
      apisIn(
        `${GEMINI}const { response } = await genAI.getGenerativeModel(s).generateContent(p); for await (const part of response.parts) use(part);`,
      ),
    ).toEqual([]);
  });
});

describe('Mistral', () => {
  it.each([
    [
      'a chat',
      `const result = await client.chat.stream({ model, messages }); for await (const event of result) use(event.data.choices[0].delta.content);`,
      'chat.stream',
    ],
    ['a completion', `const stream = await client.fim.stream({ model, prompt }); ${read}`, 'chat.stream'],
    ['an agent', `const stream = await client.agents.stream({ agentId, messages }); ${read}`, 'chat.stream'],
    [
      'a conversation',
      `const stream = await client.beta.conversations.startStream({ model, inputs }); ${read}`,
      'beta.conversations.startStream',
    ],
  ])('streams %s', (_, text, name) => {
    expect(apisIn(MISTRAL + text)).toEqual([`mistral.${name}`]);
  });

  it('is known by its chunks where the client is out of sight', () => {
    const { origin } = loopIn(
      `async function run(client) { const stream = await client.chat.stream(p); for await (const chunk of stream) use(chunk.data.choices[0].delta); }`,
    );
    expect(origin).toMatchObject({ provider: { id: 'mistral' }, evidence: 'shape' });
    expect(origin.call).not.toBeNull();
  });

  it('has a signal and a timeout without effect', () => {
    const { limits } = loopIn(
      `${MISTRAL}const stream = await client.chat.stream(p, { signal: AbortSignal.timeout(5_000), timeoutMs: 5_000 }); ${read}`,
    );
    expect(limits).toMatchObject({ signal: { bounds: 'nothing' }, requestTimeout: { bounds: 'nothing' } });
  });

  it.each([
    ['a whole answer', `for await (const choice of (await client.chat.complete(p)).choices) use(choice);`],
    ['a page of jobs', `for await (const page of await client.batch.jobs.list()) use(page);`],
  ])('is not %s', (_, text) => {
    expect(apisIn(MISTRAL + text)).toEqual([]);
  });
});

describe('Cohere', () => {
  const path = (text: string): unknown => loopIn(COHERE + text).origin.api.terminal?.path;

  it.each([
    [
      'version 2',
      `const client = new CohereClientV2({ token }); const stream = await client.chatStream({ model, messages }); ${read}`,
      ['type'],
    ],
    [
      'version 2 of the old client',
      `const client = new CohereClient({ token }); const stream = await client.v2.chatStream({ model, messages }); ${read}`,
      ['type'],
    ],
    [
      'version 1',
      `const client = new CohereClient({ token }); const stream = await client.chatStream({ message }); ${read}`,
      ['eventType'],
    ],
    [
      'version 1, in a field',
      `class A { client: CohereClient; async run() { for await (const chunk of await this.client.chatStream({ message })) use(chunk); } }`,
      ['eventType'],
    ],
  ])('streams with %s', (_, text, terminal) => {
    expect(path(text)).toEqual(terminal);
  });

  it('has a limit for the headers only', () => {
    const text = `const client = new CohereClientV2({ token, timeoutInSeconds: 5 }); const stream = await client.chatStream({ model, messages }); ${read}`;
    expect(loopIn(COHERE + text).limits.requestTimeout).toMatchObject({ bounds: 'headers' });
  });

  it('does not stream a whole answer', () => {
    expect(
      apisIn(
        `${COHERE}const client = new CohereClientV2({ token }); for await (const part of (await client.chat(p)).message.content) use(part);`,
      ),
    ).toEqual([]);
  });
});

describe('Groq and Together AI', () => {
  it.each([
    ['groq', `import { Groq } from 'groq-sdk'; const client = new Groq();`],
    ['groq', `import Groq from 'groq-sdk'; const client = new Groq().withOptions({ maxRetries: 0 });`],
    ['together', `import Together from 'together-ai'; const client = new Together();`],
  ])('%s streams chat completions with its flag only', (id, head) => {
    expect(
      apisIn(`${head} const stream = await client.chat.completions.create({ model, messages, stream: true }); ${read}`),
    ).toEqual([`${id}.chat.completions.create`]);
    expect(
      apisIn(
        `${head} for await (const choice of (await client.chat.completions.create({ model })).choices) use(choice);`,
      ),
    ).toEqual([]);
  });

  it('leave a client out of sight to OpenAI, whose chunks they have', () => {
    expect(
      apisIn(
        `async function ask(client) { const stream = await client.chat.completions.create({ stream: true }); ${read} }`,
      ),
    ).toEqual(['openai.chat.completions.create']);
  });

  it('have a helper that throws on a cut answer', () => {
    const text = `import Together from 'together-ai'; const stream = new Together().chat.completions.stream(p).on('content', show); ${read}`;
    expect(loopIn(text).origin.api).toMatchObject({ name: 'chat.completions.stream', onCleanEnd: 'throws' });
  });
});

describe('Ollama', () => {
  it.each([
    [
      'the default export',
      `import ollama from 'ollama'; const stream = await ollama.chat({ model, messages, stream: true }); ${read}`,
      'chat',
    ],
    [
      'a client',
      `import { Ollama } from 'ollama'; const stream = await new Ollama({ host }).generate({ model, prompt, stream: true }); ${read}`,
      'generate',
    ],
    [
      'the build for browsers',
      `import { Ollama } from 'ollama/browser'; const stream = await new Ollama().chat({ stream: true }); ${read}`,
      'chat',
    ],
    [
      'a field',
      `import { Ollama } from 'ollama'; class A { #client = new Ollama(); async run() { for await (const part of await this.#client.chat({ stream: true })) use(part); } }`,
      'chat',
    ],
    [
      'require',
      `const { Ollama } = require('ollama'); const stream = await new Ollama().chat({ stream: true }); ${read}`,
      'chat',
    ],
    [
      'a wrapper’s callback',
      `import { Ollama } from 'ollama'; const stream = await caller.call(async () => new Ollama().generate({ stream: true })); ${read}`,
      'generate',
    ],
  ])('streams through %s', (_, text, name) => {
    expect(apisIn(text)).toEqual([`ollama.${name}`]);
  });

  it.each([
    [
      'a whole answer',
      `import ollama from 'ollama'; for await (const a of (await ollama.chat({ model, messages })).message.content) use(a);`,
    ],
    [
      'the progress of a download',
      `import ollama from 'ollama'; for await (const part of await ollama.pull({ model, stream: true })) use(part.status);`,
    ],
    [
      'a chat of another package',
      `import { Room } from 'rooms'; for await (const line of await new Room().chat({ stream: true })) use(line);`,
    ],
  ])('is not %s', (_, text) => {
    expect(apisIn(text)).toEqual([]);
  });
});

describe('Hugging Face', () => {
  it.each([
    [
      'a client',
      `const client = new InferenceClient(token); for await (const chunk of client.chatCompletionStream({ model, messages })) use(chunk);`,
      'chatCompletionStream',
    ],
    [
      'the old client',
      `const hf = new HfInference(token); const stream = hf.textGenerationStream({ model, inputs }); ${read}`,
      'textGenerationStream',
    ],
    [
      'an endpoint',
      `const stream = new InferenceClient(token).endpoint(url).chatCompletionStream({ messages }); ${read}`,
      'chatCompletionStream',
    ],
    [
      'the function of the module',
      `for await (const chunk of chatCompletionStream({ accessToken, model })) use(chunk);`,
      'chatCompletionStream',
    ],
  ])('streams from %s', (_, text, name) => {
    expect(apisIn(HF + text)).toEqual([`huggingface.${name}`]);
  });

  it.each([
    [
      'a whole answer',
      `${HF}for await (const choice of (await new InferenceClient(token).chatCompletion(p)).choices) use(choice);`,
    ],
  ])('is not %s', (_, text) => {
    expect(apisIn(text)).toEqual([]);
  });
});

describe('Amazon Bedrock', () => {
  it.each([
    [
      'in the call',
      `const response = await client.send(new ConverseStreamCommand({ modelId, messages })); for await (const event of response.stream) use(event);`,
    ],
    [
      'in a variable',
      `const command = new ConverseStreamCommand(input); const { stream } = await client.send(command, { abortSignal }); ${read}`,
    ],
    [
      'checked first',
      `const response = await client.send(new ConverseStreamCommand(input)); if (response.stream) for await (const event of response.stream) use(event);`,
    ],
    [
      'or nothing',
      `const response = await client.send(new ConverseStreamCommand(input)); for await (const event of response.stream ?? []) use(event);`,
    ],
    [
      'of a client in a field',
      `class A { constructor(private client: BedrockRuntimeClient) {} async run() { const { stream } = await this.client.send(new ConverseStreamCommand(i)); ${read} } }`,
    ],
  ])('streams by a command %s', (_, text) => {
    expect(apisIn(BEDROCK + text)).toEqual(['bedrock.send']);
    expect(loopIn(BEDROCK + text).origin.api.iterables).toEqual(['stream']);
  });

  it('streams a model’s own format', () => {
    const { api } = loopIn(
      `${BEDROCK}const { body } = await client.send(new InvokeModelWithResponseStreamCommand(i)); for await (const event of body) use(event.chunk.bytes);`,
    ).origin;
    expect(api).toMatchObject({ iterables: ['body'], terminal: null });
  });

  it('is known by its chunks', () => {
    expect(
      apisIn(
        `async function show(stream) { for await (const event of stream) print(event.contentBlockDelta?.delta?.text); }`,
      ),
    ).toEqual(['bedrock.send']);
  });

  it.each([
    [
      'an object of S3',
      `import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3'; for await (const bytes of (await new S3Client().send(new GetObjectCommand(o))).Body) use(bytes);`,
    ],
    [
      'the body of another command',
      `${BEDROCK}for await (const bytes of (await client.send(new ConverseCommand(i))).stream) use(bytes);`,
    ],
    [
      'a page of DynamoDB',
      `import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'; for await (const page of paginateScan({ client: new DynamoDBClient() }, q)) use(page.Items);`,
    ],
  ])('is not %s', (_, text) => {
    expect(apisIn(text)).toEqual([]);
  });
});
