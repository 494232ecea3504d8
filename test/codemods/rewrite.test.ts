import * as typescriptParser from '@typescript-eslint/parser';
import { Linter, type Rule } from 'eslint';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import type { Codemod } from '../../codemods/contract/codemod.ts';
import { rewriteText } from '../../codemods/rewrite.ts';
import { applyEdits, type TextEdit } from '../../codemods/contract/edits.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findReasons, rewriteTwice } from './twice.ts';

const codemods = [codemod];
const options = { helper: 'resilient-stream' };
const loop = (name: string): string =>
  `for await (const ${name} of await client.chat.completions.create({ model: 'm', messages, stream: true })) show(${name});
`;

describe('a rewritten text', () => {
  it.each([
    ['CRLF', `import OpenAI from 'openai';\r\nconst client = new OpenAI();\r\n// naïve 😀\r\n`, '\r\n'],
    ['a byte order mark', `\uFEFFimport OpenAI from 'openai';\nconst client = new OpenAI();\n`, '\n'],
    ['no newline at its end', `import OpenAI from 'openai';\nconst client = new OpenAI();\n`, '\n'],
  ])('keeps %s', (_, head, newline) => {
    const [first, ...rest] = head.split(newline);
    const before = head + loop('chunk').trimEnd();
    const after =
      [first, `import { resilientStream } from 'resilient-stream';`, ...rest].join(newline) +
      loop('chunk')
        .trimEnd()
        .replace('await client', 'await resilientStream(({ signal }) => client')
        .replace('true })', 'true }, { signal, maxRetries: 0 }))');
    expect(rewriteTwice(before)).toBe(after);
  });

  it('keeps a prompt in a template as it is', () => {
    const prompt = '`\n\t  Answer  in\r\n   two lines: ${a}\n`';
    const before = `import OpenAI from 'openai';
const client = new OpenAI();
for await (const chunk of await client.chat.completions.create({
\tmodel: 'm',
\tmessages: [{ role: 'user', content: ${prompt} }],
\tstream: true,
}, {
\ttimeout: 5,
})) show(chunk);
`;
    const after = rewriteTwice(before);
    expect(after).toContain(
      `content: ${prompt} }],\n\tstream: true,\n}, {\n\ttimeout: 5,\n\tsignal,\n\tmaxRetries: 0,\n}))) show(chunk);`,
    );
  });

  it('is the text of the edits alone, where there is one loop', () => {
    const before = `import OpenAI from 'openai';\nconst client = new OpenAI();\n${loop('chunk')}`;
    const { rewrites } = codemod.findRewrites(parseSource('file.ts', before), options);
    expect(applyEdits(before, rewrites[0]!.edits)).toBe(rewriteTwice(before));
  });

  it('is reached by applying the edits of one loop after the other', () => {
    const before = `import OpenAI from 'openai';
const client = new OpenAI();
${loop('a')}async function f() {
  let text = '';
  ${loop('b').replace('show(b)', 'text += b.choices[0].delta.content')}  return text;
}
`;
    let text = before;
    for (let runs = 0; runs < 2; runs++)
      text = applyEdits(text, codemod.findRewrites(parseSource('file.ts', text), options).rewrites.at(-1)!.edits);
    const { rewrites } = codemod.findRewrites(parseSource('file.ts', before), options);
    expect(rewrites.map(({ line, imports }) => [line, imports])).toEqual([
      [3, ['resilientStream']],
      [6, ['resilientStream', 'restart']],
    ]);
    expect(text).toBe(rewriteTwice(before));
  });

  it('has the lines of the text before', () => {
    const before = `import OpenAI from 'openai';\nconst client = new OpenAI();\n${loop('a')}${loop('b')}`;
    const imports = ['resilientStream'];
    expect(rewriteText('file.ts', before, codemods).rewrites).toEqual([
      { line: 3, codemod: 'wrap-in-resilient-stream', imports, provider: 'openai' },
      { line: 4, codemod: 'wrap-in-resilient-stream', imports, provider: 'openai' },
    ]);
  });

  it('changes nothing but the call and the import, whatever surrounds them', () => {
    const newline = fc.constantFrom('\n', '\r\n');
    const line = fc.constantFrom(
      '',
      '  ',
      '\t// note  ',
      '{ const a=1 }',
      "'x' ;",
      'if (a) { b() }',
      '{ const t = `\n  a\n\tb`; }',
      '/* c */',
      'f( 1,2 );',
      'label: for (;;) break label;',
      '{ class A { x = 1 } }',
    );
    const argument = fc.constantFrom(
      '{model,stream:true}',
      "{\n  model: 'm',\n  stream: true\n}",
      '{ stream: true, }',
      '\n  { stream: true },\n',
      '({ stream: true })',
      '{ stream: true /* yes */ }',
    );
    const given = fc.constantFrom(
      '',
      ', {}',
      ', { timeout: 1 }',
      ', {\n  timeout: 1, // ms\n}',
      ',{signal:own}',
      ', { ...own }',
    );
    fc.assert(
      fc.property(
        newline,
        fc.array(line, { maxLength: 6 }),
        fc.array(line, { maxLength: 6 }),
        argument,
        given,
        (eol, above, below, argument, given) => {
          const list = /\n$/.test(argument)
            ? `${argument.replace(/,\n$/, '')}${given}${given ? ',\n' : '\n'}`
            : argument + given;
          const parts = [
            `import OpenAI from 'openai';`,
            ...above,
            `const s = await new OpenAI().chat.completions.create(${list});`,
            ...below,
            'for await (const c of s) show(c);',
          ].map((part) => part.replaceAll('\n', eol));
          const after = rewriteTwice(parts.join(eol), 'file.js');
          const [head, imported, ...rest] = after.split(eol);
          expect(head).toBe(parts[0]);
          expect(imported).toMatch(/^import \{ ?resilientStream ?\} from 'resilient-stream';?$/);
          expect(
            rest
              .join(eol)
              .startsWith([...parts.slice(1, above.length + 1), 'const s = await resilientStream(('].join(eol)),
          ).toBe(true);
          expect(rest.join(eol).endsWith([');', ...parts.slice(above.length + 2)].join(eol))).toBe(true);
          expect(after.includes('\r\n') ? /[^\r]\n/.test(after) : /\r/.test(after)).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a text that is not rewritten', () => {
  it('has no loop', () => {
    expect(rewriteText('file.ts', 'const a = (', codemods)).toEqual({
      text: 'const a = (',
      rewrites: [],
      skipped: [],
      failed: null,
    });
  });

  it('does not parse', () => {
    expect(rewriteText('file.ts', `import OpenAI from 'openai';\nfor await (`, codemods).failed).toMatch(
      /^The file does not parse: .* \(2:\d+\)\.$/,
    );
  });

  it('tells the line of the loop that is left', () => {
    expect(
      rewriteText(
        'file.ts',
        `// one\nfor await (const chunk of stream) show(chunk.choices[0]?.delta?.content);\n`,
        codemods,
      ).skipped,
    ).toEqual([
      {
        line: 2,
        reason: 'The request is made elsewhere; wrap it there in `resilientStream`.',
        codemod: 'wrap-in-resilient-stream',
        provider: 'openai',
      },
    ]);
  });

  it('holds a loop over something else', () => {
    expect(findReasons('for await (const line of lines) show(line);')).toEqual([]);
  });

  const broken = (text: string): Codemod => ({
    ...codemod,
    mayHold: () => true,
    findRewrites: (source) => ({
      skipped: [],
      rewrites: [
        {
          line: 1,
          codemod: 'broken',
          loop: null,
          imports: [],
          deferred: [],
          edits: [{ range: [0, source.text.length], text }],
        },
      ],
    }),
  });

  it('would not parse afterwards', () => {
    expect(rewriteText('file.ts', 'for await (const a of b) c();', [broken('for await (')])).toMatchObject({
      text: 'for await (const a of b) c();',
      rewrites: [],
      failed: expect.stringContaining('the rewritten text would not parse') as string,
    });
  });

  it('would be rewritten again by a second run', () => {
    expect(
      rewriteText('file.ts', 'for await (const a of b) c();', [broken('for await (const a of b) d();')]).failed,
    ).toContain('a second run would rewrite line 1 again');
  });

  it('would not stand the proof', () => {
    const once: Codemod = {
      ...broken(''),
      findRewrites: (source, given) =>
        source.text.includes('d()')
          ? { rewrites: [], skipped: [] }
          : broken('for await (const a of b) d();').findRewrites(source, given),
    };
    expect(rewriteText('file.ts', 'for await (const a of b) c();', [once]).failed).toContain(
      'the edit of line 1 is of no declared form',
    );
  });
});

describe('a loop whose rewrite is at fault', () => {
  const head = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
  const spoilt: Codemod = {
    ...codemod,
    findRewrites: (source, given) => {
      const found = codemod.findRewrites(source, given);
      const spoil = (edit: TextEdit): TextEdit => ({
        ...edit,
        text: edit.text.replace('maxRetries: 0', 'maxRetries: 9'),
      });
      return {
        ...found,
        rewrites: found.rewrites.map((rewrite) =>
          source.text.slice(...rewrite.loop!.node.range).includes('show(b)')
            ? { ...rewrite, edits: rewrite.edits.map(spoil) }
            : rewrite,
        ),
      };
    },
  };

  it('is left, with the proof’s reason, and the others are rewritten', () => {
    const text = head + loop('a') + loop('b') + loop('c');
    const { text: after, rewrites, skipped, failed } = rewriteText('file.ts', text, [spoilt]);
    expect({ lines: rewrites.map(({ line }) => line), left: skipped.map(({ line }) => line), failed }).toEqual({
      lines: [3, 5],
      left: [4],
      failed: null,
    });
    expect(skipped[0]!.reason).toMatch(
      /^The rewritten code does not stand its proof; make this change by hand\. \(wrap-in-resilient-stream: the edit of line /,
    );
    expect(after).toContain(loop('b'));
    expect(after.match(/maxRetries: 0/g)).toHaveLength(2);
  });

  it('is left in the next run too', () => {
    const { text } = rewriteText('file.ts', head + loop('a') + loop('b'), [spoilt]);
    expect(rewriteText('file.ts', text, [spoilt])).toMatchObject({
      text,
      rewrites: [],
      failed: expect.stringContaining('is of no declared form') as string,
    });
  });
});

describe('in the linter', () => {
  it.each(codemod.examples.map((example, index) => [index + 1, example.before] as const))(
    'the edits of example %i are the same',
    (_, text) => {
      let linted: ReturnType<Codemod['findRewrites']> | null = null;
      const rule: Rule.RuleModule = {
        create: ({ sourceCode }) => ({
          'Program:exit': () => void (linted = codemod.findRewrites(sourceCode as unknown as ParsedSource, options)),
        }),
      };
      const messages = new Linter().verify(text, {
        languageOptions: { parser: typescriptParser },
        plugins: { own: { rules: { rule } } },
        rules: { 'own/rule': 'error' },
      });
      expect(messages).toEqual([]);
      const found = codemod.findRewrites(parseSource('file.ts', text), options);
      expect(linted!.rewrites.map(({ line, edits }) => ({ line, edits }))).toEqual(
        found.rewrites.map(({ line, edits }) => ({ line, edits })),
      );
      expect(found.rewrites).toHaveLength(1);
    },
  );
});

describe('what the linter loads', () => {
  it('is neither jscodeshift nor the parser', () => {
    const seen = new Map<string, string[]>();
    const load = (file: string): void => {
      if (seen.has(file)) return;
      const requests = parseSync(file, readFileSync(file, 'utf8')).module.staticImports.map(
        ({ moduleRequest }) => moduleRequest.value,
      );
      seen.set(file, requests);
      for (const request of requests)
        if (request.startsWith('.')) load(fileURLToPath(new URL(request, `file://${file}`)));
    };
    load(fileURLToPath(new URL('../../codemods/all.ts', import.meta.url)));
    const packages = new Set([...seen.values()].flat().filter((request) => !request.startsWith('.')));
    expect([...packages].filter((name) => !name.startsWith('@typescript-eslint/'))).toEqual([]);
  });
});
