import { describe, expect, it } from 'vitest';
import { FALSE_LOGGERS, LOGGERS } from './loggers.ts';
import { ANTHROPIC, loopIn, loopsIn, OPENAI } from './loops-in.ts';

const create = (options = '', body = 'use(chunk.id);', client = 'new OpenAI()'): string =>
  `import OpenAI from 'openai';\nconst client = ${client};\nasync function ask(given) {
  const stream = await client.chat.completions.create({ stream: true }${options && `, ${options}`});
  for await (const chunk of stream) { ${body} }
}`;

/** The chunks are put into a list, and something is done with it. */
const collected = (after: string): string => `${OPENAI}async function ask() { const chunks = [];
for await (const chunk of await client.chat.completions.create({ stream: true })) chunks.push(chunk);
${after} }`;

describe('limits', () => {
  it.each([
    ['none', '', { signal: null, requestTimeout: null, idleTimeout: null }],
    ['a timer as a signal', '{ signal: AbortSignal.timeout(1000) }', { signal: { bounds: 'total' } }],
    [
      'a timer among signals',
      '{ signal: AbortSignal.any([given, AbortSignal.timeout(1000)]) }',
      { signal: { bounds: 'total' } },
    ],
    ['a signal of somebody', '{ signal: given.signal }', { signal: { bounds: 'cancellation' } }],
    ["the SDK's timeout", '{ timeout: 1000 }', { requestTimeout: { bounds: 'headers' }, signal: null }],
    ['options out of sight', 'given', { signal: { bounds: 'unknown' }, requestTimeout: { bounds: 'unknown' } }],
    ['options in a spread', '{ ...given }', { signal: { bounds: 'unknown' } }],
    ['an option that is undefined', '{ timeout: undefined }', { requestTimeout: null }],
  ])('at the call: %s', (_, options, limits) => {
    expect(loopIn(create(options)).limits).toMatchObject(limits);
  });

  it('on the client are found', () => {
    expect(loopIn(create('', undefined, 'new OpenAI({ timeout: 1000 })')).limits).toMatchObject({
      requestTimeout: { bounds: 'headers' },
    });
  });

  it('set anew with each chunk bound the wait between chunks', () => {
    const { limits } = loopIn(create('', 'clearTimeout(timer); timer = setTimeout(stop, 1000);'));
    expect(limits.idleTimeout).toMatchObject({ bounds: 'idle' });
  });

  it("by an interval that looks at the last chunk's time bound the wait between chunks", () => {
    const { limits } = loopIn(`${OPENAI}let last = Date.now();
const timer = setInterval(() => { if (Date.now() - last > 1000) stop(); }, 100);
const stream = await client.chat.completions.create({ stream: true });
for await (const chunk of stream) { last = Date.now(); use(chunk.id); }`);
    expect(limits.idleTimeout).toMatchObject({ bounds: 'idle' });
  });

  it.each(['controller.abort', 'controller.abort.bind(controller)'])(
    'by a timer beside the loop that calls %s bound the whole',
    (callback) => {
      const { limits } =
        loopIn(`${OPENAI}async function ask() { const controller = new AbortController(); setTimeout(${callback}, 30_000);
for await (const chunk of await client.chat.completions.create({ stream: true }, { signal: controller.signal })) use(chunk.id); }`);
      expect(limits.idleTimeout).toMatchObject({ bounds: 'total' });
    },
  );

  it.each([
    [
      'where the client is made anew',
      `const stream = await client.withOptions({ timeout: 1000 }).chat.completions.create({ stream: true });`,
      'headers',
    ],
    [
      'by a name',
      `const quick = client.withOptions({ timeout: 1000 }); const stream = await quick.chat.completions.create({ stream: true });`,
      'headers',
    ],
    [
      'of a client out of sight',
      `const stream = await this.client.withOptions({ timeout: 1000 }).chat.completions.create({ model, stream: true });`,
      'headers',
    ],
    [
      'out of sight',
      `const stream = await client.withOptions(given).chat.completions.create({ stream: true });`,
      'unknown',
    ],
    [
      'of something else',
      `const stream = await client.withOptions({ maxRetries: 1 }).chat.completions.create({ stream: true });`,
      undefined,
    ],
  ])('by withOptions() are found: %s', (_, request, bounds) => {
    expect(
      loopIn(`${OPENAI}async function ask(given) { ${request} for await (const chunk of stream) use(chunk.id); }`)
        .limits.requestTimeout?.bounds,
    ).toBe(bounds);
  });

  it('are not set by a method that gives the client tools', () => {
    const { limits } = loopIn(
      `import { ChatOpenAI } from '@langchain/openai'; const model = new ChatOpenAI({ timeout: 1000 }).bindTools(tools); for await (const chunk of await model.stream(q)) use(chunk.content);`,
    );
    expect(limits.requestTimeout).toMatchObject({ node: { value: 1000 } });
  });

  it('set anew with each chunk by a function of the file bound the wait between chunks', () => {
    const { limits } =
      loopIn(`${OPENAI}let timer; const restart = () => { clearTimeout(timer); timer = setTimeout(stop, 1000); };
for await (const chunk of await client.chat.completions.create({ stream: true })) { restart(); use(chunk.id); }`);
    expect(limits.idleTimeout).toMatchObject({ bounds: 'idle' });
  });

  it('of a generator that guards the stream hold for its consumer', () => {
    const loops =
      loopsIn(`${OPENAI}async function* guarded(chunks, ms) { const iterator = chunks[Symbol.asyncIterator]();
  while (true) { const { done, value } = await Promise.race([iterator.next(), new Promise((_, reject) => setTimeout(reject, ms))]); if (done) return; yield value; } }
for await (const chunk of guarded(await client.chat.completions.create({ stream: true }), 5_000)) use(chunk.id);`);
    expect(loops.map(({ form, limits }) => [form, limits.idleTimeout?.bounds])).toEqual([
      ['iterator', 'idle'],
      ['for-await', 'idle'],
    ]);
  });

  it.each(['stream.controller.abort()', 'stream.abort()', '{ log(); given.abort(); }'])(
    'by a timer beside the loop, %s, bound the whole',
    (callback) => {
      const { limits } =
        loopIn(`${OPENAI}async function ask(given) { const stream = await client.chat.completions.create({ stream: true });
const timer = setTimeout(() => ${callback}, 30_000); for await (const chunk of stream) use(chunk.id); clearTimeout(timer); }`);
      expect(limits.idleTimeout).toMatchObject({ bounds: 'total' });
    },
  );

  it('are not proven by a pause in the loop', () => {
    expect(
      loopIn(create('', 'await new Promise((resolve) => setTimeout(resolve, 10));')).limits.idleTimeout,
    ).toBeNull();
  });
});

describe('completion', () => {
  const completion = (text: string): number => loopIn(text).endChecks.length;

  it.each([
    ['a read of finish_reason', 'if (chunk.choices[0]?.finish_reason) done = true;'],
    ['a destructured finish_reason', 'const [{ finish_reason }] = chunk.choices; if (finish_reason) done = true;'],
    ['a name for the choice', 'const choice = chunk.choices[0]; done ||= choice.finish_reason === "stop";'],
    [
      'a variable that the chunk is put into',
      'let last; last = given ? chunk : null; done = last.choices[0].finish_reason;',
    ],
    ['a test for the member', `if ('finish_reason' in chunk.choices[0]) done = true;`],
    ['a test for a member of its own', `if (chunk.choices[0].hasOwnProperty('finish_reason')) done = true;`],
    ['a function of the file', 'look(chunk); function look(c) { done = c.choices[0].finish_reason; }'],
  ])('is seen in %s', (_, body) => {
    expect(completion(create('', body))).toBeGreaterThan(0);
  });

  it.each([
    ['the last', 'return chunks.at(-1).choices[0].finish_reason;'],
    ['one that is looked for', 'if (!chunks.find((c) => c.choices[0]?.finish_reason)) throw new Error("cut");'],
    ['one of some', 'return chunks.filter(Boolean).slice(-2)[0].choices[0].finish_reason;'],
    ['each in turn', 'for (const c of chunks) if (c.choices[0].finish_reason) done = true;'],
    ['all together', 'return chunks.reduce((reason, c) => c.choices[0].finish_reason ?? reason, null);'],
    ['those of another name', 'const all = chunks; const [first] = all; done = first.choices[0].finish_reason;'],
    [
      'those that a function of the file is handed',
      'return isWhole(chunks); function isWhole(list) { return list.some((c) => c.choices[0].finish_reason); }',
    ],
  ])('is seen in chunks that were collected: %s', (_, after) => {
    expect(completion(collected(after))).toBeGreaterThan(0);
  });

  it('is not seen in the texts of chunks that were collected', () => {
    expect(completion(collected('return chunks.map((c) => c.choices[0].delta.content).join("");'))).toBe(0);
  });

  it('is seen in a parser that is made before the loop, also at the top of a module', () => {
    const text = `const parser = createParser({ onEvent(event) { if (event.data === '[DONE]') end(); else write(JSON.parse(event.data)); } });
const response = await fetch(url, { body: JSON.stringify({ stream: true }) });
for await (const bytes of response.body) parser.feed(decode(bytes));`;
    expect(completion(text)).toBeGreaterThan(0);
    expect(completion(`${text.replace('[DONE]', 'other')}\nfunction isEnd(line) { return line === '[DONE]'; }`)).toBe(
      0,
    );
  });

  it('is not seen in what is done before the request', () => {
    const text = (
      before: string,
    ): string => `async function ask() { ${before} const response = await fetch(url, { body: JSON.stringify({ stop: 'stop', stream: true }) });
for await (const line of lines(response.body)) write(JSON.parse(line).text); }
function settings(key) { switch (key) { case 'stop': return 1; } }
function parse(line) { return line === '[DONE]'; }`;
    expect(completion(text('await settings(key);'))).toBe(0);
    expect(completion(text('const onLine = (line) => parse(line);'))).toBeGreaterThan(0);
  });

  it('is not seen in a read of the text', () => {
    expect(completion(create('', 'use(chunk.choices[0].delta.content);'))).toBe(0);
  });

  const anthropic = (body: string, after = ''): string =>
    `${ANTHROPIC}const stream = client.messages.stream(p);\nfor await (const chunk of stream) { ${body} }\n${after}`;

  it.each([
    ['a comparison with the terminal event', `if (chunk.type === 'message_stop') done = true;`, ''],
    ['a switch on the type', `switch (chunk.type) { case 'message_stop': done = true; }`, ''],
    ['a constant', `if (chunk.type === STOP) done = true;`, `const STOP = 'message_stop';`],
    ['includes', `if (['message_stop', 'error'].includes(chunk.type)) done = true;`, ''],
    ['a set of constants', `if (ENDS.has(chunk.type)) done = true;`, `const ENDS = new Set(['message_stop']);`],
    ['the stop reason', `if (chunk.type === 'message_delta') reason = chunk.delta.stop_reason;`, ''],
    ['a member that rejects', 'use(chunk.id);', 'await stream.finalMessage();'],
  ])('is seen in %s', (_, body, after) => {
    expect(completion(anthropic(body, after))).toBeGreaterThan(0);
  });

  it('is not seen where the marker is named and nothing is done about it', () => {
    expect(
      completion(
        anthropic(`switch (chunk.type) { case 'ping': case 'message_stop': break; default: use(chunk.delta); }`),
      ),
    ).toBe(0);
  });

  it('is not seen in a look at another event', () => {
    expect(completion(anthropic(`if (chunk.type === 'message_delta') use(chunk.usage);`))).toBe(0);
  });

  const responses = (after: string): string =>
    `${OPENAI}const stream = client.responses.stream(p);
for await (const chunk of stream) { use(chunk.delta); }
${after}`;

  it('is not proven by finalResponse(), which resolves for a cut answer too', () => {
    expect(completion(responses('await stream.finalResponse();'))).toBe(0);
  });

  it('is proven by the status that finalResponse() gives', () => {
    expect(completion(responses('const { status } = await stream.finalResponse(); check(status);'))).toBe(1);
  });
});

describe('a look at the end', () => {
  const heeded = (body: string, after = ''): [number, number] => {
    const loop = loopIn(`${create('', body).slice(0, -1)}${after} }`);
    return [loop.endChecks.length > 0 ? 1 : 0, loop.usedEndChecks.length > 0 ? 1 : 0];
  };

  it.each([
    ['it is compared', `if (chunk.choices[0].finish_reason === 'length') cut = true;`, ''],
    [
      'it is kept and read later',
      'reason = chunk.choices[0].finish_reason ?? reason;',
      `if (reason === null) throw new Error('cut');`,
    ],
    ['it is kept and given', 'reason = chunk.choices[0].finish_reason ?? reason;', 'return { reason };'],
    ['it is handed to a function', 'finish(chunk.choices[0].finish_reason);', ''],
    ['it is picked and used', 'const [{ finish_reason }] = chunk.choices; if (finish_reason) break;', ''],
  ])('is heeded where %s', (_, body, after) => {
    expect(heeded(body, `${after} var reason;`)).toEqual([1, 1]);
  });

  it.each([
    ['it is logged', 'console.log(chunk.choices[0].finish_reason);', ''],
    [
      'it is logged in a test of itself',
      'if (chunk.choices[0].finish_reason) { console.log(`done: ${chunk.choices[0].finish_reason}`); }',
      '',
    ],
    ['it is kept where nobody reads it', 'reason = chunk.choices[0].finish_reason ?? reason;', 'var reason;'],
    ['it is kept and logged', 'reason = chunk.choices[0].finish_reason;', 'var reason; logger.debug({ reason });'],
    ['it is picked and left', 'const [{ delta, finish_reason }] = chunk.choices; show(delta);', ''],
  ])('is not heeded where %s', (_, body, after) => {
    expect(heeded(body, after)).toEqual([1, 0]);
  });

  it.each(LOGGERS)('is not heeded where it is logged by %s', (logger) => {
    expect(heeded(`${logger}(chunk.choices[0].finish_reason);`)).toEqual([1, 0]);
    expect(heeded(`if (chunk.choices[0].finish_reason) ${logger}('done');`)).toEqual([1, 0]);
  });

  it.each(FALSE_LOGGERS)('is heeded where it goes to %s, which is no logger', (call) => {
    expect(heeded(`${call}(chunk.choices[0].finish_reason);`)).toEqual([1, 1]);
  });

  it.each([
    'for await (const chunk of stream) use(chunk.id); await stream.finalMessage();',
    `stream.on('text', show).on('finalMessage', save);`,
  ])('is heeded where it rejects, or is not heard of, on a cut answer: %s', (use) => {
    expect(loopIn(`${ANTHROPIC}const stream = client.messages.stream(p);\n${use}`).usedEndChecks).not.toEqual([]);
  });
});

it.each([
  ['signal.aborted', 'if (given.aborted) break;', 1],
  ['throwIfAborted()', 'given.throwIfAborted();', 1],
  ['nothing of the kind', 'use(given.reason);', 0],
])('an abort is checked by %s', (_, body, checks) => {
  expect(loopIn(create('{ signal: given }', body)).abortChecks).toHaveLength(checks);
});

describe('the sign of the end', () => {
  it.each([
    ['chunk', "in the SDK's chunks", create()],
    [
      'chunk',
      'in chunks that a wrapper has put into others',
      `${OPENAI}async function* ask() { for await (const chunk of await client.chat.completions.create({ stream: true })) yield { value: chunk.id && chunk }; }
for await (const event of ask()) use(event.value.choices[0].delta.content);`,
    ],
    [
      null,
      'nowhere in what a wrapper has made of the chunks',
      `${OPENAI}async function* ask() { for await (const chunk of await client.chat.completions.create({ stream: true })) yield chunk.id; }
for await (const text of ask()) use(text);`,
    ],
    [
      'member',
      'at the result of streamText',
      `import { streamText } from 'ai'; for await (const text of streamText(p).textStream) use(text);`,
    ],
    [
      'parsed',
      'in what is parsed out of lines',
      `const res = await fetch(url, { body: JSON.stringify({ stream: true }) }); for await (const line of lines(res.body)) use(JSON.parse(line).text);`,
    ],
    [
      'parsed',
      'in what a parser out of sight gives',
      `const res = await fetch(url, { body: JSON.stringify({ stream: true }) }); for await (const event of parse(res)) use(event.content);`,
    ],
    [
      null,
      'not where bytes are pumped',
      `const res = await fetch(url, { body: JSON.stringify({ stream: true }) }); for await (const bytes of res.body) socket.write(bytes.toString());`,
    ],
  ])('is %s: %s', (sign, _, text) => {
    expect(loopsIn(text).at(-1)?.endSign).toBe(sign);
  });
});

describe('a chunk', () => {
  const handedOn = (body: string): number => loopIn(create('', body)).chunksOutOfSight.length;

  it.each([
    'collect(chunk);',
    'chunks.push(chunk);',
    'last = chunk;',
    'this.last = chunk;',
    'state = reduce(state, chunk);',
    'const part = convert(chunk); use(part);',
    'collect(chunk.choices[0]);',
    'all = { ...all, ...chunk.choices[0] };',
    'Object.assign(all, chunk.choices[0]);',
    'all.push(chunk.choices[0]);',
    'use(chunk.choices.map(convert));',
  ])('goes out of sight in %s', (body) => {
    expect(handedOn(body)).toBe(1);
  });

  it.each([
    'save(chunks);',
    'return chunks;',
    'done({ chunks });',
    'this.chunks = chunks;',
    'const all = chunks.map(convert);',
    'for (const c of chunks) collect(c);',
    'return chunks.map((c) => c.choices[0]);',
  ])('goes out of sight with the others in %s', (after) => {
    expect(loopIn(collected(after)).chunksOutOfSight).toHaveLength(1);
  });

  it.each([
    'isDone(chunk.type);',
    'if (chunk.type === END) stop();',
    `if (chunk.type.endsWith('_stop')) stop();`,
    'handlers[chunk.type]?.();',
  ])('is known by its type out of sight in %s', (body) => {
    expect(
      loopIn(
        `${ANTHROPIC}import { END } from './events';\nfor await (const chunk of client.messages.stream(p)) { ${body} }`,
      ).chunksOutOfSight,
    ).not.toEqual([]);
  });

  it.each([
    'use(chunk.choices[0].delta.content);',
    'console.log(chunk);',
    'res.write(JSON.stringify(chunk));',
    'look(chunk); function look(c) { use(c.id); }',
    'controller.enqueue(format(chunk));',
    'let text; text += render(chunk);',
    'let last; last = chunk; use(last.id);',
    'if (isDelta(chunk)) use(chunk.id);',
  ])('stays in sight in %s', (body) => {
    expect(handedOn(body)).toBe(0);
  });

  it.each(LOGGERS)('stays in sight in a log line by %s', (logger) => {
    expect(handedOn(`${logger}(chunk);`)).toBe(0);
  });

  it.each(FALSE_LOGGERS)('goes out of sight in %s, which is no logger', (call) => {
    expect(handedOn(`${call}(chunk);`)).toBe(1);
  });
});

it.each([
  'yield chunk;',
  'yield convert(chunk);',
  'yield { raw: chunk };',
  'yield { parts: [chunk] };',
  'for (const part of convert(chunk)) yield part;',
  'const part = await convert(chunk); yield part;',
])('a generator passes a chunk on in %s', (body) => {
  const loop = loopIn(create('', body).replace('async function', 'async function*'));
  expect([loop.chunksOutOfSight.length, loop.yieldedChunks.length]).toEqual([0, 1]);
});

describe('effects', () => {
  const effects = (before: string, body: string, after = ''): { effects: string; names: string[] } => {
    const text = `${OPENAI}async function ask() { ${before}
const stream = await client.chat.completions.create({ stream: true });
for await (const chunk of stream) { ${body} }
${after} }`;
    const loop = loopIn(text);
    return { effects: loop.effects, names: loop.accumulators.map(({ variable }) => variable.name) };
  };
  const content = 'chunk.choices[0]?.delta?.content';

  it.each([
    ['a string', `let text = '';`, `text += ${content} ?? '';`, ['text']],
    ['an array', `const parts = [];`, `parts.push(${content});`, ['parts']],
    ['two of them', `let text = ''; let chunks = 0;`, `text += ${content}; chunks++;`, ['text', 'chunks']],
    ['with a local in the loop', `let text = '';`, `const part = ${content}; if (part) text += part.trim();`, ['text']],
    ['the last reason', `let reason = null;`, `reason = chunk.choices[0].finish_reason ?? reason;`, ['reason']],
  ])('fill %s', (_, before, body, names) => {
    expect(effects(before, body, 'return 1;')).toEqual({ effects: 'accumulates', names });
  });

  it.each([
    ['text is shown', `let text = '';`, `text += ${content}; show(text);`],
    ['the variable has a value that cannot be written again', `let text = given();`, `text += ${content};`],
    ['the variable was changed before the loop', `let text = ''; text = 'Answer: ';`, `text += ${content};`],
    ['a closure shows it meanwhile', `let text = ''; setInterval(() => show(text), 100);`, `text += ${content};`],
    ['it is a property', `const result = { text: '' };`, `result.text += ${content};`],
    ['it waits for something', `let text = '';`, `text += ${content}; await pause();`],
  ])('are seen outside where %s', (_, before, body) => {
    expect(effects(before, body)).toEqual({ effects: 'emits', names: [] });
  });

  it('are seen outside where an outer loop fills the same variable', () => {
    const loop = loopIn(`${OPENAI}async function ask() { let text = ''; for (const q of all) {
const stream = await client.chat.completions.create({ stream: true }); for await (const chunk of stream) text += ${content}; } return text; }`);
    expect(loop.effects).toBe('emits');
  });

  it('are yields in a generator', () => {
    expect(
      loopIn(
        `${OPENAI}async function* f() { for await (const chunk of await client.chat.completions.create({ stream: true })) yield chunk.id; }`,
      ).effects,
    ).toBe('yields');
  });
});

it('control flow out of the loop is named', () => {
  const body =
    'for (const c of chunk.choices) { if (c) break; } if (a) break; if (b) return; if (c) throw 1; switch (d) { case 1: break; } continue;';
  expect([...loopIn(create('', body)).controlFlow].sort()).toEqual(['break', 'continue', 'return', 'throw']);
});
