import { describe, expect, it } from 'vitest';
import { mayHoldStreamLoop } from '../../../../src/analysis/find-stream-loops.ts';
import { ANTHROPIC, apisIn, loopsIn, OPENAI } from '../loops-in.ts';

const chat = 'openai.chat.completions.create';
const create = 'await client.chat.completions.create({ stream: true })';
const times = (count: number, print: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => print(index)).join('\n');

describe('is read in a plain answer', () => {
  it.each([
    [
      'a line of ten million characters in a comment',
      `// ${'x'.repeat(10_000_000)}\nfor await (const chunk of ${create}) use(chunk);`,
    ],
    [
      'a line of ten million characters in a string',
      `const long = '${'x'.repeat(10_000_000)}';\nfor await (const chunk of ${create}) use(chunk);`,
    ],
    ['lone surrogates', `const halves = '\ud800 \udfff';\nfor await (const chunk of ${create}) use(chunk, '\udc00');`],
    [
      'a chunk under thousands of names',
      `for await (const chunk0 of ${create}) { ${times(5_000, (index) => `const chunk${index + 1} = chunk${index};`)} }`,
    ],
    [
      'a loop behind thousands of callers',
      `${times(3_000, (index) => `async function f${index}() { await f${index + 1}(); }`)}
async function f3000() { for await (const chunk of ${create}) use(chunk); }`,
    ],
    [
      'types that double sixty times',
      `type T0 = OpenAI;
${times(60, (index) => `type T${index + 1} = Promise<T${index}> | AsyncIterable<T${index}> | T${index};`)}
async function f(s: T60) { for await (const chunk of s) use(chunk); }
for await (const chunk of ${create}) use(chunk);`,
    ],
    [
      'constants that refer to themselves',
      `const a = { x: b.y }, b = { y: a.x };\nfor await (const chunk of [a.x, ${create}][1] ?? ${create}) use(chunk);`,
    ],
  ])('%s', (_, text) => {
    expect(apisIn(OPENAI + text)).toEqual([chat]);
  });

  it.each([
    ['names that refer to each other', `let a = b, b = a;\nfor await (const chunk of a) use(chunk);`],
    [
      'a stream under thousands of names',
      `const s0 = ${create};
${times(5_000, (index) => `const s${index + 1} = s${index};`)}
for await (const chunk of s5000) use(chunk);`,
    ],
    ['thousands of members', `for await (const chunk of client${'.a'.repeat(3_000)}) use(chunk);`],
  ])('%s, as nothing known', (_, text) => {
    expect(apisIn(OPENAI + text)).toEqual([]);
  });

  it('generators that pass on what thousands of others pass on', () => {
    const text = `${OPENAI}async function* g0() { yield* ${create}; }
${times(300, (index) => `async function* g${index + 1}() { for await (const chunk of g${index}()) yield chunk; }`)}`;
    expect(loopsIn(text).length).toBeGreaterThan(0);
  });

  it.each([
    [
      'that share a list of chunks',
      `${OPENAI}const all = []; ${times(1_000, () => `for await (const chunk of ${create}) all.push(chunk);`)} use(all.at(-1).choices[0].finish_reason);`,
    ],
    [
      'that share a field',
      `${OPENAI}const state = { stream: null }; ${times(1_000, () => `state.stream = ${create}; for await (const chunk of state.stream) use(chunk);`)}`,
    ],
    [
      'that share a method',
      `${OPENAI}class A { open(p) { return client.chat.completions.create({ ...p, stream: true }); } ${times(1_000, (index) => `async ask${index}() { for await (const chunk of await this.open({ model })) use(chunk); }`)} }`,
    ],
    [
      'over bodies in one function',
      `async function all() { ${times(1_000, () => `for await (const line of lines((await fetch(url, { body: JSON.stringify({ stream: true }) })).body)) use(JSON.parse(line).text);`)} }`,
    ],
  ])('a thousand loops %s', (_, text) => {
    expect(loopsIn(text)).toHaveLength(1_000);
  });

  it('a function with hundreds of loops and timers', () => {
    const text = `${ANTHROPIC}async function all() { ${times(300, () => `setTimeout(() => stop(), 10); for await (const chunk of client.messages.stream(p)) use(chunk);`)} }`;
    expect(loopsIn(text)).toHaveLength(300);
  });
});

describe('the search of the text before it is parsed', () => {
  it.each([
    ['spaces after for', `for${' '.repeat(5_000_000)}x`],
    ['spaces before a bracket', `.read${' '.repeat(5_000)}`.repeat(1_000)],
    ['a request that does not come', `stream${' '.repeat(5_000)}`.repeat(1_000)],
    ['modules that do not end', `"openai/${'a'.repeat(50)}`.repeat(100_000)],
  ])('ends: %s', (_, text) => {
    expect(mayHoldStreamLoop(text)).toBe(false);
  });
});
