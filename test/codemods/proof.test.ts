import { describe, expect, it } from 'vitest';
import { proveRewrite } from '../../codemods/proof.ts';

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
  .replace(`{ signal: own.signal, timeout: 5 });`, `{ signal, timeout: 5, maxRetries: 0 }), { signal: own.signal, recover: restart(() => { text = ''; }) });`);

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

  it('refuses a name that is captured', () => {
    const old = before.replace('const limit', 'const restart');
    expect(proveRewrite('file.ts', old, after.replace('const limit', 'const restart'))).toMatchObject({ ok: false });
    const reads = (name: string): string => `import { a } from 'a';\n${name === '' ? 'f(signal);' : ''}`;
    expect(reads('')).toContain('signal');
  });

  it('refuses a request that reads another signal than before', () => {
    const old = `import OpenAI from 'openai';\nconst stream = await new OpenAI().chat.completions.create(build(signal));\n`;
    const now = `import OpenAI from 'openai';\nimport { resilientStream } from 'resilient-stream';\nconst stream = await resilientStream(({ signal }) => new OpenAI().chat.completions.create(build(signal), { signal, maxRetries: 0 }));\n`;
    expect(proveRewrite('file.ts', old, now)).toMatchObject({ ok: false });
    expect(proveRewrite('file.ts', old, now.replace('({ signal })', '({ signal: own })').replace('{ signal, max', '{ signal: own, max'))).toEqual({ ok: true });
  });

  it('says where the trees differ', () => {
    expect(proveRewrite('file.ts', 'a(1);', 'a(2);')).toEqual({ ok: false, reason: 'undoing the edit does not give the original back: they differ at `body.0.expression.arguments.0.value`.' });
  });

  it('says which text does not parse', () => {
    expect(proveRewrite('file.ts', 'a(1);', 'a(')).toMatchObject({ reason: expect.stringMatching(/^jscodeshift does not parse the rewritten text: /) as string });
  });

  it('reads casts in .ts files and JSX in the others', () => {
    expect(proveRewrite('file.mts', '<any>x;', '<any>x;')).toEqual({ ok: true });
    expect(proveRewrite('file.js', '<a/>;', '<a/>;')).toEqual({ ok: true });
  });
});
