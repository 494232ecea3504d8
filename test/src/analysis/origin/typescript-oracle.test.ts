import { beforeAll, describe, expect, it } from 'vitest';
import { parsePackage } from '../../../../src/analysis/origin/typescript-oracle.ts';
import { findStreamLoops } from '../../../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../../../src/analysis/source/parse-source.ts';
import type { StreamLoop } from '../../../../src/analysis/facts/stream-loop.ts';
import type { TypeOracle } from '../../../../src/analysis/facts/type-oracle.ts';
import { TypedFiles } from '../typed-source.ts';

const chat = 'openai.chat.completions.create';
const read = `for await (const chunk of stream) use(chunk);`;
const llm = `import OpenAI, { AzureOpenAI } from 'openai';
import Anthropic from '@anthropic-ai/sdk';
export const client = new OpenAI();
export const claude = new Anthropic();
const request = { model: 'gpt-5', messages: [{ role: 'user' as const, content: 'Hello' }] };
export const ask = () => client.chat.completions.create({ ...request, stream: true });
export const helper = () => client.chat.completions.stream(request);
export const respond = () => client.responses.create({ model: 'gpt-5', input: 'Hello', stream: true });
export const message = () => claude.messages.create({ ...request, max_tokens: 9, stream: true });
export const messages = () => claude.messages.stream({ ...request, max_tokens: 9 });
export const either = () => (process.env.AZURE ? new AzureOpenAI() : client).chat.completions.create({ ...request, stream: true });
export const both = (claude: boolean) => (claude ? message() : ask());
export async function* relay() { yield* await ask(); }
export async function* texts() { for await (const chunk of await ask()) yield chunk.choices[0]?.delta.content ?? ''; }
export class Wrapped { constructor(readonly stream: Awaited<ReturnType<typeof ask>>) {} }
export class Chunks implements AsyncIterable<OpenAI.ChatCompletionChunk> { [Symbol.asyncIterator]() { return relay(); } }
export type Stream = AsyncIterable<OpenAI.ChatCompletionChunk>;
export type Maybe = Stream | undefined;
export interface Answer<Chunk> { chunks: AsyncIterable<Chunk>; id: string }
export const lines = async function* () { yield 'a'; };
export const pages = () => client.models.list();
declare global { function use(value: unknown): void; }
`;

const found: Record<string, readonly [text: string, api: string]> = {
  'an imported wrapper': [`import { ask } from './llm.js';\nconst stream = await ask();\n${read}`, chat],
  'an imported wrapper, in the head of the loop': [
    `import { ask } from './llm.js';\nfor await (const chunk of await ask()) use(chunk);`,
    chat,
  ],
  'an intersection': [
    `import { message } from './llm.js';\nconst stream = await message();\n${read}`,
    'anthropic.messages.create',
  ],
  'an alias of a union': [
    `import { respond } from './llm.js';\nconst stream = await respond();\n${read}`,
    'openai.responses.create',
  ],
  'a class that has the chunks of another': [
    `import { helper } from './llm.js';\nconst stream = helper();\n${read}`,
    'openai.chat.completions.stream',
  ],
  'a helper of Anthropic’s': [
    `import { messages } from './llm.js';\nfor await (const chunk of messages()) use(chunk);`,
    'anthropic.messages.stream',
  ],
  'a generator of the SDK’s chunks': [
    `import { relay } from './llm.js';\nfor await (const chunk of relay()) use(chunk);`,
    chat,
  ],
  'a class of the program that iterates them': [
    `import { Chunks } from './llm.js';\nfor await (const chunk of new Chunks()) use(chunk);`,
    chat,
  ],
  'an alias of the program': [
    `import type { Stream } from './llm.js';\nexport async function show(stream: Stream) { ${read} }`,
    chat,
  ],
  'a union with undefined': [
    `import type { Maybe } from './llm.js';\nexport async function show(stream: Maybe) { if (stream) ${read} }`,
    chat,
  ],
  'a parameter whose type is inferred': [
    `import { ask } from './llm.js';
const show = async (stream: Awaited<ReturnType<typeof ask>>) => { ${read} };
void ask().then(show);`,
    chat,
  ],
  'a parameter of generic type': [
    `import type { Stream } from './llm.js';\nexport async function show<T extends Stream>(stream: T) { ${read} }`,
    chat,
  ],
  'a field of another file’s class': [
    `import type { Wrapped } from './llm.js';
export async function show(wrapped: Wrapped) { for await (const chunk of wrapped.stream) use(chunk); }`,
    chat,
  ],
  'a member of a generic interface': [
    `import type { Answer } from './llm.js';
import type OpenAI from 'openai';
export async function show({ chunks }: Answer<OpenAI.ChatCompletionChunk>) { for await (const chunk of chunks) use(chunk); }`,
    chat,
  ],
  'a promise in a conditional': [
    `import { ask, either } from './llm.js';\nconst stream = await (Math.random() > 0.5 ? ask() : either());\n${read}`,
    chat,
  ],
};

const silent: Record<string, string> = {
  'strings made of chunks': `import { texts } from './llm.js';\nfor await (const chunk of texts()) use(chunk);`,
  lines: `import { lines } from './llm.js';\nfor await (const line of lines()) use(line);`,
  'pages of models': `import { pages } from './llm.js';\nfor await (const page of pages()) use(page);`,
  'an array of promises': `for await (const value of [Promise.resolve(1)]) use(value);`,
  'what is out of sight': `export async function show(stream: any) { ${read} }`,
};

const kept = {
  'both.ts': `import { both } from './llm.js';\nconst stream = await both(true);\n${read}`,
  'imported-client.ts': `import { client } from './llm.js';
const stream = await client.responses.create({ model: 'gpt-5', input: 'Hello', stream: true });
${read}`,
  'decided.ts': `import OpenAI from 'openai';
import { lines } from './llm.js';
const client = new OpenAI();
const stream = await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });
${read}
for await (const line of lines()) use(line);`,
  'contradicted.ts': `import OpenAI from 'openai';
import { messages } from './llm.js';
const client = new OpenAI();
const stream: any = await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });
${read}
use(messages);`,
};

const nameOf = (title: string): string => `${title.replace(/\W+/g, '-')}.ts`;
const files = new TypedFiles({
  'llm.ts': llm,
  ...kept,
  ...Object.fromEntries(Object.entries(found).map(([title, [text]]) => [nameOf(title), text])),
  ...Object.fromEntries(Object.entries(silent).map(([title, text]) => [nameOf(title), text])),
});
const apiOf = ({ origin: { provider, api } }: StreamLoop): string => `${provider.id}.${api.name}`;

// The first type that anyone asks for costs the reading of two SDKs' declarations.
beforeAll(() => void files.loopsIn('both.ts'), 120_000);

describe('by types alone', () => {
  it.each(Object.entries(found))('%s is a stream', (title, [text, api]) => {
    expect(findStreamLoops(parseSource('example.ts', text))).toEqual([]);
    const loops = files.loopsIn(nameOf(title));
    expect(loops.map(apiOf)).toEqual([api]);
    expect(loops[0]!.origin).toMatchObject({ evidence: 'type', call: null, relayed: false });
  });

  it.each(Object.keys(silent))('%s: no stream', (title) => {
    expect(files.loopsIn(nameOf(title))).toEqual([]);
  });

  it('a union of two SDKs’ streams is one of them', () => {
    const [api, ...more] = files.loopsIn('both.ts').map(apiOf);
    expect([chat, 'anthropic.messages.create']).toContain(api);
    expect(more).toEqual([]);
  });

  it('the call of an imported client is in sight', () => {
    const [loop] = files.loopsIn('imported-client.ts');
    expect(loop?.origin).toMatchObject({
      evidence: 'type',
      api: { name: 'responses.create' },
      call: { type: 'CallExpression' },
    });
  });
});

describe('an oracle', () => {
  const asked: string[] = [];
  const text = kept['decided.ts'];
  const oracle = (types: TypeOracle['findTypes']): TypeOracle => ({
    findTypes(node) {
      asked.push(text.slice(...node.range));
      return types(node);
    },
  });

  it('is asked about loops only of which the syntax says too little', () => {
    asked.length = 0;
    findStreamLoops(parseSource('example.ts', text), { oracle: oracle(() => null), own: [] });
    expect(asked).toEqual(['lines()']);
  });

  it('is asked once, however many rules look at the file', () => {
    asked.length = 0;
    const source = parseSource('example.ts', text);
    const one = oracle(() => null);
    for (let rule = 0; rule < 5; rule++) findStreamLoops(source, { oracle: one, own: [] });
    expect(asked).toHaveLength(1);
  });

  it('has no say where an import tells', () => {
    const wrong = oracle(() => [{ names: [{ module: '@anthropic-ai/sdk', name: 'MessageStream' }], elements: [] }]);
    const [first] = findStreamLoops(parseSource('example.ts', text), { oracle: wrong, own: [] });
    expect(first && apiOf(first)).toBe(chat);
    expect(first?.origin.evidence).toBe('import');
    expect(files.loopsIn('contradicted.ts').map(({ origin }) => origin.evidence)).toEqual(['import']);
  });

  it('gives one answer for a file, and its absence another', () => {
    const source = parseSource('example.ts', text);
    const right = oracle(() => [{ names: [], elements: [{ module: 'openai', name: 'ChatCompletionChunk' }] }]);
    expect(findStreamLoops(source)).toHaveLength(1);
    expect(findStreamLoops(source, { oracle: right, own: [] })).toHaveLength(2);
    expect(findStreamLoops(source)).toHaveLength(1);
    expect(findStreamLoops(source, { oracle: right, own: [] })).toBe(
      findStreamLoops(source, { oracle: right, own: [] }),
    );
  });

  it.each([
    ['of another package', { module: 'db', name: 'ChatCompletionChunk' }],
    ['of no stream', { module: 'openai', name: 'FileObject' }],
  ])('that names a type %s finds nothing', (_, element) => {
    const other = oracle(() => [{ names: [], elements: [element] }]);
    expect(
      findStreamLoops(parseSource('example.ts', `import { a } from './a'; for await (const x of a()) use(x);`), {
        oracle: other,
        own: [],
      }),
    ).toEqual([]);
  });

  it.each([
    [`export async function show(result) { for await (const x of result.fullStream) use(x); }`, 'result'],
    [
      `import { ask } from './a'; const { fullStream } = await ask(); for await (const x of fullStream) use(x);`,
      'await ask()',
    ],
    [`import { ask } from './a'; const all = ask(); for await (const x of all.toUIMessageStream()) use(x);`, 'all'],
    [`class A { async run() { for await (const x of this.result.fullStream) use(x); } }`, 'this.result'],
  ])('is asked for the result that the stream is a member of: %s', (code, holder) => {
    const result: TypeOracle = {
      findTypes: (node) =>
        code.slice(...node.range) === holder
          ? [{ names: [{ module: 'ai', name: 'StreamTextResult' }], elements: [] }]
          : null,
    };
    expect(
      findStreamLoops(parseSource('example.js', code), { oracle: result, own: [] }).map(
        (loop) => `${apiOf(loop)} ${loop.origin.evidence}`,
      ),
    ).toEqual(['ai-sdk.streamText type']);
  });
});

describe('the package of a declaration', () => {
  it.each([
    ['/app/node_modules/openai/streaming.d.ts', 'openai'],
    ['/app/node_modules/@anthropic-ai/sdk/index.d.ts', '@anthropic-ai/sdk'],
    ['/app/node_modules/.pnpm/openai@6.49.0_ws@8/node_modules/openai/index.d.ts', 'openai'],
    ['/app/node_modules/.pnpm/@google+genai@2.32.0/node_modules/@google/genai/dist/genai.d.ts', '@google/genai'],
    ['/app/.yarn/cache/groq-sdk-npm-1.6.0-abc.zip/node_modules/groq-sdk/index.d.ts', 'groq-sdk'],
    ['/app/node_modules/ai/node_modules/@ai-sdk/provider/dist/index.d.ts', '@ai-sdk/provider'],
    ['C:\\app\\node_modules\\@mistralai\\mistralai\\index.d.ts', '@mistralai/mistralai'],
    ['/app/node_modules/@types/vscode/index.d.ts', 'vscode'],
    ['/app/node_modules/@types/acme__llm/index.d.ts', '@acme/llm'],
    ['/app/src/openai/index.ts', null],
    ['/app/node_modules/typescript/lib/lib.es5.d.ts', null],
  ])('%s', (path, name) => {
    expect(parsePackage(path)).toBe(name);
  });
});
