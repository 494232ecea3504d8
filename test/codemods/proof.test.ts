import { describe, expect, it } from 'vitest';
import { type Proof, proveRewrite as proveBy } from '../../codemods/proof.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';

const proveRewrite = (path: string, before: string, after: string): Proof => proveBy(codemod, path, before, after);

const before = `#!/usr/bin/env node
// Licence: MIT
'use strict';
import OpenAI from 'openai';

const client = new OpenAI();
const prompt = \`
  Two  spaces
\`;
const limit: number = 2;
let text = '';
const own = new AbortController();
const stream = await client.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: prompt }], stream: true }, { signal: own.signal, timeout: 5 });
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta?.content ?? ''; // the delta
}
`;
const after = before
  .replace(`'openai';`, `'openai';\nimport { resilientStream, restart } from 'resilient-stream';`)
  .replace('await client', 'await resilientStream(({ signal }) => client')
  .replace(
    `{ signal: own.signal, timeout: 5 });`,
    `{ signal, timeout: 5, maxRetries: 0 }), { signal: own.signal, recover: restart(() => { text = ''; }) });`,
  );

const prove = (text: string): boolean => proveRewrite('file.ts', before, text).ok;

describe('the proof', () => {
  it('accepts a wrapped request', () => {
    expect(proveRewrite('file.ts', before, after)).toEqual({ ok: true });
  });

  it('accepts a text that has not changed', () => {
    expect(prove(before)).toBe(true);
  });

  it.each([
    ['a prompt', 'Two  spaces', 'Two spaces'],
    ['a hashbang', '#!/usr/bin/env node', '#!/usr/bin/env bun'],
    ['a directive', `'use strict';\n`, ''],
    ['a licence', 'Licence: MIT', 'Licence: ISC'],
    ['a comment', ' // the delta', ''],
    ['a type', 'limit: number', 'limit: any'],
    ['a number', 'limit: number = 2', 'limit: number = 3'],
    ['the quotes of a string', `'gpt-5'`, `"gpt-5"`],
    ['an operator', 'text +=', 'text ='],
    ['an optional chain', 'choices[0]?.delta', 'choices[0].delta'],
    ['a variable’s kind', `let text`, `var text`],
    ['the order of statements', `const limit: number = 2;\nlet text = '';`, `let text = '';\nconst limit: number = 2;`],
    ['an import', `import OpenAI from 'openai';`, `import OpenAI from 'openai';\nimport fs from 'node:fs';`],
    ['the imported name', 'resilientStream, restart }', 'resilientStream, restart, openaiChat }'],
    ['the helper’s module', `from 'resilient-stream'`, `from 'resilient-streams'`],
    ['the await', 'await resilientStream', 'resilientStream'],
    ['the request', 'model: ', 'temperature: 0, model: '],
    ['another option of the request', 'timeout: 5', 'timeout: 50'],
    ['the signal that was moved', 'signal: own.signal, recover', 'signal: other.signal, recover'],
    ['the signal, lost', 'signal: own.signal, recover', 'recover'],
    ['the retries, not switched off', 'maxRetries: 0', 'maxRetries: 1'],
    ['an option of the helper', 'recover: restart', 'idleTimeoutMs: 5, recover: restart'],
    ['what is taken back', `text = ''; })`, `text = 'x'; })`],
    ['who is taken back', `text = ''; })`, `texts = ''; })`],
    ['an undo that does more', `text = ''; })`, `text = ''; log(); })`],
    ['the callback, async', '(({ signal })', '(async ({ signal })'],
    ['the callback’s parameter', '(({ signal })', '(({ attempt: signal })'],
  ])('refuses a change of %s', (_, from, to) => {
    expect(after).toContain(from);
    expect(proveRewrite('file.ts', before, after.replace(from, to))).toMatchObject({ ok: false });
  });

  it('counts statements that are the same to the byte', () => {
    const repeated = before.replace('const prompt', 'log();\nlog();\nconst prompt');
    const rewritten = after.replace('const prompt', 'log();\nlog();\nconst prompt');
    expect(proveRewrite('file.ts', repeated, rewritten)).toEqual({ ok: true });
    expect(proveRewrite('file.ts', repeated, rewritten.replace('log();\n', ''))).toMatchObject({ ok: false });
    expect(
      proveRewrite('file.ts', repeated, rewritten.replace('log();\n', '').replace('let text', 'log();\nlet text')),
    ).toMatchObject({ ok: false });
  });

  it('refuses a directive that is none any more, though it is the same to the byte', () => {
    const directive = `'use strict';\n`;
    expect(
      proveRewrite('file.ts', before, after.replace(directive, '').replace('const limit', `${directive}const limit`)),
    ).toMatchObject({ ok: false });
  });

  it('sees what a statement that has not changed reads of the stream', () => {
    const reading = (text: string): string => `${text}console.log(stream.usage);\n`;
    expect(proveRewrite('file.ts', reading(before), reading(after))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('has no `usage`') as string,
    });
    const inside = (text: string): string =>
      `${text}export function log(stream: { usage: number }): void {\n  console.log(stream.usage);\n}\n`;
    expect(proveRewrite('file.ts', inside(before), inside(after))).toEqual({ ok: true });
  });

  it('refuses a name that is captured', () => {
    const old = before.replace('const limit', 'const restart');
    expect(proveRewrite('file.ts', old, after.replace('const limit', 'const restart'))).toMatchObject({ ok: false });
    const reads = (name: string): string => `import { a } from 'a';\n${name === '' ? 'f(signal);' : ''}`;
    expect(reads('')).toContain('signal');
  });

  it('refuses a request that reads another signal than before', () => {
    const old = `import OpenAI from 'openai';
const stream = await new OpenAI().chat.completions.create(build(signal));
`;
    const now = `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';
const stream = await resilientStream(({ signal }) => new OpenAI().chat.completions.create(build(signal), { signal, maxRetries: 0 }));
`;
    expect(proveRewrite('file.ts', old, now)).toMatchObject({ ok: false });
    expect(
      proveRewrite(
        'file.ts',
        old,
        now.replace('({ signal })', '({ signal: own })').replace('{ signal, max', '{ signal: own, max'),
      ),
    ).toEqual({ ok: true });
  });

  it('refuses a signal or retries that got lost in a variable', () => {
    const old = (options: string, use = 'options'): string =>
      `import OpenAI from 'openai';
${options}
const stream = await new OpenAI().chat.completions.create(params, ${use});
`;
    const now = (options: string, moved: string, use = '...options'): string =>
      `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';
${options}
const stream = await resilientStream(({ signal }) => new OpenAI().chat.completions.create(params, { ${use}, signal, maxRetries: 0 })${moved});
`;
    const proves = (options: string, moved = '', [before, after]: readonly [string?, string?] = []): boolean =>
      proveRewrite('file.ts', old(options, before), now(options, moved, after)).ok;
    const both = ', { signal: options?.signal, maxRetries: options?.maxRetries }';
    expect(proves('const options = { timeout: 5 };')).toBe(true);
    expect(proves('const options = {}; if (own) options.signal = own;')).toBe(false);
    expect(proves('const options = {}; Object.assign(options, { signal });')).toBe(false);
    expect(proves('const options = {}; addSignal(options, own);')).toBe(false);
    expect(proves('const options = {}; const other = options; other.signal = own;')).toBe(false);
    expect(proves('const options = { signal: own };')).toBe(false);
    expect(proves('const options = find();')).toBe(false);
    expect(proves('const options = find();', both)).toBe(true);
    expect(proves('const options = find();', ', { signal: options?.signal }')).toBe(false);
    expect(proves('const options = find();', '', ['{ ...options, timeout: 5 }', '...options, timeout: 5'])).toBe(false);
  });

  it('accepts limits and retries that the file states, and no others', () => {
    const old = `const client = new OpenAI({ maxRetries: 4 });
for await (const chunk of await client.chat.completions.create(params, { timeout: 90_000 })) show(chunk);
`;
    const now = (options: string): string =>
      `import { resilientStream } from 'resilient-stream';
${old.replace('client.chat', 'resilientStream(({ signal }) => client.chat').replace('90_000 })', `90_000, signal, maxRetries: 0 }), { ${options} })`)}`;
    expect(proveRewrite('file.js', old, now('openTimeoutMs: 90_000, maxRetries: 4'))).toEqual({ ok: true });
    expect(proveRewrite('file.js', old, now('maxRetries: 0'))).toEqual({ ok: true });
    expect(proveRewrite('file.js', old, now('openTimeoutMs: 80_000'))).toMatchObject({ ok: false });
    expect(proveRewrite('file.js', old, now('maxRetries: 5'))).toMatchObject({ ok: false });
  });

  it('says where the trees differ', () => {
    expect(proveRewrite('file.ts', 'a(1);', 'a(2);')).toEqual({
      ok: false,
      reason: 'undoing the edit does not give the original back: they differ at `body.0.expression.arguments.0.value`.',
    });
  });

  it('says which text does not parse', () => {
    expect(proveRewrite('file.ts', 'a(1);', 'a(')).toMatchObject({
      reason: expect.stringMatching(/^jscodeshift does not parse the rewritten text: /) as string,
    });
  });

  it('reads casts in .ts files and JSX in the others', () => {
    expect(proveRewrite('file.mts', '<any>x;', '<any>x;')).toEqual({ ok: true });
    expect(proveRewrite('file.js', '<a/>;', '<a/>;')).toEqual({ ok: true });
  });
});

describe('the proof of a request in a callback', () => {
  const create = (options: string): string => `client.chat.completions.create(params${options})`;
  const program = (open: string): string =>
    `const stream = await ${open};\nfor await (const chunk of stream) use(chunk);\n`;
  const old = program(`retry(() => ${create('')}, { retries: 3 })`);
  const now = `import { resilientStream } from 'resilient-stream';
${program(`resilientStream(({ signal }) => retry(() => ${create(', { signal }')}, { retries: 3 }), { openTimeoutMs: Infinity, maxRetries: 0 })`)}`;

  it('accepts the signal at the request, wherever in the callback that is', () => {
    expect(proveRewrite('file.ts', old, now)).toEqual({ ok: true });
    const inBlock = (text: string): string =>
      text.replace('() => client', 'async () => { log(); return client').replace(', { retries', '; }, { retries');
    expect(inBlock(old)).toContain('return client.chat.completions.create(params); }, { retries: 3 })');
    expect(proveRewrite('file.ts', inBlock(old), inBlock(now))).toEqual({ ok: true });
  });

  it.each([
    ['attempts of the helper’s own', 'maxRetries: 0', 'maxRetries: 2'],
    ['a limit that was nowhere', 'openTimeoutMs: Infinity', 'openTimeoutMs: 5'],
    ['fewer attempts of the wrapper', 'retries: 3', 'retries: 2'],
    ['another wrapper', 'retry(', 'limit('],
    ['a callback that does more', 'retry(() => client', 'retry(() => log() || client'],
    ['a signal for the wrapper', '{ retries: 3 }', '{ retries: 3, signal }'],
    ['a signal of somebody else’s', 'maxRetries: 0 }', 'maxRetries: 0, signal: own }'],
  ])('refuses %s', (_, from, to) => {
    expect(now).toContain(from);
    expect(proveRewrite('file.ts', old, now.replace(from, to))).toMatchObject({ ok: false });
  });
});

describe('the proof of a stream that was taken out of a result', () => {
  const imports = `import { streamText } from 'ai';\n`;
  const helper = `import { resilientStream } from 'resilient-stream';\n`;
  const request = 'streamText({ model })';
  const inside = 'streamText({ model, abortSignal: signal, maxRetries: 0 })';
  const proves = (old: string, now: string): boolean =>
    proveRewrite('file.ts', imports + old, imports + helper + now).ok;
  const member = (read: string, more = ''): string =>
    `const result = ${request};\nfor await (const part of ${read}) use(part);${more}\n`;
  const wrapped = (read: string, more = '', body = inside): string =>
    `const result = resilientStream(({ signal }) => ${body});\nfor await (const part of ${read}) use(part);${more}\n`;

  it.each([
    ['parts that the helper finds', 'result.fullStream', 'result', inside],
    ['strings that are text', 'result.textStream', 'result.text()', inside],
    ['a stream that the callback takes out', 'result.elementStream', 'result', `${inside}.elementStream`],
    ['one that may be missing', 'result.elementStream ?? []', 'result', `${inside}.elementStream ?? []`],
  ])('accepts %s', (_, old, now, body) => expect(proves(member(old), wrapped(now, '', body))).toBe(true));

  it.each([
    ['strings for parts', 'result.textStream', 'result', inside],
    ['parts for strings', 'result.fullStream', 'result.text()', inside],
    ['a stream that the helper does not find', 'result.elementStream', 'result', inside],
    ['another stream than before', 'result.elementStream', 'result', `${inside}.partialOutputStream`],
    ['a default that was not there', 'result.elementStream', 'result ?? []', `${inside}.elementStream`],
    ['a default that is gone', 'result.elementStream ?? []', 'result', `${inside}.elementStream`],
    ['a stream of somebody else', 'result.fullStream', 'other', inside],
    ['a callback that waits', 'result.elementStream', 'result', `(await ${inside}).elementStream`],
  ])('refuses %s', (_, old, now, body) => expect(proves(member(old), wrapped(now, '', body))).toBe(false));

  it('refuses a member that the helper’s stream does not have', () => {
    expect(proves(member('result.fullStream', '\nlog(result.usage);'), wrapped('result', '\nlog(result.usage);'))).toBe(
      false,
    );
    expect(
      proves(
        member('result.fullStream', '\nfunction f(result) { log(result.usage); }'),
        wrapped('result', '\nfunction f(result) { log(result.usage); }'),
      ),
    ).toBe(true);
  });

  it('asks no member of a namesake in another block, and of all in a function', () => {
    const two = (first: string): string => `{\n${first}}\n{\n  const result = other();\n  log(result.usage);\n}\n`;
    expect(proves(two(member('result.fullStream')), two(wrapped('result')))).toBe(true);
    const inside = (body: string): string => `async function ask() {\n${body}}\n`;
    expect(
      proves(
        inside(member('result.fullStream', '\nlog(result.usage);')),
        inside(wrapped('result', '\nlog(result.usage);')),
      ),
    ).toBe(false);
  });

  it('accepts a pattern that has become a name, and no other', () => {
    const old = `const { textStream } = ${request};\nfor await (const text of textStream) use(text);\n`;
    const now = `const textStream = resilientStream(({ signal }) => ${inside}).text();
for await (const text of textStream) use(text);
`;
    expect(proves(old, now)).toBe(true);
    expect(proves(old, now.replace('.text()', ''))).toBe(false);
    expect(proves(old.replace('{ textStream }', '{ textStream, usage }'), now)).toBe(false);
    expect(proves(old.replace('{ textStream }', '{ usage: textStream }'), now)).toBe(false);
  });

  it('accepts the signal of a controller that the request keeps, and no other', () => {
    const old = `run({ controller: own });\nfor await (const part of query({ abortController: own })) use(part);\n`;
    const now = (signal: string): string =>
      old.replace(
        'query({ abortController: own })',
        `resilientStream(() => query({ abortController: own }), { signal: ${signal} })`,
      );
    expect(proves(old, now('own.signal'))).toBe(true);
    expect(proves(old, now('other.signal'))).toBe(false);
    expect(proves(old, now('own'))).toBe(false);
  });

  it('restores options inside of options', () => {
    const read = (options: string): string => `for await (const part of ask(${options})) use(part);\n`;
    const now = (options: string, helperOptions: string): string =>
      `for await (const part of resilientStream(({ signal }) => ask(${options})${helperOptions})) use(part);\n`;
    const both = now(
      '{ ...params, config: { ...params?.config, abortSignal: signal } }',
      ', { signal: params?.config?.abortSignal }',
    );
    expect(proves(read('params'), both)).toBe(true);
    expect(proves(read('others'), both)).toBe(false);
    expect(proves(read('{ ...params, config }'), both)).toBe(false);
    expect(proves(read('{ ...params, seed }'), both)).toBe(false);
    expect(
      proves(
        read('{ a, config }'),
        now('{ a, config: { ...config, abortSignal: signal } }', ', { signal: config?.abortSignal }'),
      ),
    ).toBe(true);
    expect(proves(read('id'), now('id, undefined, { signal, maxRetries: 0 }', ''))).toBe(true);
    expect(proves(read('id, null'), now('id, undefined, { signal, maxRetries: 0 }', ''))).toBe(false);
  });
});
