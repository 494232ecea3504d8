import { describe, expect, it } from 'vitest';
import { rewriteText } from '../../../codemods/rewrite.ts';
import { codemod as wrapping } from '../../../codemods/wrap-in-resilient-stream.ts';
import { rewriteTwice } from '../twice.ts';

/** The wrapped request with the helper's options. */
function findWrapped(client: string, options = '', open = 'client'): string {
  const text = `import OpenAI from 'openai';
const limit = Number(process.env.LIMIT);
const client = new OpenAI(${client});
for await (const chunk of await ${open}.chat.completions.create({ stream: true }${options})) show(chunk);
`;
  return /resilientStream\(.*(?=\) show)/.exec(rewriteTwice(text))![0];
}

describe('a limit for the headers', () => {
  const request = (timeout: string, given: string): string =>
    `resilientStream(({ signal }) => client.chat.completions.create({ stream: true }, { timeout: ${timeout}, signal, maxRetries: 0 })${given})`;
  it.each([
    ['longer than the helper’s is the helper’s too', '600_000', ', { openTimeoutMs: 600_000 }'],
    ['by a name may be longer', 'limit', ', { openTimeoutMs: limit }'],
    ['that is reckoned may be longer', '60 * limit', ', { openTimeoutMs: 60 * limit }'],
    ['that is shorter strikes first', '5_000', ''],
    ['that a function gives is not asked for twice', 'find()', ''],
  ])('%s', (_, timeout, given) => expect(findWrapped('', `, { timeout: ${timeout} }`)).toBe(request(timeout, given)));

  it('of the client is the helper’s too', () => {
    expect(findWrapped('{ timeout: 900_000 }')).toContain('openTimeoutMs: 900_000');
    expect(findWrapped('{ timeout: 5_000 }')).not.toContain('openTimeoutMs');
  });
});

describe('retries', () => {
  it('of the client are the helper’s', () => {
    expect(findWrapped('{ maxRetries: 0 }')).toContain('), { maxRetries: 0 })');
    expect(findWrapped('{ maxRetries: 7 }')).toContain('{ maxRetries: 7 }');
  });

  it('of `withOptions()` go before those of the client', () => {
    expect(findWrapped('{ maxRetries: 7 }', '', 'client.withOptions({ maxRetries: 0 })')).toContain(
      '), { maxRetries: 0 })',
    );
  });

  it('of the request go before both', () => {
    expect(findWrapped('{ maxRetries: 7 }', ', { maxRetries: 3 }')).toContain('{ maxRetries: 3 }');
    expect(
      rewriteTwice(
        `import OpenAI from 'openai';
const client = new OpenAI({ maxRetries: 7 });
export async function ask(options) {
  for await (const chunk of await client.chat.completions.create({ stream: true }, options)) show(chunk);
}
`,
        'file.js',
      ),
    ).toContain('{ signal: options?.signal, maxRetries: options?.maxRetries ?? 7 }');
  });

  it('of the program’s own leave the helper none, and nothing to recover', () => {
    const text = `import OpenAI from 'openai';
export async function ask() {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      let text = '';
      for await (const chunk of await new OpenAI().chat.completions.create({ stream: true })) text += chunk.id;
      return text;
    } catch (error) {
      await wait(attempt);
    }
  }
}
`;
    expect(rewriteTwice(text)).toContain('{ signal, maxRetries: 0 }), { maxRetries: 0 })) text');
  });
});

describe("the SDK's own limit, taken for that of the whole answer", () => {
  it('is known by the name that the SDK has for it', () => {
    const before = `import { Mistral } from '@mistralai/mistralai';
const client = new Mistral();
for await (const chunk of await client.chat.stream({ model }, { timeoutMs: 90_000 })) show(chunk.data);
`;
    const { text, failed } = rewriteText('file.ts', before, [wrapping], { timeouts: 'limit' });
    expect(failed).toBeNull();
    expect(text).toContain('{ timeoutMs: 90_000, signal }), { totalTimeoutMs: 90_000');
  });

  const findLimited = (client: string, options = ''): string => {
    const before = `import OpenAI from 'openai';
const limit = Number(process.env.LIMIT);
const client = new OpenAI(${client});
for await (const chunk of await client.chat.completions.create({ stream: true }${options})) show(chunk);
`;
    const { text, failed, skipped } = rewriteText('file.ts', before, [wrapping], { timeouts: 'limit' });
    expect({ failed, skipped }).toEqual({ failed: null, skipped: [] });
    expect(rewriteText('file.ts', text, [wrapping], { timeouts: 'limit' }).rewrites).toEqual([]);
    return /maxRetries: 0 }\)(.*)\)\) show/.exec(text)![1]!;
  };
  it.each([
    ['at the call', '', ', { timeout: 5_000 }', ', { totalTimeoutMs: 5_000 }'],
    ['by a name', '', ', { timeout: limit }', ', { totalTimeoutMs: limit, openTimeoutMs: limit }'],
    ['of the client', '{ timeout: 90_000 }', '', ', { totalTimeoutMs: 90_000, openTimeoutMs: 90_000 }'],
    ['that is none is none', '{ timeout: 90_000 }', ', { timeout: 0 }', ''],
    [
      'beside one that bounds the whole leaves that',
      '',
      ', { timeout: 5_000, signal: AbortSignal.timeout(9_000) }',
      ', { totalTimeoutMs: 9_000 }',
    ],
    [
      'as long as that of a signal is told from it',
      '',
      ', { timeout: 9_000, signal: AbortSignal.timeout(9_000) }',
      ', { totalTimeoutMs: 9_000 }',
    ],
    ['that nobody states is none', '', '', ''],
  ])('%s', (_, client, options, given) => expect(findLimited(client, options)).toBe(given));
});
