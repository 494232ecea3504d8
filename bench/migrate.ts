/**
 * `resilient-stream migrate --dry-run --verify fast` against stock jscodeshift with a transform that makes the same
 * rewrite the plain way: find the loop, wrap the request that it reads, print by `toSource()`. It knows neither SDKs
 * nor proofs. Both are timed as whole processes; jscodeshift is handed the list of files, ours has to find them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MigrateReport } from '../cli/reports/json-shapes.ts';
import { findFiles } from '../cli/files/find-files.ts';
import { findMedian, printSeconds } from './figures.ts';
import { prepareJscodeshift } from './jscodeshift.ts';
import { cli, type Run, runNode, writeTree } from './tree.ts';

const FILES = 12_800;
const ROUNDS = 3;

const WRAP = `
module.exports = ({ source }, { j }) => {
  const root = j(source);
  let changed = false;
  root.find(j.ForOfStatement, { await: true }).forEach(({ node, scope }) => {
    let iterated = node.right;
    if (iterated.type === 'Identifier') {
      const binding = scope.lookup(iterated.name)?.getBindings()[iterated.name]?.[0];
      iterated = binding?.parent.node.type === 'VariableDeclarator' ? binding.parent.node.init : null;
    }
    const call = iterated?.type === 'AwaitExpression' ? iterated.argument : iterated;
    if (call?.type !== 'CallExpression' || call.callee.name === 'resilientStream') return;
    const request = { ...call, arguments: [...call.arguments, j.objectExpression([j.objectProperty(j.identifier('signal'), j.identifier('signal'))])] };
    const open = j.arrowFunctionExpression([j.objectPattern([j.objectProperty(j.identifier('signal'), j.identifier('signal'))])], request);
    call.callee = j.identifier('resilientStream');
    call.arguments = [open];
    changed = true;
  });
  if (!changed) return undefined;
  root.get().node.program.body.unshift(j.importDeclaration([j.importSpecifier(j.identifier('resilientStream'))], j.literal('resilient-stream')));
  return root.toSource();
};`;

export async function runMigrateBench(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'resilient-stream-bench-'));
  try {
    const tree = writeTree(join(scratch, 'tree'), FILES);
    const { files } = await findFiles(tree, ['.']);
    const runJscodeshift = prepareJscodeshift(scratch, WRAP, files);
    const ours: Run[] = [];
    const crowded: Run[] = [];
    const theirs: Run[] = [];
    let changed = 0;
    // By turns, so that what else the machine does falls on both alike.
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(runMigrate(tree));
      crowded.push(runMigrate(tree, '--workers', String(availableParallelism())));
      const done = runJscodeshift();
      theirs.push(done.run);
      changed = done.changed;
    }
    printComparison(files.length, ours, crowded, theirs, changed);
    printTypes(tree, findMedian(ours.map(({ milliseconds }) => milliseconds)));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

// 1: some loops are left to a person.
const runMigrate = (tree: string, ...flags: string[]): Run =>
  runNode([cli, 'migrate', '--dry-run', '--verify', 'fast', '--format', 'json', ...flags, tree], { highest: 1 });

const summaryOf = ({ stdout }: Run): MigrateReport['summary'] => (JSON.parse(stdout) as MigrateReport).summary;

function printComparison(
  files: number,
  ours: readonly Run[],
  crowded: readonly Run[],
  theirs: readonly Run[],
  changedByThem: number,
): void {
  const { changed, edits, skippedLoops } = summaryOf(ours[0]!);
  const [mine, perCore, other] = [ours, crowded, theirs].map((runs) =>
    findMedian(runs.map(({ milliseconds }) => milliseconds)),
  ) as [number, number, number];
  const ratios = ours.map(({ milliseconds }, round) => theirs[round]!.milliseconds / milliseconds);
  const megabytes = Math.max(...ours.map((run) => run.megabytes));
  console.log(
    `Rewriting stream loops in ${files} files: median of ${ROUNDS} runs, Node ${process.version}, ${availableParallelism()} cores`,
  );
  console.log(
    `  migrate --dry-run --verify fast ${printSeconds(mine)}   ${edits} loops in ${changed} files, ${skippedLoops} left, each with its proofs`,
  );
  console.log(
    `  the same, a worker per core     ${printSeconds(perCore)}, ${Math.max(...crowded.map((run) => run.megabytes)).toFixed(0)} MB`,
  );
  console.log(`  jscodeshift with toSource()     ${printSeconds(other)}   ${changedByThem} files, unproven`);
  console.log(
    `  ratio of the medians            ${(other / mine).toFixed(1)} × faster   bar ≥ 20${other / mine >= 20 ? '' : '   NOT MET'}`,
  );
  console.log(`  ratio of each round             ${ratios.map((ratio) => ratio.toFixed(1)).join(', ')}`);
  console.log(
    `  most memory of migrate          ${megabytes.toFixed(0)} MB   bar < 400 MB${megabytes < 400 ? '' : '   NOT MET'}`,
  );
}

/**
 * What it costs to have TypeScript say whose a stream is, and that it has nothing new to say afterwards. No SDK is
 * installed in the tree.
 */
function printTypes(tree: string, without: number): void {
  writeFileSync(
    join(tree, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true } }),
  );
  for (const flags of [
    ['--types', 'auto'],
    ['--types', 'auto', '--verify', 'full'],
  ]) {
    // 2: what TypeScript has to say makes a file fail.
    const run = runNode([cli, 'migrate', '--dry-run', '--verify', 'fast', '--format', 'json', ...flags, tree], {
      highest: 2,
    });
    console.log(
      `  ${flags.join(' ').padEnd(31)} ${printSeconds(run.milliseconds)}, ${run.megabytes.toFixed(0)} MB   ${(run.milliseconds / without).toFixed(1)} × as long   (one run; ${summaryOf(run).failed} files fail for want of the SDKs)`,
    );
  }
}
