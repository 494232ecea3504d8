import { describe, expect, it } from 'vitest';
import { loopIn, OPENAI } from '../loops-in.ts';

const open = `const stream = await client.chat.completions.create({ stream: true });`;
const read = `for await (const chunk of stream) use(chunk);`;
const escapes = (text: string): string => loopIn(OPENAI + text).errorGoesTo;

describe('an error of the loop is handled', () => {
  it.each([
    ['by a catch around it', `async function f() { try { ${open} ${read} } catch (e) { tell(e); } }`],
    ['by a catch around the loop alone', `async function f() { ${open} try { ${read} } catch (e) { tell(e); } }`],
    [
      'by a catch further out',
      `async function f() { try { if (a) { try { ${open} ${read} } finally { done(); } } } catch { tell(); } }`,
    ],
    ['by the catch of an invoked function', `(async () => { ${open} ${read} })().catch(tell);`],
    ['by the catch of main', `async function main() { ${open} ${read} } main().catch(tell);`],
    ['by the second callback of then', `const main = async () => { ${open} ${read} }; main().then(ok, tell);`],
    [
      'by a catch behind then',
      `client.chat.completions.create({ stream: true }).then(async (stream) => { ${read} }).catch(tell);`,
    ],
    [
      'by a caller that awaits it',
      `async function ask() { ${open} ${read} } async function run() { try { await ask(); } catch { tell(); } } run();`,
    ],
    [
      'by who awaits all of them',
      `async function f() { try { await Promise.all(all.map(async (q) => { ${open} ${read} })); } catch { tell(); } }`,
    ],
    [
      'by who awaits all of them later',
      `async function f() { const jobs = all.map(async (q) => { ${open} ${read} }); const more = [...jobs]; try { await Promise.all(more); } catch { tell(); } }`,
    ],
    [
      'by who awaits the first of them',
      `async function ask() { ${open} ${read} } async function f() { try { await Promise.race([ask(), timer]); } catch { tell(); } } f();`,
    ],
    [
      'by who awaits the promise later',
      `async function f() { const job = (async () => { ${open} ${read} })(); work(); try { await job; } catch { tell(); } }`,
    ],
    [
      "by the catch of the promise's name",
      `async function ask() { ${open} ${read} } const job = ask(); job.catch(tell);`,
    ],
    [
      'by the only caller of a private method',
      `class A { async #ask() { ${open} ${read} } async run() { try { await this.#ask(); } catch { tell(); } } }`,
    ],
    [
      'by a caller of a caller',
      `async function ask() { ${open} ${read} } async function run() { return ask(); } run().catch(tell);`,
    ],
  ])('%s', (_, text) => {
    expect(escapes(text)).toBe('handled');
  });
});

describe('an error of the loop reaches nobody', () => {
  it.each([
    ['at the top of a module', `${open} ${read}`],
    ['in a finally without a catch', `try { ${open} ${read} } finally { done(); }`],
    ['in the catch clause itself', `try { a(); } catch { ${open} ${read} }`],
    [
      'in a promise executor',
      `async function f() { try { await new Promise(async (resolve) => { ${open} ${read} resolve(); }); } catch { tell(); } }`,
    ],
    [
      'in an invoked function nobody awaits',
      `async function f() { try { (async () => { ${open} ${read} })(); } catch { tell(); } }`,
    ],
    ['in an event listener', `emitter.on('message', async () => { ${open} ${read} });`],
    ['in a timer', `setTimeout(async () => { ${open} ${read} }, 10);`],
    ['in main, called without a catch', `async function main() { ${open} ${read} } main();`],
    ['in main, awaited at the top', `async function main() { ${open} ${read} } await main();`],
    ["in an HTTP server's listener", `http.createServer(async (request, response) => { ${open} ${read} });`],
    [
      'in an exported function that the file itself calls without a catch',
      `export async function ask() { ${open} ${read} } await ask();`,
    ],
    ['in a method whose promise the class drops', `class A { async ask() { ${open} ${read} } run() { this.ask(); } }`],
    [
      'in a field whose promise the class drops',
      `class A { ask = async () => { ${open} ${read} }; run() { void this.ask(); } }`,
    ],
    [
      'in a job that nobody awaits',
      `async function f() { try { const job = (async () => { ${open} ${read} })(); work(); } catch { tell(); } }`,
    ],
    [
      'in jobs that nobody awaits',
      `async function f() { try { all.map(async (q) => { ${open} ${read} }); } catch { tell(); } }`,
    ],
    ['through one of two callers', `async function ask() { ${open} ${read} } ask().catch(tell); ask();`],
  ])('%s', (_, text) => {
    expect(escapes(text)).toBe('to-nobody');
  });
});

describe("an error of the loop is somebody else's", () => {
  it.each([
    ['to-caller', 'in an exported function', `export async function ask() { ${open} ${read} }`],
    [
      'to-caller',
      'in a job that is given away',
      `async function f() { const job = (async () => { ${open} ${read} })(); keep(job); }`,
    ],
    [
      'to-caller',
      'in jobs whose outcomes are looked at',
      `async function f() { await Promise.allSettled(all.map(async (q) => { ${open} ${read} })); }`,
    ],
    [
      'to-caller',
      'in a method that others may call too',
      `class A { async ask() { ${open} ${read} } async run() { try { await this.ask(); } catch { tell(); } } }`,
    ],
    ['to-caller', 'in a method', `class A { async ask() { ${open} ${read} } }`],
    ['to-caller', 'in a callback of a framework', `app.get('/', async (req, res) => { ${open} ${read} });`],
    [
      'to-caller',
      'in a function given away',
      `async function ask() { ${open} ${read} } app.get('/', ask); ask().catch(tell);`,
    ],
    [
      'to-consumer',
      'in a generator',
      `async function* ask() { ${open} for await (const chunk of stream) yield chunk; }`,
    ],
    [
      'to-consumer',
      'in the start of a ReadableStream',
      `new ReadableStream({ async start(controller) { ${open} ${read} } });`,
    ],
  ])('%s %s', (where, _, text) => {
    expect(escapes(text)).toBe(where);
  });
});

it('an error of a handler in JSX reaches nobody', () => {
  expect(
    loopIn(
      `${OPENAI}const Form = () => { const send = async () => { ${open} ${read} }; return <form onSubmit={send}/>; };`,
      'a.tsx',
    ).errorGoesTo,
  ).toBe('to-nobody');
});

it('a catch around the call alone sees the opening only', () => {
  const { coverage } = loopIn(
    `${OPENAI}let stream; try { stream = await client.chat.completions.create({ stream: true }); } catch { tell(); }
${read}`,
  );
  expect(coverage.opening).toMatchObject({ kind: 'try' });
  expect(coverage.iterating).toBeNull();
});
