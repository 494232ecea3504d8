import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const text = (between: string, body = 'show(chunk);', model = `'m'`): string =>
  `import OpenAI from 'openai';
const client = new OpenAI();
export async function ask(messages, state) {
  let model = 'a', text = '';
  const stream = await client.chat.completions.create({ model: ${model}, messages, user: state.user, stream: true });
  ${between}
  for await (const chunk of stream) { ${body} }
}
`;
const changed = (what: string): string =>
  `\`${what}\` is changed between the request and the loop, and another attempt would send that; do it behind the loop, then run this again.`;

describe('what a request is made of', () => {
  it.each([
    ['grows', `messages.push({ role: 'assistant' });`, 'messages'],
    ['is emptied', 'messages.length = 0;', 'messages.length'],
    ['is in another order', 'messages.reverse();', 'messages'],
    ['has something appended', `messages.append('user', text);`, 'messages'],
    ['has a member changed', 'messages[0].content = text;', 'messages[0].content'],
    ['loses a member', 'delete state.user;', 'state.user'],
    ['is another', `model = 'b';`, 'model'],
  ])('may not change before the loop: it %s', (_, between, what) =>
    expect(findReasons(text(between, undefined, 'model'), 'file.js')).toEqual([changed(what)]),
  );

  it.each([
    ['something beside it', `state.calls = 1; const other = []; other.push(1);`],
    ['it, in a function that runs later', 'const add = () => messages.push(1);'],
    ['nothing', 'log(messages.length, model);'],
  ])('may stand before statements that change %s', (_, between) =>
    expect(rewriteTwice(text(between), 'file.js')).toContain('resilientStream('),
  );

  it('is requested again only where the loop does not change it', () => {
    expect(rewriteTwice(text('', 'text += chunk.choices[0].delta.content;'), 'file.js')).toContain('recover: restart');
    expect(
      rewriteTwice(text('', 'text += chunk.choices[0].delta.content; messages.push(chunk);'), 'file.js'),
    ).not.toContain('recover');
  });

  it('is not requested again where the answer goes into it', () => {
    const own = `import OpenAI from 'openai';
export async function ask() {
  const messages = [];
  for await (const chunk of await new OpenAI().chat.completions.create({ messages, stream: true })) messages.push(chunk);
}
`;
    expect(rewriteTwice(own)).not.toContain('recover');
  });
});
