import { describe, expect, it } from 'vitest';
import OpenAI from 'openai';
import { proveRewrite } from '../../codemods/proof.ts';
import { codemod } from '../../codemods/replace-manual-retry.ts';
import { cut, refuse, reset, runProgram, send } from './running.ts';
import { findReasons, rewriteTwice } from './twice.ts';

const rewrite = (before: string, path = 'file.mjs'): string => rewriteTwice(before, path, {}, codemod);
const reasons = (before: string): string[] => findReasons(before, 'file.mjs', codemod);
const block = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const HEAD = ["import OpenAI from 'openai';", '', 'const client = new OpenAI();'];
const HEAD_AFTER = (names: string): string[] => ["import OpenAI from 'openai';", `import { ${names} } from 'resilient-stream';`, '', 'const client = new OpenAI();'];
const REQUEST = "client.chat.completions.create({ model: 'gpt-5', messages, stream: true }";
const LOOP = ['for await (const chunk of stream) {', "  text += chunk.choices[0]?.delta?.content ?? '';", '}'];
const FAIL = ['if (attempt === 2) throw error;', 'await sleep(1000);'];

interface Attempt {
  readonly head?: string;
  readonly before?: readonly string[];
  readonly inside?: readonly string[];
  readonly fail?: readonly string[];
  readonly behind?: readonly string[];
  readonly around?: readonly string[];
  readonly handler?: string;
}

const attempts = ({ head = 'for (let attempt = 0; attempt < 3; attempt++)', before = [], inside = ["let text = '';", `const stream = await ${REQUEST});`, ...LOOP, 'return text;'], fail = FAIL, behind = [], around = [], handler = 'catch (error)' }: Attempt): string =>
  block(...HEAD, 'export async function ask(messages) {', ...around.map((line) => `  ${line}`), `  ${head} {`, ...before.map((line) => `    ${line}`), '    try {', ...inside.map((line) => `      ${line}`), `    } ${handler} {`, ...fail.map((line) => `      ${line}`), '    }', '  }', ...behind.map((line) => `  ${line}`), '}');
const once = (options: string, { recover = true, lead = ["let text = '';"], last = ['return text;'] } = {}): string =>
  block(
    ...HEAD_AFTER(recover ? 'resilientStream, restart' : 'resilientStream'),
    'export async function ask(messages) {',
    ...lead.map((line) => `  ${line}`),
    `  const stream = await resilientStream(({ signal }) => ${REQUEST}, { signal, maxRetries: 0 }), { ${options}${recover ? `, recover: restart(() => { text = ''; })` : ''} });`,
    ...LOOP.map((line) => `  ${line}`),
    ...last.map((line) => `  ${line}`),
    '}',
  );

describe('the examples of the codemod', () => {
  it.each(codemod.examples.map(({ before, after }) => [before, after]))('become what they say', (before, after) => expect(rewrite(before)).toBe(after));
});

it('attempts that have a limit each are left: the helper’s would end all of them', () => {
  const limited = attempts({ inside: ["let text = '';", `const stream = await ${REQUEST}, { signal: AbortSignal.timeout(30_000) });`, ...LOOP, 'return text;'] });
  expect(reasons(limited)).toEqual([expect.stringMatching(/^Each attempt has a limit of its own/)]);
});

describe('attempts become options', () => {
  it.each<readonly [string, Attempt, string]>([
    ['that count from nothing', {}, 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }'],
    ['that wait twice as long each time', { fail: ['if (attempt >= 2) throw error;', 'await sleep(500 * 2 ** attempt);'] }, 'maxRetries: 2, backoff: { initialMs: 500 }'],
    ['that wait three times as long', { fail: ['if (attempt === 2) throw error;', 'await sleep(Math.pow(3, attempt) * 100);'] }, 'maxRetries: 2, backoff: { initialMs: 100, factor: 3 }'],
    ['that wait no longer than a while', { head: 'for (let attempt = 0; attempt < 5; attempt++)', fail: ['if (attempt === 4) throw error;', 'await sleep(Math.min(1000 * 2 ** attempt, 5000));'] }, 'maxRetries: 4, backoff: { initialMs: 1_000, maxMs: 5_000 }'],
    ['that add what chance says', { fail: ['if (attempt === 2) throw error;', 'await sleep(1000 * 2 ** attempt + Math.random() * 250);'] }, 'maxRetries: 2, backoff: { initialMs: 1_000 }'],
    ['that wait as long as a constant of their own', { fail: ['if (attempt === 2) throw error;', 'const pause = 500;', 'await sleep(pause);'] }, 'maxRetries: 2, backoff: { initialMs: 500, factor: 1 }'],
    ['that do not wait', { fail: ['if (attempt === 2) throw error;'] }, 'maxRetries: 2, backoff: { initialMs: 0 }'],
    ['of errors that may pass', { fail: ['if (attempt === 2 || !isTransient(error)) throw error;', 'await sleep(1000);'] }, 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }, isRetryable: (error) => isTransient(error)'],
    ['of errors of one kind', { fail: ['if (error.status !== 429) throw error;', ...FAIL] }, 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }, isRetryable: (error) => error.status === 429'],
    ['that go on where they may', { fail: ['if (attempt < 2 && error.status === 429) {', '  await sleep(1000);', '  continue;', '}', 'throw error;'] }, 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }, isRetryable: (error) => error.status === 429'],
    ['that keep the error', { around: ['let last;'], fail: ['last = error;', 'await sleep(1000);'], behind: ['throw last;'] }, 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }'],
    ['that count in a variable', { around: ['let attempt = 0;'], head: 'while (true)', fail: ['if (++attempt > 2) throw error;', 'await sleep(1000);'] }, 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }'],
    ['that count down', { around: ['let left = 2;'], head: 'for (;;)', fail: ['if (left-- <= 0) throw error;', 'await sleep(1000);'] }, 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }'],
    ['that count down from what the caller says', { around: ['let left = messages.retries ?? 2;'], head: 'for (;;)', fail: ['if (left-- <= 0) throw error;', 'await sleep(1000);'] }, 'maxRetries: messages.retries ?? 2, backoff: { initialMs: 1_000, factor: 1 }'],
    ['that count before each', { around: ['let attempt = 0;'], head: 'while (attempt < 3)', before: ['attempt++;'], fail: ['if (attempt === 3) throw error;', 'await sleep(1000);'] }, 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }'],
    ['as many as the caller says, or else some', { head: 'for (let attempt = 1; attempt <= (messages.attempts ?? 4); attempt++)', fail: ['if (attempt === (messages.attempts ?? 4)) throw error;', 'await sleep(1000);'] }, 'maxRetries: (messages.attempts ?? 4) - 1, backoff: { initialMs: 1_000, factor: 1 }'],
    ['as many as the caller says', { head: 'for (let attempt = 0; attempt <= messages.retries; attempt++)', fail: ['if (attempt === messages.retries) throw error;', 'await sleep(1000);'] }, 'maxRetries: messages.retries, backoff: { initialMs: 1_000, factor: 1 }'],
  ])('%s', (_, parts, options) => expect(rewrite(attempts(parts))).toBe(once(options)));

  it('with what is set back before each of them', () => {
    const parts = { around: ["let text = '';"], inside: ["text = '';", `const stream = await ${REQUEST});`, ...LOOP, 'break;'], behind: ['return text;'] };
    expect(rewrite(attempts(parts))).toBe(once('maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }', { lead: ["let text = '';", "text = '';"] }));
  });

  it('with the waits of a function of this file', () => {
    const sleep = (body: string): string => `const sleep = (ms) => ${body};\n`;
    expect(rewrite(attempts({}) + sleep('new Promise((resolve) => setTimeout(resolve, ms))'))).toContain('backoff: { initialMs: 1_000, factor: 1 }');
    expect(reasons(attempts({}) + sleep('new Promise((resolve) => setTimeout(resolve, ms * 7))'))).toEqual([expect.stringContaining('more is done than to count and to wait')]);
  });

  it('in a CommonJS module, without an empty line between its imports and the rest', () => {
    const before = attempts({}).replace("import OpenAI from 'openai';\n\n", "const OpenAI = require('openai');\n").replace('export ', '');
    const after = once('maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }').replace("import OpenAI from 'openai';\nimport { resilientStream, restart } from 'resilient-stream';\n\n", "const OpenAI = require('openai');\nconst { resilientStream, restart } = require('resilient-stream');\n").replace('export ', '');
    expect(rewrite(before, 'file.cjs')).toBe(after);
  });

  it('with comments and templates as they were', () => {
    const inside = ["let text = '';", '// The request.', `const stream = await ${REQUEST.replace("'gpt-5'", '`\n  gpt\n`')});`, ...LOOP, 'return text; // All of it.'];
    const after = rewrite(attempts({ inside, fail: ['// Once more.', ...FAIL] }));
    expect(after).toContain('\n  // The request.\n  const stream');
    expect(after).toContain('model: `\n  gpt\n`');
    expect(after).toContain('  return text; // All of it.\n}\n');
    expect(after).not.toContain('Once more');
  });
});

describe('a person is asked how to take back what was shown', () => {
  const MARKER = '  // TODO(resilient-stream): a failure behind the first chunk ends this now, where the program began anew and showed the text twice. Say how to take back what was shown, by the option `recover: restart(undo)`, or let the error through.';
  it.each([
    ['what is written', [`const stream = await ${REQUEST});`, 'for await (const chunk of stream) {', '  process.stdout.write(chunk.choices[0].delta.content);', '}', 'return;'], []],
    ['what is added to the text of the attempt before', [`const stream = await ${REQUEST});`, ...LOOP, 'return text;'], ["let text = '';"]],
  ])('%s', (_, inside, around) => {
    const after = rewrite(attempts({ inside, around }));
    expect(after).toContain(`${MARKER}\n  const stream = await resilientStream(`);
    expect(after).not.toContain('restart(()');
    expect(after.split('TODO').length).toBe(2);
  });
});

describe('what is logged of failed attempts goes to the events', () => {
  const options = 'maxRetries: 2, backoff: { initialMs: 1_000, factor: 1 }';
  const when = (types: readonly string[], line: string): string => `if (${types.map((type) => `event.type === '${type}'`).join(' || ')}) ${line}`;

  it.each<readonly [string, Attempt, string]>([
    ['each failure', { fail: ['console.warn(error);', ...FAIL] }, when(['retry', 'fail'], 'console.warn(event.error)')],
    ['another attempt', { fail: ['if (attempt === 2) throw error;', 'logger.info("again", { attempt, error: error.message });', 'await sleep(1000);'] }, when(['retry'], 'logger.info("again", { attempt: event.attempt - 1, error: event.error.message })')],
    ['the last failure', { fail: ['if (attempt === 2) {', '  console.error("gone", error);', '  throw error;', '}', 'await sleep(1000);'] }, when(['fail'], 'console.error("gone", event.error)')],
    ['the number from 1', { fail: ['console.warn(`Attempt ${attempt + 1} of 3 failed: ${error}`);', ...FAIL] }, when(['retry', 'fail'], 'console.warn(`Attempt ${event.attempt} of 3 failed: ${event.error}`)')],
    ['the wait', { fail: ['if (attempt === 2) throw error;', 'const delay = 1000;', 'console.warn(`Again in ${delay / 1000} s`);', 'await sleep(delay);'] }, when(['retry'], 'console.warn(`Again in ${event.delayMs / 1000} s`)')],
    ['of both kinds', { fail: ['console.warn(error);', 'if (attempt === 2) throw error;', 'console.log(attempt);', 'await sleep(1000);'] }, `${when(['retry', 'fail'], 'console.warn(event.error)')}; ${when(['retry'], 'console.log(event.attempt - 1)')}`],
  ])('%s', (_, attempt, expected) => {
    expect(rewrite(attempts(attempt))).toBe(once(`${options}, onEvent: (event) => { ${expected}; }`));
  });

  it('by another name where the line has that one', () => {
    expect(rewrite(attempts({ fail: ['console.warn(event, error);', ...FAIL] }))).toContain("onEvent: (streamEvent) => { if (streamEvent.type === 'retry' || streamEvent.type === 'fail') console.warn(event, streamEvent.error); }");
  });

  it('in TypeScript with what is known of a caught value', () => {
    const typed = (fail: string): string => attempts({ fail: [fail, ...FAIL], handler: 'catch (error: unknown)' });
    expect(rewriteTwice(typed('console.warn(error instanceof Error ? error.message : error);'), 'file.mts', {}, codemod)).toContain('console.warn(event.error instanceof Error ? event.error.message : event.error)');
    expect(findReasons(attempts({ fail: ['console.warn(error.message);', ...FAIL], handler: 'catch (error: any)' }), 'file.mts', codemod)).toEqual([expect.stringMatching(/Each failure is logged/)]);
  });

  it('and is written as often as before', async () => {
    const program = attempts({ fail: ['console.warn(`Attempt ${attempt + 1} failed`);', 'if (attempt === 2) throw error;', 'console.log(`Again after ${attempt + 1}`);', 'await sleep(1);'] })
      .replace('const client = new OpenAI();\nexport async function ask(messages) {', 'async function main(url, show) {\n  const messages = [];\n  const client = new OpenAI({ apiKey: "key", baseURL: url.replace("/chat/completions", ""), maxRetries: 0 });');
    for (const answers of [[refuse(500)], [refuse(500), refuse(503), send(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }] })}\n\n`)]]) {
      const run = async (text: string): Promise<{ lines: string[]; requests: number; result: unknown }> => {
        const lines: string[] = [];
        const logger = { warn: (line: string) => lines.push(line), log: (line: string) => lines.push(line) };
        const { requests, result } = await runProgram(text, answers, { OpenAI, console: logger, sleep: () => Promise.resolve() });
        return { lines, requests, result };
      };
      expect(await run(rewrite(program))).toEqual(await run(program));
    }
  });
});

describe('attempts are left to a person', () => {
  it.each<readonly [string, string, RegExp]>([
    ['that log how much time has passed', attempts({ inside: ["let text = '';", 'const start = Date.now();', `const stream = await ${REQUEST});`, ...LOOP, 'return text;'], around: ['let start;'], fail: ['start = 1;', 'console.warn(start);', ...FAIL] }), /`start` is|Each failure is logged \(`console\.warn\(start\);`\)/],
    ['that log before each attempt', attempts({ before: ['console.log(`Attempt ${attempt}`);'] }), /Each failure is logged \(`console\.log\('Attempt \$\{attempt\}'\);`\)/],
    ['that log every other failure', attempts({ head: 'for (let attempt = 0; attempt < 5; attempt++)', fail: ['if (attempt === 4) throw error;', 'if (attempt > 1) console.warn(error);', 'await sleep(1000);'] }), /Each failure is logged/],
    ['that log what goes on', attempts({ fail: ['console.warn(await describe(error));', ...FAIL] }), /Each failure is logged/],
    ['that ask another model', attempts({ fail: ['fallBack();', ...FAIL] }), /more is done than to count and to wait \(`fallBack\(\)`\)/],
    ['that throw another error', attempts({ fail: ["if (attempt === 2) throw new Error('failed');", 'await sleep(1);'] }), /more is done/],
    ['that give an empty answer in the end', attempts({ fail: ["if (attempt === 2) return '';", 'await sleep(1);'] }), /more is done/],
    ['that wait a second longer each time', attempts({ head: 'for (let attempt = 0; attempt < 6; attempt++)', fail: ['if (attempt === 5) throw error;', 'await sleep(1000 * (attempt + 1));'] }), /no multiples of the first/],
    ['that wait a second longer each time, as often as the caller says', attempts({ head: 'for (let attempt = 0; attempt <= messages.retries; attempt++)', fail: ['if (attempt === messages.retries) throw error;', 'await sleep(1000 * (attempt + 1));'] }), /no multiples of the first/],
    ['that are never come to', attempts({ head: 'for (let attempt = 0; attempt < 3; )', before: ['if (attempt < 10) continue;'] }), /more is done/],
    ['that wait as long as a constant made of itself', attempts({ around: ['const PAUSE = PAUSE * 2;'], fail: ['if (attempt === 2) throw error;', 'await sleep(PAUSE);'] }), /more is done/],
    ['that have no end', attempts({ head: 'while (true)', fail: ['await sleep(1000);'] }), /more is done|not in sight/],
    ['that parse the answer', attempts({ inside: ["let text = '';", `const stream = await ${REQUEST});`, ...LOOP, 'return JSON.parse(text);'] }), /may fail and is tried again too \(`return JSON\.parse\(text\);`\)/],
    ['that throw in the loop', attempts({ inside: ["let text = '';", `const stream = await ${REQUEST});`, 'for await (const chunk of stream) {', "  if (chunk.error) throw new Error('x');", '}', 'return text;'] }), /asks for another attempt by itself/],
    ['that take an empty answer for a failure', attempts({ inside: ["let text = '';", `const stream = await ${REQUEST});`, ...LOOP, "if (text === '') continue;", 'return text;'] }), /asks for another attempt by itself/],
    ['whose number is asked for', attempts({ inside: ["let text = '';", `const stream = await ${REQUEST.replace('messages', 'messages, seed: attempt')});`, ...LOOP, 'return text;'] }), /`attempt` is used for more|not each is the same/],
    ['with a name that is taken', attempts({ behind: ['return text;'], around: [] }).replace('export', 'const text = 1;\nexport'), /`text` is the name of another variable/],
    ['whose errors are told by their number', attempts({ fail: ['if (attempt === 2 || !mayPass(error, attempt)) throw error;', 'await sleep(1000);'] }), /Errors are told apart in more than one way \(`mayPass\(error, attempt\)`\)/],
    ['whose errors are told by a constant of their own', attempts({ fail: ['const least = 500;', 'if (error.status < least) throw error;', ...FAIL] }), /Errors are told apart in more than one way \(`error\.status < least`\)/],
    ['that end where something was shown', attempts({ around: ['let shown = false;'], inside: [`const stream = await ${REQUEST});`, 'for await (const chunk of stream) {', '  shown = true;', '}', 'return;'], fail: ['if (shown) throw error;', ...FAIL] }), /more is done than to count and to wait \(`shown`\)/],
    ['counted for all calls', attempts({ head: 'while (true)', fail: ['if (++failures > 2) throw error;', 'await sleep(1000);'] }).replace('export', 'let failures = 0;\nexport'), /`failures` is used for more than the attempts/],
  ])('%s', (_, before, reason) => expect(reasons(before)).toEqual([expect.stringMatching(reason)]));
});

describe('the proof', () => {
  const before = attempts({ fail: ['if (error.status !== 429) throw error;', ...FAIL] });
  const after = rewrite(before);
  const prove = (text: string): boolean => proveRewrite(codemod, 'file.mjs', before, text).ok;
  it('accepts the rewritten attempts', () => expect(prove(after)).toBe(true));
  it.each([
    ['another number of attempts', 'maxRetries: 2', 'maxRetries: 20'],
    ['another question', 'error.status === 429', 'error.status === 400'],
    ['another option', 'factor: 1', 'other: 1'],
    ['a statement that is gone', '  return text;\n', ''],
    ['another request', 'gpt-5', 'gpt-4'],
    ['the retries of the SDK', 'maxRetries: 0', 'maxRetries: 1'],
    ['what is done with a chunk', "?? '';\n", "?? ' ';\n"],
    ['another undo', "{ text = ''; }", "{ text = 'x'; }"],
  ])('refuses %s', (_, from, to) => {
    expect(after).toContain(from);
    expect(prove(after.replace(from, to))).toBe(false);
  });

  it('refuses to lose or to change a line that was logged', () => {
    const logged = before.replace('await sleep(1000);', "console.warn('again', error); await sleep(1000);");
    const told = rewrite(logged);
    const isProven = (text: string): boolean => proveRewrite(codemod, 'file.mjs', logged, text).ok;
    expect(told).toContain("onEvent: (event) => { if (event.type === 'retry') console.warn('again', event.error); }");
    expect([told, after, told.replace("'again'", "'once more'"), told.replace('console.warn(', 'console.log('), told.replace("'again', event.error", "'again'"), told.replace(" console.warn('again', event.error)", ' drop()')].map(isProven)).toEqual([true, false, false, false, false, false]);
  });

  it('refuses to lose what a handler did beside', () => {
    const counted = before.replace('await sleep(1000);', 'count(error); await sleep(1000);');
    expect(proveRewrite(codemod, 'file.mjs', counted, after).ok).toBe(false);
  });
});

const event = (text: string, end: string | null = null): string => `data: ${JSON.stringify({ id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: text }, finish_reason: end }] })}\n\n`;
const whole = [event('Grüße '), event('aus Köln'), event('', 'stop'), 'data: [DONE]\n\n'];

describe('before and after, by running', () => {
  const program = (inside: readonly string[]): string =>
    block("import OpenAI from 'openai';", 'export async function main(url, show) {', "  const client = new OpenAI({ apiKey: 'k', baseURL: url.replace('/chat/completions', ''), maxRetries: 0 });", '  const messages = [];', '  for (let attempt = 0; attempt < 3; attempt++) {', '    try {', ...inside.map((line) => `      ${line}`), '    } catch (error) {', '      if (attempt === 2) throw error;', '      await sleep(1);', '    }', '  }', '}');
  const collects = program(["let text = '';", `const stream = await ${REQUEST});`, ...LOOP, 'return text;']);
  const shows = program([`const stream = await ${REQUEST});`, 'for await (const chunk of stream) {', '  show(chunk.choices[0].delta.content);', '}', 'return;']);
  const globals = { OpenAI, sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) };
  const run = (text: string, ...answers: Parameters<typeof runProgram>[1][]): ReturnType<typeof runProgram> => runProgram(text, answers.flat(), globals);

  it.each([['collects', collects], ['shows', shows]])('a program that %s a whole answer does so with one request', async (_, before) => {
    const [old, now] = [await run(before, [send(...whole)]), await run(rewrite(before), [send(...whole)])];
    expect(now).toEqual(old);
    expect(now).toMatchObject({ error: null, requests: 1 });
  });

  it('a refusal that may pass is tried again by both', async () => {
    const answers = [refuse(503), send(...whole)];
    for (const text of [collects, rewrite(collects)]) expect(await run(text, answers)).toMatchObject({ result: 'Grüße aus Köln', requests: 2, error: null });
  });

  it('a connection that breaks behind the first chunk: what is collected is collected anew by both', async () => {
    const answers = [reset(event('Grüße ')), send(...whole)];
    for (const text of [collects, rewrite(collects)]) expect(await run(text, answers)).toMatchObject({ result: 'Grüße aus Köln', requests: 2, error: null });
  });

  it('a cut answer passed for a whole one, and is asked for again now', async () => {
    const answers = [cut(event('Grüße ')), send(...whole)];
    expect(await run(collects, answers)).toMatchObject({ result: 'Grüße ', requests: 1 });
    expect(await run(rewrite(collects), answers)).toMatchObject({ result: 'Grüße aus Köln', requests: 2, error: null });
  });

  it('what was shown was shown twice, and throws now', async () => {
    const answers = [reset(event('Grüße ')), send(...whole)];
    expect((await run(shows, answers)).shown.join('')).toBe('Grüße Grüße aus Köln');
    expect(await run(rewrite(shows), answers)).toMatchObject({ shown: ['Grüße '], requests: 1, error: { name: 'StreamingError', partial: { text: 'Grüße ' } } });
  });
});
