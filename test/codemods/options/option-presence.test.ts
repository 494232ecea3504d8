import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const text = (before: string, options: string, parameters = 'own'): string =>
  `import OpenAI from 'openai';
const client = new OpenAI();
export async function ask(${parameters}) {
  ${before}
  for await (const chunk of await client.chat.completions.create({ stream: true }, ${options})) show(chunk);
}
`;

/** What the helper is given beside the request. */
function findMoved(before: string, options: string, parameters?: string, path = 'file.ts'): string {
  const after = rewriteTwice(text(before, options, parameters), path);
  return /maxRetries: 0 \}\)(?:, (.*?))?\)\) show/.exec(after)![1] ?? '';
}

describe('options in a variable', () => {
  const both = '{ signal: options.signal, maxRetries: options.maxRetries }';

  it.each([
    ['a member is assigned', 'const options = {}; if (own) options.signal = own;', 'options'],
    [
      'a member is assigned, and it is spread',
      'const options = {}; if (own) options.signal = own;',
      '{ ...options, timeout: 5 }',
    ],
    ['Object.assign has it', 'const options = { timeout: 5 }; Object.assign(options, { signal: own });', 'options'],
    ['a function has it', 'const options = { timeout: 5 }; addSignal(options, own);', 'options'],
    ['another name has it', 'const options = { timeout: 5 }; const other = options; other.signal = own;', 'options'],
    ['a closure writes to it', 'const options = {}; const add = () => { options.signal = own; }; add();', 'options'],
  ])('may hold a signal where %s', (_, before, options) => {
    expect(findMoved(before, options, 'own', 'file.js')).toBe(both);
  });

  it.each([
    ['is only read', 'const options = { timeout: 5 }; console.log(options, options.timeout);'],
    ['is logged', 'const options = { timeout: 5 }; requestLogger.log(options);'],
    ['goes into other requests', 'const options = { timeout: 5 }; await client.embeddings.create({}, options);'],
    ['is one of two literals', 'const options = own ? { timeout: 5 } : {};'],
    ['spreads another such', 'const base = { timeout: 5 }; const options = { ...base };'],
  ])('hold none where the variable %s', (_, before) => expect(findMoved(before, 'options')).toBe(''));

  it('are left where TypeScript does not let them be asked', () => {
    const reason =
      'The options of the request may hold a signal that their type does not show; write `signal` at the call, then run this again.';
    expect(findReasons(text('const options = { timeout: 5 }; addSignal(options, own);', 'options'))).toEqual([reason]);
    expect(findReasons(text('', 'options', 'options: CallOptions'))).toEqual([reason]);
    expect(findReasons(text('', 'options', 'options?: OwnParameters<typeof ask>[0]'))).toEqual([reason]);
  });

  it.each([
    ['the options of the SDK', 'OpenAI.RequestOptions', '{ signal: options?.signal, maxRetries: options?.maxRetries }'],
    [
      'options under a name that tells',
      'RequestOptions | undefined',
      '{ signal: options?.signal, maxRetries: options?.maxRetries }',
    ],
    ['anything', 'any', '{ signal: options?.signal, maxRetries: options?.maxRetries }'],
    ['some of them', `Pick<OpenAI.RequestOptions, 'signal' | 'timeout'>`, '{ signal: options?.signal }'],
    ['all but one', `Omit<OpenAI.RequestOptions, 'signal'>`, '{ maxRetries: options?.maxRetries }'],
    ['an intersection that has one', '{ timeout?: number } & { signal?: AbortSignal }', '{ signal: options?.signal }'],
    ['an intersection half out of sight', 'Other & { signal?: AbortSignal }', '{ signal: options?.signal }'],
    [
      'a part of an interface',
      'Partial<{ timeout: number; maxRetries: number }>',
      '{ maxRetries: options?.maxRetries }',
    ],
    ['neither', '{ timeout?: number }', ''],
  ])('are asked for what the type has: %s', (_, type, moved) =>
    expect(findMoved('', 'options', `options: ${type}`)).toBe(moved),
  );
});
