/**
 * `resilient-stream list` against stock jscodeshift with a transform that only finds `for await` loops, on the same
 * files. Both are timed as whole processes. jscodeshift is handed the list of files, ours has to find them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findFiles } from '../cli/files/find-files.ts';
import { findMedian, printSeconds } from './figures.ts';
import { prepareJscodeshift } from './jscodeshift.ts';
import { cli, type Run, runNode, writeTree } from './tree.ts';

const FILES = 3_200;
/** As large as the sample behind the design. */
const MANY_FILES = 12_800;
const ROUNDS = 3;

/** Only finds them. */
const FIND_LOOPS =
  'module.exports = ({ source }, { j }) => { j(source).find(j.ForOfStatement, { await: true }).size(); };';

/**
 * Runs and prints; over `directory`, or over trees made for the purpose. `full` compares the two on the larger one,
 * which takes minutes.
 */
export async function runListBench({
  directory,
  full = false,
}: { readonly directory?: string | undefined; readonly full?: boolean } = {}): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'resilient-stream-bench-'));
  try {
    const tree =
      directory === undefined ? writeTree(join(scratch, 'tree'), full ? MANY_FILES : FILES) : resolve(directory);
    const { files } = await findFiles(tree, ['.']);
    const runJscodeshift = prepareJscodeshift(scratch, FIND_LOOPS, files);
    const ours: Run[] = [];
    const theirs: Run[] = [];
    // By turns, so that what else the machine does falls on both alike.
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(runList(tree));
      theirs.push(runJscodeshift().run);
    }
    printComparison(files.length, ours, theirs);
    if (directory === undefined && !full)
      printGrowth(
        findMedian(ours.map(({ milliseconds }) => milliseconds)),
        writeTree(join(scratch, 'many'), MANY_FILES),
      );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

// 2: some file of a real tree does not parse; the report is whole all the same.
const runList = (tree: string): Run =>
  runNode([cli, 'list', tree, '--types', 'off', '--format', 'json'], { highest: 2 });

function printComparison(files: number, ours: readonly Run[], theirs: readonly Run[]): void {
  const { streams } = (JSON.parse(ours[0]!.stdout) as { summary: { streams: number } }).summary;
  const [mine, other] = [ours, theirs].map((runs) => findMedian(runs.map(({ milliseconds }) => milliseconds))) as [
    number,
    number,
  ];
  const ratios = ours.map(({ milliseconds }, round) => theirs[round]!.milliseconds / milliseconds);
  const megabytes = Math.max(...ours.map((run) => run.megabytes));
  console.log(
    `Finding stream loops in ${files} files (${streams} streams): median of ${ROUNDS} runs, Node ${process.version}`,
  );
  console.log(`  resilient-stream list           ${printSeconds(mine)}`);
  console.log(`  jscodeshift, find for await     ${printSeconds(other)}`);
  console.log(
    `  ratio of the medians            ${(other / mine).toFixed(1)} × faster   bar ≥ 25${other / mine >= 25 ? '' : '   NOT MET'}`,
  );
  console.log(`  ratio of each round             ${ratios.map((ratio) => ratio.toFixed(1)).join(', ')}`);
  console.log(
    `  most memory of list             ${megabytes.toFixed(0)} MB   bar < 250 MB${megabytes < 250 ? '' : '   NOT MET'}`,
  );
}

/** The start of a process is the same for few files and many: what is left must grow as the files do. */
function printGrowth(few: number, many: string): void {
  const start = findMedian(
    Array.from({ length: ROUNDS }, () => runNode([cli, 'list', cli, '--format', 'json']).milliseconds),
  );
  const runs = Array.from({ length: ROUNDS }, () => runList(many));
  const [most, megabytes] = [
    findMedian(runs.map(({ milliseconds }) => milliseconds)),
    Math.max(...runs.map((run) => run.megabytes)),
  ];
  console.log(`\nThe same on ${MANY_FILES} files: median of ${ROUNDS} runs`);
  console.log(`  resilient-stream list           ${printSeconds(most)}`);
  console.log(
    `  files ${MANY_FILES / FILES} ×, time                  ${(most / few).toFixed(2)} ×; without the start of ${printSeconds(start)}: ${((most - start) / (few - start)).toFixed(2)} ×   bar ≤ ${MANY_FILES / FILES}`,
  );
  console.log(
    `  most memory                     ${megabytes.toFixed(0)} MB   bar < 250 MB${megabytes < 250 ? '' : '   NOT MET'}`,
  );
}
