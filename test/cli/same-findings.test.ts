import { join } from 'node:path';
import * as typescriptParser from '@typescript-eslint/parser';
import { ESLint, type Linter } from 'eslint';
import { expect, it } from 'vitest';
import type { CheckReport } from '../../cli/reports/json-shapes.ts';
import { codemods } from '../../codemods/all.ts';
import { rules } from '../../rules/all.ts';
import plugin from '../../rules/plugin.ts';
import { catalog } from '../../src/providers/catalog.ts';
import { createProject } from './project.ts';

/** Everything that stands in this repository as an example of a stream loop, right or wrong. */
const examples: readonly string[] = [
  ...rules.flatMap(({ examples }) => [...examples.incorrect, ...examples.correct].map(({ code }) => code)),
  ...codemods.flatMap(({ examples }) => examples.flatMap(({ before, after }) => [before, after])),
  ...catalog.flatMap(({ apis }) => apis.map(({ example }) => example)),
];

it.each(['recommended', 'strict'] as const)(
  '`check` finds what ESLint finds with the preset %s, in the same places and the same words',
  async (preset) => {
    const files = Object.fromEntries(examples.map((code, index) => [`example-${index}.ts`, code]));
    const project = createProject({
      ...files,
      'commented.ts': `/* eslint-disable resilient-stream/require-timeout */\n${catalog[0]!.apis[0]!.example}`,
    });
    const { stdout } = await project.run(['check', '--preset', preset, '--format', 'json']);
    const { problems } = JSON.parse(stdout) as CheckReport;
    const config: Linter.Config = {
      ...(plugin.configs[preset] as Linter.Config),
      files: ['**/*.ts'],
      languageOptions: { parser: typescriptParser },
    };
    const results = await new ESLint({
      cwd: project.root,
      overrideConfigFile: true,
      overrideConfig: [config],
    }).lintFiles('.');
    const theirs = results.flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, messageId, message, line, column, endLine, endColumn }) => ({
        file: filePath,
        rule: ruleId?.replace('resilient-stream/', ''),
        messageId,
        message,
        line,
        column,
        endLine,
        endColumn,
      })),
    );
    const ours = problems.map(({ file, rule, messageId, message, line, column, endLine, endColumn }) => ({
      file: join(project.root, file),
      rule,
      messageId,
      message,
      line,
      column,
      endLine,
      endColumn,
    }));
    const sort = (found: readonly object[]): string[] => found.map((problem) => JSON.stringify(problem)).sort();
    expect(ours.length).toBeGreaterThan(100);
    expect(sort(ours)).toEqual(sort(theirs));
  },
);
