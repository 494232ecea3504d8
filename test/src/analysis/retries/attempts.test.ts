import { describe, expect, it } from 'vitest';
import type { Attempts } from '../../../../src/analysis/facts/stream-loop.ts';
import { FALSE_LOGGERS, LOGGERS } from '../loggers.ts';
import { loopIn, OPENAI } from '../loops-in.ts';

const open = 'await client.chat.completions.create({ model, messages, stream: true })';
const read = `for await (const chunk of ${open}) show(chunk.id);`;
const inAsync = (body: string): string => `${OPENAI}async function ask(model, messages, attempt = 0) {\n${body}\n}`;
const attemptsIn = (body: string): Attempts | null => loopIn(inAsync(body)).retriedBy;

/** 'while, no cap, no delay' */
const summary = (body: string): string => {
  const attempts = attemptsIn(body);
  return attempts ? `${attempts.cap ? 'cap' : 'no cap'}, ${attempts.delay ? 'delay' : 'no delay'}` : 'none';
};

describe('attempts', () => {
  it.each([
    [
      'a while around the loop',
      `while (true) { try { ${read} return; } catch (error) { console.error(error); } }`,
      'WhileStatement',
      'CatchClause',
    ],
    [
      'a for without a head',
      `for (;;) { try { ${read} return; } catch (error) { continue; } }`,
      'ForStatement',
      'ContinueStatement',
    ],
    ['a do', `do { try { ${read} return; } catch (error) {} } while (true);`, 'DoWhileStatement', 'CatchClause'],
    [
      'a loop around the call alone',
      `let stream; while (!stream) { try { stream = ${open}; } catch (error) {} } for await (const chunk of stream) show(chunk.id);`,
      'WhileStatement',
      'CatchClause',
    ],
    [
      'a function that calls itself',
      `try { ${read} } catch (error) { return ask(model, messages, attempt + 1); }`,
      'FunctionDeclaration',
      'CallExpression',
    ],
    [
      'a way out behind the try',
      `while (true) { let failed = false; try { ${read} } catch { failed = true; } if (failed) continue; return; }`,
      'WhileStatement',
      'CatchClause',
    ],
    [
      'a label',
      `again: while (true) { try { ${read} break again; } catch { continue again; } }`,
      'WhileStatement',
      'ContinueStatement',
    ],
    [
      'some answers alone that leave the loop',
      `while (true) { try { let calls = 0; ${read} if (calls === 0) break; } catch (error) { continue; } }`,
      'WhileStatement',
      'ContinueStatement',
    ],
  ])('are found in %s', (_, body, node, next) => {
    expect(attemptsIn(body)).toMatchObject({ node: { type: node }, next: { type: next } });
  });

  it.each([
    ['the handler throws', `while (true) { try { ${read} return; } catch (error) { throw error; } }`],
    ['the handler leaves', `while (true) { try { ${read} return; } catch (error) { break; } }`],
    ['what follows the try leaves', `while (true) { try { ${read} } catch (error) { report(error); } return; }`],
    ['a whole answer goes round too', `while (true) { try { ${read} } catch (error) { console.error(error); } }`],
    [
      'each round is about another question',
      `for (const question of messages) { try { ${read} } catch (error) { console.error(error); } }`,
    ],
    [
      'each round is a step, which the last one leaves',
      `for (const step of messages) { try { ${read} if (step.last) break; } catch (error) { console.error(error); } }`,
    ],
    [
      'each round is a step that adds to the prompt',
      `while (true) { try { let calls = 0; ${read} if (calls === 0) break; messages.push(calls); } catch (error) { continue; } }`,
    ],
    [
      'each round waits for the user first',
      `while (true) { const line = await prompt(); try { ${read} if (line === 'bye') break; } catch (error) { console.error(error); } }`,
    ],
    [
      'the function calls itself behind a whole answer',
      `try { ${read} return ask(model, messages); } catch (error) { report(error); }`,
    ],
    ['there is no handler', `while (true) { ${read} return; }`],
    [
      'the loop is in a function of its own',
      `while (true) { try { await (async () => { ${read} })(); return; } catch (error) {} }`,
    ],
  ])('are not where %s', (_, body) => {
    expect(attemptsIn(body)).toBeNull();
  });

  it.each([
    ['the same', `while (true) { try { ${read} return; } catch (error) { attempt++; } }`, true],
    ['the same, counted', `try { ${read} } catch (error) { return ask(model, messages, attempt + 1); }`, true],
    [
      'other models',
      `for (const model of models) { try { ${read} return; } catch (error) { console.error(error); } }`,
      false,
    ],
    [
      'other models by number',
      `for (let i = 0; i < models.length; i++) { const model = models[i]; try { ${read} return; } catch (error) { console.error(error); } }`,
      false,
    ],
    ['a shorter prompt', `while (true) { try { ${read} return; } catch (error) { messages.pop(); } }`, false],
    ['another order', `while (true) { try { ${read} return; } catch (error) { messages.reverse(); } }`, false],
    [
      'the same, after a pause from a list',
      `for (let i = 0; ; i++) { try { ${read} return; } catch (error) { await wait(pauses[i]); } }`,
      true,
    ],
    [
      'a model that the handler takes',
      `while (true) { try { ${read} return; } catch (error) { model = 'small'; } }`,
      false,
    ],
    [
      'what the function calls itself with',
      `try { ${read} } catch (error) { return ask(smaller(model), messages); }`,
      false,
    ],
  ])('ask for %s', (_, body, same) => {
    expect(attemptsIn(body)?.repeatsRequest).toBe(same);
  });
});

describe('a cap', () => {
  const retried = (handler: string, head = 'while (true)', before = '', after = ''): string =>
    `${before} ${head} { try { ${read} return; } catch (error) { ${handler} } ${after} }`;

  it.each([
    ['a count in the head', retried('', 'for (let i = 0; i < 3; i++)')],
    ['a count down in the head', retried('', 'while (left-- > 0)', 'let left = 3;')],
    ['a count in the handler', retried('if (++tries >= 3) throw error;', undefined, 'let tries = 0;')],
    [
      'a count behind the try',
      retried('last = error;', undefined, 'let last, tries = 0;', 'if (++tries >= 3) throw last;'),
    ],
    [
      'a count that the way on depends on',
      retried('if (tries < 3) { tries++; continue; } throw error;', undefined, 'let tries = 0;'),
    ],
    ['a flag', retried('if (again) throw error; again = true;', undefined, 'let again = false;')],
    ['a clock', retried('if (Date.now() - start > 60_000) throw error;', undefined, 'const start = Date.now();')],
    ['a count of the object', retried('if (this.tries++ > 3) throw error;')],
    [
      'a count that a function looks at',
      retried('if (!mayRetry(error, tries++)) throw error;', undefined, 'let tries = 0;'),
    ],
    [
      'a flag in the head that the handler sets',
      retried('if (error.code) done = true;', 'while (!done)', 'let done = false;'),
    ],
    ['an abort', retried('if (signal.aborted) throw error;')],
    ['a signal in the head', retried('', 'while (!signal.aborted)')],
    ['a function that may throw', retried('await budget.spend(error);')],
    [
      'a parameter that goes up',
      `try { ${read} } catch (error) { if (attempt > 3) throw error; return ask(model, messages, attempt + 1); }`,
    ],
    [
      'a parameter that a condition looks at',
      `try { ${read} } catch (error) { return attempt < 3 ? ask(model, messages, attempt + 1) : null; }`,
    ],
    [
      'a parameter at the start',
      `if (attempt > 3) return; try { ${read} } catch (error) { return ask(model, messages, attempt + 1); }`,
    ],
  ])('is seen in %s', (_, body) => {
    expect(summary(body)).toMatch(/^cap,/);
  });

  it.each([
    ['a test of the error', retried('if (error.status !== 429) throw error;')],
    ['a class of the error', retried('if (!(error instanceof OpenAI.RateLimitError)) throw error;')],
    ['a function of the error', retried('if (!isRetryable(error)) throw error;')],
    ['a method that is asked about the error', retried('if (!this.isRetryable(error)) throw error;')],
    ['a name for what the error says', retried('const { status } = error; if (status < 500) throw error;')],
    ['the error behind the try', retried('last = error;', undefined, 'let last;', 'if (isFatal(last)) throw last;')],
    [
      'a flag that only an answer sets',
      `let done = false; while (!done) { try { ${read} done = true; } catch (error) {} }`,
    ],
    [
      'a response that is thrown into the handler',
      `while (true) { try { const first = ${open}; if (!first) throw new Error(first.id); for await (const chunk of first) show(chunk.id); return; } catch (error) {} }`,
    ],
    [
      'a parameter that is passed on',
      `try { ${read} } catch (error) { if (!model) throw error; return ask(model, messages); }`,
    ],
    ['a log line and a pause', retried('console.warn(error); await sleep(1000);')],
  ])('is not seen in %s', (_, body) => {
    expect(summary(body)).toMatch(/^no cap,/);
  });

  it.each(LOGGERS)('is not seen in a log line by %s', (logger) => {
    expect(summary(retried(`${logger}(error);`))).toBe('no cap, no delay');
  });

  it.each(FALSE_LOGGERS)('may be in %s, which is no logger', (call) => {
    expect(summary(retried(`${call}(error);`))).toBe('cap, no delay');
  });
});

describe('a delay', () => {
  it.each([
    ['a pause in the handler', `while (true) { try { ${read} return; } catch (error) { await sleep(1000); } }`],
    [
      'a promise of a timer',
      `while (true) { try { ${read} return; } catch (error) { await new Promise((resolve) => setTimeout(resolve, 1000)); } }`,
    ],
    [
      'a pause behind the try',
      `while (true) { try { ${read} return; } catch (error) { tries++; } await pause(tries); }`,
    ],
    [
      'a pause before the try',
      `for (let i = 0; i < 3; i++) { if (i > 0) await backoff(i); try { ${read} return; } catch (error) {} }`,
    ],
    [
      'a pause in the try',
      `for (let i = 0; i < 3; i++) { try { if (i > 0) await backoff(i); ${read} return; } catch (error) {} }`,
    ],
    [
      'a pause in the head',
      `for (let i = 0; i < 3; i++, await sleep(100)) { try { ${read} return; } catch (error) {} }`,
    ],
    [
      'a timer that calls the function',
      `try { ${read} } catch (error) { setTimeout(() => ask(model, messages), 1000); }`,
    ],
    [
      'a wait for something out of sight',
      `while (true) { try { ${read} return; } catch (error) { await refresh(error); } }`,
    ],
  ])('is seen in %s', (_, body) => {
    expect(summary(body)).toMatch(/, delay$/);
  });

  it.each([
    [
      'in a wait for the answer',
      `for (let i = 0; i < 3; i++) { try { ${read} return; } catch (error) { console.error(error); } }`,
    ],
    ['in the next attempt', `try { ${read} } catch (error) { await ask(model, messages, attempt + 1); }`],
  ])('is not seen %s', (_, body) => {
    expect(summary(body)).toMatch(/, no delay$/);
  });
});
