import { describe, expect, it } from 'vitest';
import type { ErrorHandler } from '../../../../src/analysis/facts/stream-loop.ts';
import { FALSE_LOGGERS, LOGGERS } from '../loggers.ts';
import { loopIn, loopsIn, OPENAI } from '../loops-in.ts';

const open = 'const stream = await client.chat.completions.create({ model, messages, stream: true });';
const fill = `for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';`;
const handlerOf = (text: string): ErrorHandler | null => loopIn(OPENAI + text).coverage.iterating;
const inCatch = (handler: string, name = '(e)'): ErrorHandler | null =>
  handlerOf(
    `export async function ask() { let text = ''; let started = false; try { ${open} ${fill} } catch ${name} { ${handler} } return text; }`,
  );

describe('a catch rethrows', () => {
  it.each([
    ['the error', 'throw e;'],
    ['another in its place', `throw new Error('The answer was cut.', { cause: e });`],
    ['in one branch, and gives the text in another', 'if (isAbortError(e)) return text; throw e;'],
    ['after a line in the log', 'console.error(e); throw e;'],
  ])('%s', (_, handler) => {
    expect(inCatch(handler)?.reaction).toBe('rethrows');
  });
});

describe('a catch reports', () => {
  it.each([
    ['by a call', 'onError(e);'],
    ['by what it makes of the error', `const message = explain(e); res.write(JSON.stringify({ error: message }));`],
    ['by a promise that it rejects', 'reject(e);'],
    ['by a variable', 'failure = e;'],
    ['by what it gives', 'return { text, error: e };'],
    ['by a result that says so', 'return { text, ok: false };'],
    ['by null, which is no answer', 'console.error(e); return null;'],
    ['by the end of the process', 'console.error(e); process.exit(1);'],
    ['to somebody that gets word of it in a callee', `res.status(statusOf(e)).end();`],
  ])('%s', (_, handler) => {
    expect(inCatch(handler)?.reaction).toBe('reports');
  });

  it('by a yield', () => {
    expect(
      handlerOf(
        `async function* ask() { try { ${open} for await (const chunk of stream) yield chunk.id; } catch (e) { yield { type: 'error', message: String(e) }; } }`,
      )?.reaction,
    ).toBe('reports');
  });
});

describe('a catch gives what looks like an answer', () => {
  it.each([
    ['the text so far', 'return text;'],
    ['the text so far, in a result', 'return { text };'],
    ['the text so far, trimmed, after a line in the log', 'console.error(e); return text.trim();'],
    ['an empty text', `return '';`],
    ['an empty list', 'return [];'],
    ['the text so far, to a promise', 'clearTimeout(timer); resolve(text);'],
  ])('%s', (_, handler) => {
    expect(inCatch(handler)?.reaction).toBe('returns-answer');
  });
});

describe('a catch logs only', () => {
  it.each([
    ['to the console', 'console.error(e);'],
    ['to a logger', `this.logger.warn('stream failed', { error: e });`],
    ['to a logger, and puts things in order', 'logger.error(e); clearTimeout(timer); reader.releaseLock();'],
    ['where it is no abort', 'if (!isAbortError(e)) log.error(e.message);'],
    ['by a function of that name', 'logError(e);'],
    ['to stderr', 'process.stderr.write(String(e));'],
    [
      'a text that it makes of the error',
      'const message = e instanceof Error ? e.message : String(e); console.warn(message); return;',
    ],
  ])('%s', (_, handler) => {
    expect(inCatch(handler)?.reaction).toBe('logs');
  });

  it.each(LOGGERS)('by %s', (logger) => {
    expect(inCatch(`${logger}(e);`)?.reaction).toBe('logs');
  });

  it.each(FALSE_LOGGERS)('and not by %s, which reports the error', (call) => {
    expect(inCatch(`${call}(e);`)?.reaction).toBe('reports');
  });
});

it.each([
  ['nothing at all', ''],
  ['no more than it must', 'clearTimeout(timer); return;'],
])('a catch that does %s ignores the error', (_, handler) => {
  expect(inCatch(handler, '')?.reaction).toBe('ignores');
});

it.each([`showToast('Failed');`, 'failed = true;', `return 'Sorry.';`])(
  'what a catch means by %s is out of sight',
  (handler) => {
    expect(inCatch(handler, '')?.reaction).toBe('unknown');
  },
);

describe('the callback of a promise', () => {
  const main = (callback: string): ErrorHandler | null =>
    handlerOf(
      `async function main() { ${open} for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? ''); } main().catch(${callback});`,
    );

  it.each([
    ['logs', 'console.error'],
    ['logs', '(e) => console.error(e)'],
    ['logs', '(e) => { console.error(e); }'],
    ['ignores', '() => {}'],
    ['returns-answer', `() => ''`],
    ['reports', '(e) => { console.error(e); process.exitCode = 1; show(e); }'],
    ['reports', 'report'],
    ['rethrows', '(e) => { throw e; }'],
  ])('%s: %s', (reaction, callback) => {
    expect(main(callback)).toMatchObject({ kind: 'caller', reaction });
  });
});

describe('a handler asks the model again', () => {
  it.each([
    [
      'by the same call',
      'return (await client.chat.completions.create({ model, messages })).choices[0].message.content;',
    ],
    ['by another SDK', 'return await other.messages.create({ model, messages });'],
    ['by the function itself', 'return ask();'],
    [
      'by a function that the file has for it',
      'return await plain();\n}\nasync function plain() { return (await inner()).text; }\nasync function inner() { return client.chat.completions.create({ model }); }\nasync function more() {',
    ],
  ])('%s', (_, handler) => {
    const text = `async function ask() { let text = ''; try { ${open} ${fill} } catch { ${handler} } return text; }`;
    const before = handlerOf(text);
    expect(before?.secondRequest).not.toBeNull();
    expect(before?.reaction).toBe('requests-again');
  });

  it('by a generator with a loop of its own', () => {
    const [loop] = loopsIn(`${OPENAI}class Llm {
  async *ask() { try { ${open} for await (const chunk of stream) yield chunk.choices[0].delta.content; } catch { yield* this.raw(); } }
  async *raw() { yield* this.parse(await fetch('https://api.openai.com/v1/chat/completions', { body: JSON.stringify({ stream: true }) })); }
  async *parse(response) { const reader = response.body.getReader(); while (true) { const { done, value } = await reader.read(); if (done) return; yield JSON.parse(value).choices[0].delta.content; } }
}`);
    expect(loop?.coverage.iterating).toMatchObject({
      reaction: 'requests-again',
      secondRequest: { checksOutput: false },
    });
  });

  const attempts = (handler: string, before = '', after = 'return text;'): ErrorHandler | null =>
    handlerOf(
      `async function ask() { let text = ''; for (let attempt = 0; attempt < 3; attempt++) { ${before} try { ${open} ${fill} ${after} } catch (e) { ${handler} } } }`,
    );

  it.each([
    ['a continue', 'if (attempt < 2) continue; throw e;', 'rethrows'],
    ['the end of the handler', 'console.warn(e); await sleep(100);', 'requests-again'],
    ['the end of the handler in one branch', 'if (attempt === 2) throw e;', 'rethrows'],
  ])('in the next round, after %s', (_, handler, reaction) => {
    expect(attempts(handler)).toMatchObject({ reaction, secondRequest: { checksOutput: false } });
  });

  it.each([
    ['it leaves the attempts', 'throw e;', 'return text;'],
    ['a whole answer does not leave them either', 'console.error(e);', ''],
  ])('but not where %s', (_, handler, after) => {
    expect(attempts(handler, '', after)?.secondRequest).toBeNull();
  });

  it.each([
    ['a test of what was written', 'if (text) throw e;', ''],
    ['the text is set back in the handler', `text = '';`, ''],
    ['the text is set back before the attempt', 'await sleep(100);', `text = '';`],
  ])('and minds what went out: %s', (_, handler, before) => {
    expect(attempts(handler, before)?.secondRequest).toMatchObject({ checksOutput: true });
  });

  it('not where it only asks for a list', () => {
    expect(inCatch('await client.models.list();')?.secondRequest).toBeNull();
  });
});
