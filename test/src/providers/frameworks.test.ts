import { describe, expect, it } from 'vitest';
import { apisIn, loopIn, OPENAI } from '../analysis/loops-in.ts';

const read = `for await (const chunk of stream) use(chunk);`;

describe('langchain', () => {
  const CHAT = `import { ChatOpenAI } from '@langchain/openai';
import { ChatAnthropic } from '@langchain/anthropic';
`;

  it.each([
    ['a model', `const stream = await new ChatOpenAI({ model }).stream(messages);`],
    [
      'a model with tools',
      `const model = new ChatOpenAI().bindTools(tools).withConfig({ tags }); const stream = await model.stream(messages);`,
    ],
    ['another provider’s model', `const stream = await new ChatAnthropic().stream(messages, { signal });`],
    ['structured output', `const stream = await new ChatOpenAI().withStructuredOutput(schema).stream(messages);`],
    ['a chain', `const stream = await ChatPromptTemplate.fromTemplate(text).pipe(new ChatOpenAI()).stream(input);`],
    [
      'a sequence',
      `const chain = RunnableSequence.from([prompt, new ChatOpenAI()]); const stream = await chain.stream(input);`,
    ],
    [
      'an agent',
      `const agent = createAgent({ model, tools }); const stream = await agent.stream({ messages }, { streamMode: 'messages' });`,
    ],
    [
      'a graph',
      `const graph = new StateGraph(State).addNode('a', a).addEdge(START, 'a').compile(); const stream = await graph.stream(input);`,
    ],
    [
      'a model in a parameter',
      `async function ask(model: BaseChatModel) { const stream = await model.stream(messages); ${read} }
const stream = [];`,
    ],
    [
      'a model in a field',
      `class A { model = new ChatOpenAI(); async ask() { const stream = await this.model.stream(messages); ${read} } }
const stream = [];`,
    ],
  ])('is known from %s', (_, text) => {
    const imports = `import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableSequence } from '@langchain/core/runnables';
import { createAgent } from 'langchain';
import { START, StateGraph } from '@langchain/langgraph';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';\n`;
    expect(apisIn(`${CHAT}${imports}${text}\n${read}`)).toEqual(['langchain.stream']);
  });

  it('asks for a finish reason only where the model’s chunks have one', () => {
    const chain = `import { StringOutputParser } from '@langchain/core/output_parsers';\n`;
    expect(
      loopIn(`${CHAT}const stream = await new ChatOpenAI().stream(messages); ${read}`).origin.api.terminal,
    ).not.toBeNull();
    expect(
      loopIn(`${CHAT}${chain}const stream = await new ChatOpenAI().pipe(new StringOutputParser()).stream(x); ${read}`)
        .origin.api.terminal,
    ).toBeNull();
    expect(
      loopIn(`${CHAT}const stream = await new ChatAnthropic().stream(messages); ${read}`).origin.api.terminal,
    ).toBeNull();
  });

  it('has its events and its log', () => {
    expect(
      apisIn(`${CHAT}for await (const chunk of new ChatOpenAI().streamEvents(x, { version: 'v2' })) use(chunk);`),
    ).toEqual(['langchain.streamEvents']);
    expect(apisIn(`${CHAT}for await (const chunk of new ChatOpenAI().streamLog(x)) use(chunk);`)).toEqual([
      'langchain.streamLog',
    ]);
  });

  it('has the runs of a LangGraph server, with the signal in the third argument', () => {
    const text = `import { Client } from '@langchain/langgraph-sdk';
const client = new Client();
for await (const chunk of client.runs.stream(thread, 'agent', { input, signal: AbortSignal.timeout(1000) })) use(chunk);`;
    expect(apisIn(text)).toEqual(['langchain.runs.stream']);
    expect(loopIn(text).limits.signal).toMatchObject({ bounds: 'total' });
  });

  it.each([
    ['the call', `const stream = await new ChatOpenAI().stream(messages, { timeout: 1000 });`, 'total'],
    ['the model', `const stream = await new ChatOpenAI({ timeout: 1000 }).stream(messages);`, 'headers'],
  ])('has a timeout of %s that bounds what it does', (_, text, bounds) => {
    expect(loopIn(`${CHAT}${text} ${read}`).limits.requestTimeout).toMatchObject({ bounds });
  });

  it('is known by its message chunks and its events', () => {
    expect(
      apisIn(
        `async function show(stream) { for await (const chunk of stream) print(chunk.tool_call_chunks?.length); }`,
      ),
    ).toEqual(['langchain.stream']);
    expect(
      apisIn(
        `async function show(stream) { for await (const { event, data } of stream) if (event === 'on_chat_model_stream') print(data); }`,
      ),
    ).toEqual(['langchain.streamEvents']);
  });

  it.each([
    ['an answer', `for await (const item of (await new ChatOpenAI().invoke(x)).content) use(item);`],
    ['a batch', `for await (const item of new ChatOpenAI().batch([x])) use(item);`],
    [
      'another package’s stream',
      `import { source } from 'events-source'; for await (const item of await source.stream(x)) use(item);`,
    ],
    [
      'a parameter’s stream',
      `async function copy(source) { for await (const item of await source.stream(x)) use(item); }`,
    ],
  ])('is not %s', (_, text) => {
    expect(apisIn(`${CHAT}${text}`)).toEqual([]);
  });
});

describe('llamaindex', () => {
  const LLAMA = `import { OpenAI } from '@llamaindex/openai';
import { ContextChatEngine, Settings, VectorStoreIndex } from 'llamaindex';
import { agent, multiAgent } from '@llamaindex/workflow';
`;

  it.each([
    ['a model', `await new OpenAI().chat({ messages, stream: true })`, 'chat'],
    [
      'another provider’s model',
      `await new (require('@llamaindex/groq').Groq)().chat({ messages, stream: true })`,
      'chat',
    ],
    ['the default model', `await Settings.llm.chat({ messages, stream: true })`, 'chat'],
    ['a chat engine', `await new ContextChatEngine({ retriever }).chat({ message, stream: true })`, 'chat'],
    [
      'an index’s query engine',
      `await (await VectorStoreIndex.fromDocuments(d)).asQueryEngine().query({ query, stream: true })`,
      'query',
    ],
    ['a completion', `await new OpenAI().complete({ prompt, stream: true })`, 'complete'],
    ['an agent', `agent({ llm, tools }).runStream(input)`, 'runStream'],
    ['several agents', `multiAgent({ agents, rootAgent }).runStream(input)`, 'runStream'],
  ])('is known from %s', (_, call, name) => {
    expect(apisIn(`${LLAMA}const stream = ${call};\n${read}`)).toEqual([`llamaindex.${name}`]);
  });

  it.each([
    ['an answer', `await new OpenAI().chat({ messages })`],
    ['an answer asked for as one', `await new OpenAI().chat({ messages, stream: false })`],
    ['another package’s chat', `await new (require('@acme/llm').Llm)().chat({ messages, stream: true })`],
  ])('is not %s', (_, call) => {
    expect(apisIn(`${LLAMA}const stream = ${call};\n${read}`)).toEqual([]);
  });
});

describe('openai-agents', () => {
  const AGENTS = `import { Agent, run, Runner } from '@openai/agents';\nconst agent = new Agent({ name: 'a' });\n`;

  it.each([
    ['the run', `const stream = await run(agent, input, { stream: true });`, 'stream'],
    ['its stream', `const result = await run(agent, input, { stream: true });`, 'result.toStream()'],
    ['its text', `const result = await run(agent, input, { stream: true });`, 'result.toTextStream()'],
    [
      'its text for Node',
      `const result = await run(agent, input, { stream: true });`,
      'result.toTextStream({ compatibleWithNodeStreams: true })',
    ],
    [
      'a runner’s run',
      `const runner = new Runner(config); const stream = await runner.run(agent, input, { stream: true, signal });`,
      'stream',
    ],
    [
      'options in a variable',
      `const options = { stream: true }; const stream = await run(agent, input, options);`,
      'stream',
    ],
    ['a trace', `const stream = await withTrace('t', async () => run(agent, input, { stream: true }));`, 'stream'],
  ])('is known from %s', (_, text, iterated) => {
    expect(apisIn(`${AGENTS}${text}\nfor await (const chunk of ${iterated}) use(chunk);`)).toEqual([
      'openai-agents.run',
    ]);
  });

  it('has a runner’s time limit for a model call', () => {
    const text = `${AGENTS}const runner = new Runner({ modelSettings: { timeoutMs: 1000 } });
for await (const event of await runner.run(agent, input, { stream: true })) use(event);`;
    expect(loopIn(text).limits.requestTimeout).toMatchObject({ bounds: 'total' });
  });

  it('is known by its events, in a function that is handed them', () => {
    expect(
      apisIn(
        `async function show(events) { for await (const event of events) if (event.type === 'run_item_stream_event') print(event.item); }`,
      ),
    ).toEqual(['openai-agents.run']);
  });

  it.each([
    ['a run’s items', `const result = await run(agent, input); for await (const item of result.newItems) use(item);`],
    [
      'another package’s run',
      `import { run as go } from 'tasks'; for await (const item of await go(agent, input, { stream: true })) use(item);`,
    ],
  ])('is not %s', (_, text) => {
    expect(apisIn(`${AGENTS}${text}`)).toEqual([]);
  });
});

describe('genkit', () => {
  const GENKIT = `import { genkit } from 'genkit';\nconst ai = genkit({ plugins });\n`;

  it.each([
    ['a destructured result', `const { stream, response } = ai.generateStream({ prompt });`, 'generateStream'],
    ['a member', `const { stream } = await ai.generateStream(prompt);`, 'generateStream'],
    [
      'a stored prompt',
      `const hello = ai.prompt('hello'); const { stream } = hello.stream({ name });`,
      'prompt().stream',
    ],
    [
      'a prompt of the file',
      `const hello = ai.definePrompt({ name }, text); const { stream } = hello.stream({ name });`,
      'prompt().stream',
    ],
    ['a chat', `const chat = ai.chat(); const { stream } = chat.sendStream('Hello');`, 'chat().sendStream'],
    [
      'an agent',
      `const helper = ai.defineAgent({ name }); const { stream } = helper.chat().sendStream('Hello');`,
      'defineAgent().chat().sendStream',
    ],
  ])('is known from %s', (_, text, name) => {
    expect(apisIn(`${GENKIT}${text}\n${read}`)).toEqual([`genkit.${name}`]);
  });

  it('is not an answer', () => {
    expect(apisIn(`${GENKIT}const { stream } = await ai.generate({ prompt });\n${read}`)).toEqual([]);
  });
});

describe('tanstack-ai', () => {
  const TANSTACK = `import { chat } from '@tanstack/ai';\n`;

  it.each([
    ['a call', `const stream = chat({ adapter, messages });`],
    [
      'a call in the loop head',
      `const stream = null; for await (const chunk of chat({ adapter, messages, stream: true })) use(chunk);`,
    ],
    ['a function of the file', `const ask = (messages) => chat({ adapter, messages }); const stream = ask([]);`],
  ])('is known from %s', (_, text) => {
    expect(apisIn(`${TANSTACK}${text}\n${read}`)).toEqual(['tanstack-ai.chat']);
  });

  it('counts its controller as a cancellation', () => {
    expect(
      loopIn(`${TANSTACK}const stream = chat({ adapter, messages, abortController });\n${read}`).limits.signal,
    ).toMatchObject({ bounds: 'cancellation' });
  });

  it('is not the chat of its user-interface packages', () => {
    expect(apisIn(`import { chat } from '@tanstack/ai-client';\nconst stream = chat({ messages });\n${read}`)).toEqual(
      [],
    );
  });
});

describe('claude-agent-sdk', () => {
  const CLAUDE = `import { query } from '@anthropic-ai/claude-agent-sdk';\n`;

  it.each([
    ['a call in the loop head', `for await (const message of query({ prompt, options })) use(message);`],
    ['a variable', `const stream = query({ prompt: messages(), options: { abortController } }); ${read}`],
    [
      'a dynamic import',
      `const sdk = await import('@anthropic-ai/claude-agent-sdk'); for await (const message of sdk.query({ prompt })) use(message);`,
    ],
  ])('is known from %s', (_, text) => {
    expect(apisIn(`${CLAUDE}${text}`)).toEqual(['claude-agent-sdk.query']);
  });

  it('sees the look at the result', () => {
    const loop = loopIn(
      `${CLAUDE}for await (const message of query({ prompt })) { if (message.type === 'result' && message.subtype !== 'success') throw message; }`,
    );
    expect(loop.endChecks).not.toEqual([]);
  });

  it('is not a database’s query', () => {
    expect(
      apisIn(`import { query } from 'pg-query';\nfor await (const row of query({ prompt: 'select 1' })) use(row);`),
    ).toEqual([]);
  });

  it('is not taken for the Anthropic client', () => {
    const text = `import * as sdk from '@anthropic-ai/claude-agent-sdk';
const client = new sdk.Anthropic();
for await (const chunk of client.messages.stream(p)) use(chunk);`;
    expect(apisIn(text)).toEqual([]);
  });
});

describe('replicate', () => {
  it.each([
    [
      'a client',
      `const client = new Replicate({ auth }); for await (const event of client.stream(model, { input })) print(String(event));`,
    ],
    [
      'a client in a field',
      `class A { #client = new Replicate(); async *ask(input) { for await (const event of this.#client.stream(model, { input, signal })) yield event.data; } }`,
    ],
    [
      'a parameter',
      `async function ask(client: Replicate) { for await (const event of client.stream(model, { input })) print(event); }`,
    ],
  ])('is known from %s', (_, text) => {
    expect(apisIn(`import Replicate from 'replicate';\n${text}`)).toEqual(['replicate.stream']);
  });

  it.each([
    ['its pages', `for await (const page of client.paginate(client.predictions.list)) use(page);`],
    ['a run’s output', `for await (const part of await client.run(model, { input })) use(part);`],
  ])('is not %s', (_, text) => {
    expect(apisIn(`import Replicate from 'replicate';\nconst client = new Replicate();\n${text}`)).toEqual([]);
  });
});

describe('web-llm', () => {
  const options = `{ messages, stream: true }`;

  it.each([
    ['a new engine', `const engine = new webllm.MLCEngine();`],
    ['a loaded engine', `const engine = await webllm.CreateMLCEngine(model, { initProgressCallback });`],
    ['an engine in a worker', `const engine = await webllm.CreateWebWorkerMLCEngine(worker, model);`],
    ['an engine by its interface', `let engine: webllm.MLCEngineInterface;`],
  ])('is known from %s', (_, engine) => {
    const text = `import * as webllm from '@mlc-ai/web-llm';
${engine}
const stream = await engine.chat.completions.create(${options}); ${read}`;
    expect(apisIn(text)).toEqual(['web-llm.chat.completions.create']);
  });

  it('leaves an engine out of sight to OpenAI', () => {
    expect(
      apisIn(`async function ask(engine) { const stream = await engine.chat.completions.create(${options}); ${read} }`),
    ).toEqual(['openai.chat.completions.create']);
  });
});

describe('vscode-lm', () => {
  it.each([
    [
      'a selected model',
      `const [model] = await vscode.lm.selectChatModels(s); const response = await model.sendRequest(messages, {}, token);`,
      'response.text',
    ],
    [
      'the first of the models',
      `const models = await vscode.lm.selectChatModels(); const response = await models[0].sendRequest(messages, {}, token);`,
      'response.stream',
    ],
    [
      'a destructured response',
      `const [model] = await vscode.lm.selectChatModels(s); const { text } = await model.sendRequest(messages);`,
      'text',
    ],
    [
      'a field',
      `class A { model: vscode.LanguageModelChat | null = null; async ask() { const response = await this.model!.sendRequest(messages); return response; } }
const response = await new A().ask();`,
      'response.text',
    ],
  ])('is known from %s', (_, text, iterated) => {
    expect(
      apisIn(`import * as vscode from 'vscode';\n${text}\nfor await (const chunk of ${iterated}) use(chunk);`),
    ).toEqual(['vscode-lm.sendRequest']);
  });

  it('is known from a chat participant’s request', () => {
    const text = `import type { ChatRequest } from 'vscode';
const handler = async (request: ChatRequest, context, stream, token) => {
  const response = await request.model.sendRequest(messages, {}, token);
  for await (const chunk of response.text) stream.markdown(chunk);
};`;
    expect(loopIn(text).limits.signal).toMatchObject({ bounds: 'cancellation' });
  });

  it('is not a language server’s request', () => {
    expect(
      apisIn(
        `import { LanguageClient } from 'vscode-languageclient/node';
const client = new LanguageClient();
for await (const item of (await client.sendRequest(m)).text) use(item);`,
      ),
    ).toEqual([]);
  });
});

describe('anthropic', () => {
  const runner = (options: string): string => `import Anthropic from '@anthropic-ai/sdk';
const runner = new Anthropic().beta.messages.toolRunner(${options});\n`;

  it('has the loop over a tool runner, of which the loops over its streams are a part', () => {
    const text = `${runner('{ tools, messages, stream: true }, { signal }')}for await (const stream of runner) { ${read} }`;
    expect(apisIn(text)).toEqual(['anthropic.beta.messages.toolRunner']);
    expect(loopIn(text).node).toMatchObject({ right: { type: 'Identifier', name: 'runner' } });
  });

  it('has the streams that a tool runner gives somewhere else', () => {
    const text = `${runner('{ tools, messages, stream: true }, { signal }')}for await (const stream of runner) { ${read} }`;
    expect(loopIn(text.replace(read, 'handle(stream);')).node).toMatchObject({
      right: { type: 'Identifier', name: 'runner' },
    });
  });

  it('does not have whole messages of a tool runner', () => {
    expect(apisIn(`${runner('{ tools, messages }')}for await (const message of runner) use(message);`)).toEqual([]);
  });

  it('has the events of a session', () => {
    const text = `import Anthropic from '@anthropic-ai/sdk';
const stream = await new Anthropic().beta.sessions.events.stream(id);
for await (const event of stream) { if (event.type === 'session.status_idle') break; }`;
    expect(apisIn(text)).toEqual(['anthropic.beta.sessions.events.stream']);
    expect(loopIn(text).endChecks).not.toEqual([]);
  });
});

describe('openai', () => {
  it.each([
    [
      'a response taken up again',
      `await client.responses.retrieve(id, { stream: true, starting_after: n })`,
      'responses.retrieve',
    ],
    ['a beta response', `await client.beta.responses.create({ input, stream: true })`, 'responses.create'],
    [
      'an assistant’s run',
      `client.beta.threads.runs.stream(thread.id, { assistant_id }).on('textDelta', show)`,
      'beta.threads.runs.stream',
    ],
    [
      'tool outputs',
      `client.beta.threads.runs.submitToolOutputsStream(run.id, { thread_id, tool_outputs })`,
      'beta.threads.runs.stream',
    ],
    [
      'a raw run',
      `await client.beta.threads.runs.create(thread.id, { assistant_id, stream: true })`,
      'beta.threads.runs.create',
    ],
    ['a tool loop', `client.chat.completions.runTools({ tools, messages, stream: true })`, 'chat.completions.runTools'],
    ['a transcript', `await client.audio.transcriptions.create({ file, stream: true })`, 'audio.transcriptions.create'],
    ['an image', `await client.images.edit({ image, prompt, stream: true })`, 'images.generate'],
  ])('has %s', (_, call, name) => {
    expect(apisIn(`${OPENAI}const stream = ${call};\n${read}`)).toEqual([`openai.${name}`]);
  });

  it('looks for the options of a run in the third argument', () => {
    const text = `${OPENAI}const stream = client.beta.threads.runs.stream(id, { assistant_id }, { timeout: 1000, signal });
${read}`;
    expect(loopIn(text).limits).toMatchObject({
      signal: { bounds: 'cancellation' },
      requestTimeout: { bounds: 'headers' },
    });
  });

  it.each([
    ['a run that is polled', `await client.beta.threads.runs.create(id, { assistant_id })`],
    ['a stored response', `await client.responses.retrieve(id)`],
    ['a list of runs', `client.beta.threads.runs.list(id)`],
    ['a transcript as a whole', `await client.audio.transcriptions.create({ file })`],
  ])('does not have %s', (_, call) => {
    expect(apisIn(`${OPENAI}const stream = ${call};\n${read}`)).toEqual([]);
  });
});
