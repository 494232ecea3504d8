/**
 * `resilient-stream check` against ESLint with this plugin alone, on the same files, with the same rules. Both are
 * timed as whole processes, and must report the same.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findMedian, printSeconds } from './figures.ts';
import { cli, type Run, runNode, writeTree } from './tree.ts';

const FILES = 1_600;
const ROUNDS = 3;

const require = createRequire(import.meta.url);
const eslint = join(dirname(require.resolve('eslint/package.json')), 'bin/eslint.js');
const urlOf = (path: string): string => JSON.stringify(pathToFileURL(path).href);

/** Runs and prints; over the TypeScript files of `directory`, or over a tree made for the purpose. */
export function runCheckBench(directory?: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'resilient-stream-bench-'));
  try {
    const tree = directory === undefined ? writeTree(join(scratch, 'tree'), FILES) : resolve(directory);
    const config = join(scratch, 'eslint.config.mjs');
    writeFileSync(
      config,
      `import parser from ${urlOf(require.resolve('@typescript-eslint/parser'))};
import resilientStream from ${JSON.stringify(new URL('../packages/eslint-plugin-resilient-stream/dist/plugin.js', import.meta.url))};
export default [{ files: ['**/*.ts'], languageOptions: { parser }, linterOptions: { reportUnusedDisableDirectives: 'off' } }, { ignores: ['**/*.d.ts', '**/*.js', '**/*.mjs', '**/*.cjs'] }, resilientStream.configs.recommended];
`,
    );
    const ours: Run[] = [];
    const theirs: Run[] = [];
    // By turns, so that what else the machine does falls on both alike.
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(
        runNode([cli, 'check', '**/*.ts', '--format', 'json', '--max-file-size', '100MB'], { cwd: tree, highest: 1 }),
      );
      theirs.push(runNode([eslint, '--config', config, '--format', 'json', '.'], { cwd: tree, highest: 1 }));
    }
    print(compare(ours[0]!, theirs[0]!, tree), ours, theirs);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Finding {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly ruleId?: string;
}

/** Comments of real files turn rules on that nobody has here, and ESLint says so. */
const isOurs = ({ ruleId }: Finding): boolean => ruleId?.startsWith('resilient-stream/') === true;

/** How many problems both report. */
function compare(ours: Run, theirs: Run, tree: string): { readonly files: number; readonly problems: number } {
  const place = ({ line, column, message }: Finding, file: string): string => `${file}:${line}:${column} ${message}`;
  const report = JSON.parse(ours.stdout) as { problems: (Finding & { file: string })[]; summary: { examined: number } };
  const mine = report.problems.map((problem) => place(problem, problem.file));
  const other = (JSON.parse(theirs.stdout) as { filePath: string; messages: Finding[] }[]).flatMap(
    ({ filePath, messages }) => messages.filter(isOurs).map((message) => place(message, relative(tree, filePath))),
  );
  const odd = [
    ...mine.filter((problem) => !other.includes(problem)),
    ...other.filter((problem) => !mine.includes(problem)),
  ];
  if (odd.length > 0) throw new Error(`${odd.length} problems are reported by one alone, such as ${odd[0]}`);
  return { files: report.summary.examined, problems: mine.length };
}

function print({ files, problems }: ReturnType<typeof compare>, ours: readonly Run[], theirs: readonly Run[]): void {
  const [mine, other] = [ours, theirs].map((runs) => findMedian(runs.map(({ milliseconds }) => milliseconds))) as [
    number,
    number,
  ];
  console.log(
    `Finding problems in ${files} files (the same ${problems} problems): median of ${ROUNDS} runs, Node ${process.version}`,
  );
  console.log(`  resilient-stream check          ${printSeconds(mine)}`);
  console.log(`  ESLint with this plugin alone   ${printSeconds(other)}`);
  console.log(
    `  ratio of the medians            ${(other / mine).toFixed(1)} × faster   bar ≥ 10${other / mine >= 10 ? '' : '   NOT MET'}`,
  );
  console.log(
    `  ratio of each round             ${ours.map(({ milliseconds }, round) => (theirs[round]!.milliseconds / milliseconds).toFixed(1)).join(', ')}`,
  );
}
