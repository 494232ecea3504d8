import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

/** A program whose request is made of an expression, behind these statements. */
const program = (head: string, messages: string, options = ''): string => `import OpenAI from 'openai';
const client = new OpenAI();
${head}
export async function ask(prompts) {
  const stream = await client.chat.completions.create({ model: 'gpt-5', messages: ${messages}, stream: true }${options});
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;

const changes = (name: string): string =>
  `What the request sends is made by code that changes \`${name}\`, which each attempt would do again; do that before the call, then run this again.`;

describe('what a request is made of', () => {
  it.each([
    [
      'a function that adds to a list',
      'const history = [];\nfunction add(prompt) {\n  history.push(prompt);\n  return history;\n}',
      'add(prompts)',
      'history',
    ],
    ['a function that takes from a queue', 'const queue = [];\nconst next = () => queue.shift();', '[next()]', 'queue'],
    [
      'a function that turns a list round',
      'const history = [];\nconst turn = () => history.reverse();',
      'turn()',
      'history',
    ],
    ['a function that counts', 'let count = 0;\nconst id = () => ++count;', '[{ id: id() }]', 'count'],
    [
      'a function that makes a longer list of a list',
      'let history = [];\nconst add = (prompt) => (history = [...history, prompt]);',
      'add(prompts)',
      'history',
    ],
    [
      'a function that has another add to a list',
      'const history = [];\nconst addTo = (list, prompt) => list.push(prompt) && list;\nconst add = (prompt) => addTo(history, prompt);',
      'add(prompts)',
      'history',
    ],
    [
      'a function that adds to what it is given',
      'const add = (list) => { list.push({}); return list; };',
      'add(prompts)',
      'prompts',
    ],
    ['a callback that counts', 'let count = 0;', 'prompts.map((prompt) => ({ id: count++, prompt }))', 'count'],
    [
      'a callback that adds to the elements',
      '',
      "prompts.map((prompt) => { prompt.content += '.'; return prompt; })",
      'prompts',
    ],
    [
      'a function that is called where it stands',
      'let count = 0;',
      '(() => { count += 1; return prompts; })()',
      'count',
    ],
  ])('is left where %s would do so in each attempt', (_, head, messages, changed) => {
    expect(findReasons(program(head, messages), 'file.mjs')).toEqual([changes(changed)]);
  });

  it('is left where a method of the class adds to a field', () => {
    const before = program('', '[]')
      .replace(
        'export async function',
        'export class Chat {\n  history = [];\n  extend(prompt) {\n    this.history.push(prompt);\n    return this.history;\n  }\n  async',
      )
      .replace('messages: []', 'messages: this.extend(prompts)');
    expect(findReasons(`${before}}\n`, 'file.mjs')).toEqual([changes('this.history')]);
  });

  it.each([
    [
      'fills a list of its own',
      'const wrap = (list) => { const all = []; for (const each of list) all.push(each); return all; };',
      'wrap(prompts)',
    ],
    [
      'has another fill a list of its own',
      'const addTo = (list, each) => list.push(each);\nconst wrap = (list) => { const all = []; list.forEach((each) => addTo(all, each)); return all; };',
      'wrap(prompts)',
    ],
    [
      'changes a copy of what it is given',
      'function trim(list) { list = [...list]; while (list.length > 9) list.shift(); return list; }',
      'trim(prompts)',
    ],
    ['is given a copy', 'const add = (list) => { list.push({}); return list; };', 'add([...prompts])'],
    ['gathers by `reduce`', '', 'prompts.reduce((all, each) => { all.push(each); return all; }, [])'],
    [
      'counts for itself',
      'const number = (list) => { let count = 0; return list.map((each) => ({ ...each, id: count++ })); };',
      'number(prompts)',
    ],
    ['sets something once', 'let tools;\nconst load = () => (tools ??= []);', '[...load(), ...prompts]'],
    [
      'keeps what was asked last',
      'let last;\nconst keep = (prompt) => { last = prompt; return prompt; };',
      'keep(prompts)',
    ],
  ])('may be a function that %s', (_, head, messages) => {
    expect(rewriteTwice(program(head, messages), 'file.mjs')).toContain(
      `messages: ${messages}, stream: true }, { signal, maxRetries: 0 }));`,
    );
  });

  it('may be a client that is chosen in turns', () => {
    const before = program(
      'let turn = 0;\nconst clients = [client];\nconst choose = () => clients[turn++ % clients.length];',
      'prompts',
    ).replace('await client.', 'await choose().');
    expect(rewriteTwice(before, 'file.mjs')).toContain('=> choose().chat.completions.create(');
  });

  it('is left where it makes a key by which the server knows a repetition', () => {
    const reason = (name: string): string =>
      `The request makes its \`${name}\`, of which each attempt would have one of its own; give that a name before the call, then run this again.`;
    expect(findReasons(program('', 'prompts', ', { idempotencyKey: crypto.randomUUID() }'), 'file.mjs')).toEqual([
      reason('idempotencyKey'),
    ]);
    expect(
      findReasons(program('', 'prompts', ", { headers: { 'Idempotency-Key': `ask-${Date.now()}` } }"), 'file.mjs'),
    ).toEqual([reason('Idempotency-Key')]);
    expect(
      rewriteTwice(program("const idempotencyKey = 'a';", 'prompts', ', { idempotencyKey }'), 'file.mjs'),
    ).toContain('{ idempotencyKey, signal, maxRetries: 0 }');
  });
});
