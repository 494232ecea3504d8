import { describe, expect, it } from 'vitest';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { catalog } from '../../src/providers/catalog.ts';
import { findReasons, rewriteTwice } from './twice.ts';

const params = `{ model: 'gpt-5', messages, stream: true }`;
const loop = `for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');`;
const module = (body: string, names = 'resilientStream'): [before: string, after: string] => [
  `import OpenAI from 'openai';\n\nconst client = new OpenAI();\n${body}\n`,
  `import OpenAI from 'openai';\nimport { ${names} } from 'resilient-stream';\n\nconst client = new OpenAI();\n${body}\n`,
];

/** What becomes of a body that follows the import and the client. */
function rewriteBody(body: string): string {
  const [head] = module('');
  const after = rewriteTwice(module(body)[0]);
  expect(after).toMatch(/^import OpenAI from 'openai';\nimport \{ [^}]+ \} from 'resilient-stream';\n\nconst client = new OpenAI\(\);\n/);
  expect(head.startsWith('import OpenAI')).toBe(true);
  return after.split('new OpenAI();\n').slice(1).join('new OpenAI();\n').trimEnd();
}

const reasonsOf = (body: string): string[] => findReasons(module(body)[0]);

describe('the examples of the codemod', () => {
  it.each(codemod.examples.map((example, index) => [index + 1, example] as const))('%i gives what it says', (_, { before, after }) => {
    expect(rewriteTwice(before)).toBe(after);
  });
});

describe('every example of the catalog', () => {
  const apis = catalog.flatMap((provider) => provider.apis.map((api) => [`${provider.title} ${api.name}`, api] as const));
  it.each(apis)('%s is wrapped and proven', (_, api) => {
    for (const path of ['file.ts', 'file.js', 'file.mts']) {
      const after = rewriteTwice(api.example, path);
      expect(after).toContain(`${api.awaited ? 'await ' : '= '}resilientStream(({ signal }) => client.${api.name}(`);
      expect(after).toMatch(/, \{ signal, maxRetries: 0 \}\)\);\nfor await/);
    }
  });

  const options: readonly (readonly [shape: string, options: string, helper: string])[] = [
    ['no option of note', '{ timeout: 5 }', ''],
    ['a signal', '{ signal: controller.signal }', ', { signal: controller.signal }'],
    ['a limit', '{ signal: AbortSignal.timeout(30_000) }', ', { totalTimeoutMs: 30_000 }'],
    ['retries', '{ maxRetries: 5 }', ', { maxRetries: 5 }'],
    ['an empty object', '{}', ''],
    ['options of its own', 'options', ', { signal: options?.signal, maxRetries: options?.maxRetries }'],
    ['a spread', '{ ...options, timeout: 5 }', ', { signal: options?.signal, maxRetries: options?.maxRetries }'],
  ];
  it.each(apis.flatMap(([title, api]) => options.map(([shape, given, helper]) => [title, shape, api, given, helper] as const)))('%s with %s is wrapped and proven', (_, __, api, given, helper) => {
    const before = api.example.replace(/\}\);\nfor await/, `}, ${given});\nfor await`);
    expect(before).not.toBe(api.example);
    expect(rewriteTwice(before)).toContain(`)${helper});\nfor await`);
  });
});

describe('the options of the request', () => {
  const given = (options: string): string => rewriteBody(`const stream = await client.chat.completions.create(${params}${options});\n${loop}`);
  const expected = (options: string, helper = '', parameter = 'signal'): string =>
    `const stream = await resilientStream(({ ${parameter} }) => client.chat.completions.create(${params}${options})${helper});\n${loop}`;

  it('are appended where there are none', () => expect(given('')).toBe(expected(', { signal, maxRetries: 0 }')));
  it('stand before a trailing comma', () => expect(given(',')).toBe(expected(', { signal, maxRetries: 0 },')));
  it('take the place of undefined', () => expect(given(', undefined')).toBe(expected(', { signal, maxRetries: 0 }')));
  it('take the place of null', () => expect(given(', null')).toBe(expected(', { signal, maxRetries: 0 }')));
  it('are added to a literal', () => expect(given(', { timeout: 5 }')).toBe(expected(', { timeout: 5, signal, maxRetries: 0 }')));
  it('are added before the trailing comma of a literal', () => expect(given(', { timeout: 5, }')).toBe(expected(', { timeout: 5, signal, maxRetries: 0, }')));
  it('replace a signal in its place', () =>
    expect(given(', { signal: own.signal, timeout: 5 }')).toBe(expected(', { signal, timeout: 5, maxRetries: 0 }', ', { signal: own.signal }')));
  it('drop a signal that is nothing', () => expect(given(', { signal: undefined }')).toBe(expected(', { signal, maxRetries: 0 }')));
  it('keep a key in quotes', () => expect(given(`, { 'signal': own }`)).toBe(expected(`, { 'signal': signal, maxRetries: 0 }`, ', { signal: own }')));
  it('keep a sequence one value', () => expect(given(', { signal: (a, b) }')).toBe(expected(', { signal, maxRetries: 0 }', ', { signal: (a, b) }')));
  it('make a limit of a signal that is one', () =>
    expect(given(', { signal: AbortSignal.timeout(ms) }')).toBe(expected(', { signal, maxRetries: 0 }', ', { totalTimeoutMs: ms }')));
  it('leave a limit of zero a signal: the helper takes none', () =>
    expect(given(', { signal: AbortSignal.timeout(0) }')).toBe(expected(', { signal, maxRetries: 0 }', ', { signal: AbortSignal.timeout(0) }')));
  it('move the retries', () => expect(given(', { maxRetries }')).toBe(expected(', { maxRetries: 0, signal }', ', { maxRetries }')));
  it('keep a cast', () => expect(given(', { timeout: 5 } as any')).toBe(expected(', { timeout: 5, signal, maxRetries: 0 } as any')));
  it('keep a spread in front, and pass on what it may hold', () =>
    expect(given(', { ...this.options }')).toBe(expected(', { ...this.options, signal, maxRetries: 0 }', ', { signal: this.options?.signal, maxRetries: this.options?.maxRetries }')));

  it('of a constant in sight pass on what it holds and nothing else', () => {
    expect(rewriteBody(`const own = { signal: x };\nconst stream = await client.chat.completions.create(${params}, own);\n${loop}`)).toBe(
      `const own = { signal: x };\nconst stream = await resilientStream(({ signal }) => client.chat.completions.create(${params}, { ...own, signal, maxRetries: 0 }), { signal: own.signal });\n${loop}`,
    );
  });

  it('of a type in this file pass on what the type has', () => {
    const after = rewriteBody(`interface Own { timeout: number; signal?: AbortSignal }\nasync function ask(own: Own) {\n  const stream = await client.chat.completions.create(${params}, own);\n  ${loop}\n}`);
    expect(after).toContain('{ ...own, signal, maxRetries: 0 }), { signal: own?.signal });');
  });

  it('stand on lines of their own where the others do', () => {
    expect(given(', {\n  timeout: 5,\n}')).toBe(expected(', {\n  timeout: 5,\n  signal,\n  maxRetries: 0,\n}'));
    expect(given(', {\n  timeout: 5 // five\n}')).toBe(expected(', {\n  timeout: 5, // five\n  signal,\n  maxRetries: 0\n}'));
    expect(given(', {\n  timeout: 5, // five\n  // no more\n}')).toBe(expected(', {\n  timeout: 5, // five\n  signal,\n  maxRetries: 0,\n  // no more\n}'));
  });

  it('are an argument on a line of its own where the others are', () => {
    const create = (...lines: string[]): string => rewriteBody(`const stream = await client.chat.completions.create(\n${lines.join('\n')}\n);\n${loop}`);
    expect(create(`  ${params},`)).toContain(`create(\n  ${params},\n  { signal, maxRetries: 0 },\n));`);
    expect(create(`  ${params} // all`)).toContain(`create(\n  ${params}, // all\n  { signal, maxRetries: 0 }\n));`);
  });

  it('are left where they cannot be known', () => {
    const reasons = (options: string): string[] => reasonsOf(`const stream = await client.chat.completions.create(${options});\n${loop}`);
    expect(reasons(`...args`)).toEqual(['The arguments of the request are spread; pass them one by one, then run this again.']);
    expect(reasons(`${params}, find()`)).toEqual(['The options of the request come from an expression; give them a name of their own, then run this again.']);
    expect(reasons(`${params}, { [key]: 1 }`)).toEqual(['An option of the request has a computed name, which may be the signal; name it, then run this again.']);
    expect(reasons(`${params}, { signal: a, ...own }`)).toEqual(['A spread in the options of the request may override an option before it; move the spread to the front, then run this again.']);
    expect(reasons(`${params}, { ...a, ...b }`)).toEqual(['A spread in the options of the request may hold a signal or `maxRetries`; write these out, then run this again.']);
    expect(reasons(`${params}, { get signal() { return a; } }`)).toEqual(['An option of the request is a method or an accessor; make it a plain property, then run this again.']);
  });
});

describe('the shape of the code', () => {
  const wrapped = `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }))`;
  const call = `client.chat.completions.create(${params})`;

  it.each([
    ['the loop’s head', `for await (const chunk of await ${call}) use(chunk.choices[0]);`],
    ['a constant', `const stream = await ${call};\n${loop}`],
    ['a promise that is waited for in the head', `const stream = ${call};\nfor await (const chunk of await stream) use(chunk.choices[0]);`],
    ['a callback of then', `${call}.then(async (stream) => {\n  ${loop}\n});`],
    ['a promise with a catch', `const stream = await ${call}.catch(report);\n${loop}`],
    ['a conditional', `const stream = fast ? await ${call} : null;\n${loop}`],
    ['parentheses and a cast', `const stream = (await (${call})) as any;\n${loop}`],
    ['an annotation that the helper fits', `const stream: AsyncIterable<Chunk> = await ${call};\n${loop}`],
    ['a function of this file', `async function open() { return ${call}; }\nconst stream = await open();\n${loop}`],
    ['a generator', `async function* answer() {\n  for await (const chunk of await ${call}) yield chunk.choices[0];\n}`],
    ['a loop in the other function', `const stream = await ${call};\nnew ReadableStream({ async start(controller) { ${loop} } });`],
    ['loops of which one runs', `const stream = await ${call};\nif (plain) {\n  ${loop}\n} else {\n  ${loop}\n}`],
    ['a test whether there is one', `const stream = await ${call};\nif (!stream || stream === null) throw new Error();\n${loop}`],
    ['an abort before a break', `const stream = await ${call};\nfor await (const chunk of stream) {\n  if (chunk.choices[0]) { stream.controller.abort(); break; }\n}`],
  ])('%s is wrapped', (_, body) => {
    expect(rewriteBody(body)).toBe(body.replaceAll(call, wrapped));
  });

  it('with the request in two branches is wrapped in both', () => {
    const body = (first: string, second: string): string => `let stream;\nif (fast) stream = await ${first};\nelse stream = await ${second};\n${loop}`;
    const other = call.replace('gpt-5', 'gpt-4');
    expect(rewriteBody(body(call, other))).toBe(body(wrapped, wrapped.replace('gpt-5', 'gpt-4')));
  });

  it('of a class with its client is wrapped', () => {
    const text = (open: string): string => `class Agent {\n  #client = new OpenAI();\n  async run() {\n    for await (const chunk of await ${open}) use(chunk.choices[0]);\n  }\n}`;
    const own = call.replace('client', 'this.#client');
    expect(rewriteBody(text(own))).toBe(text(wrapped.replace('client', 'this.#client')));
  });

  it('that is wrapped already stays, under whatever name', () => {
    const text = `import OpenAI from 'openai';\nimport { resilientStream as open } from 'resilient-stream';\nconst client = new OpenAI();\nconst stream = await open(({ signal }) => client.chat.completions.create(${params}, { signal }));\n${loop}\n`;
    expect(rewriteTwice(text)).toBe(text);
  });

  it('does not start later what started at the call', () => {
    const later = ['The request starts at the call, and in the helper it would start after other work; move the call next to the loop, then run this again.'];
    const helper = `const stream = client.chat.completions.stream({ model: 'gpt-5', messages });`;
    const body = (between: string): string => `async function ask(messages) {\n  ${helper}\n  ${between}\n  ${loop}\n}`;
    expect(reasonsOf(body('await save();'))).toEqual(later);
    expect(reasonsOf(body('messages.push(answer);'))).toEqual(later);
    expect(rewriteBody(body('let text;'))).toContain('resilientStream');
  });
});

describe('what cannot be wrapped', () => {
  const call = `client.chat.completions.create(${params})`;

  it.each([
    ['listeners', `const stream = client.chat.completions.stream(${params}).on('error', report);\n${loop}`, 'The stream has listeners (`.on()`), which the helper\'s stream does not take; do their work in the loop, then run this again.'],
    ['listeners on the variable', `const stream = client.chat.completions.stream(${params});\nstream.on('error', report);\n${loop}`, 'The stream has listeners (`.on()`), which the helper\'s stream does not take; do their work in the loop, then run this again.'],
    ['a final member', `const stream = client.chat.completions.stream(${params});\n${loop}\nawait stream.finalMessage();`, 'The stream\'s `finalMessage` is used, which the helper\'s stream does not have; do without it, then run this again.'],
    ['a copy', `const stream = await ${call};\nconst [a] = stream.tee();\n${loop}`, 'The stream\'s `tee` is used, which the helper\'s stream does not have; do without it, then run this again.'],
    ['a silent abort', `const stream = await ${call};\nonClose(() => stream.controller.abort());\n${loop}`, 'The stream\'s `controller` ends this loop without an error, which the helper\'s never does; leave the loop by `break`, then run this again.'],
    ['withResponse', `const { data: stream } = await ${call}.withResponse();\n${loop}`, 'The request is read by `.withResponse()`; take the stream from the call itself, then run this again.'],
    ['a call that takes it', `const stream = await ${call};\nwatch(stream);\n${loop}`, 'The stream is passed to `watch`, out of sight; wrap the request by hand if it only iterates the stream.'],
    ['a callback', `const stream = await retry(() => ${call});\n${loop}`, 'The request is made in a callback of `retry`; wrap it by hand, and let only one of the two retry.'],
    ['an export', `export const stream = await ${call};\n${loop}`, 'The stream is exported; wrap the request by hand if importers only iterate it.'],
    ['callers out of sight', `export async function open() { return ${call}; }\nconst stream = await open();\n${loop}`, 'The stream is returned to callers out of sight; wrap the request by hand if they only iterate it.'],
    ['a type of the SDK', `const stream: Stream<Chunk> = await ${call};\n${loop}`, "The stream is typed with a type of its own, which the helper's stream may not have; take that type away or make it `AsyncIterable`, then run this again."],
    ['an optional client', `const stream = await client?.chat.completions.create(${params});\n${loop}`, 'The request is skipped where `?.` finds nothing; test for that before the call, then run this again.'],
    ['an await inside', `const stream = await client.chat.completions.create({ model: await pick(), messages, stream: true });\n${loop}`, 'The request waits for something of its own (`await`); give that a name before the call, then run this again.'],
    ['a side effect', `const stream = await client.chat.completions.create({ model: models[i++], messages, stream: true });\n${loop}`, 'The request changes a variable, which each attempt would do again; do that before the call, then run this again.'],
    ['a queue', `const stream = await client.chat.completions.create({ model: models.pop(), messages, stream: true });\n${loop}`, 'The request calls `.pop()`, which each attempt would do again; do that before the call, then run this again.'],
    ['a request elsewhere', `export async function print(stream) {\n  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');\n}`, 'The request is made elsewhere; wrap it there in `resilientStream`.'],
  ])('%s is left with a reason', (_, body, reason) => {
    expect(reasonsOf(body)).toEqual([reason]);
  });

  it('is read by two loops', () => {
    const reason = 'More than one loop reads this stream, and a stream can be read once; read it in one loop, then run this again.';
    expect(reasonsOf(`const stream = await ${call};\n${loop}\n${loop}`)).toEqual([reason, reason]);
  });

  it('ends every reason with a full stop, and says what a person can do', () => {
    const reasons = [...reasonsOf(`const stream = await ${call};\nwatch(stream);\n${loop}`), ...reasonsOf(`this.x = 1;\nconst stream = await retry(() => ${call});\n${loop}`)];
    for (const reason of reasons) expect(reason).toMatch(/^[A-Z].*; .*\.$/);
  });
});

describe('names', () => {
  it('of the attempt’s signal give way to one that the request reads', () => {
    const body = (open: string): string => `async function ask(signal) {\n  const stream = await ${open};\n  ${loop}\n}`;
    expect(rewriteBody(body(`client.chat.completions.create({ ...build(signal), stream: true }, { signal })`))).toBe(
      body('resilientStream(({ signal: attemptSignal }) => client.chat.completions.create({ ...build(signal), stream: true }, { signal: attemptSignal, maxRetries: 0 }), { signal })'),
    );
  });

  it('of the attempt’s signal stay where the other is moved out', () => {
    const body = (open: string): string => `async function ask(signal) {\n  const stream = await ${open};\n  ${loop}\n}`;
    expect(rewriteBody(body(`client.chat.completions.create(${params}, { signal })`))).toBe(
      body(`resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }), { signal })`),
    );
  });

  it('of the helper give way to what the file has', () => {
    const body = `function restart() {}\nfunction resilientStream() {}\nlet text = '';\nfor await (const chunk of await client.chat.completions.create(${params})) text += chunk.choices[0].delta.content;`;
    const after = rewriteTwice(module(body)[0]);
    expect(after).toContain(`import { resilientStream as resilientStream2, restart as restart2 } from 'resilient-stream';`);
    expect(after).toContain(`of await resilientStream2(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }), { recover: restart2(() => { text = ''; }) }))`);
  });
});

describe('recovery', () => {
  const read = (open: string): string => `const stream = await ${open};\nfor await (const chunk of stream) `;
  const call = `client.chat.completions.create(${params})`;
  const recovers = (undo: string): string => `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }), { recover: restart(() => { ${undo} }) })`;
  const plain = `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }))`;

  it.each([
    ['a text', `let text = '';`, 'text += chunk.choices[0].delta.content;', `text = '';`],
    ['a constant array', 'const parts: string[] = [];', 'parts.push(chunk.choices[0].delta.content);', 'parts.length = 0;'],
    ['two variables', `let text = '', count = 0;`, '{ text += chunk.choices[0].delta.content; count++; }', `text = ''; count = 0;`],
    ['a loop that breaks', `let text = '';`, '{ text += chunk.choices[0].delta.content; if (text.length > 9) break; }', `text = '';`],
  ])('takes back %s', (_, declaration, body, undo) => {
    expect(rewriteBody(`${declaration}\n${read(call)}${body}`)).toBe(`${declaration}\n${read(recovers(undo))}${body}`);
  });

  it.each([
    ['is shown', `let text = '';`, '{ text += chunk.choices[0].delta.content; show(text); }'],
    ['was filled before', `let text = '';\ntext = intro;`, 'text += chunk.choices[0].delta.content;'],
  ])('is left out where the text %s', (_, declaration, body) => {
    expect(rewriteBody(`${declaration}\n${read(call)}${body}`)).toBe(`${declaration}\n${read(plain)}${body}`);
  });

  it('stands at a call above the text, for it runs when the loop has begun', () => {
    const body = (open: string): string => `const stream = await ${open};\nlet text = '';\nfor await (const chunk of stream) text += chunk.choices[0].delta.content;`;
    expect(rewriteBody(body(call))).toBe(body(recovers(`text = '';`)));
  });

  it.each([
    ['is not in sight of the call', `let stream;\n{ stream = await OPEN; }\n{ let text = ''; for await (const chunk of stream) text += chunk.choices[0].delta.content; }`],
    ['has a namesake at the call', `let stream, text = '';\n{ const text = 1; stream = await OPEN; }\nfor await (const chunk of stream) text += chunk.choices[0].delta.content;`],
  ])('is left out where the text %s', (_, body) => {
    expect(rewriteBody(body.replace('OPEN', call))).toBe(body.replace('OPEN', plain));
  });

  it('stands beside the signal', () => {
    expect(rewriteBody(`let text = '';\n${read(call.replace(/\)$/, ', { signal: own })'))}text += chunk.choices[0].delta.content;`)).toContain(
      `{ signal: own, recover: restart(() => { text = ''; }) }`,
    );
  });
});
