/**
 * `resilient-stream list` against stock jscodeshift with a transform that only finds `for await` loops, on the same files.
 * Both are timed as whole processes. jscodeshift is handed the list of files, ours has to find them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFiles } from '../cli/find-files.ts';
import { catalog } from '../src/providers/catalog.ts';

const FILES = 3_000;
/** On the sample behind the design, 758 of 12,796 files held a `for await`. */
const FILES_PER_LOOP = 17;
const ROUNDS = 3;
const LARGEST_OUTPUT = 1 << 28;

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const runner = createRequire(import.meta.url).resolve('jscodeshift/src/Runner.js');

/** Runs and prints; over `directory`, or over a tree made for the purpose. */
export async function runListBench(directory?: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'resilient-stream-bench-'));
  try {
    const tree = directory === undefined ? writeTree(join(scratch, 'tree')) : resolve(directory);
    const { files } = await findFiles(tree, ['.']);
    const runJscodeshift = prepareJscodeshift(scratch, files);
    const ours: number[] = [];
    const theirs: number[] = [];
    let streams = 0;
    // By turns, so that what else the machine does falls on both alike.
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(time(() => (streams = runList(tree))));
      theirs.push(time(runJscodeshift));
    }
    print(files.length, streams, findMedian(ours), findMedian(theirs));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function runList(tree: string): number {
  const output = execFileSync(process.execPath, [cli, 'list', tree, '--format', 'json'], { encoding: 'utf8', maxBuffer: LARGEST_OUTPUT, stdio: ['ignore', 'pipe', 'ignore'] });
  return (JSON.parse(output) as { summary: { streams: number } }).summary.streams;
}

/** In a process of its own: its workers take over the flags of the process that starts them, and this one's load TypeScript. */
function prepareJscodeshift(scratch: string, files: readonly string[]): () => void {
  const [transform, list, main] = ['find-loops.cjs', 'files.json', 'run.cjs'].map((name) => join(scratch, name)) as [string, string, string];
  writeFileSync(transform, "module.exports = ({ source }, { j }) => { j(source).find(j.ForOfStatement, { await: true }).size(); };\nmodule.exports.parser = 'tsx';\n");
  writeFileSync(list, JSON.stringify(files));
  writeFileSync(
    main,
    `const { run } = require(${JSON.stringify(runner)});
run(${JSON.stringify(transform)}, require(${JSON.stringify(list)}), { dry: true, silent: true, verbose: -1, extensions: 'js,jsx,mjs,cjs,ts,tsx,mts,cts' })
  .then(({ ok, nochange, skip, error }) => console.log(ok + nochange + skip + error));
`,
  );
  return () => {
    const seen = Number(execFileSync(process.execPath, [main], { encoding: 'utf8', maxBuffer: LARGEST_OUTPUT }));
    // A transform that fails to load makes it end at once, and happily.
    if (seen !== files.length) throw new Error(`jscodeshift took ${seen} of ${files.length} files.`);
  };
}

function time(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const findMedian = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function print(files: number, streams: number, ours: number, theirs: number): void {
  console.log(`Finding stream loops in ${files} files (${streams} streams): median of ${ROUNDS} runs, Node ${process.version}`);
  console.log(`  resilient-stream list           ${(ours / 1_000).toFixed(2)} s`);
  console.log(`  jscodeshift, find for await     ${(theirs / 1_000).toFixed(2)} s`);
  console.log(`  ratio                           ${(theirs / ours).toFixed(1)} × faster`);
}

/** Small files of ordinary code; some hold one of the catalog's examples. The same on every run. */
function writeTree(root: string): string {
  const examples = catalog.flatMap(({ apis }) => apis.map(({ example }) => example));
  for (let index = 0; index < FILES; index++) {
    const folder = join(root, `package-${Math.floor(index / 100)}`, 'src');
    if (index % 100 === 0) mkdirSync(folder, { recursive: true });
    const example = index % FILES_PER_LOOP === 0 ? examples[(index / FILES_PER_LOOP) % examples.length]! : '';
    writeFileSync(join(folder, `module-${index}.ts`), example + fillerOf(index));
  }
  return root;
}

/** Some 100 lines, 3 KB: the median of the sample. */
function fillerOf(index: number): string {
  const functions = Array.from({ length: 10 }, (_, number) => `
/** Gathers what is worth keeping of list ${number}. */
export async function gather${number}(items: readonly Item[], limit = ${index % 50}): Promise<Map<string, Item[]>> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    if (item.weight < limit || item.name.startsWith('${index}-')) continue;
    const group = groups.get(item.name) ?? [];
    groups.set(item.name, [...group, { ...item, weight: item.weight * ${number + 1} }]);
  }
  return groups;
}
`);
  return `export interface Item {\n  readonly name: string;\n  readonly weight: number;\n}\n${functions.join('')}`;
}
