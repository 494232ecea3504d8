import { relative } from 'node:path';
import type { Host } from './hosts.ts';

interface EslintResult {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly line: number; readonly message: string }[];
}

interface OxlintResult {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly message: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

interface CheckResult {
  readonly problems: readonly { readonly file: string; readonly line: number; readonly rule: string }[];
}

/** `file:line rule`, sorted; what is not ours is shown as it is. */
export const parseFindings = (output: Host['output'], text: string, folder: string): readonly string[] =>
  readers[output](JSON.parse(text) as never, folder).sort();

const readers = {
  eslint: (results: readonly EslintResult[], folder: string) =>
    results.flatMap(({ filePath, messages }) =>
      messages.map(
        ({ ruleId, line, message }) =>
          `${relative(folder, filePath)}:${line} ${ruleId?.replace('resilient-stream/', '') ?? message}`,
      ),
    ),
  oxlint: ({ diagnostics }: OxlintResult) =>
    diagnostics.map(
      ({ code, filename, labels, message }) =>
        `${filename}:${labels[0]?.span.line} ${/^resilient-stream\((.+)\)$/.exec(code)?.[1] ?? message}`,
    ),
  check: ({ problems }: CheckResult) => problems.map(({ file, line, rule }) => `${file}:${line} ${rule}`),
};
