import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const loop = (signal = 'signal'): string =>
  `for await (const chunk of await client.chat.completions.create({ stream: true }, { signal${signal === 'signal' ? '' : `: ${signal}`} })) show(chunk);`;
const ask = (body: string, before = ''): string =>
  `import OpenAI from 'openai';
const client = new OpenAI();
export async function ask(signal, show) {
  ${before}
  ${body}
}
`;
const quietly =
  'After an abort this loop ends quietly and the program goes on, while the helper throws the reason; catch that around the loop, then run this again.';

describe('a loop that ends quietly when its signal is aborted', () => {
  it.each([
    ['the program goes on', ask(`${loop()}\n  return done();`)],
    ['its function goes on behind a block', ask(`if (show) { ${loop()} }\n  save();`)],
    ['another round follows', ask(`for (const round of rounds) { ${loop()} }`)],
    ['a generator goes on', ask(`${loop()}\n  yield 'end';`).replace('function', 'function*')],
    [
      'nobody hears of the error',
      `import OpenAI from 'openai';
const client = new OpenAI();
server.on('request', async (request) => { ${loop('request.signal')} });
`,
    ],
    [
      'the program looks at the signal, and goes on',
      ask(`${loop()}\n  if (signal.aborted) return null;\n  return done();`),
    ],
    [
      'somebody else’s signal is in a limit',
      ask(`${loop('AbortSignal.any([signal, AbortSignal.timeout(5)])')}\n  return done();`),
    ],
  ])('is left where %s', (_, text) => expect(findReasons(text, 'file.js')).toEqual([quietly]));

  it.each([
    ['its errors are caught', ask(`try { ${loop()} } catch (error) { report(error); }\n  return done();`)],
    ['nothing follows', ask(loop())],
    ['but a finally follows', ask(`try { ${loop()} } finally { close(); }`)],
    ['the program throws by itself', ask(`${loop()}\n  signal.throwIfAborted();\n  return done();`)],
    [
      'the program throws an error of its own',
      ask(`${loop()}\n  if (signal.aborted) { throw new Error('stopped'); }\n  return done();`),
    ],
    ['the signal is but a limit', ask(`${loop('AbortSignal.timeout(5)')}\n  return done();`)],
    [
      'the signal is but a limit with a name',
      ask(`${loop()}\n  return done();`, 'signal = null; const x = 1;')
        .replace('(signal, show)', '(show)')
        .replace('signal = null; const x = 1;', 'const signal = AbortSignal.timeout(5);'),
    ],
    [
      'the SDK throws by itself',
      ask(`${loop()}\n  return done();`)
        .replace('completions.create', 'completions.stream')
        .replace('await client', 'client'),
    ],
  ])('is wrapped where %s', (_, text) => expect(rewriteTwice(text, 'file.js')).toContain('resilientStream('));
});

describe('an abort that a handler knows by the SDK’s own error', () => {
  const named = (name: string): string =>
    `An abort is known here by \`${name}\`, and the helper throws the reason of the signal; ask whether the signal is \`aborted\`, then run this again.`;
  it.each([
    [
      'by its class',
      ask(
        `try { ${loop()} } catch (error) { if (error instanceof OpenAI.APIUserAbortError) return null; throw error; }`,
      ),
      'APIUserAbortError',
    ],
    [
      'by its name',
      ask(
        `try { ${loop()} } catch (error) { if (error.constructor.name === 'APIUserAbortError') return null; throw error; }`,
      ),
      'APIUserAbortError',
    ],
    [
      'in the caller',
      `${ask(loop()).replace('export ', '')}export async function main(signal, show) {
  try { await ask(signal, show); } catch (error) { if (!(error instanceof APIUserAbortError)) report(error); }
}
`,
      'APIUserAbortError',
    ],
  ])('is left: %s', (_, text, name) => expect(findReasons(text, 'file.js')).toEqual([named(name)]));

  it.each([
    [
      'the handler asks the signal, too',
      ask(
        `try { ${loop()} } catch (error) { if (error instanceof OpenAI.APIUserAbortError || signal.aborted) return null; throw error; }`,
      ),
    ],
    [
      'the handler knows the reason’s name, too',
      ask(
        `try { ${loop()} } catch (error) { if (error instanceof OpenAI.APIUserAbortError || error.name === 'AbortError') return null; throw error; }`,
      ),
    ],
    [
      'nobody else’s signal is in the request',
      ask(
        `try { ${loop('AbortSignal.timeout(5)')} } catch (error) { if (error instanceof OpenAI.APIUserAbortError) return null; throw error; }`,
      ),
    ],
  ])('is wrapped where %s', (_, text) => expect(rewriteTwice(text, 'file.js')).toContain('resilientStream('));
});
