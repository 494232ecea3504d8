import { describe, expect, it } from 'vitest';
import transform, { codemod } from '../../codemods/make-chunk-access-safe.ts';
import { rewriteText } from '../../codemods/rewrite.ts';
import { findFault, make, replace } from './made.ts';
import { findReasons, rewriteTwice } from './twice.ts';

const chat = (body: string): string =>
  `import OpenAI from 'openai';
const client = new OpenAI();
for await (const chunk of await client.chat.completions.create({ stream: true })) {
  ${body}
}
`;
const gemini = (body: string): string =>
  `import { GoogleGenAI } from '@google/genai';
for await (const chunk of await new GoogleGenAI({}).models.generateContentStream(params)) {
  ${body}
}
`;
const rewrite = (before: string, path = 'file.ts'): string => rewriteTwice(before, path, {}, codemod);

describe('the examples of the codemod', () => {
  it.each(codemod.examples.map(({ before, after }) => [before, after]))('become what they say', (before, after) =>
    expect(rewrite(before, 'file.mjs')).toBe(after),
  );
});

describe('a read of what a chunk may lack', () => {
  it.each([
    [
      'is optional, with a default',
      "text += chunk.choices[0].delta.content ?? '';",
      "text += chunk.choices[0]?.delta.content ?? '';",
    ],
    [
      'is optional, where a chunk may lack the text too',
      'text += chunk.choices[0].delta.content;',
      'text += chunk.choices[0]?.delta.content;',
    ],
    [
      'is optional behind `at`',
      "write(chunk.choices.at(0).delta.content ?? '');",
      "write(chunk.choices.at(0)?.delta.content ?? '');",
    ],
    ['loses its `!`', "write(chunk.choices[0]!.delta.content ?? '');", "write(chunk.choices[0]?.delta.content ?? '');"],
    [
      'keeps its cast',
      "write((chunk.choices[0] as any).delta.content ?? '');",
      "write((chunk.choices[0] as any)?.delta.content ?? '');",
    ],
    [
      'is optional on a line of its own',
      "write(chunk.choices[0]\n    .delta.content ?? '');",
      "write(chunk.choices[0]\n    ?.delta.content ?? '');",
    ],
    [
      'is optional in brackets',
      "write(chunk.choices[0]['delta'].content ?? '');",
      "write(chunk.choices[0]?.['delta'].content ?? '');",
    ],
    [
      'is optional under a name',
      "const choice = chunk.choices[0]; write(choice.delta.content ?? '');",
      "const choice = chunk.choices[0]; write(choice?.delta.content ?? '');",
    ],
    [
      'is optional under the name of something inside',
      'const delta = chunk.choices[0].delta; if (delta.content) write(delta.content);',
      'const delta = chunk.choices[0]?.delta; if (delta?.content) write(delta.content);',
    ],
    [
      'is optional in a test',
      'if (chunk.choices[0].finish_reason) end();',
      'if (chunk.choices[0]?.finish_reason) end();',
    ],
    [
      'is optional in a comparison',
      "if (chunk.choices[0].finish_reason === 'stop') end();",
      "if (chunk.choices[0]?.finish_reason === 'stop') end();",
    ],
  ])('%s', (_, before, after) => expect(rewrite(chat(before))).toBe(chat(after)));

  it('is optional at each level that may be missing', () => {
    expect(rewrite(gemini("write(chunk.candidates[0].content.parts[0].text ?? '');"))).toBe(
      gemini("write(chunk.candidates?.[0]?.content?.parts?.[0]?.text ?? '');"),
    );
  });

  it.each([
    ['is compared with null', 'if (chunk.choices[0].finish_reason !== null) end();'],
    ['is taken apart', 'const { delta } = chunk.choices[0]; write(delta.content);'],
    ['is kept in an outer variable', 'reason = chunk.choices[0].finish_reason;'],
    ['goes to a function', 'collect(chunk.choices[0].delta);'],
    ['is assigned to', 'chunk.choices[0].index = 0;'],
    ['goes to a function under a name', 'const delta = chunk.choices[0].delta; collect(delta);'],
  ])('is left to a person where it %s', (_, body) => {
    expect(findReasons(chat(body), 'file.ts', codemod)).toEqual([
      '`chunk.choices[0]` is undefined in the chunk that tells the usage; decide what to do then, where `?.` alone would pass `undefined` on.',
    ]);
  });

  it('is left to a person where a pattern takes apart what may be missing', () => {
    const reason = (pattern: string): string[] => [
      `\`${pattern}\` is undefined in the chunk that tells the usage; decide what to do then, where \`?.\` alone would pass \`undefined\` on.`,
    ];
    expect(findReasons(chat('const { choices: [{ delta }] } = chunk;\n  show(delta);'), 'file.ts', codemod)).toEqual(
      reason('{ delta }'),
    );
    expect(findReasons(chat('const [{ delta }] = chunk.choices;\n  show(delta);'), 'file.ts', codemod)).toEqual(
      reason('{ delta }'),
    );
    expect(
      findReasons(chat('const { choices: [{ delta } = {}] } = chunk;\n  show(delta);'), 'file.ts', codemod),
    ).toEqual([]);
    expect(
      findReasons(
        chat('if (chunk.choices.length > 0) {\n    const { choices: [{ delta }] } = chunk;\n    show(delta);\n  }'),
        'file.ts',
        codemod,
      ),
    ).toEqual([]);
  });

  it('keeps a comment that stands in the chain', () => {
    const before = chat("write(chunk.choices[0] /* first */.delta.content ?? '');");
    expect(rewriteText('file.ts', before, [codemod])).toMatchObject({ text: before, rewrites: [], failed: null });
  });
});

describe('the proof', () => {
  const before = chat("write(chunk.choices[0].delta.content ?? '', a?.b);");
  const made = make(codemod, before);

  it('accepts a `?.` that was added', () => {
    expect(made.after).toBe(before.replace('[0]', '[0]?'));
    expect(findFault(made)).toBeNull();
  });
  it.each([
    ['another member', 'delta', 'message'],
    ['a `?.` that is gone', 'a?.b', 'a.b'],
    ['a default that is gone', " ?? ''", ''],
  ])('refuses %s', (_, from, to) => {
    expect(findFault(replace(made, from, to))).not.toBeNull();
  });
  it('refuses to take a `!` from elsewhere', () => {
    const asserted = make(codemod, chat("write(chunk.choices[0]!.delta.content ?? '', state!.last);"));
    expect(asserted.after).toContain('choices[0]?.delta');
    expect(findFault(asserted)).toBeNull();
    expect(findFault(replace(asserted, 'state!', 'state'))).not.toBeNull();
  });
});

it('is a jscodeshift transform', async () => {
  const [example] = codemod.examples;
  expect(await transform({ path: 'file.js', source: example!.before }, {})).toBe(example!.after);
});
