import type { TSESTree } from '@typescript-eslint/utils';
import { describe, expect, it } from 'vitest';
import { rewriteText } from '../../codemods/rewrite.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';
import { visit } from '../../src/analysis/source/tree.ts';
import { catalog } from '../../src/providers/catalog.ts';
import type { OptionPath, StreamApi } from '../../src/providers/provider.ts';
import { findReasons, rewriteTwice } from './twice.ts';

const params = `{ model: 'gpt-5', messages, stream: true }`;
const loop = `for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');`;
const module = (body: string, names = 'resilientStream'): [before: string, after: string] => [
  `import OpenAI from 'openai';\n\nconst client = new OpenAI();\n${body}\n`,
  `import OpenAI from 'openai';
import { ${names} } from 'resilient-stream';

const client = new OpenAI();
${body}
`,
];

/** What becomes of a body that follows the import and the client. */
function rewriteBody(body: string): string {
  const [head] = module('');
  const after = rewriteTwice(module(body)[0]);
  expect(after).toMatch(
    /^import OpenAI from 'openai';\nimport \{ [^}]+ \} from 'resilient-stream';\n\nconst client = new OpenAI\(\);\n/,
  );
  expect(head.startsWith('import OpenAI')).toBe(true);
  return after.split('new OpenAI();\n').slice(1).join('new OpenAI();\n').trimEnd();
}

const reasonsOf = (body: string): string[] => findReasons(module(body)[0]);

describe('the examples of the codemod', () => {
  it.each(codemod.examples.map((example, index) => [index + 1, example] as const))(
    '%i gives what it says',
    (_, { before, after }) => {
      expect(rewriteTwice(before)).toBe(after);
    },
  );
});

describe('every example of the catalog', () => {
  const apis = catalog.flatMap((provider) =>
    provider.apis.map((api) => [`${provider.title} ${api.name} ${api.iterables.join(', ')}`.trim(), api] as const),
  );
  const left = apis.flatMap(([title, api]) => findReasonOf(api).map((reason) => [title, api, reason] as const));
  const wrapped = apis.filter(([, api]) => findReasonOf(api).length === 0);

  it.each(wrapped)('%s is wrapped and proven', (_, api) => {
    for (const path of ['file.ts', 'file.js', 'file.mts']) {
      const after = rewriteTwice(api.example, path);
      expect(after).toMatch(
        takesSignal(api) ? /resilientStream\((async )?\(\{ signal \}\) => / : /resilientStream\((async )?\(\) => /,
      );
      expect(findGiven(after, takesSignal(api) ? api.signal : null)).toBe(takesSignal(api) ? 'signal' : undefined);
      expect(findGiven(after, api.retries)).toBe(givesRetries(api) ? '0' : undefined);
      expect(after.includes('terminal: (chunk) => ')).toBe(api.protocol === null);
    }
  });

  it.each(left)('%s is left with a reason', (_, api, reason) => {
    expect(findReasons(api.example)).toEqual([reason]);
  });

  const withPlace = wrapped.filter(([, api]) => takesSignal(api));
  it.each(withPlace)('%s gives its own signal to the helper', (_, api) => {
    const after = rewriteTwice(give(api, api.signal!, 'controller.signal'));
    expect(findGiven(after, api.signal)).toBe('signal');
    expect(after).toContain(printTail(api, 'signal: controller.signal'));
  });

  it.each(withPlace)('%s gives its limit to the helper', (_, api) => {
    const after = rewriteTwice(give(api, api.signal!, 'AbortSignal.timeout(30_000)'));
    expect(findGiven(after, api.signal)).toBe('signal');
    expect(after).toContain(printTail(api, 'totalTimeoutMs: 30_000'));
  });

  it.each(wrapped.filter(([, api]) => givesRetries(api)))('%s gives its retries to the helper', (_, api) => {
    const after = rewriteTwice(give(api, api.retries!, '5'));
    expect(findGiven(after, api.retries)).toBe('0');
    expect(after).toContain(printTail(api, 'maxRetries: 5'));
  });

  it.each(withPlace)('%s keeps a spread, and passes on what it may hold', (_, api) => {
    const after = rewriteTwice(give(api, api.signal!, null));
    const moved = [
      `signal: options?.${api.signal!.path.join('?.')}`,
      ...(givesRetries(api) ? [`maxRetries: options?.${api.retries!.path.join('?.')}`] : []),
    ];
    expect(after).toContain(printTail(api, ...moved));
    for (const depth of api.signal!.path.slice(0, -1).keys()) {
      expect(after).toContain(
        `${api.signal!.path[depth]!}: { ...options?.${api.signal!.path.slice(0, depth + 1).join('?.')}, `,
      );
    }
  });
});

const takesSignal = ({ signal }: StreamApi): boolean =>
  signal !== null && signal.path.length > 0 && !signal.path.at(-1)!.endsWith('Controller');

/** Of a stream that stays open the SDK may retry the request, and the helper nothing. */
const givesRetries = ({ retries, staysOpen }: StreamApi): boolean => retries !== null && !staysOpen;

/** How the options of the helper begin; where it is told the end of the chunks, that stands behind them. */
function printTail({ staysOpen, protocol }: StreamApi, ...options: readonly string[]): string {
  const told = [
    ...options,
    ...(staysOpen ? ['maxRetries: 0'] : []),
    ...(protocol === null ? ['terminal: (chunk) => '] : []),
  ].join(', ');
  return `, { ${told}${protocol === null ? '' : ' })'}`;
}

/** Why an example is left to a person; [] for one that is wrapped. */
function findReasonOf({ name, reach, iterables, signal, protocol, terminal, example }: StreamApi): string[] {
  if (name.startsWith('new ')) return ['The request is made elsewhere; wrap it there in `resilientStream`.'];
  if (reach === 'request')
    return [
      'The response is read without an SDK; wrap the request by hand in `resilientStream`, with `sse(response)` or `ndjson(response)` to read it.',
    ];
  if (iterables.includes('[]'))
    return [
      'The request gives a stream for each turn of a run, which cannot be made again one by one; give each turn a request of its own, or leave this loop.',
    ];
  if (protocol === null && terminal === null)
    return [
      `The helper knows no sign of the end in the chunks of \`${name}\`, and would take a cut answer for a whole one; wrap the request by hand, with a \`terminal\` that tells it.`,
    ];
  const isPlain = signal?.argument === 0 && /tream\('Hello'\);/.test(example);
  return isPlain
    ? [
        'The request is given a plain value in the place of its options; pass an object of options, then run this again.',
      ]
    : [];
}

/** What the wrapped request gets at a place, as text. */
function findGiven(text: string, place: OptionPath | null): string | undefined {
  if (!place) return undefined;
  const source = parseSource('file.ts', text);
  let given: string | undefined;
  visit(source.ast, source.visitorKeys, (node) => {
    if (node.type !== 'ArrowFunctionExpression' || !text.slice(0, node.range[0]).endsWith('resilientStream(')) return;
    visit(node.body, source.visitorKeys, (inner) => {
      const value =
        inner.type === 'CallExpression' ? findAtPath(inner.arguments[place.argument], place.path) : undefined;
      if (value) given = text.slice(...value.range);
    });
  });
  return given;
}

function findAtPath(value: TSESTree.Node | undefined, [name, ...rest]: readonly string[]): TSESTree.Node | undefined {
  if (name === undefined || !value) return value;
  if (value.type !== 'ObjectExpression') return undefined;
  const property = value.properties.find(
    (each) => each.type === 'Property' && each.key.type === 'Identifier' && each.key.name === name,
  );
  return property?.type === 'Property' ? findAtPath(property.value, rest) : undefined;
}

/** The example, with a value at a place of its request; null: with a spread in front of what stands there. */
function give({ example }: StreamApi, { argument, path }: OptionPath, value: string | null): string {
  const { call } = findStreamLoops(parseSource('file.ts', example))[0]!.origin;
  const property =
    value === null
      ? '...options'
      : path.reduceRight(
          (inner, name, depth) => (depth === path.length - 1 ? `${name}: ${inner}` : `${name}: { ${inner} }`),
          value,
        );
  const given = call!.arguments[argument];
  const leftOut = ', undefined'.repeat(Math.max(0, argument - call!.arguments.length));
  if (given?.type === 'ObjectExpression') return splice(example, given.range[0] + 1, ` ${property},`);
  return splice(example, call!.arguments.at(-1)!.range[1], `${leftOut}, { ${property} }`);
}

const splice = (text: string, offset: number, added: string): string =>
  text.slice(0, offset) + added + text.slice(offset);

describe('the options of the request', () => {
  const given = (options: string): string =>
    rewriteBody(`const stream = await client.chat.completions.create(${params}${options});\n${loop}`);
  const expected = (options: string, helper = '', parameter = 'signal'): string =>
    `const stream = await resilientStream(({ ${parameter} }) => client.chat.completions.create(${params}${options})${helper});
${loop}`;

  it('are appended where there are none', () => expect(given('')).toBe(expected(', { signal, maxRetries: 0 }')));
  it('stand before a trailing comma', () => expect(given(',')).toBe(expected(', { signal, maxRetries: 0 },')));
  it('take the place of undefined', () => expect(given(', undefined')).toBe(expected(', { signal, maxRetries: 0 }')));
  it('take the place of null', () => expect(given(', null')).toBe(expected(', { signal, maxRetries: 0 }')));
  it('are added to a literal', () =>
    expect(given(', { timeout: 5 }')).toBe(expected(', { timeout: 5, signal, maxRetries: 0 }')));
  it('are added before the trailing comma of a literal', () =>
    expect(given(', { timeout: 5, }')).toBe(expected(', { timeout: 5, signal, maxRetries: 0, }')));
  it('replace a signal in its place', () =>
    expect(given(', { signal: own.signal, timeout: 5 }')).toBe(
      expected(', { signal, timeout: 5, maxRetries: 0 }', ', { signal: own.signal }'),
    ));
  it('drop a signal that is nothing', () =>
    expect(given(', { signal: undefined }')).toBe(expected(', { signal, maxRetries: 0 }')));
  it('keep a key in quotes', () =>
    expect(given(`, { 'signal': own }`)).toBe(expected(`, { 'signal': signal, maxRetries: 0 }`, ', { signal: own }')));
  it('keep a sequence one value', () =>
    expect(given(', { signal: (a, b) }')).toBe(expected(', { signal, maxRetries: 0 }', ', { signal: (a, b) }')));
  it('make a limit of a signal that is one', () =>
    expect(given(', { signal: AbortSignal.timeout(ms) }')).toBe(
      expected(', { signal, maxRetries: 0 }', ', { totalTimeoutMs: ms }'),
    ));
  it('leave a limit of zero a signal: the helper takes none', () =>
    expect(given(', { signal: AbortSignal.timeout(0) }')).toBe(
      expected(', { signal, maxRetries: 0 }', ', { signal: AbortSignal.timeout(0) }'),
    ));
  it('move the retries', () =>
    expect(given(', { maxRetries }')).toBe(expected(', { maxRetries: 0, signal }', ', { maxRetries }')));
  it('give the helper no retries that are null', () => {
    expect(given(', { maxRetries: null }')).toBe(expected(', { maxRetries: 0, signal }'));
    expect(given(', { maxRetries: count ?? null }')).toBe(
      expected(', { maxRetries: 0, signal }', ', { maxRetries: count ?? undefined }'),
    );
    expect(given(', { maxRetries: often ? 5 : null }')).toBe(
      expected(', { maxRetries: 0, signal }', ', { maxRetries: (often ? 5 : null) ?? undefined }'),
    );
  });
  it('give the helper a signal that may be null: it takes that', () =>
    expect(given(', { signal: own ?? null }')).toBe(
      expected(', { signal, maxRetries: 0 }', ', { signal: own ?? null }'),
    ));
  it('keep a comment in an empty literal', () => {
    expect(given(', { /* none */ }')).toBe(expected(', { /* none */ signal, maxRetries: 0 }'));
    expect(given(', { // none\n}')).toBe(expected(', { // none\n  signal,\n  maxRetries: 0,\n}'));
  });
  it('keep a comment on the signal', () =>
    expect(given(', { signal: /* the caller */ own }')).toBe(
      expected(', { signal: /* the caller */ signal, maxRetries: 0 }', ', { signal: own }'),
    ));
  it('keep a cast', () =>
    expect(given(', { timeout: 5 } as any')).toBe(expected(', { timeout: 5, signal, maxRetries: 0 } as any')));
  it('keep a spread in front, and pass on what it may hold', () =>
    expect(given(', { ...this.options }')).toBe(
      expected(
        ', { ...this.options, signal, maxRetries: 0 }',
        ', { signal: this.options?.signal, maxRetries: this.options?.maxRetries }',
      ),
    ));

  it('of a constant in sight pass on what it holds and nothing else', () => {
    expect(
      rewriteBody(
        `const own = { signal: x };\nconst stream = await client.chat.completions.create(${params}, own);\n${loop}`,
      ),
    ).toBe(
      `const own = { signal: x };
const stream = await resilientStream(({ signal }) => client.chat.completions.create(${params}, { ...own, signal, maxRetries: 0 }), { signal: own.signal });
${loop}`,
    );
  });

  it('of a type in this file pass on what the type has', () => {
    const after = rewriteBody(
      `interface Own { timeout: number; signal?: AbortSignal }
async function ask(own: Own) {
  const stream = await client.chat.completions.create(${params}, own);
  ${loop}
}`,
    );
    expect(after).toContain('{ ...own, signal, maxRetries: 0 }), { signal: own?.signal });');
  });

  it('stand on lines of their own where the others do', () => {
    expect(given(', {\n  timeout: 5,\n}')).toBe(expected(', {\n  timeout: 5,\n  signal,\n  maxRetries: 0,\n}'));
    expect(given(', {\n  timeout: 5 // five\n}')).toBe(
      expected(', {\n  timeout: 5, // five\n  signal,\n  maxRetries: 0\n}'),
    );
    expect(given(', {\n  timeout: 5, // five\n  // no more\n}')).toBe(
      expected(', {\n  timeout: 5, // five\n  signal,\n  maxRetries: 0,\n  // no more\n}'),
    );
  });

  it('are an argument on a line of its own where the others are', () => {
    const create = (...lines: string[]): string =>
      rewriteBody(`const stream = await client.chat.completions.create(\n${lines.join('\n')}\n);\n${loop}`);
    expect(create(`  ${params},`)).toContain(`create(\n  ${params},\n  { signal, maxRetries: 0 },\n));`);
    expect(create(`  ${params} // all`)).toContain(`create(\n  ${params}, // all\n  { signal, maxRetries: 0 }\n));`);
  });

  it('are left where they cannot be known', () => {
    const reasons = (options: string): string[] =>
      reasonsOf(`const stream = await client.chat.completions.create(${options});\n${loop}`);
    expect(reasons(`...args`)).toEqual([
      'The arguments of the request are spread; pass them one by one, then run this again.',
    ]);
    expect(reasons(`${params}, find()`)).toEqual([
      'The options of the request come from an expression; give them a name of their own, then run this again.',
    ]);
    expect(reasons(`${params}, { [key]: 1 }`)).toEqual([
      'An option of the request has a computed name, which may be the signal; name it, then run this again.',
    ]);
    expect(reasons(`${params}, { signal: a, ...own }`)).toEqual([
      'A spread in the options of the request may override an option before it; move the spread to the front, then run this again.',
    ]);
    expect(reasons(`${params}, { ...a, ...b }`)).toEqual([
      'A spread in the options of the request may hold a signal or `maxRetries`; write these out, then run this again.',
    ]);
    expect(reasons(`${params}, { get signal() { return a; } }`)).toEqual([
      'An option of the request is a method or an accessor; make it a plain property, then run this again.',
    ]);
  });
});

describe('the shape of the code', () => {
  const wrapped = `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }))`;
  const call = `client.chat.completions.create(${params})`;

  it.each([
    ['the loop’s head', `for await (const chunk of await ${call}) use(chunk.choices[0]);`],
    ['a constant', `const stream = await ${call};\n${loop}`],
    [
      'a promise that is waited for in the head',
      `const stream = ${call};\nfor await (const chunk of await stream) use(chunk.choices[0]);`,
    ],
    ['a callback of then', `${call}.then(async (stream) => {\n  ${loop}\n});`],
    ['a promise with a catch', `const stream = await ${call}.catch(report);\n${loop}`],
    ['a conditional', `const stream = fast ? await ${call} : null;\n${loop}`],
    ['parentheses and a cast', `const stream = (await (${call})) as any;\n${loop}`],
    ['an annotation that the helper fits', `const stream: AsyncIterable<Chunk> = await ${call};\n${loop}`],
    ['a function of this file', `async function open() { return ${call}; }\nconst stream = await open();\n${loop}`],
    [
      'a generator',
      `async function* answer() {\n  for await (const chunk of await ${call}) yield chunk.choices[0];\n}`,
    ],
    [
      'a loop in the other function',
      `const stream = await ${call};\nnew ReadableStream({ async start(controller) { ${loop} } });`,
    ],
    ['loops of which one runs', `const stream = await ${call};\nif (plain) {\n  ${loop}\n} else {\n  ${loop}\n}`],
    [
      'a test whether there is one',
      `const stream = await ${call};\nif (!stream || stream === null) throw new Error();\n${loop}`,
    ],
    [
      'a test whether it can be iterated',
      `const stream = await ${call};
if (typeof (stream as any)?.[Symbol.asyncIterator] !== 'function') throw new Error();
${loop}`,
    ],
    [
      'an abort before a break',
      `const stream = await ${call};
for await (const chunk of stream) {
  if (chunk.choices[0]) { stream.controller.abort(); break; }
}`,
    ],
  ])('%s is wrapped', (_, body) => {
    expect(rewriteBody(body)).toBe(body.replaceAll(call, wrapped));
  });

  it('of a client that is waited for is wrapped with the wait', () => {
    const text = (open: string): string =>
      `class Agent {
  #client = connect(new OpenAI());
  async run() {
    const stream = await ${open};
    ${loop}
  }
}`;
    const own = call.replace('client', '(await this.#client)');
    expect(rewriteBody(text(own))).toBe(
      text(wrapped.replace('({ signal })', 'async ({ signal })').replace('client', '(await this.#client)')),
    );
  });

  it('with the request in two branches is wrapped in both', () => {
    const body = (first: string, second: string): string =>
      `let stream;\nif (fast) stream = await ${first};\nelse stream = await ${second};\n${loop}`;
    const other = call.replace('gpt-5', 'gpt-4');
    expect(rewriteBody(body(call, other))).toBe(body(wrapped, wrapped.replace('gpt-5', 'gpt-4')));
  });

  it('of a class with its client is wrapped', () => {
    const text = (open: string): string =>
      `class Agent {
  #client = new OpenAI();
  async run() {
    for await (const chunk of await ${open}) use(chunk.choices[0]);
  }
}`;
    const own = call.replace('client', 'this.#client');
    expect(rewriteBody(text(own))).toBe(text(wrapped.replace('client', 'this.#client')));
  });

  it('that is wrapped already stays, under whatever name', () => {
    const text = `import OpenAI from 'openai';
import { resilientStream as open } from 'resilient-stream';
const client = new OpenAI();
const stream = await open(({ signal }) => client.chat.completions.create(${params}, { signal }));
${loop}
`;
    expect(rewriteTwice(text)).toBe(text);
  });

  it('does not start later what started at the call', () => {
    const later = [
      'The request starts at the call, and in the helper it would start after other work; move the call next to the loop, then run this again.',
    ];
    const helper = `const stream = client.chat.completions.stream({ model: 'gpt-5', messages });`;
    const body = (between: string): string => `async function ask(messages) {\n  ${helper}\n  ${between}\n  ${loop}\n}`;
    expect(reasonsOf(body('await save();'))).toEqual(later);
    expect(reasonsOf(body('messages.push(answer);'))).toEqual(later);
    expect(rewriteBody(body('let text;'))).toContain('resilientStream');
  });

  it('may be made in one of two branches, of the same variables', () => {
    const open = 'client.chat.completions.stream({ messages })';
    const branches = (head: string, tail: string): string =>
      `async function ask(messages) {
  let stream;
  ${head}if (short) stream = ${open};
  else stream = ${open};${tail}
  ${loop}
}`;
    expect(rewriteBody(branches('', '')).match(/resilientStream/g)).toHaveLength(2);
    expect(reasonsOf(branches('for (const short of [true, false]) {\n', '\n}'))).toEqual([
      'The request starts at the call, and in the helper it would start after other work; move the call next to the loop, then run this again.',
    ]);
  });
});

/** What becomes of a body behind these imports. */
function rewriteBehind(imports: string, body: string): string {
  const after = rewriteTwice(`${imports}\n\n${body}\n`);
  return after.slice(after.indexOf('\n\n') + 2).trimEnd();
}

describe('a stream that the result holds', () => {
  const ai = (body: string): string => rewriteBehind(`import { streamObject, streamText } from 'ai';`, body);

  it('is read of a call whose params have a name', () => {
    expect(
      ai(`const params = { model, prompt };\nfor await (const text of streamText(params).textStream) show(text);`),
    ).toContain('streamText({ ...params, abortSignal: signal, maxRetries: 0 })).text()');
  });
  const call = 'streamText({ model, prompt })';
  const wrapped = 'resilientStream(({ signal }) => streamText({ model, prompt, abortSignal: signal, maxRetries: 0 }))';

  it.each([
    [
      'is read in the loop’s head',
      `for await (const part of ${call}.fullStream) use(part);`,
      `for await (const part of ${wrapped}) use(part);`,
    ],
    [
      'is a member of a constant',
      `const result = ${call};\nfor await (const part of result.fullStream) use(part);`,
      `const result = ${wrapped};\nfor await (const part of result) use(part);`,
    ],
    [
      'is picked by a pattern',
      `const { fullStream } = ${call};\nfor await (const part of fullStream) use(part);`,
      `const fullStream = ${wrapped};\nfor await (const part of fullStream) use(part);`,
    ],
    [
      'is picked under another name',
      `const { fullStream: parts } = ${call};\nfor await (const part of parts) use(part);`,
      `const parts = ${wrapped};\nfor await (const part of parts) use(part);`,
    ],
    [
      'has a name of its own',
      `const result = ${call};\nconst stream = result.fullStream;\nfor await (const part of stream) use(part);`,
      `const result = ${wrapped};\nconst stream = result;\nfor await (const part of stream) use(part);`,
    ],
    [
      'is a member of a cast',
      `const stream = (${call} as any).fullStream;\nfor await (const part of stream) use(part);`,
      `const stream = ${wrapped} as any;\nfor await (const part of stream) use(part);`,
    ],
    [
      'is asked for first',
      `const result = ${call};
if (!result.fullStream) throw new Error();
for await (const part of result.fullStream) use(part);`,
      `const result = ${wrapped};\nif (!result) throw new Error();\nfor await (const part of result) use(part);`,
    ],
    [
      'comes from a function of this file',
      `function ask() { return ${call}; }\nfor await (const part of ask().fullStream) use(part);`,
      `function ask() { return ${wrapped}; }\nfor await (const part of ask()) use(part);`,
    ],
    [
      'has its reason read behind the loop',
      `const result = ${call};
for await (const part of result.fullStream) use(part);
if (await result.finishReason === 'length') warn();`,
      `const result = ${wrapped};
for await (const part of result) use(part);
if (await result.finishReason === 'length') warn();`,
    ],
    [
      'has its reason read behind a try',
      `const result = ${call};
try {
  for await (const part of result.fullStream) use(part);
} finally {
  done();
}
log(await result.finishReason);`,
      `const result = ${wrapped};
try {
  for await (const part of result) use(part);
} finally {
  done();
}
log(await result.finishReason);`,
    ],
  ])('%s, and the helper finds it there', (_, before, after) => expect(ai(before)).toBe(after));

  it.each([
    [
      'in the loop’s head',
      `for await (const text of ${call}.textStream) show(text);`,
      `for await (const text of ${wrapped}.text()) show(text);`,
    ],
    [
      'of a constant',
      `const result = ${call};\nfor await (const text of result.textStream) show(text);`,
      `const result = ${wrapped};\nfor await (const text of result.text()) show(text);`,
    ],
    [
      'by a pattern',
      `const { textStream } = ${call};\nfor await (const text of textStream) show(text);`,
      `const textStream = ${wrapped}.text();\nfor await (const text of textStream) show(text);`,
    ],
    [
      'by a pattern behind an await',
      `const { textStream } = await ${call};\nfor await (const text of textStream) show(text);`,
      `const textStream = (await ${wrapped}).text();\nfor await (const text of textStream) show(text);`,
    ],
    [
      'by a pattern of a constant',
      `const result = ${call};\nconst { textStream } = result;\nfor await (const text of textStream) show(text);`,
      `const result = ${wrapped};\nconst textStream = result.text();\nfor await (const text of textStream) show(text);`,
    ],
    [
      'on a line of its own',
      `for await (const text of ${call}\n  .textStream) show(text);`,
      `for await (const text of ${wrapped}\n  .text()) show(text);`,
    ],
    [
      'in a generator',
      `async function* ask() {
  for await (const text of ${call}.textStream) yield text;
}
for await (const text of ask()) show(text);`,
      `async function* ask() {
  for await (const text of ${wrapped}.text()) yield text;
}
for await (const text of ask()) show(text);`,
    ],
  ])('is read as text %s, and is text again', (_, before, after) => expect(ai(before)).toBe(after));

  it('is taken back where it was text', () => {
    expect(ai(`let text = '';\nfor await (const delta of ${call}.textStream) text += delta;`)).toBe(
      `let text = '';
for await (const delta of ${wrapped.slice(0, -1)}, { recover: restart(() => { text = ''; }) }).text()) text += delta;`,
    );
  });

  it('of an unknown kind goes into the callback', () => {
    expect(ai(`for await (const part of ${call}.toUIMessageStream({ sendReasoning: true })) use(part);`)).toBe(
      `for await (const part of ${wrapped.slice(0, -1)}.toUIMessageStream({ sendReasoning: true }))) use(part);`,
    );
  });

  it('of objects is left: they are made whole as far as they go', () => {
    expect(
      findReasons(
        `import { streamObject } from 'ai';
for await (const part of streamObject({ model }).elementStream) show(part);
`,
      ),
    ).toEqual([
      'The helper knows no sign of the end in the chunks of `streamObject`, and would take a cut answer for a whole one; wrap the request by hand, with a `terminal` that tells it.',
    ]);
  });

  const aws = (body: string): string =>
    rewriteBehind(
      `import { BedrockRuntimeClient, ConverseStreamCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';`,
      `const client = new BedrockRuntimeClient({});\n${body}`,
    ).replace('const client = new BedrockRuntimeClient({});\n', '');
  const converse = 'client.send(new ConverseStreamCommand(params)';
  const invoke = 'client.send(new InvokeModelWithResponseStreamCommand(params)';
  const opened = `await resilientStream(({ signal }) => ${converse}, { abortSignal: signal }))`;
  const inside = (guard: string): string =>
    `await resilientStream(async ({ signal }) => (await ${invoke}, { abortSignal: signal })).body${guard})`;

  it.each([
    [
      'of a constant',
      `const response = await ${converse});\nfor await (const event of response.stream!) use(event);`,
      `const response = ${opened};\nfor await (const event of response!) use(event);`,
    ],
    [
      'in the loop’s head',
      `for await (const event of (await ${converse})).stream) use(event);`,
      `for await (const event of ${opened}) use(event);`,
    ],
    [
      'with a test',
      `const response = await ${converse});
if (response?.stream) for await (const event of response.stream) use(event);`,
      `const response = ${opened};\nif (response) for await (const event of response) use(event);`,
    ],
    [
      'behind then',
      `await ${converse}).then(async (response) => { for await (const event of response.stream) use(event); });`,
      `${opened}.then(async (response) => { for await (const event of response) use(event); });`,
    ],
    [
      'with a name in the way',
      `async function ask(signal) {
  const { stream } = await client.send(new ConverseStreamCommand(build(signal)), { abortSignal: signal });
  for await (const event of stream) use(event);
}`,
      `async function ask(signal) {
  const stream = await resilientStream(({ signal: attemptSignal }) => client.send(new ConverseStreamCommand(build(signal)), { abortSignal: attemptSignal }), { signal });
  for await (const event of stream) use(event);
}`,
    ],
    [
      'that only the callback can take out',
      `const response = await ${invoke});\nfor await (const event of response.body) use(event);`,
      `const response = ${inside('')};\nfor await (const event of response) use(event);`,
    ],
    [
      'that may be missing',
      `const { body } = await ${invoke});\nfor await (const event of body ?? []) use(event);`,
      `const body = ${inside(' ?? []')};\nfor await (const event of body) use(event);`,
    ],
    [
      'that is said to be there',
      `const response = await ${invoke});\nfor await (const event of response.body!) use(event);`,
      `const response = ${inside('!')};\nfor await (const event of response) use(event);`,
    ],
    [
      'that is tested',
      `const response = await ${invoke});
if (!response.body) throw new Error();
for await (const event of response.body) use(event);`,
      `const response = ${inside(' ?? []')};
if (!response) throw new Error();
for await (const event of response) use(event);`,
    ],
    [
      'that may be missing, in the loop’s head',
      `for await (const event of (await ${invoke})).body ?? []) use(event);`,
      `for await (const event of ${inside(' ?? []')}) use(event);`,
    ],
  ])('of a command, %s', (_, before, after) => expect(aws(before)).toBe(after));

  it.each([
    [
      'another member is used',
      `const result = ${call};\nfor await (const text of result.textStream) show(text);\nlog(await result.usage);`,
      "The result's `usage` is used, which the helper's stream does not have; do without it, then run this again.",
    ],
    [
      'another member is picked',
      `const { textStream, usage } = ${call};\nfor await (const text of textStream) show(text);`,
      "The result's `usage` is used, which the helper's stream does not have; do without it, then run this again.",
    ],
    [
      'its reason is read before the loop',
      `const result = ${call};
log(await result.finishReason);
for await (const text of result.textStream) show(text);`,
      "The result's `finishReason` is used, which the helper's stream does not have; do without it, then run this again.",
    ],
    [
      'a comment stands in the way',
      `const result = ${call};\nfor await (const text of result /* all */ .textStream) show(text);`,
      'A comment stands where the stream is taken out of the result; move it, then run this again.',
    ],
    [
      'options are given far away',
      `const result = ${call};\nfor await (const part of result.toUIMessageStream({ sendReasoning: true })) use(part);`,
      'The stream is made of the result with options of its own; make it where the request is made, without options, then run this again.',
    ],
    [
      'the method stands in parentheses',
      `const result = ${call};\nfor await (const part of (result.toUIMessageStream)()) show(part);`,
      'The method that makes the stream of the result stands in parentheses of its own; take them away, then run this again.',
    ],
    [
      'the pattern has a choice',
      `const { textStream } = fast ? ${call} : ${call};\nfor await (const text of textStream) show(text);`,
      'The pattern takes the stream out of more than one result; give the result a name, then run this again.',
    ],
    [
      'a pattern has a default',
      `const { textStream = [] } = ${call};\nfor await (const text of textStream) show(text);`,
      'Members of the stream are taken out of it by a pattern; read the stream itself in the loop, then run this again.',
    ],
  ])('is left where %s', (_, body, reason) =>
    expect(findReasons(`import { streamText } from 'ai';\n${body}\n`)).toEqual([reason]),
  );
});

describe('options inside of options', () => {
  const given = (options: string, before = ''): string =>
    rewriteBehind(
      `import { GoogleGenAI } from '@google/genai';`,
      `const client = new GoogleGenAI({});
${before}const stream = await client.models.generateContentStream(${options});
for await (const chunk of stream) use(chunk.text);`,
    );
  const expected = (options: string, helper = '', before = ''): string =>
    `const client = new GoogleGenAI({});
${before}const stream = await resilientStream(({ signal }) => client.models.generateContentStream(${options})${helper});
for await (const chunk of stream) use(chunk.text);`;

  it('are made where there are none', () =>
    expect(given('{ model }')).toBe(expected('{ model, config: { abortSignal: signal } }')));
  it('are added to a literal', () =>
    expect(given('{ model, config: { seed: 1 } }')).toBe(
      expected('{ model, config: { seed: 1, abortSignal: signal } }'),
    ));
  it('move a signal', () =>
    expect(given('{ model, config: { abortSignal: own } }')).toBe(
      expected('{ model, config: { abortSignal: signal } }', ', { signal: own }'),
    ));
  it('keep a variable', () =>
    expect(given('{ model, config: own }')).toBe(
      expected('{ model, config: { ...own, abortSignal: signal } }', ', { signal: own?.abortSignal }'),
    ));
  it('keep a shorthand', () =>
    expect(given('{ model, config }')).toBe(
      expected('{ model, config: { ...config, abortSignal: signal } }', ', { signal: config?.abortSignal }'),
    ));
  it('keep a constant in sight', () =>
    expect(given('{ model, config }', 'const config = { seed: 1 };\n')).toBe(
      expected('{ model, config: { ...config, abortSignal: signal } }', '', 'const config = { seed: 1 };\n'),
    ));
  it('keep what a variable around them holds', () =>
    expect(given('params')).toBe(
      expected(
        '{ ...params, config: { ...params?.config, abortSignal: signal } }',
        ', { signal: params?.config?.abortSignal }',
      ),
    ));
  it('keep what a spread around them holds', () =>
    expect(given('{ ...base, model }')).toBe(
      expected(
        '{ ...base, model, config: { ...base?.config, abortSignal: signal } }',
        ', { signal: base?.config?.abortSignal }',
      ),
    ));
  it('take the place of undefined', () =>
    expect(given('{ model, config: undefined }')).toBe(expected('{ model, config: { abortSignal: signal } }')));
  it('are left where they come from an expression', () =>
    expect(
      findReasons(
        `import { GoogleGenAI } from '@google/genai';
const stream = await new GoogleGenAI({}).models.generateContentStream({ model, config: find() });
for await (const chunk of stream) use(chunk.text);`,
      ),
    ).toEqual([
      'The options of the request come from an expression inside of others; give it a name of its own, then run this again.',
    ]));
});

describe('a request that takes no signal', () => {
  it('is wrapped without one', () => {
    expect(
      rewriteBehind(
        `import ollama from 'ollama';`,
        'for await (const chunk of await ollama.chat({ model, stream: true })) use(chunk.message);',
      ),
    ).toBe(
      'for await (const chunk of await resilientStream(() => ollama.chat({ model, stream: true }))) use(chunk.message);',
    );
  });

  it('is left where nothing tells the end of its chunks, token and all', () => {
    const body = `async function ask(request: vscode.ChatRequest, token) {
  const response = await request.model.sendRequest(messages, {}, token);
  for await (const text of response.text) show(text);
}`;
    expect(findReasons(`import * as vscode from 'vscode';\n\n${body}\n`)).toEqual([
      'The helper knows no sign of the end in the chunks of `sendRequest`, and would take a cut answer for a whole one; wrap the request by hand, with a `terminal` that tells it.',
    ]);
  });

  const ask = (options: string): string =>
    rewriteBehind(
      `import { query } from '@anthropic-ai/claude-agent-sdk';`,
      `const own = new AbortController();\nfor await (const message of query({ prompt, ${options} })) use(message);`,
    );
  const asked = (options: string, helper: string): string =>
    `const own = new AbortController();
for await (const message of resilientStream(() => query({ prompt, ${options} })${helper})) use(message);`;
  it.each([
    ['a controller', 'options: { abortController: own }', ', { signal: own.signal }'],
    ['a controller from elsewhere', 'options: { abortController: found }', ', { signal: found?.signal }'],
    ['options that may hold one', 'options', ', { signal: options?.abortController?.signal }'],
    ['no controller', 'options: { cwd }', ''],
  ])('keeps %s, which the helper hears of', (_, options, helper) => expect(ask(options)).toBe(asked(options, helper)));
});

describe('chunks that a generator hands on', () => {
  const call = `client.chat.completions.create(${params})`;
  const wrapped = `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }))`;
  const body = (open: string, relay: string): string =>
    `async function* answer() {
  ${relay.replace('OPEN', open)}
}
for await (const chunk of answer()) use(chunk.choices[0]?.delta);`;

  it('are wrapped in the generator’s loop', () => {
    const relay = 'for await (const chunk of await OPEN) yield chunk;';
    expect(rewriteBody(body(call, relay))).toBe(body(wrapped, relay));
  });

  it('are wrapped where it hands on the whole', () => {
    expect(rewriteBody(body(call, 'yield* await OPEN;'))).toBe(body(wrapped, 'yield* await OPEN;'));
  });

  it('are left with one reason where the generator’s loop is', () => {
    expect(
      reasonsOf(
        body(call, 'const stream = await OPEN;\n  watch(stream);\n  for await (const chunk of stream) yield chunk;'),
      ),
    ).toHaveLength(1);
  });
});

describe('a file with several requests', () => {
  it('has each wrapped, and the helper imported once', () => {
    const body = (first: string, second: string): string =>
      `const one = await ${first};
for await (const chunk of one) use(chunk.choices[0]);
const two = await ${second};
for await (const event of two) use(event.type);`;
    const [first, second] = ['client.chat.completions.create', 'client.responses.create'];
    expect(rewriteBody(body(`${first}(${params})`, `${second}({ input, stream: true }, { signal: own })`))).toBe(
      body(
        `resilientStream(({ signal }) => ${first}(${params}, { signal, maxRetries: 0 }))`,
        `resilientStream(({ signal }) => ${second}({ input, stream: true }, { signal, maxRetries: 0 }), { signal: own })`,
      ),
    );
  });

  it('has those wrapped that can be, and says why the others are not', () => {
    const text = module(
      `const one = await client.chat.completions.create(${params});
for await (const chunk of one) use(chunk.choices[0]);
const two = await client.chat.completions.create(${params});
watch(two);
for await (const chunk of two) use(chunk.choices[0]);`,
    )[0];
    const { rewrites, skipped, failed } = rewriteText('file.ts', text, [codemod]);
    expect({ lines: rewrites.map(({ line }) => line), left: skipped.map(({ line }) => line), failed }).toEqual({
      lines: [5],
      left: [8],
      failed: null,
    });
  });

  it('has a request in an attempt loop wrapped too, without attempts of its own', () => {
    const body = (open: string): string =>
      `for (let attempt = 0; attempt < 3; attempt++) {
  try {
    for await (const chunk of await ${open}) use(chunk.choices[0]);
    break;
  } catch (error) {
    await wait(attempt);
  }
}`;
    const call = `client.chat.completions.create(${params})`;
    expect(rewriteBody(body(call))).toBe(
      body(
        `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }), { maxRetries: 0 })`,
      ),
    );
  });

  it('has arguments that were left out filled up', () => {
    const body = (open: string): string => `for await (const event of await ${open}) use(event.type);`;
    const after = rewriteBehind(`import OpenAI from 'openai';`, body(`new OpenAI().beta.threads.runs.stream(id)`));
    const ended = `['thread.run.completed', 'thread.run.requires_action', 'thread.run.incomplete', 'thread.run.cancelled']`;
    expect(after).toBe(
      body(
        `resilientStream(({ signal }) => new OpenAI().beta.threads.runs.stream(id, undefined, { signal, maxRetries: 0 }), { terminal: (event) => ${ended}.includes(event.event) })`,
      ),
    );
  });
});

describe('a request in a callback', () => {
  const watched = (open: string, options = ''): string =>
    `resilientStream(({ signal }) => ${open}, { ${options}openTimeoutMs: Infinity, maxRetries: 0 })`;
  const call = (...options: readonly string[]): string =>
    `client.chat.completions.create(${[params, ...options].join(', ')})`;
  const body = (open: string): string => `const stream = await ${open};\n${loop}`;

  it.each([
    ['of an attempt that is made again', (open: string): string => `retry(() => ${open}, { retries: 3 })`],
    ['of a queue', (open: string): string => `this.queue.add(async () => ${open})`],
    [
      'with statements',
      (open: string): string => `retry(async () => {\n  const opened = await ${open};\n  return opened;\n})`,
    ],
    [
      'in options',
      (open: string): string => `caller.callWithOptions({ signal: outer }, async function () { return ${open}; })`,
    ],
  ])('%s stays there, and the helper watches what comes out', (_, wrap) => {
    expect(rewriteBody(body(wrap(call())))).toBe(body(watched(wrap(call('{ signal }')))));
  });

  it('leaves the SDK the retries that it had', () => {
    expect(rewriteBody(body(`limit(() => ${call('{ maxRetries: 4 }')})`))).toBe(
      body(watched(`limit(() => ${call('{ maxRetries: 4, signal }')})`)),
    );
  });

  it('hands the signal that it had to the helper', () => {
    expect(rewriteBody(body(`limit(() => ${call('{ signal: own.signal }')})`))).toBe(
      body(watched(`limit(() => ${call('{ signal }')})`, 'signal: own.signal, ')),
    );
  });

  it('gives the signal another name where the callback has one of that name', () => {
    const wrap = (open: string): string =>
      `limit(async () => {\n  const signal = start();\n  log(signal);\n  return ${open};\n})`;
    expect(rewriteBody(body(wrap(call())))).toBe(
      body(watched(wrap(call('{ signal: attemptSignal }'))).replace('({ signal })', '({ signal: attemptSignal })')),
    );
  });

  it('may give a result that holds the stream', () => {
    const text = (result: string, read: string): string =>
      `const result = await ${result};\nfor await (const text of ${read}) show(text);`;
    const after = rewriteBehind(
      `import { streamText } from 'ai';\nimport pRetry from 'p-retry';`,
      text('pRetry(() => streamText({ model, prompt }))', 'result.textStream'),
    );
    expect(after).toBe(
      text(watched('pRetry(() => streamText({ model, prompt, abortSignal: signal }))'), 'result.text()'),
    );
  });

  it('is left where the callback takes the stream out of a result', () => {
    const text = `const stream = await limit(async () => {
  const { textStream } = streamText({ model, prompt });
  return textStream;
});
for await (const text of stream) show(text);`;
    const { skipped } = rewriteText('file.ts', `import { streamText } from 'ai';\n${text}\n`, [codemod]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'The request is made in a callback of `limit`; wrap it by hand, and let only one of the two retry.',
    ]);
  });
});

describe('what cannot be wrapped', () => {
  const call = `client.chat.completions.create(${params})`;

  it.each([
    [
      'listeners',
      `const stream = client.chat.completions.stream(${params}).on('error', report);\n${loop}`,
      "The stream has listeners (`.on()`), which the helper's stream does not take; do their work in the loop, then run this again.",
    ],
    [
      'listeners on the variable',
      `const stream = client.chat.completions.stream(${params});\nstream.on('error', report);\n${loop}`,
      "The stream has listeners (`.on()`), which the helper's stream does not take; do their work in the loop, then run this again.",
    ],
    [
      'a final member',
      `const stream = client.chat.completions.stream(${params});\n${loop}\nawait stream.finalMessage();`,
      "The stream's `finalMessage` is used, which the helper's stream does not have; do without it, then run this again.",
    ],
    [
      'a copy',
      `const stream = await ${call};\nconst [a] = stream.tee();\n${loop}`,
      "The stream's `tee` is used, which the helper's stream does not have; do without it, then run this again.",
    ],
    [
      'a silent abort',
      `const stream = await ${call};\nonClose(() => stream.controller.abort());\n${loop}`,
      "The stream's `controller` ends this loop without an error, which the helper's never does; leave the loop by `break`, then run this again.",
    ],
    [
      'a call that takes it',
      `const stream = await ${call};\nwatch(stream);\n${loop}`,
      'The stream is passed to `watch`, out of sight; wrap the request by hand if it only iterates the stream.',
    ],
    [
      'a callback with a parameter',
      `const stream = await queue.add(({ signal }) => ${call});\n${loop}`,
      'The request is made in a callback of `queue.add`; wrap it by hand, and let only one of the two retry.',
    ],
    [
      'a callback that nobody waits for',
      `for await (const chunk of trace(() => ${call})) use(chunk.choices[0]);`,
      'The request is made in a callback of `trace`; wrap it by hand, and let only one of the two retry.',
    ],
    [
      'a callback with a signal of its own',
      `const stream = await retry(() => {
  const own = new AbortController();
  return client.chat.completions.create(${params}, { signal: own.signal });
});
${loop}`,
      'The request is made in a callback of `retry`; wrap it by hand, and let only one of the two retry.',
    ],
    [
      'an export',
      `export const stream = await ${call};\n${loop}`,
      'The stream is exported; wrap the request by hand if importers only iterate it.',
    ],
    [
      'callers out of sight',
      `export async function open() { return ${call}; }\nconst stream = await open();\n${loop}`,
      'The stream is returned to callers out of sight; wrap the request by hand if they only iterate it.',
    ],
    [
      'a type of the SDK',
      `const stream: Stream<Chunk> = await ${call};\n${loop}`,
      "The stream is typed with a type of its own, which the helper's stream may not have; take that type away or make it `AsyncIterable`, then run this again.",
    ],
    [
      'an optional client',
      `const stream = await client?.chat.completions.create(${params});\n${loop}`,
      'The request is skipped where `?.` finds nothing; test for that before the call, then run this again.',
    ],
    [
      'an await inside',
      `const stream = await client.chat.completions.create({ model: await pick(), messages, stream: true });\n${loop}`,
      'The request waits for something of its own (`await`); give that a name before the call, then run this again.',
    ],
    [
      'a side effect',
      `const stream = await client.chat.completions.create({ model: models[i++], messages, stream: true });\n${loop}`,
      'The request changes a variable, which each attempt would do again; do that before the call, then run this again.',
    ],
    [
      'a queue',
      `const stream = await client.chat.completions.create({ model: models.pop(), messages, stream: true });\n${loop}`,
      'The request calls `.pop()`, which each attempt would do again; do that before the call, then run this again.',
    ],
    [
      'an array turned round',
      `const stream = await client.chat.completions.create({ model, messages: messages.reverse(), stream: true });
${loop}`,
      'The request calls `.reverse()`, which each attempt would do again; do that before the call, then run this again.',
    ],
    [
      'a set that is added to',
      `const stream = await client.chat.completions.create({ model, messages: seen.add(id) && messages, stream: true });
${loop}`,
      'The request calls `.add()`, which each attempt would do again; do that before the call, then run this again.',
    ],
    [
      'a request elsewhere',
      `export async function print(stream) {
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}`,
      'The request is made elsewhere; wrap it there in `resilientStream`.',
    ],
  ])('%s is left with a reason', (_, body, reason) => {
    expect(reasonsOf(body)).toEqual([reason]);
  });

  it('lets an array be sorted that is made in the request', () => {
    const body = (open: string): string => `const stream = await ${open};\n${loop}`;
    const sorted = (options: string): string =>
      `client.chat.completions.create({ model, messages: [...messages].reverse().filter(Boolean).sort(), stream: true }${options})`;
    expect(rewriteBody(body(sorted('')))).toBe(
      body(`resilientStream(({ signal }) => ${sorted(', { signal, maxRetries: 0 }')})`),
    );
  });

  it('has a client of another package that only looks alike', () => {
    const text = (module: string): string =>
      `import Client from '${module}';
const client = new Client();
const stream = await client.chat.completions.create(${params});
${loop}
`;
    expect(findReasons(text('portkey-ai'))).toEqual([
      'The client comes from `portkey-ai`, whose streams are not known; wrap the request by hand if the helper reads them.',
    ]);
    expect(rewriteTwice(text('./client.ts'))).toContain('resilientStream');
  });

  it('is read by two loops', () => {
    const reason =
      'More than one loop reads this stream, and a stream can be read once; read it in one loop, then run this again.';
    expect(reasonsOf(`const stream = await ${call};\n${loop}\n${loop}`)).toEqual([reason, reason]);
  });

  it('ends every reason with a full stop, and says what a person can do', () => {
    const reasons = [
      ...reasonsOf(`const stream = await ${call};\nwatch(stream);\n${loop}`),
      ...reasonsOf(`this.x = 1;\nconst stream = await retry((bail) => ${call});\n${loop}`),
    ];
    for (const reason of reasons) expect(reason).toMatch(/^[A-Z].*; .*\.$/);
  });
});

describe('names', () => {
  it('of the attempt’s signal give way to one that the request reads', () => {
    const body = (open: string): string =>
      `async function ask(signal) {\n  const stream = await ${open};\n  ${loop}\n}`;
    expect(rewriteBody(body(`client.chat.completions.create({ ...build(signal), stream: true }, { signal })`))).toBe(
      body(
        'resilientStream(({ signal: attemptSignal }) => client.chat.completions.create({ ...build(signal), stream: true }, { signal: attemptSignal, maxRetries: 0 }), { signal })',
      ),
    );
  });

  it('of the attempt’s signal stay where the other is moved out', () => {
    const body = (open: string): string =>
      `async function ask(signal) {\n  const stream = await ${open};\n  ${loop}\n}`;
    expect(rewriteBody(body(`client.chat.completions.create(${params}, { signal })`))).toBe(
      body(
        `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }), { signal })`,
      ),
    );
  });

  it('of the helper give way to what the file has', () => {
    const body = `function restart() {}
function resilientStream() {}
let text = '';
for await (const chunk of await client.chat.completions.create(${params})) text += chunk.choices[0].delta.content;`;
    const after = rewriteTwice(module(body)[0]);
    expect(after).toContain(
      `import { resilientStream as resilientStream2, restart as restart2 } from 'resilient-stream';`,
    );
    expect(after).toContain(
      `of await resilientStream2(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }), { recover: restart2(() => { text = ''; }) }))`,
    );
  });
});

describe('recovery', () => {
  it('takes back what a method of the chunk gave', () => {
    const body = (open: string, of: string): string =>
      `const model = client.getGenerativeModel({ model: 'gemini-1.5-flash' });
let text = '';
const ${open};
for await (const chunk of ${of}) text += chunk.text();`;
    const after = rewriteBehind(
      `import { GoogleGenerativeAI } from '@google/generative-ai';\nconst client = new GoogleGenerativeAI(key);`,
      body('result = await model.generateContentStream(prompt)', 'result.stream'),
    );
    expect(after).toBe(
      body(
        `result = await resilientStream(({ signal }) => model.generateContentStream(prompt, { signal }), { recover: restart(() => { text = ''; }) })`,
        'result',
      ),
    );
  });

  it('is not offered where a chat keeps the cut answer, and would be asked behind it', () => {
    const body = (open: string, of: string): string =>
      `const chat = client.getGenerativeModel({ model: 'gemini-1.5-flash' }).startChat();
let text = '';
const ${open};
for await (const chunk of ${of}) text += chunk.text();`;
    const after = rewriteBehind(
      `import { GoogleGenerativeAI } from '@google/generative-ai';\nconst client = new GoogleGenerativeAI(key);`,
      body('result = await chat.sendMessageStream(prompt)', 'result.stream'),
    );
    expect(after).toBe(
      body('result = await resilientStream(({ signal }) => chat.sendMessageStream(prompt, { signal }))', 'result'),
    );
  });

  const read = (open: string): string => `const stream = await ${open};\nfor await (const chunk of stream) `;
  const call = `client.chat.completions.create(${params})`;
  const recovers = (undo: string): string =>
    `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }), { recover: restart(() => { ${undo} }) })`;
  const plain = `resilientStream(({ signal }) => client.chat.completions.create(${params}, { signal, maxRetries: 0 }))`;

  it.each([
    ['a text', `let text = '';`, 'text += chunk.choices[0].delta.content;', `text = '';`],
    [
      'a constant array',
      'const parts: string[] = [];',
      'parts.push(chunk.choices[0].delta.content);',
      'parts.length = 0;',
    ],
    [
      'two variables',
      `let text = '', count = 0;`,
      '{ text += chunk.choices[0].delta.content; count++; }',
      `text = ''; count = 0;`,
    ],
    [
      'a loop that breaks',
      `let text = '';`,
      '{ text += chunk.choices[0].delta.content; if (text.length > 9) break; }',
      `text = '';`,
    ],
  ])('takes back %s', (_, declaration, body, undo) => {
    expect(rewriteBody(`${declaration}\n${read(call)}${body}`)).toBe(`${declaration}\n${read(recovers(undo))}${body}`);
  });

  it.each([
    ['goes into what was sent', `let text = '';`, '{ text += chunk.choices[0].delta.content; messages.length = 0; }'],
    ['is shown', `let text = '';`, '{ text += chunk.choices[0].delta.content; show(text); }'],
    ['was filled before', `let text = '';\ntext = intro;`, 'text += chunk.choices[0].delta.content;'],
  ])('is left out where the text %s', (_, declaration, body) => {
    expect(rewriteBody(`${declaration}\n${read(call)}${body}`)).toBe(`${declaration}\n${read(plain)}${body}`);
  });

  it('stands at a call above the text, for it runs when the loop has begun', () => {
    const body = (open: string): string =>
      `const stream = await ${open};
let text = '';
for await (const chunk of stream) text += chunk.choices[0].delta.content;`;
    expect(rewriteBody(body(call))).toBe(body(recovers(`text = '';`)));
  });

  it.each([
    [
      'is not in sight of the call',
      `let stream;
{ stream = await OPEN; }
{ let text = ''; for await (const chunk of stream) text += chunk.choices[0].delta.content; }`,
    ],
    [
      'has a namesake at the call',
      `let stream, text = '';
{ const text = 1; stream = await OPEN; }
for await (const chunk of stream) text += chunk.choices[0].delta.content;`,
    ],
  ])('is left out where the text %s', (_, body) => {
    expect(rewriteBody(body.replace('OPEN', call))).toBe(body.replace('OPEN', plain));
  });

  it('stands beside the signal', () => {
    expect(
      rewriteBody(
        `let text = '';\n${read(call.replace(/\)$/, ', { signal: own })'))}text += chunk.choices[0].delta.content;`,
      ),
    ).toContain(`{ signal: own, recover: restart(() => { text = ''; }) }`);
  });
});
