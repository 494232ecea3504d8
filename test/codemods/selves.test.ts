import { describe, expect, it } from 'vitest';
import OpenAI from 'openai';
import { proveRewrite } from '../../codemods/proof.ts';
import { codemod } from '../../codemods/replace-manual-retry.ts';
import { type Answer, refuse, reset, runProgram, send } from './running.ts';
import { findReasons, rewriteTwice } from './twice.ts';

const rewrite = (before: string, path = 'file.mjs'): string => rewriteTwice(before, path, {}, codemod);
const REQUEST = "client.chat.completions.create({ model: 'gpt-5', messages, stream: true }";
const HEAD = ["import OpenAI from 'openai';", '', 'const client = new OpenAI();', 'const LIMIT = 3;', ''];
const LOOP = ['for await (const chunk of stream) {', "  text += chunk.choices[0]?.delta?.content ?? '';", '}'];

interface Asked {
  readonly head?: string;
  readonly before?: readonly string[];
  readonly inside?: readonly string[];
  readonly fail: readonly string[];
  readonly after?: readonly string[];
  readonly tail?: readonly string[];
}

const indent = (lines: readonly string[], by: string): string[] => lines.map((line) => by + line);
const block = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const WHOLE = ["let text = '';", `const stream = await ${REQUEST});`, ...LOOP, 'return text;'];

const program = ({ head = 'async function ask(messages, attempt = 0) {', before = [], inside = WHOLE, fail, after = [], tail = ['await ask([]);'] }: Asked): string =>
  block(...HEAD, head, ...indent(before, '  '), '  try {', ...indent(inside, '    '), '  } catch (error) {', ...indent(fail, '    '), '  }', ...indent(after, '  '), '}', ...tail);
const once = (head: string, options: string, tail: readonly string[] = ['await ask([]);']): string =>
  block(HEAD[0]!, "import { resilientStream, restart } from 'resilient-stream';", ...HEAD.slice(1), head, "  let text = '';", `  const stream = await resilientStream(({ signal }) => ${REQUEST}, { signal, maxRetries: 0 }), { ${options}, recover: restart(() => { text = ''; }) });`, ...indent(LOOP, '  '), '  return text;', '}', ...tail);

describe('a function that calls itself: what it counts stays where it is an option', () => {
  const exported = { tail: [] };
  const NO_WAIT = 'backoff: { initialMs: 0 }';
  it.each<readonly [string, string, readonly string[], string]>([
    ['the retries that are left', 'messages, retries = 3', ['if (retries > 0) {', '  await sleep(1000);', '  return ask(messages, retries - 1);', '}', 'throw error;'], 'maxRetries: retries, backoff: { initialMs: 1_000, factor: 1 }'],
    ['the retries that are left, none where nobody says it', 'messages, retries = 0', ['if (retries <= 0) throw error;', 'return ask(messages, retries - 1);'], `maxRetries: retries, ${NO_WAIT}`],
    ['the retries that are left, tested for none', 'messages, retries = LIMIT', ['if (!retries) throw error;', 'return await ask(messages, retries - 1);'], `maxRetries: retries, ${NO_WAIT}`],
    ['the retries that are left, counted in place', 'messages, retries = 3', ['if (retries-- > 0) return ask(messages, retries);', 'throw error;'], `maxRetries: retries, ${NO_WAIT}`],
    ['the first wait, doubled', 'messages, retries = 3, delay = 500', ['if (retries <= 0) throw error;', 'await sleep(delay);', 'return ask(messages, retries - 1, delay * 2);'], 'maxRetries: retries, backoff: { initialMs: delay }'],
    ['the first wait, grown by half', 'messages, delay = 500, retries = 3', ['if (retries <= 0) throw error;', 'await sleep(delay);', 'return ask(messages, delay * 1.5, retries - 1);'], 'maxRetries: retries, backoff: { initialMs: delay, factor: 1.5 }'],
    ['what is asked of the error', 'messages, retries = 3', ['if (retries > 0 && error.status === 429) return ask(messages, retries - 1);', 'throw error;'], `maxRetries: retries, ${NO_WAIT}, isRetryable: (error) => error.status === 429`],
    ['how many are left, in a line that is logged', 'messages, retries = 3', ['if (retries > 0) {', '  console.warn(`Again, ${retries} left, then ${retries - 1}`);', '  return ask(messages, retries - 1);', '}', 'throw error;'], `maxRetries: retries, ${NO_WAIT}, onEvent: (event) => { if (event.type === 'retry') console.warn(\`Again, \${retries - event.attempt + 1} left, then \${retries - event.attempt}\`); }`],
  ])('%s', (_, parameters, fail, options) => {
    const head = `export async function ask(${parameters}) {`;
    expect(rewrite(program({ head, fail, ...exported }))).toBe(once(head, options, []));
  });

  it.each([
    ['a method', 'export class Answers {', 'async ask', 'this.ask', '}'],
    ['a static method', 'export class Answers {', 'static async ask', 'Answers.ask', '}'],
    ['an arrow in a field', 'export class Answers {', 'ask = async', 'this.ask', '}'],
    ['a method of an object', 'export const answers = {', 'async ask', 'answers.ask', '};'],
    ['an arrow in an object', 'const answers = {', 'ask: async', 'answers.ask', '};'],
  ])('in %s', (_, open, key, call, close) => {
    const arrow = key.endsWith('async') ? ' =>' : '';
    const before = block(...HEAD, open, `  ${key}(messages, retries = 3)${arrow} {`, '    try {', ...indent(WHOLE, '      '), '    } catch (error) {', '      if (retries === 0) throw error;', `      return ${call}(messages, retries - 1);`, '    }', '  }', close);
    const after = rewrite(before);
    expect(after).toContain(`  ${key}(messages, retries = 3)${arrow} {\n    let text`);
    expect(after).toContain('{ maxRetries: retries, backoff: { initialMs: 0 }, recover: restart(');
  });

  it('where callers say it, each of them', () => {
    const head = 'async function ask(messages, retries) {';
    const fail = ['if (retries <= 0) throw error;', 'return ask(messages, retries - 1);'];
    expect(rewrite(program({ head, fail, tail: ['await ask([], 5);'] }))).toBe(once(head, `maxRetries: retries, ${NO_WAIT}`, ['await ask([], 5);']));
    expect(findReasons(program({ head, fail, tail: ['await ask([]);', 'await ask([], 5);'] }), 'file.mjs', codemod)).toEqual([expect.stringMatching(/^`retries` is another in each attempt/)]);
  });
});

describe('a function that calls itself: what only counts goes', () => {
  const NO_WAIT = 'backoff: { initialMs: 0 }';
  it.each<readonly [string, string, string, readonly string[], string]>([
    ['upwards', 'messages, attempt = 0', 'messages', ['if (attempt < 3) {', '  await sleep(2 ** attempt * 1000);', '  return ask(messages, attempt + 1);', '}', 'throw error;'], 'maxRetries: 3, backoff: { initialMs: 1_000 }'],
    ['to a constant', 'messages, attempt = 1', 'messages', ['if (attempt >= LIMIT) throw error;', 'return ask(messages, attempt + 1);'], `maxRetries: LIMIT - 1, ${NO_WAIT}`],
    ['to another parameter', 'messages, most = 3, attempt = 0', 'messages, most = 3', ['if (attempt === most) throw error;', 'return ask(messages, most, attempt + 1);'], `maxRetries: most, ${NO_WAIT}`],
    ['to another parameter, from one', 'messages, most = 3, attempt = 1', 'messages, most = 3', ['if (attempt >= most) throw error;', 'return ask(messages, most, attempt + 1);'], `maxRetries: Math.max(most - 1, 0), ${NO_WAIT}`],
    ['as often as a constant, and once more', 'messages, attempt = 0', 'messages', ['if (attempt > LIMIT) throw error;', 'return ask(messages, attempt + 1);'], `maxRetries: LIMIT + 1, ${NO_WAIT}`],
    ['from anywhere', 'messages, attempt = 10', 'messages', ['if (attempt < 15) return ask(messages, attempt + 1);', 'throw error;'], `maxRetries: 5, ${NO_WAIT}`],
    ['downwards to one', 'messages, attempts = LIMIT', 'messages', ['if (attempts > 1) return ask(messages, attempts - 1);', 'throw error;'], `maxRetries: LIMIT - 1, ${NO_WAIT}`],
    ['once', 'messages, isLast = false', 'messages', ['if (isLast) throw error;', 'return ask(messages, true);'], `maxRetries: 1, ${NO_WAIT}`],
    ['without a default', 'messages, attempt', 'messages', ['if ((attempt ?? 0) >= 2) throw error;', 'return ask(messages, (attempt ?? 0) + 1);'], `maxRetries: 2, ${NO_WAIT}`],
    ['with waits up to a most', 'messages, options, attempt = 0', 'messages, options', ['if (attempt >= options.retries) throw error;', 'await sleep(Math.min(1000 * 2 ** attempt, 8000));', 'return ask(messages, options, attempt + 1);'], 'maxRetries: options.retries, backoff: { initialMs: 1_000, maxMs: 8_000 }'],
    ['with waits by how many are left', 'messages, retries = 3', 'messages', ['if (retries === 0) throw error;', 'await sleep(1000 * 2 ** (3 - retries));', 'return ask(messages, retries - 1);'], 'maxRetries: 3, backoff: { initialMs: 1_000 }'],
    ['with its waits', 'messages, attempt = 0, delay = 250', 'messages', ['if (attempt === 2) throw error;', 'await sleep(delay + 250);', 'return ask(messages, attempt + 1, 250 * 2 ** (attempt + 1) - 0 + 0 * delay);'], 'maxRetries: 2, backoff: { initialMs: 500, factor: 1.5 }'],
    ['aloud', 'messages, attempt = 0', 'messages', ['console.warn(`Attempt ${attempt + 1} of ${messages.length} failed`);', 'if (attempt === 2) throw error;', 'return ask(messages, attempt + 1);'], `maxRetries: 2, ${NO_WAIT}, onEvent: (event) => { if (event.type === 'retry' || event.type === 'fail') console.warn(\`Attempt \${event.attempt} of \${messages.length} failed\`); }`],
  ])('%s', (_, parameters, left, fail, options) => {
    const head = (list: string): string => `async function ask(${list}) {`;
    expect(rewrite(program({ head: head(parameters), fail }))).toBe(once(head(left), options));
  });

  it('in a private method of TypeScript', () => {
    const typed = (key: string, call: string): string =>
      block(...HEAD, 'export class Answers {', '  constructor(private readonly retries: number) {}', `  ${key}(`, '    messages: OpenAI.ChatCompletionMessageParam[],', '    attempt: number = 0,', '  ): Promise<string> {', '    try {', ...indent(WHOLE, '      '), '    } catch (error) {', '      if (attempt >= this.retries) throw error;', `      return ${call}(messages, attempt + 1);`, '    }', '  }', '  greet(): Promise<string> {', `    return ${call}([]);`, '  }', '}');
    for (const [key, call] of [['private async ask', 'this.ask'], ['async #ask', 'this.#ask']] as const) {
      const after = rewrite(typed(key, call), 'file.mts');
      expect(after).toContain(`  ${key}(\n    messages: OpenAI.ChatCompletionMessageParam[],\n  ): Promise<string> {\n    let text = '';\n`);
      expect(after).toContain('{ maxRetries: this.retries, backoff: { initialMs: 0 }, recover: restart(');
    }
  });

  it.each([
    ['(attempt = 0) =>', '() =>'],
    ['attempt =>', '() =>'],
  ])('as the only parameter: %s', (head, left) => {
    const arrow = (list: string): string => `const ask = async ${list} {`;
    const inside = ['const messages = [];', ...WHOLE];
    const after = rewrite(program({ head: arrow(head), inside, fail: ['if ((attempt ?? 0) === 2) throw error;', 'return ask((attempt ?? 0) + 1);'], tail: ['await ask();'] }));
    expect(after).toContain(`${arrow(left)}\n  const messages = [];\n  let text = '';\n`);
  });
});

describe('a function that calls itself: what it gives', () => {
  it('what stands around the attempt stays, and the answer is used behind it', () => {
    const before = program({ before: ["let text = '';"], inside: [`const stream = await ${REQUEST});`, ...LOOP], fail: ['if (attempt === 2) throw error;', 'return ask(messages, attempt + 1);'], after: ['return JSON.parse(text);'] });
    expect(rewrite(before)).toBe(once('async function ask(messages) {', 'maxRetries: 2, backoff: { initialMs: 0 }').replace('return text', 'return JSON.parse(text)'));
  });

  const SHOW = [`for await (const chunk of await ${REQUEST})) {`, '  process.stdout.write(chunk.choices[0].delta.content);', '}'];
  it('nothing; a person is asked how to take back what was shown', () => {
    const after = rewrite(program({ inside: SHOW, fail: ['if (attempt < 2) {', '  await ask(messages, attempt + 1);', '  return;', '}', 'throw error;'] }));
    expect(after).toContain('async function ask(messages) {\n  // TODO(resilient-stream): a failure behind the first chunk ends this now');
    expect(after).toContain('{ maxRetries: 2, backoff: { initialMs: 0 } }');
  });

  it('chunks, of a generator', () => {
    const inside = [`for await (const chunk of await ${REQUEST})) {`, '  yield chunk.choices[0].delta.content;', '}'];
    const after = rewrite(program({ head: 'export async function* ask(messages, retries = 2) {', inside, fail: ['if (retries === 0) throw error;', 'yield* ask(messages, retries - 1);'], tail: [] }));
    expect(after).toContain('{ maxRetries: retries, backoff: { initialMs: 0 } }');
  });

  it('with comments as they were', () => {
    const after = rewrite(program({ inside: ['// The request.', ...WHOLE], fail: ['// Once more.', 'if (attempt === 2) throw error;', 'return ask(messages, attempt + 1); // So far.'], tail: ['await ask([]); // Here.'] }));
    expect(after).toContain('async function ask(messages) {\n  // The request.\n  let text');
    expect(after).toContain('await ask([]); // Here.');
    expect(after).not.toMatch(/Once more|So far/);
  });
});

describe('a function that calls itself is left', () => {
  const FAIL = ['if (attempt === 2) throw error;', 'return ask(messages, attempt + 1);'];
  const head = (parameters: string, before = ''): string => `${before}async function ask(${parameters}) {`;
  it.each<readonly [string, string, RegExp]>([
    ['where other files may say the number', program({ head: head('messages, attempt = 0', 'export '), fail: FAIL }), /^`attempt` is another in each attempt, and a caller may say what it begins with/],
    ['where a caller says it', program({ fail: FAIL, tail: ['await ask([], 1);'] }), /^`attempt` is another in each attempt/],
    ['where a caller may say it', program({ fail: FAIL, tail: ['await ask(...questions);'] }), /^`attempt` is another in each attempt/],
    ['where it is handed to others', program({ fail: FAIL, tail: ['await Promise.all(questions.map(ask));'] }), /^`attempt` is another in each attempt/],
    ['where it is exported by name', program({ fail: FAIL, tail: ['await ask([]);', 'export { ask };'] }), /^`attempt` is another in each attempt/],
    ['where nothing calls it', program({ fail: FAIL, tail: [] }), /^`attempt` is another in each attempt/],
    ['where the number is followed by more', program({ head: head('messages, attempt = 0, model = null'), fail: ['if (attempt === 2) throw error;', 'return ask(messages, attempt + 1, model);'] }), /^`attempt` is another in each attempt/],
    ['in a method that others may call', block(...HEAD, 'class Answers {', '  async ask(messages, attempt = 0) {', '    try {', ...indent(WHOLE, '      '), '    } catch (error) {', '      if (attempt === 2) throw error;', '      return this.ask(messages, attempt + 1);', '    }', '  }', '  greet() {', '    return this.ask([]);', '  }', '}'), /^`attempt` is another in each attempt/],
    ['where all arguments are looked at', program({ before: ['const count = arguments.length;'], fail: FAIL }), /^`attempt` is another in each attempt/],
    ['where the number is sent', program({ inside: WHOLE.map((line) => line.replace('messages,', 'messages, seed: attempt,')), fail: FAIL }), /^`attempt` is used for more than the attempts/],
    ['where its comment speaks of the number', program({ fail: FAIL }).replace('async function', '/** @param attempt from 0 */\nasync function'), /^The comment above the function speaks of `attempt`/],
    ['with another model', program({ head: head('messages, model, retries = 3'), fail: ['if (retries === 0) throw error;', "return ask(messages, 'gpt-4', retries - 1);"] }), /^`model` is another in each attempt/],
    ['with less than it got', program({ head: head('messages, options, retries = 3'), fail: ['if (retries === 0) throw error;', 'return ask(messages, retries - 1);'] }), /hands on something else than what it got/],
    ['with an object of its own', program({ head: head('{ messages, retries = 3 }'), fail: ['if (retries === 0) throw error;', 'return ask({ messages, retries: retries - 1 });'] }), /not each is the same request|hands on something else/],
    ['where its answer is worked with', program({ fail: ['if (attempt === 2) throw error;', 'const again = await ask(messages, attempt + 1);', 'return again;'] }), /hands on something else than what it got, or does more/],
    ['where its answer is lost', program({ fail: ['if (attempt === 2) throw error;', 'await ask(messages, attempt + 1);'] }), /or does more than give what that gives/],
    ['where it goes on behind that', program({ inside: [`const stream = await ${REQUEST});`, 'for await (const chunk of stream) process.stdout.write(chunk.id);'], fail: ['if (attempt === 2) throw error;', 'await ask(messages, attempt + 1);'], after: ["console.log('done');"] }), /or does more than give what that gives/],
    ['where nothing waits for it', program({ inside: [`const stream = await ${REQUEST});`, 'for await (const chunk of stream) process.stdout.write(chunk.id);'], fail: ['if (attempt === 2) throw error;', 'ask(messages, attempt + 1);'] }), /or does more than give what that gives/],
    ['where it calls itself for another reason', program({ inside: ["let text = '';", `const stream = await ${REQUEST});`, ...LOOP, "if (text === '') return ask(messages, attempt + 1);", 'return text;'], fail: FAIL }), /asks for another attempt by itself/],
    ['where it gives up quietly', program({ fail: ['if (attempt < 2) return ask(messages, attempt + 1);', "return '';"] }), /more is done than to count and to wait \(`return '';`\)/],
    ['where it falls out of the handler', program({ fail: ['if (attempt < 2) return ask(messages, attempt + 1);', 'console.error(error);'] }), /more is done than to count and to wait/],
    ['where each attempt makes something', program({ before: ['const id = newId();'], fail: FAIL }), /may fail and is tried again too \(`const id = newId\(\);`\)/],
    ['where a name is taken around it', program({ fail: FAIL, after: ['show(text);'] }), /`text` is the name of another variable/],
    ['where a name is a parameter', program({ head: head('messages, text, retries = 3'), fail: ['if (retries === 0) throw error;', 'return ask(messages, text, retries - 1);'] }), /`text` is the name of another variable/],
    ['where waits are no multiples', program({ head: head('messages, retries = 6, delay = 500'), fail: ['if (retries === 0) throw error;', 'await sleep(delay);', 'return ask(messages, retries - 1, delay + 500);'] }), /no multiples of the first one|`delay` is another in each attempt/],
    ['where waits are no multiples of a number', program({ head: head('messages, options, attempt = 0'), fail: ['if (attempt >= options.retries) throw error;', 'await sleep(1000 * (attempt + 1));', 'return ask(messages, options, attempt + 1);'] }), /no multiples of the first one/],
    ['where the waits depend on how many there are', program({ head: head('messages, retries = 3', 'export '), fail: ['if (retries === 0) throw error;', 'await sleep(1000 * 2 ** (3 - retries));', 'return ask(messages, retries - 1);'] }), /^`retries` is another in each attempt/],
    ['where it counts for all calls', program({ head: head('messages'), fail: ['if (++failures > 2) throw error;', 'return ask(messages);'] }).replace('async function', 'let failures = 0;\nasync function'), /^`failures` is used for more than the attempts/],
    ['where it has no end', program({ head: head('messages'), fail: ['return ask(messages);'] }), /more is done|not in sight/],
  ])('%s', (_, before, reason) => expect(findReasons(before, 'file.mjs', codemod)).toEqual([expect.stringMatching(reason)]));
});

describe('the proof of a function that called itself', () => {
  const isProven = (before: string, text: string): boolean => proveRewrite(codemod, 'file.mjs', before, text).ok;
  const counting = program({ fail: ['if (attempt === 2 || error.status !== 429) throw error;', 'await sleep(1000);', 'return ask(messages, attempt + 1);'] });
  const after = rewrite(counting);

  it('accepts the rewritten function', () => expect(isProven(counting, after)).toBe(true));
  it.each([
    ['another number of attempts', 'maxRetries: 2', 'maxRetries: 20'],
    ['a number that is none', 'maxRetries: 2', 'maxRetries: messages'],
    ['another question', 'error.status === 429', 'error.status === 400'],
    ['another option', 'factor: 1', 'other: 1'],
    ['a statement that is gone', '  return text;\n', ''],
    ['another request', 'gpt-5', 'gpt-4'],
    ['a parameter too few', 'ask(messages) {', 'ask() {'],
    ['a parameter too many', 'ask(messages) {', 'ask(messages, more) {'],
    ['a caller that is gone', 'await ask([]);\n', ''],
    ['another undo', "{ text = ''; }", "{ text = 'x'; }"],
  ])('refuses %s', (_, from, to) => {
    expect(after).toContain(from);
    expect(isProven(counting, after.replace(from, to))).toBe(false);
  });

  it.each([
    ['a caller says the number', 'await ask([]);', 'await ask([], 1);'],
    ['the function is handed to others', 'await ask([]);', 'questions.map(ask);'],
    ['the function is exported', 'async function ask', 'export async function ask'],
    ['more is done in the handler', 'await sleep(1000);', 'await sleep(1000); count(error);'],
    ['another is called', 'return ask(', 'return other('],
    ['something else is handed on', 'ask(messages, attempt', 'ask(shorter(messages), attempt'],
  ])('refuses where %s', (_, from, to) => {
    expect(counting).toContain(from);
    expect(isProven(counting.replace(from, to), after.replace(from, to))).toBe(false);
  });
});

const event = (text: string, end: string | null = null): string => `data: ${JSON.stringify({ id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: text }, finish_reason: end }] })}\n\n`;
const answer = send(event('Grüße '), event('aus Köln'), event('', 'stop'), 'data: [DONE]\n\n');
const broken = reset(event('Grüße '));

describe('before and after, by running', () => {
  const runnable = (parameters: string, fail: readonly string[], { inside = WHOLE, call = 'ask([])' } = {}): string =>
    block("import OpenAI from 'openai';", 'export async function main(url, show) {', "  const client = new OpenAI({ apiKey: 'k', baseURL: url.replace('/chat/completions', ''), maxRetries: 0 });", `  async function ask(${parameters}) {`, '    try {', ...indent(inside, '      '), '    } catch (error) {', ...indent(fail, '      '), '    }', '  }', `  return ${call};`, '}');
  const up = runnable('messages, attempt = 0', ['if (attempt < 2) {', '  await sleep(1);', '  return ask(messages, attempt + 1);', '}', 'throw error;']);
  const down = runnable('messages, retries = 2, delay = 1', ['console.warn(`${retries} left`);', 'if (retries <= 0) throw error;', 'await sleep(delay);', 'return ask(messages, retries - 1, delay * 2);']);
  const said = runnable('messages, retries = 2', ['if (retries === 0) throw error;', 'return ask(messages, retries - 1);'], { call: 'ask([], 1)' });
  const none = runnable('messages, retries = 2', ['if (retries === 0) throw error;', 'return ask(messages, retries - 1);'], { call: 'ask([], 0)' });

  const run = async (text: string, answers: readonly Answer[]): Promise<unknown> => {
    const lines: string[] = [];
    const { error, ...rest } = await runProgram(text, answers, { OpenAI, console: { warn: (line: string) => lines.push(line) }, sleep: () => Promise.resolve() });
    return { ...rest, lines, failed: error !== null };
  };

  it.each([['counting up', up], ['counting down, aloud', down], ['as often as a caller says', said], ['never, as a caller says', none]])('%s, both ask as often, and give the same', async (_, before) => {
    const after = rewrite(before);
    for (const answers of [[answer], [refuse(503), answer], [broken, answer], [refuse(500), broken, answer], [refuse(500)], [broken]]) {
      expect(await run(after, answers)).toEqual(await run(before, answers));
    }
  });

  it('what was shown was shown twice, and throws now', async () => {
    const shows = runnable('messages, attempt = 0', ['if (attempt === 2) throw error;', 'await ask(messages, attempt + 1);'], { inside: [`for await (const chunk of await ${REQUEST})) {`, '  show(chunk.choices[0].delta.content);', '}'] });
    expect(await run(shows, [broken, answer])).toMatchObject({ shown: ['Grüße ', 'Grüße ', 'aus Köln', ''], failed: false });
    expect(await run(rewrite(shows), [broken, answer])).toMatchObject({ shown: ['Grüße '], requests: 1, failed: true });
  });
});
