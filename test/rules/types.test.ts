import { fileURLToPath } from 'node:url';
import * as typescriptParser from '@typescript-eslint/parser';
import { ESLint, Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import plugin from '../../rules/plugin.ts';

const folder = fileURLToPath(new URL('typed', import.meta.url));

/** The parser, noting for which nodes a type is asked for. */
function watch(asked: string[]): Linter.Parser {
  return {
    parseForESLint(text, options) {
      const { services, ...result } = typescriptParser.parseForESLint(text, options);
      const map = services.esTreeNodeToTSNodeMap;
      type Node = Parameters<typeof map.get>[0];
      const esTreeNodeToTSNodeMap = {
        get(node: Node) {
          asked.push(text.slice(...node.range));
          return map.get(node);
        },
      };
      return { ...result, services: { ...services, esTreeNodeToTSNodeMap } } as unknown as Linter.ESLintParseResult;
    },
  };
}

async function lint(parser: Linter.Parser, parserOptions: Linter.ParserOptions): Promise<string[]> {
  const config: Linter.Config = {
    ...(plugin.configs.recommended as Linter.Config),
    files: ['**/*.ts'],
    languageOptions: { parser, parserOptions },
  };
  const [result] = await new ESLint({ overrideConfigFile: true, cwd: folder, overrideConfig: [config] }).lintFiles(
    'loops.ts',
  );
  return result!.messages.map(({ ruleId, line, message, fatal }) =>
    fatal ? message : `${line} ${ruleId?.replace('resilient-stream/', '')}`,
  );
}

const typed = { projectService: true, tsconfigRootDir: folder };

describe('where the linting is typed', () => {
  it('a loop is found whose stream only its type tells', async () => {
    expect(await lint(typescriptParser as Linter.Parser, typed)).toEqual([
      '8 require-timeout',
      '9 require-completion-check',
      '14 require-completion-check',
    ]);
  });

  it('types are asked for once, and only for loops of which the syntax says too little', async () => {
    const asked: string[] = [];
    await lint(watch(asked), typed);
    expect(asked).toEqual(['await ask()', 'lines()']);
  });
});

it('without types, what the syntax tells is found', async () => {
  expect(await lint(typescriptParser as Linter.Parser, {})).toEqual([
    '8 require-timeout',
    '9 require-completion-check',
  ]);
});

it.each([
  ['of oxlint', {}],
  ['without a program', { program: null, esTreeNodeToTSNodeMap: new Map() }],
])('services %s are as good as none', (_, services) => {
  const parser: Linter.Parser = {
    parseForESLint: (text, options) =>
      ({ ...typescriptParser.parseForESLint(text, options), services }) as unknown as Linter.ESLintParseResult,
  };
  const code = `import { ask } from './llm';
for await (const chunk of await ask()) show(chunk.choices[0]?.delta?.content);`;
  const config = { ...(plugin.configs.recommended as Linter.Config), languageOptions: { parser } };
  expect(new Linter().verify(code, [config], 'example.js').map(({ ruleId }) => ruleId)).toContain(
    'resilient-stream/require-completion-check',
  );
});

describe('settings', () => {
  const code = `import { streamChat } from '@acme/llm';
for await (const chunk of await streamChat(question)) show(chunk);`;
  const withStreams = (streams: object[]): string[] =>
    new Linter()
      .verify(
        code,
        [{ ...(plugin.configs.recommended as Linter.Config), settings: { 'resilient-stream': { streams } } }],
        'example.js',
      )
      .map(({ ruleId, message }) => `${ruleId}: ${message}`);

  it('name streams of the user’s own', () => {
    expect(new Linter().verify(code, [plugin.configs.recommended as Linter.Config], 'example.js')).toEqual([]);
    const messages = withStreams([{ module: '@acme/llm', name: 'streamChat', like: 'openai.chat' }]);
    expect(messages).toEqual([expect.stringMatching(/^resilient-stream\/require-error-handling: .*`streamChat`/)]);
  });

  it('that are wrong end the run with what is wrong', () => {
    expect(() => withStreams([{ module: '@acme/llm', name: 'streamChat', like: 'open.chat' }])).toThrow(
      /settings\['resilient-stream'\]\.streams\[0\]\.like: there is no provider 'open'/,
    );
  });
});
