import { describe, expect, it } from 'vitest';
import { loopIn, OPENAI } from './loops-in.ts';

const open = `const stream = await client.chat.completions.create({ stream: true });`;
const read = `for await (const chunk of stream) use(chunk);`;
const escapes = (text: string): string => loopIn(OPENAI + text).escapes;

describe('an error of the loop is handled', () => {
  it.each([
    ['by a catch around it', `async function f() { try { ${open} ${read} } catch (e) { tell(e); } }`],
    ['by a catch around the loop alone', `async function f() { ${open} try { ${read} } catch (e) { tell(e); } }`],
    ['by a catch further out', `async function f() { try { if (a) { try { ${open} ${read} } finally { done(); } } } catch { tell(); } }`],
    ['by the catch of an invoked function', `(async () => { ${open} ${read} })().catch(tell);`],
    ['by the catch of main', `async function main() { ${open} ${read} } main().catch(tell);`],
    ['by the second callback of then', `const main = async () => { ${open} ${read} }; main().then(ok, tell);`],
    ['by a catch behind then', `client.chat.completions.create({ stream: true }).then(async (stream) => { ${read} }).catch(tell);`],
    ['by a caller that awaits it', `async function ask() { ${open} ${read} } async function run() { try { await ask(); } catch { tell(); } } run();`],
    ['by a caller of a caller', `async function ask() { ${open} ${read} } async function run() { return ask(); } run().catch(tell);`],
  ])('%s', (_, text) => {
    expect(escapes(text)).toBe('handled');
  });
});

describe('an error of the loop reaches nobody', () => {
  it.each([
    ['at the top of a module', `${open} ${read}`],
    ['in a finally without a catch', `try { ${open} ${read} } finally { done(); }`],
    ['in the catch clause itself', `try { a(); } catch { ${open} ${read} }`],
    ['in a promise executor', `async function f() { try { await new Promise(async (resolve) => { ${open} ${read} resolve(); }); } catch { tell(); } }`],
    ['in an invoked function nobody awaits', `async function f() { try { (async () => { ${open} ${read} })(); } catch { tell(); } }`],
    ['in an event listener', `emitter.on('message', async () => { ${open} ${read} });`],
    ['in a timer', `setTimeout(async () => { ${open} ${read} }, 10);`],
    ['in main, called without a catch', `async function main() { ${open} ${read} } main();`],
    ['in main, awaited at the top', `async function main() { ${open} ${read} } await main();`],
    ['in an HTTP server\'s listener', `http.createServer(async (request, response) => { ${open} ${read} });`],
    ['in an exported function that the file itself calls without a catch', `export async function ask() { ${open} ${read} } await ask();`],
    ['through one of two callers', `async function ask() { ${open} ${read} } ask().catch(tell); ask();`],
  ])('%s', (_, text) => {
    expect(escapes(text)).toBe('to-nobody');
  });
});

describe('an error of the loop is somebody else\'s', () => {
  it.each([
    ['to-caller', 'in an exported function', `export async function ask() { ${open} ${read} }`],
    ['to-caller', 'in a method', `class A { async ask() { ${open} ${read} } }`],
    ['to-caller', 'in a callback of a framework', `app.get('/', async (req, res) => { ${open} ${read} });`],
    ['to-caller', 'in a function given away', `async function ask() { ${open} ${read} } app.get('/', ask); ask().catch(tell);`],
    ['to-consumer', 'in a generator', `async function* ask() { ${open} for await (const chunk of stream) yield chunk; }`],
    ['to-consumer', 'in the start of a ReadableStream', `new ReadableStream({ async start(controller) { ${open} ${read} } });`],
  ])('%s %s', (where, _, text) => {
    expect(escapes(text)).toBe(where);
  });
});

it('an error of a handler in JSX reaches nobody', () => {
  expect(loopIn(`${OPENAI}const Form = () => { const send = async () => { ${open} ${read} }; return <form onSubmit={send}/>; };`, 'a.tsx').escapes).toBe('to-nobody');
});

it('a catch around the call alone sees the opening only', () => {
  const { coverage } = loopIn(`${OPENAI}let stream; try { stream = await client.chat.completions.create({ stream: true }); } catch { tell(); }\n${read}`);
  expect(coverage.opening).toMatchObject({ kind: 'try' });
  expect(coverage.iterating).toBeNull();
});
