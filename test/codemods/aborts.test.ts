import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from './twice.ts';

const loop = (signal = 'signal'): string => `for await (const chunk of await client.chat.completions.create({ stream: true }, { signal${signal === 'signal' ? '' : `: ${signal}`} })) show(chunk);`;
const ask = (body: string, before = ''): string => `import OpenAI from 'openai';\nconst client = new OpenAI();\nexport async function ask(signal, show) {\n  ${before}\n  ${body}\n}\n`;
const quietly = 'After an abort this loop ends quietly and the program goes on, while the helper throws the reason; catch that around the loop, then run this again.';

describe('a loop that ends quietly when its signal is aborted', () => {
  it.each([
    ['the program goes on', ask(`${loop()}\n  return done();`)],
    ['its function goes on behind a block', ask(`if (show) { ${loop()} }\n  save();`)],
    ['another round follows', ask(`for (const round of rounds) { ${loop()} }`)],
    ['a generator goes on', ask(`${loop()}\n  yield 'end';`).replace('function', 'function*')],
    ['nobody hears of the error', `import OpenAI from 'openai';\nconst client = new OpenAI();\nserver.on('request', async (request) => { ${loop('request.signal')} });\n`],
    ['the program looks at the signal, and goes on', ask(`${loop()}\n  if (signal.aborted) return null;\n  return done();`)],
    ['somebody else’s signal is in a limit', ask(`${loop('AbortSignal.any([signal, AbortSignal.timeout(5)])')}\n  return done();`)],
  ])('is left where %s', (_, text) => expect(findReasons(text, 'file.js')).toEqual([quietly]));

  it.each([
    ['its errors are caught', ask(`try { ${loop()} } catch (error) { report(error); }\n  return done();`)],
    ['nothing follows', ask(loop())],
    ['but a finally follows', ask(`try { ${loop()} } finally { close(); }`)],
    ['the program throws by itself', ask(`${loop()}\n  signal.throwIfAborted();\n  return done();`)],
    ['the program throws an error of its own', ask(`${loop()}\n  if (signal.aborted) { throw new Error('stopped'); }\n  return done();`)],
    ['the signal is but a limit', ask(`${loop('AbortSignal.timeout(5)')}\n  return done();`)],
    ['the signal is but a limit with a name', ask(`${loop()}\n  return done();`, 'signal = null; const x = 1;').replace('(signal, show)', '(show)').replace('signal = null; const x = 1;', 'const signal = AbortSignal.timeout(5);')],
    ['the SDK throws by itself', ask(`${loop()}\n  return done();`).replace('completions.create', 'completions.stream').replace('await client', 'client')],
  ])('is wrapped where %s', (_, text) => expect(rewriteTwice(text, 'file.js')).toContain('resilientStream('));
});
