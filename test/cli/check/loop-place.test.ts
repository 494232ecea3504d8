import { describe, expect, it } from 'vitest';
import { describeLoopPlace } from '../../../cli/check/loop-place.ts';
import { findStreamLoops } from '../../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../../src/analysis/source/parse-source.ts';

const loop = `for await (const chunk of await client.chat.completions.create({ stream: true }, { signal })) show(chunk);`;
const placesOf = (code: string): string[] =>
  findStreamLoops(parseSource('a.ts', `import OpenAI from 'openai';\nconst client = new OpenAI();\n${code}`)).map(
    (found) => {
      const { function: owner, loop } = describeLoopPlace(found);
      return `${owner} | ${loop}`;
    },
  );

describe('a place', () => {
  it.each([
    ['the module itself', loop, ''],
    ['a function', `async function ask() { ${loop} }`, 'ask'],
    ['a variable', `const ask = async () => { ${loop} };`, 'ask'],
    ['a cast', `const ask = (async () => { ${loop} }) as Ask;`, 'ask'],
    ['a method', `class Chat { async ask() { ${loop} } }`, 'Chat.ask'],
    ['a field', `class Chat { #ask = async () => { ${loop} }; }`, 'Chat.#ask'],
    ['a property', `export default { async fetch() { ${loop} } };`, 'fetch'],
    ['an assignment', `exports.handler = async () => { ${loop} };`, 'exports.handler'],
    ['a route', `app.post('/chat', guard(), async (req, res) => { ${loop} });`, `app.post('/chat')`],
    ['a wrapper', `export const POST = guard(async (req) => { ${loop} });`, 'POST'],
    ['functions in functions', `function outer() { return async function inner() { ${loop} }; }`, 'outer.inner'],
    ['nothing that has a name', `(async () => { ${loop} })();`, ''],
    [
      'a callback',
      `async function all() { await Promise.all(questions.map(async (question) => { ${loop} })); }`,
      'all',
    ],
  ])('is named after %s', (_, code, owner) => {
    expect(placesOf(code)).toEqual([`${owner} | for await (chunk of client.chat.completions.create())`]);
  });

  it('tells the forms of loops apart', () => {
    expect(
      placesOf(`const stream = client.chat.completions.stream({});\nstream.on('content', (delta) => show(delta));`),
    ).toEqual([' | stream.on()']);
  });
});
