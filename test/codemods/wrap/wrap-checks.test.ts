import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const program = (open: string, body: string): string => `import OpenAI from 'openai';
const client = new OpenAI();
${open}
export async function show(messages) {
  const stream = await ${body};
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;
const request = "client.chat.completions.create({ model: 'gpt-5', messages, stream: true })";

describe('a request in a callback', () => {
  it('stays in the callback that makes it, and gets the signal of the attempt', () => {
    expect(rewriteTwice(program('', `limit(() => ${request})`))).toContain(
      'await resilientStream(({ signal }) => limit(() => client.chat.completions.create(',
    );
  });

  it('is left to a person where a function outside of the callback makes it, which knows no signal', () => {
    const open = `const open = (messages) => ${request};`;
    expect(findReasons(program(open, 'limit(() => open(messages))'))).toEqual([
      'The request is made in a callback of `limit`; wrap it by hand, and let only one of the two retry.',
    ]);
  });
});
