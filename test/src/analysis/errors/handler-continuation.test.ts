import { describe, expect, it } from 'vitest';
import type { ErrorHandler } from '../../../../src/analysis/facts/stream-loop.ts';
import { loopIn, OPENAI } from '../loops-in.ts';

const read = `for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) text += chunk.choices[0].delta.content;`;
const handlerIn = (text: string): ErrorHandler | null => loopIn(`${OPENAI}${text}`).coverage.iterating;
const tried = (handler: string, inTry = '', after = ''): string =>
  `let text = '', whole = false;\ntry { ${read} ${inTry} } catch (error) { ${handler} }\n${after}`;
const inAsync = (body: string): string => `export async function ask(messages) { ${body} }`;

describe('behind a handler', () => {
  it.each([
    ['a statement', inAsync(tried('console.error(error);', '', 'save(text);')), 'ExpressionStatement'],
    ['a caller', inAsync(tried('console.error(error);')), 'FunctionDeclaration'],
    ['a consumer', `export async function* ask(messages) { ${tried('', 'yield text;')} }`, 'FunctionDeclaration'],
    [
      'a statement of the module that takes the text',
      tried('console.error(error);', '', 'other(); save(text);'),
      'ExpressionStatement',
    ],
    [
      'whoever called, in a function that nobody waits for',
      `export function start(messages) { (async () => { ${tried('console.error(error);')} })(); }`,
      'ArrowFunctionExpression',
    ],
    [
      'main, which takes the text',
      `async function main() { ${tried('console.error(error);', '', 'save(text);')} }\nmain();`,
      'ExpressionStatement',
    ],
  ])('goes on %s', (_, text, type) => {
    expect(handlerIn(text)?.continuation?.type).toBe(type);
  });

  it.each([
    [
      'where it looks at what the try sets',
      inAsync(tried('console.error(error);', 'whole = true;', 'if (!whole) tell();')),
    ],
    [
      'where it gives what the try sets',
      inAsync(tried('console.error(error);', 'whole = true;', 'return { text, whole };')),
    ],
    [
      'where a finally looks',
      inAsync(`let text = '', whole = false;\ntry { ${read} whole = true; } catch {} finally { done(whole); }`),
    ],
    ['at the end of a module', tried('console.error(error);')],
    ['at the end of main', `async function main() { ${tried('console.error(error);')} }\nmain();`],
    [
      'at the end of main, waited for',
      `const main = async () => { ${tried('console.error(error);')} };\nawait main();`,
    ],
    ['in the catch of main', `let text = '';\nasync function main() { ${read} }\nmain().catch(console.error);`],
  ])('nothing goes on %s', (_, text) => {
    expect(handlerIn(text)?.continuation).toBeNull();
  });
});

it.each([
  ['console.error(error); logger.warn(error.message);', ['console.error', 'logger.warn']],
  ['tell(error);', []],
])('what %s logs with is named', (handler, loggers) => {
  expect(handlerIn(inAsync(tried(handler)))?.loggers).toEqual(loggers);
});
