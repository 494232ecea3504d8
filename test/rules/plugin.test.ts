import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as typescriptParser from '@typescript-eslint/parser';
import type { TSESLint } from '@typescript-eslint/utils';
import { ESLint, Linter } from 'eslint';
import { defineConfig } from 'eslint/config';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { rules } from '../../rules/all.ts';
import plugin, * as module from '../../rules/plugin.ts';
import anthropic from '../../src/providers/anthropic.ts';
import { catalog } from '../../src/providers/catalog.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = rules.map(({ name }) => name);
const config: Linter.Config = plugin.configs.recommended;

describe('the plugin', () => {
  it('has a name, a version and a namespace', () => {
    expect(plugin.meta).toEqual({
      name: 'eslint-plugin-resilient-stream',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      namespace: 'resilient-stream',
    });
  });

  it('is what `require()` gives', () => {
    expect(module['module.exports']).toBe(plugin);
  });

  it('has every rule, with a page in the package', () => {
    expect(Object.keys(plugin.rules)).toEqual(names);
    for (const [name, { meta }] of Object.entries(plugin.rules)) {
      expect(meta.docs.url).toBe(
        `https://unpkg.com/eslint-plugin-resilient-stream@${plugin.meta.version}/docs/rules/${name}.md`,
      );
      expect(meta.docs.recommended).toBe(`resilient-stream/${name}` in plugin.configs.recommended.rules);
      expect(meta.type).toBe(meta.docs.recommended ? 'problem' : 'suggestion');
    }
  });

  it.each(['recommended', 'strict'] as const)('%s registers the plugin itself and turns its rules on', (preset) => {
    expect(plugin.configs[preset].plugins?.['resilient-stream']).toBe(plugin);
    const inPreset = rules.filter((rule) => preset === 'strict' || rule.preset === preset);
    expect(plugin.configs[preset].rules).toEqual(
      Object.fromEntries(inPreset.map(({ name }) => [`resilient-stream/${name}`, 'error'])),
    );
  });

  it('gives options a schema and defaults, and says nothing of defaults where there are no options', () => {
    expect(plugin.rules['require-timeout']?.meta).toMatchObject({
      schema: [
        {
          type: 'object',
          properties: {
            requireDeadline: { type: 'boolean', default: false },
            minimumMs: { type: 'integer', minimum: 0, default: 0 },
            helper: { type: 'string', default: 'resilient-stream' },
          },
          additionalProperties: false,
        },
      ],
      defaultOptions: [{ requireDeadline: false, minimumMs: 0, helper: 'resilient-stream' }],
    });
    expect(plugin.rules['no-unresolved-migration']?.meta.schema).toEqual([]);
    expect(plugin.rules['no-unresolved-migration']?.meta).not.toHaveProperty('defaultOptions');
  });
});

it('loads nothing from outside the package', () => {
  expect(findOutsideImports(`${root}/rules/plugin.ts`)).toEqual([]);
});

/** What a module loads when it runs, files of the repository followed; types are gone by then. */
function findOutsideImports(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const { program } = parseSync(file, readFileSync(file, 'utf8'));
  return program.body.flatMap((node) => {
    const loads =
      (node.type === 'ImportDeclaration' && node.importKind !== 'type') ||
      (node.type === 'ExportNamedDeclaration' && node.exportKind !== 'type') ||
      node.type === 'ExportAllDeclaration';
    if (!loads || !node.source) return [];
    const { value } = node.source;
    return value.startsWith('.') ? findOutsideImports(resolve(dirname(file), value), seen) : [value];
  });
}

describe('a flat configuration', () => {
  const examples = [
    ...rules.flatMap(({ examples }) =>
      [...examples.incorrect, ...examples.correct].map(({ title, code }) => ({ title, code })),
    ),
    ...catalog.flatMap(({ apis }) => apis.map(({ name, example }) => ({ title: name, code: example }))),
    {
      title: 'aliases and functions',
      code: `import OpenAI from 'openai';
const client = new OpenAI();
for await (const chunk of await client.chat.completions.create({ stream: true })) {
  for (const choice of chunk.choices) { const same = choice; look(same); }
}
function look(choice) { if (choice.finish_reason) end(); }`,
    },
  ];
  const lint = (code: string, languageOptions: Linter.LanguageOptions): string[] =>
    new Linter()
      .verify(code, [{ ...config, languageOptions }], 'example.js')
      .map(
        ({ ruleId, messageId, line, column, endLine, endColumn }) =>
          `${ruleId} ${messageId} ${line}:${column}-${endLine}:${endColumn}`,
      );

  it.each(examples)('finds the same with either parser: $title', ({ code }) => {
    expect(lint(code, { parser: typescriptParser })).toEqual(lint(code, {}));
  });

  it('finds the plain loop’s problems', () => {
    expect(lint(anthropic.apis[0]!.example, {})).toEqual([
      'resilient-stream/require-timeout unbounded 4:22-4:44',
      'resilient-stream/require-completion-check unchecked 10:1-10:34',
      'resilient-stream/require-error-handling unhandled 10:1-10:34',
    ]);
  });

  it('keeps silent where a comment asks for it', () => {
    const code =
      'for await (const chunk of client.messages.stream()) show(chunk.type === "message_stop"); // eslint-disable-line';
    expect(lint(code, {})).toEqual([]);
  });

  it('works in ESLint itself, with typescript-eslint’s parser for TypeScript', async () => {
    const eslint = new ESLint({
      overrideConfigFile: true,
      cwd: root,
      overrideConfig: [config, { files: ['**/*.ts'], languageOptions: { parser: typescriptParser } }],
    });
    const code = `import OpenAI from 'openai';
export class Chat {
  constructor(private client: OpenAI) {}
  async ask(): Promise<void> {
    for await (const chunk of await this.client.responses.create({ stream: true })) console.log(chunk);
  }
}
`;
    const [result] = await eslint.lintText(code, { filePath: 'example.ts' });
    expect(result?.messages.map(({ ruleId, line }) => `${line} ${ruleId}`)).toEqual([
      '5 resilient-stream/require-completion-check',
      '5 resilient-stream/require-timeout',
    ]);
  });

  it('is silent in other languages, also where their text holds code, or where they have none', () => {
    const code = `\`\`\`js\n${anthropic.apis[0]!.example}\n\`\`\`\n`;
    expect(lint(anthropic.apis[0]!.example, {})).not.toEqual([]);
    for (const text of [code, undefined]) {
      const base: Linter.Config = {
        files: ['**/*.md'],
        plugins: { other: { languages: { markdown: createLanguage(text) } } },
        language: 'other/markdown',
      };
      expect(new Linter().verify(code, [base, plugin.configs.strict], 'example.md')).toEqual([]);
    }
  });

  it('refuses an option that there is not', () => {
    const wrong: Linter.Config = {
      ...config,
      rules: { 'resilient-stream/require-timeout': ['error', { requireDeadlines: true }] },
    };
    expect(() => new Linter().verify('', [wrong], 'example.js')).toThrow(/requireDeadlines/);
  });
});

/** A language whose tree is a single node, and none of JavaScript's. */
function createLanguage(text: string | undefined): NonNullable<ESLint.Plugin['languages']>[string] {
  const ast = { type: 'root', children: [] };
  const place = { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } };
  return {
    fileType: 'text',
    lineStart: 1,
    columnStart: 0,
    nodeTypeKey: 'type',
    validateLanguageOptions: () => undefined,
    parse: () => ({ ok: true, ast }),
    createSourceCode: () => ({
      ast,
      text: text!,
      getLoc: () => place,
      getRange: () => [0, 0],
      traverse: () => ([1, 2] as const).map((phase) => ({ kind: 1, type: 'visit', target: ast, phase, args: [ast] })),
    }),
  };
}

it('fits the types of ESLint and of typescript-eslint', () => {
  const { recommended, strict } = plugin.configs;
  const forEslint: Linter.Config[] = defineConfig(recommended, {
    files: ['**/*.ts'],
    extends: [strict],
    plugins: { other: plugin },
  });
  const forTypeScriptEslint: TSESLint.FlatConfig.Config[] = [recommended, { plugins: { other: plugin } }];
  expect([...forEslint, ...forTypeScriptEslint].every((entry) => typeof entry === 'object')).toBe(true);
});
