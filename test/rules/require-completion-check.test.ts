import { describe, expect, it } from 'vitest';
import rule from '../../rules/require-completion-check.ts';
import { applyEdits } from '../../codemods/contract/edits.ts';
import { codemod } from '../../codemods/add-completion-check.ts';
import { defaultOptions } from '../../codemods/contract/codemod.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';
import { catalog } from '../../src/providers/catalog.ts';
import { messagesOf } from './messages-of.ts';
import { suggest } from './suggestions.ts';
import { testRule } from './tester.ts';

const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const ANTHROPIC = `import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\n`;
const AI = `import { streamText } from 'ai';\n`;
const FETCH = `const response = await fetch(url, { body: JSON.stringify({ stream: true }) });\n`;
const chat = `${OPENAI}const stream = await client.chat.completions.create({ model, messages, stream: true });\n`;
const messages = `${ANTHROPIC}const stream = client.messages.stream({ model, messages });\n`;
const recording = (options: string): string =>
  `${OPENAI}import { resilientStream } from 'resilient-stream';
for await (const chunk of resilientStream(({ signal }) => client.audio.transcriptions.create({ file, model, stream: true }, { signal })${options})) write(chunk.delta);`;
const runs = (...options: readonly string[]): string =>
  `${OPENAI}import { resilientStream } from 'resilient-stream';
async function read(stream) {
  for await (const chunk of stream) write(chunk.data.delta);
}
${options.map((each) => `await read(await resilientStream(({ signal }) => client.beta.threads.runs.create(id, { assistant_id, stream: true }, { signal })${each}));`).join('\n')}
`;
const told = ", { terminal: ({ event }) => event === 'thread.run.completed' }";
const text = 'chunk.choices[0]?.delta?.content';

testRule(rule, {
  valid: [
    {
      name: 'the reasons that are asked for are told apart',
      code: `${chat}let reason;
for await (const chunk of stream) { write(${text}); reason = chunk.choices[0]?.finish_reason ?? reason; }
if (reason === 'length') askForMore();`,
      options: { finishReasons: ['length'] },
    },
    {
      name: 'a reason that is only logged, unless that is asked for',
      code: `${chat}for await (const chunk of stream) { write(${text}); console.log(chunk.choices[0]?.finish_reason); }`,
    },
    {
      name: 'a reason that is looked at later, where a look is to lead to something',
      code: `${chat}let reason;
for await (const chunk of stream) { write(${text}); reason = chunk.choices[0]?.finish_reason ?? reason; }
if (!reason) fail();`,
      options: { checkUse: true },
    },
    {
      name: 'the reason goes to code out of sight',
      code: `${chat}for await (const chunk of stream) { write(${text}); note(chunk.choices[0]?.finish_reason); }`,
      options: { finishReasons: ['length'] },
    },
    {
      name: 'the reason is returned',
      code: `${OPENAI}export async function ask() { let reason; for await (const chunk of await client.chat.completions.create({ stream: true })) reason = chunk.choices[0]?.finish_reason ?? reason; return { reason }; }`,
      options: { finishReasons: ['length'] },
    },
    {
      name: 'a list of reasons',
      code: `${chat}const CUT = new Set(['length', 'content_filter']);
for await (const chunk of stream) { write(${text}); if (CUT.has(chunk.choices[0]?.finish_reason)) warn(); }`,
      options: { finishReasons: ['length'] },
    },
    {
      name: 'the finish reason is read',
      code: `${chat}for await (const chunk of stream) { write(${text}); reason ??= chunk.choices[0]?.finish_reason; }`,
    },
    {
      name: 'the finish reason is picked from a choice',
      code: `${chat}for await (const chunk of stream) { const [{ delta, finish_reason }] = chunk.choices; show(delta.content, finish_reason); }`,
    },
    {
      name: 'an alias of a choice is looked at',
      code: `${chat}for await (const chunk of stream) { const choice = chunk.choices[0]; const same = choice; if (same.finish_reason) end(); }`,
    },
    {
      name: 'a function of the file looks at it',
      code: `${chat}for await (const chunk of stream) { write(${text}); look(chunk.choices[0]); }
function look(choice) { if (choice.finish_reason) end(); }`,
    },
    {
      name: 'the last event is waited for',
      code: `${messages}for await (const chunk of stream) { if (chunk.type === 'message_stop') whole = true; }`,
    },
    {
      name: 'a final member that rejects is awaited',
      code: `${messages}for await (const chunk of stream) show(chunk.delta);\nawait stream.finalMessage();`,
    },
    {
      name: 'the status of the final response is read',
      code: `${OPENAI}const stream = client.responses.stream({ model, input });
for await (const chunk of stream) show(chunk.delta);
const { status } = await stream.finalResponse();`,
    },
    {
      name: 'the helper is told how the answer ends',
      code: recording(", { terminal: ({ type }) => type === 'transcript.text.done' }"),
    },
    { name: 'the helper is told how each answer ends that a function is handed', code: runs(told, told) },
    { name: 'the helper is handed a protocol', code: recording(', { protocol: transcript }') },
    {
      name: 'the API throws by itself',
      code: `${OPENAI}for await (const chunk of client.chat.completions.stream({ model, messages })) write(${text});`,
    },
    {
      name: 'a consumer in the same file looks',
      code: `${chat}async function* pass() { for await (const chunk of stream) yield chunk; }
for await (const chunk of pass()) { write(${text}); reason ??= chunk.choices[0].finish_reason; }`,
    },
    {
      name: 'a consumer in the same file looks at what a generator passes on that it is handed',
      code: `${chat}async function* pass(chunks) { for await (const chunk of chunks) yield chunk; }
const passed = pass(stream);
for await (const chunk of passed) { write(${text}); reason ??= chunk.choices[0].finish_reason; }`,
    },
    {
      name: 'consumers are trusted',
      code: `${OPENAI}export async function* ask() { for await (const chunk of await client.responses.create({ stream: true })) yield chunk; }`,
      options: { checkGenerators: false },
    },
    {
      name: 'what is made of the chunk is looked at',
      code: `${chat}import { convert } from './convert';
export async function* ask() { for await (const chunk of stream) { const part = convert(chunk); yield part; if (part.isLast) return; } }`,
    },
    {
      name: 'a function keeps what it makes of the chunk',
      code: `${chat}let state = start();\nfor await (const chunk of stream) state = reduce(state, chunk);`,
    },
    {
      name: 'a predicate asks for the end',
      code: `${chat}for await (const chunk of stream) { if (isLastChunk(chunk)) end(); write(${text}); }`,
    },
    {
      name: 'a callback is told the reason',
      code: `${AI}for await (const text of streamText({ model, prompt, onFinish: ({ finishReason }) => check(finishReason) }).textStream) write(text);`,
    },
    {
      name: 'a callback out of sight is told the reason',
      code: `${AI}import { onFinish } from './ends';
for await (const text of streamText({ model, prompt, onFinish }).textStream) write(text);`,
    },
    {
      name: 'somebody else has the result',
      code: `${AI}export async function ask() { const result = streamText({ model, prompt }); for await (const text of result.textStream) write(text); return result; }`,
    },
    {
      name: 'the last line is looked for',
      code: `${FETCH}for await (const line of lines(response.body)) { if (line === 'data: [DONE]') whole = true; else write(JSON.parse(line).choices[0].delta.content); }`,
    },
    {
      name: 'a parser of the file looks for the last line',
      code: `${FETCH}async function* parse(body) { for await (const line of lines(body)) { if (line.includes('[DONE]')) return; yield JSON.parse(line); } }
for await (const chunk of parse(response.body)) write(chunk.text);`,
    },
    { name: 'bytes are pumped', code: `${FETCH}for await (const bytes of response.body) socket.send(bytes);` },
    {
      name: 'whole chunks go to code out of sight',
      code: `${chat}for await (const chunk of stream) collector.add(chunk);`,
    },
    {
      name: 'an iterator’s value is looked at',
      code: `${chat}const iterator = stream[Symbol.asyncIterator]();
for (;;) { const { done, value } = await iterator.next(); if (done) break; reason ??= value.choices[0].finish_reason; }`,
    },
    {
      name: 'listeners, whose helper has an end of its own',
      code: `${messages}stream.on('text', (text) => write(text));`,
    },
    {
      name: 'the helper looks',
      code: `${OPENAI}import { resilientStream } from 'resilient-stream';
for await (const chunk of await resilientStream(() => client.chat.completions.create({ stream: true }))) write(${text});`,
    },
  ],
  invalid: [
    {
      name: 'a function is handed an answer whose end the helper is not told, behind one whose it is',
      code: runs(told, ''),
      error: { messageId: 'unchecked', line: 5, column: 3 },
    },
    {
      name: 'a function is handed an answer whose end the helper is not told, before one whose it is',
      code: runs('', told),
      error: { messageId: 'unchecked', line: 5, column: 3 },
    },
    {
      name: 'the helper knows no end of these chunks',
      code: recording(''),
      error: { messageId: 'unchecked', line: 4, column: 1 },
    },
    {
      name: 'a reason that is only there, where reasons are to be told apart',
      code: `${chat}let reason = null;
for await (const chunk of stream) { write(${text}); reason = chunk.choices[0]?.finish_reason ?? reason; }
if (reason === null) throw new Error('cut');`,
      options: { finishReasons: ['length', 'content_filter'] },
      error: {
        messageId: 'untold',
        line: 5,
        column: 1,
        data: {
          marker: 'choices[].finish_reason',
          reasons: '`length` or `content_filter`',
          api: 'chat.completions.create',
          provider: 'OpenAI',
        },
      },
    },
    {
      name: 'a reason that is only logged, where a look is to lead to something',
      code: `${chat}for await (const chunk of stream) { write(${text}); console.log(chunk.choices[0]?.finish_reason); }`,
      options: { checkUse: true },
      error: {
        messageId: 'unused',
        line: 4,
        column: 1,
        data: { marker: 'choices[].finish_reason', api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'another reason than those to be told apart',
      code: `${messages}for await (const chunk of stream) { if (chunk.type === 'message_delta' && chunk.delta.stop_reason === 'tool_use') callTools(); }`,
      options: { finishReasons: ['max_tokens'] },
      error: {
        messageId: 'untold',
        line: 4,
        column: 1,
        data: { marker: 'delta.stop_reason', reasons: '`max_tokens`', api: 'messages.stream', provider: 'Anthropic' },
      },
    },
    {
      name: 'a generator passes whole chunks on',
      code: `${chat}export async function* ask() { for await (const chunk of stream) yield chunk; }`,
      error: {
        messageId: 'passed',
        line: 4,
        column: 32,
        data: { marker: 'choices[].finish_reason', api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a generator passes on what a function makes of the chunk',
      code: `${chat}import { convert } from './convert';
export async function* ask() { for await (const chunk of stream) for (const part of convert(chunk)) yield part; }`,
      error: { messageId: 'passed', line: 5, column: 32 },
    },
    {
      name: 'the whole chunk is a part of what a generator yields',
      code: `${messages}export async function* ask() { for await (const chunk of stream) yield { text: chunk.delta.text, raw: chunk }; }`,
      error: { messageId: 'passed', line: 4, column: 32 },
    },
    {
      name: 'a function makes text of the chunk',
      code: `${chat}let all = '';\nfor await (const chunk of stream) all += render(chunk);`,
      error: { messageId: 'unchecked', line: 5, column: 1 },
    },
    {
      name: 'a predicate asks for another kind of chunk',
      code: `${messages}for await (const chunk of stream) { if (isTextDelta(chunk)) write(chunk.delta.text); }`,
      error: { messageId: 'unchecked', line: 4, column: 1 },
    },
    {
      name: 'the last chunk is kept, and its usage is read',
      code: `${chat}let last;\nfor await (const chunk of stream) { write(${text}); last = chunk; }\nsave(last.usage);`,
      error: { messageId: 'unchecked', line: 5, column: 1 },
    },
    {
      name: 'the result of streamText is not asked how it ended',
      code: `${AI}const result = streamText({ model, prompt, onFinish: ({ text }) => save(text) });
for await (const text of result.textStream) write(text);
save(await result.text);`,
      error: {
        messageId: 'unawaited',
        line: 3,
        column: 1,
        data: { marker: 'finishReason', api: 'streamText', provider: 'Vercel AI SDK' },
      },
    },
    {
      name: 'a body is parsed without a look for its end',
      code: `${FETCH}for await (const line of lines(response.body)) write(JSON.parse(line).choices[0].delta.content);`,
      error: { messageId: 'unparsed', line: 2, column: 1, data: { api: 'fetch', provider: 'HTTP without an SDK' } },
    },
    {
      name: 'a loop over an iterator',
      code: `${chat}const iterator = stream[Symbol.asyncIterator]();
for (;;) { const { done, value: chunk } = await iterator.next(); if (done) break; write(${text}); }`,
      error: { messageId: 'unchecked', line: 5, column: 1 },
    },
    {
      name: 'the end of the loop is the end of the answer',
      code: `${chat}for await (const chunk of stream) {\n  write(${text});\n}`,
      error: {
        messageId: 'unchecked',
        line: 4,
        column: 1,
        endLine: 4,
        endColumn: 34,
        data: { marker: 'choices[].finish_reason', api: 'chat.completions.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'chunks are printed whole',
      code: `${messages}for await (const chunk of stream) console.log(chunk);`,
      error: {
        messageId: 'unchecked',
        line: 4,
        column: 1,
        data: { marker: 'message_stop', api: 'messages.stream', provider: 'Anthropic' },
      },
    },
    {
      name: 'another type of event is looked at',
      code: `${OPENAI}const stream = await client.responses.create({ model, input, stream: true });
for await (const chunk of stream) {
  if (chunk.type === 'response.output_text.delta') write(chunk.delta);
}`,
      error: {
        messageId: 'unchecked',
        line: 4,
        column: 1,
        data: { marker: 'response.completed', api: 'responses.create', provider: 'OpenAI' },
      },
    },
    {
      name: 'a final response that resolves on a cut answer is no proof',
      code: `${OPENAI}const stream = client.responses.stream({ model, input });
for await (const chunk of stream) show(chunk.delta);
save(await stream.finalResponse());`,
      error: { messageId: 'unchecked', line: 4, column: 1 },
    },
    {
      name: 'a generator gives the text and drops the marker',
      code: `${OPENAI}export async function* ask() {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) yield ${text};
}`,
      error: { messageId: 'unchecked', line: 5, column: 3 },
    },
    {
      name: 'a stream from elsewhere, known by its chunks',
      code: `export async function show(stream) {\n  for await (const chunk of stream) write(${text});\n}`,
      error: { messageId: 'unchecked', line: 2, column: 3 },
    },
  ],
});

describe('the message', () => {
  it('names the marker', () => {
    expect(messagesOf(rule, `${chat}for await (const chunk of stream) write(${text});`)).toEqual([
      'Nothing looks at `choices[].finish_reason` here; when `chat.completions.create` is cut off in mid-answer, this loop ends as if the answer were whole.',
    ]);
  });
});

describe('the suggestion', () => {
  const suggests = (path: string, code: string): readonly string[] => {
    const expected = codemod
      .findRewrites(parseSource(path, code), { ...defaultOptions, path })
      .rewrites.map(({ line, edits }) => ({ line, output: applyEdits(code, edits) }));
    for (const suggested of suggest(rule, path, code)) expect(suggested).toEqual(expected);
    return expected.map(({ output }) => output);
  };

  it.each(codemod.examples.map(({ before, after }) => [before, after]))(
    'is what the codemod writes',
    (before, after) => {
      for (const path of ['example.mjs', 'example.ts']) expect(suggests(path, before)).toHaveLength(1);
      expect(suggests('example.mjs', before)).toEqual([after]);
    },
  );

  it.each(
    catalog.flatMap(({ title, apis }) =>
      apis.map(({ name, iterables, example }) => ({ title: `${title} ${name} ${iterables.join()}`, example })),
    ),
  )('is what the codemod writes for $title', ({ example }) => {
    for (const path of ['example.mjs', 'example.ts']) expect(suggests(path, example).length).toBeLessThan(3);
  });

  it('ends what the rule has to say', () => {
    const fixed = suggests('example.mjs', codemod.examples[0]!.before)[0]!;
    expect(messagesOf(rule, fixed)).toEqual([]);
  });

  it('is none where the loop may be left early', () => {
    expect(
      suggests('example.mjs', `${chat}for await (const chunk of stream) { write(${text}); if (enough) break; }`),
    ).toEqual([]);
  });
});
