import { describe, expect, it } from 'vitest';
import { codemods } from '../../codemods/all.ts';
import type { CodemodOptions } from '../../codemods/contract/codemod.ts';
import { applyEdits } from '../../codemods/contract/edits.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { catalog } from '../../src/providers/catalog.ts';
import { parseRequest } from '../lab/request.ts';
import { shapes } from '../lab/shapes.ts';
import { corrupt, findFault, type Made, make, replace } from './made.ts';
import { findMutants, readTree } from './mutants.ts';

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
const made = make(codemod, before);

/** The text with `found` changed, before and after alike, as long as it was: the edits are the same. */
const rename = (rewrite: Made, found: RegExp, name: (old: string) => string): Made => {
  const change = (text: string): string => text.replaceAll(found, (old) => name(old).padEnd(old.length));
  return { ...rewrite, before: change(rewrite.before), after: applyEdits(change(rewrite.before), rewrite.edits) };
};

describe('the proof', () => {
  it('accepts a wrapped request', () => {
    expect(made.after).toContain(
      "{ signal, timeout: 5, maxRetries: 0 }), { signal: own.signal, recover: restart(() => { text = ''; }) });",
    );
    expect(findFault(made)).toBeNull();
  });

  it('accepts a text that has not changed', () => {
    expect(findFault({ ...made, edits: [], deferred: [], after: before })).toBeNull();
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
    ['the imported names', 'resilientStream, restart }', 'resilientStream, restart, sse }'],
    ['the helper’s module', `from 'resilient-stream'`, `from 'resilient-streams'`],
    ['the await', 'await resilientStream', 'resilientStream'],
    ['the request', 'model: ', 'temperature: 0, model: '],
    ['another option of the request', 'timeout: 5', 'timeout: 50'],
    ['the signal that was moved', 'signal: own.signal, recover', 'signal: other.signal, recover'],
    ['the signal, lost', 'signal: own.signal, recover', 'recover'],
    ['the retries, not switched off', 'maxRetries: 0', 'maxRetries: 1'],
    ['the attempts of the helper', 'recover: restart', 'maxRetries: 9, recover: restart'],
    ['an option of the helper', 'recover: restart', 'idleTimeoutMs: 5, recover: restart'],
    ['what is taken back', `text = ''; })`, `text = 'x'; })`],
    ['who is taken back', `text = ''; })`, `texts = ''; })`],
    ['an undo that does more', `text = ''; })`, `text = ''; log(); })`],
    ['the callback, async', '(({ signal })', '(async ({ signal })'],
    ['the callback’s parameter', '(({ signal })', '(({ attempt: signal })'],
  ])('refuses a change of %s', (_, from, to) => {
    expect(findFault(replace(made, from, to))).not.toBeNull();
  });

  it('refuses a change outside of the edits, whatever it is', () => {
    expect(findFault({ ...made, after: made.after.replace('// Licence: MIT', '//Licence: MIT') })).toBe(
      'the text has changed outside of the edits.',
    );
  });

  it('refuses to put anything into a function that is not said to be deferred', () => {
    expect(findFault({ ...made, deferred: [] })).toMatch(/^line 14 is not what it was/);
  });

  it('refuses names that capture, or are captured', () => {
    expect(findFault(rename(made, /limit/g, () => 'own'))).not.toBeNull();
    const request = make(codemod, before.replace('content: prompt', 'content: prompts'));
    expect(findFault(request)).toBeNull();
    expect(findFault(rename(request, /prompts/g, () => 'signal'))).toBe(
      '`signal` means something else than it should.',
    );
    const import_ = make(codemod, before.replace('const limit: number = 2', 'const limitOfTheProgram = 2'));
    expect(findFault(rename(import_, /limitOfTheProgram/g, () => 'resilientStream'))).not.toBeNull();
  });

  it('refuses a copy that means another variable where it stands', () => {
    const retried = (name: string): string =>
      `import OpenAI from 'openai';\nconst client = new OpenAI();\nconst own = new AbortController();\nconst stream = await retry(async () => { const ${name} = make(); use(${name}); return client.chat.completions.create(params, { signal: own.signal }); });\nfor await (const chunk of stream) show(chunk);\n`;
    const rewrite = make(codemod, retried('abc'));
    expect(findFault(rewrite)).toBeNull();
    expect(findFault(rename(rewrite, /\babc\b/g, () => 'own'))).not.toBeNull();
  });

  it('says where the rewritten text is not what it was', () => {
    const edit = { range: [2, 3], text: '2' } as const;
    expect(findFault({ ...made, before: 'a(1);', after: 'a(2);', edits: [edit], deferred: [] })).toBe(
      'the edit of line 1 is of no declared form.',
    );
    expect(findFault({ ...made, before: 'a(1);', after: 'a(1', edits: [{ range: [3, 5], text: '' }] })).toMatch(
      /^jscodeshift's Babel does not take it: /,
    );
  });

  it('reads casts in .ts files and JSX in the others', () => {
    const same = { ...made, edits: [], deferred: [] };
    expect(findFault({ ...same, path: 'file.mts', before: '<any>x;', after: '<any>x;' })).toBeNull();
    expect(findFault({ ...same, path: 'file.js', before: '<a/>;', after: '<a/>;' })).toBeNull();
  });
});

describe('the proof of a request in a callback', () => {
  const program = (open: string): string =>
    `import OpenAI from 'openai';\nconst client = new OpenAI();\nconst stream = await ${open};\nfor await (const chunk of stream) use(chunk);\n`;
  const rewrite = make(codemod, program('retry(() => client.chat.completions.create(params), { retries: 3 })'));

  it('accepts the signal at the request, wherever in the callback that is', () => {
    expect(rewrite.after).toContain('{ retries: 3 }), { openTimeoutMs: Infinity, maxRetries: 0 })');
    expect(findFault(rewrite)).toBeNull();
    expect(
      findFault(make(codemod, program('retry(async () => { log(); return client.chat.completions.create(params); })'))),
    ).toBeNull();
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
    expect(findFault(replace(rewrite, from, to))).not.toBeNull();
  });
});

describe('the proof of a stream that was taken out of a result', () => {
  const program = (open: string, read: string): string =>
    `import { streamText } from 'ai';\n${open} = streamText({ model });\nfor await (const part of ${read}) use(part);\n`;

  it.each([
    ['parts that the helper finds', 'const result', 'result.fullStream'],
    ['strings that are text', 'const result', 'result.textStream'],
    ['a pattern', 'const { textStream }', 'textStream'],
  ])('accepts %s', (_, open, read) => {
    const rewrite = make(codemod, program(open, read));
    expect(rewrite.edits).not.toEqual([]);
    expect(findFault(rewrite)).toBeNull();
  });

  it.each([
    ['parts of another stream', 'result.fullStream', 'of result', 'of result.textStream'],
    ['a default that was not there', 'result.fullStream', 'of result', 'of result ?? []'],
    ['a stream of somebody else', 'result.fullStream', 'of result', 'of other'],
  ])('refuses %s', (_, read, from, to) => {
    expect(findFault(replace(make(codemod, program('const result', read)), from, to))).not.toBeNull();
  });
});

// ── Everything that is rewritten ────────────────────────────────────────────────────────────────────────────────────

const examples = codemods.flatMap((each) =>
  each.examples.map((example, index) => [`${each.name} ${index + 1}`, make(each, example.before, 'file.mts')] as const),
);

it.each(examples)('the example %s stands its proof', (_, rewrite) => {
  expect(rewrite.edits).not.toEqual([]);
  expect(findFault(rewrite)).toBeNull();
});

/** Every shape of the lab with every request of the catalog that it can take, without the SDKs that the lab runs. */
function* findPrograms(): Generator<
  readonly [name: string, text: string, options: Partial<CodemodOptions> | undefined]
> {
  const apis = new Map(catalog.flatMap((provider) => provider.apis.map((api) => [api.example, api] as const)));
  for (const api of [...apis.values()].filter(
    ({ reach, iterables }) => reach !== 'request' && !iterables.includes('[]'),
  )) {
    const request = parseRequest(api, api.example);
    // Its argument is a string, and has no place for an option.
    const isTaken = ({ name }: { readonly name: string }): boolean =>
      !/signal|AbortSignal/.test(name) || !/'Hello'\)/.test(api.example);
    for (const shape of request ? shapes.filter(isTaken) : []) {
      const text = shape.print(request!);
      if (text !== null) yield [`${api.name}: ${shape.name}`, text, shape.options];
    }
  }
}

/** One of so many is tried: all together take more than the time of a test. */
const SAMPLED = 4;

it('a sample of the shapes and requests of the lab stand their proof', () => {
  const faults: string[] = [];
  let proven = 0;
  for (const [index, [name, text, options]] of [...findPrograms()].entries()) {
    if (index % SAMPLED !== 0) continue;
    const rewrite = make(codemod, text, 'program.mjs', options);
    if (rewrite.edits.length === 0) continue;
    proven++;
    const fault = findFault(rewrite);
    if (fault !== null) faults.push(`${name}: ${fault}`);
  }
  expect(faults).toEqual([]);
  expect(proven).toBeGreaterThan(500);
});

describe('of the corruptions of a rewrite', () => {
  /** What reads as it should, or as before, is none; what does not parse is refused by all. */
  const findSurvivors = (
    rewrite: Made,
    step: number,
  ): { readonly tried: number; readonly survivors: readonly string[] } => {
    const harmless = [readTree(rewrite.after), readTree(rewrite.before), null];
    const survivors: string[] = [];
    let tried = 0;
    for (const [index, mutant] of findMutants(rewrite.after).entries()) {
      if (index % step !== 0) continue;
      const corrupted = corrupt(rewrite, mutant);
      expect(applyEdits(rewrite.before, corrupted.edits)).toBe(corrupted.after);
      if (harmless.includes(readTree(corrupted.after))) continue;
      tried++;
      const place = rewrite.after.slice(Math.max(0, mutant.range[0] - 30), mutant.range[1] + 30);
      if (findFault(corrupted) === null) survivors.push(`${mutant.kind} (${JSON.stringify(mutant.text)}) in ${place}`);
      if (findFault({ ...corrupted, edits: rewrite.edits }) === null)
        survivors.push(`undeclared: ${mutant.kind} in ${place}`);
    }
    return { tried, survivors };
  };

  it.each(examples)('%s none is proven', (_, rewrite) => {
    const { tried, survivors } = findSurvivors(rewrite, 1);
    expect(survivors).toEqual([]);
    expect(tried).toBeGreaterThan(50);
  });

  it('none is proven of some shapes of the lab', () => {
    const programs = [...findPrograms()].filter((_, index) => index % 211 === 0);
    const found = programs
      .map(([, text, options]) => make(codemod, text, 'program.mjs', options))
      .filter(({ edits }) => edits.length > 0)
      .map((rewrite) => findSurvivors(rewrite, 5));
    expect(found.flatMap(({ survivors }) => survivors)).toEqual([]);
    expect(found.reduce((sum, { tried }) => sum + tried, 0)).toBeGreaterThan(300);
  });
});
