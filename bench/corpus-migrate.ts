/**
 * `npm run corpus:migrate -- DIR`: what `migrate` makes of labelled loops of public repositories. DIR holds the
 * exporter's output, as for `npm run corpus`; it is copied, and the copy is migrated twice. `--reasons` lists the loops
 * behind each reason.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { structuredPatch } from 'diff';
import type { CheckReport, MigrateReport } from '../cli/reports/json-shapes.ts';
import { findMedian } from './figures.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const labels = resolve(root, '../shared/corpus/labels.jsonl');
const cli = join(root, 'dist/cli/main.js');

interface Label {
  readonly repo: string;
  readonly file: string;
  readonly line: number;
  readonly ctx: 'prod' | 'example' | 'test';
  readonly isLLM: boolean | 'unsure';
  readonly source: string | null;
}

interface Outcome {
  readonly place: string;
  /** null: rewritten. */
  readonly reason: string | null;
  readonly isFlagged: boolean;
}

/** Reasons that say that the program does more with the stream than read it in the loop. */
const OTHER_USE = /^(?:The (?:stream|result)'s `|The stream (?:has listeners|is (?:returned|typed|used for more)))/;

/** What a command of the tool reports of `folder`. */
function report<Report>(folder: string, scratch: string, ...command: string[]): Report {
  const file = join(scratch, 'report.json');
  const output = openSync(file, 'w');
  const { status } = spawnSync(process.execPath, [cli, ...command, '--format', 'json'], {
    cwd: folder,
    stdio: ['ignore', output, 'inherit'],
  });
  closeSync(output);
  if (status === null) throw new Error(`resilient-stream ${command[0]} was ended before it was done.`);
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

/** Loops outside of tests with their SDK call in sight, as labelled, and what became of each. */
function findOutcomes(check: CheckReport, { files }: MigrateReport): { outcomes: Outcome[]; neither: string[] } {
  const flagged = new Set(check.problems.map(({ file, loop }) => `${file}:${loop.line}`));
  const outcomes: Outcome[] = [];
  const neither: string[] = [];
  for (const label of readFileSync(labels, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Label)) {
    if (label.isLLM !== true || label.ctx === 'test' || !label.source?.startsWith('sdk-call')) continue;
    const name = `${label.repo.replace('/', '__')}/${label.file}`;
    const place = `${name}:${label.line}`;
    const file = files.find((migrated) => migrated.file === name);
    const isHere = ({ line }: { line: number }): boolean => line === label.line;
    const skip = file?.skipped.find(isHere);
    if (file?.edits.some(isHere)) outcomes.push({ place, reason: null, isFlagged: flagged.has(place) });
    else if (skip) outcomes.push({ place, reason: skip.reason, isFlagged: flagged.has(place) });
    else neither.push(place);
  }
  return { outcomes, neither };
}

/**
 * Of each changed file, changed lines for each rewritten loop: the larger of those that went and those that came, the
 * import among them.
 */
function findChangedLines(before: string, after: string, { files }: MigrateReport): number[] {
  return files
    .filter(({ status }) => status === 'changed')
    .flatMap(({ file, edits }) => {
      const { hunks } = structuredPatch(
        file,
        file,
        readFileSync(join(before, file), 'utf8'),
        readFileSync(join(after, file), 'utf8'),
        '',
        '',
        { context: 0 },
      );
      const count = (sign: string): number =>
        hunks.flatMap(({ lines }) => lines).filter((line) => line.startsWith(sign)).length;
      return edits.map(() => Math.max(count('+'), count('-')) / edits.length);
    });
}

const print = (what: string, figure: number | string, bar = ''): void =>
  console.log(`  ${what.padEnd(66)}${String(figure).padStart(8)}${bar && `   bar ${bar}`}`);

const [given, ...flags] = process.argv.slice(2);
if (!given || !existsSync(given) || !existsSync(labels)) {
  console.error(
    `Usage: npm run corpus:migrate -- DIR [--reasons], where DIR holds the exported repositories; the labels are looked for at ${labels}.`,
  );
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), 'corpus-'));
try {
  const copy = join(scratch, 'copy');
  cpSync(given, copy, { recursive: true });
  const check = report<CheckReport>(copy, scratch, 'check', '--preset', 'strict');
  const migrated = report<MigrateReport>(copy, scratch, 'migrate', '--allow-dirty');
  const again = report<MigrateReport>(copy, scratch, 'migrate', '--allow-dirty');

  const { outcomes, neither } = findOutcomes(check, migrated);
  const rewritten = outcomes.filter(({ reason }) => reason === null);
  const alone = outcomes.filter(({ isFlagged, reason }) => isFlagged && !(reason !== null && OTHER_USE.test(reason)));
  const done = alone.filter(({ reason }) => reason === null);
  console.log('Labelled loops with their SDK call in sight, outside of tests');
  print('rewritten', rewritten.length);
  print('left with a reason', outcomes.length - rewritten.length);
  print('neither', neither.length, '0');
  print('flagged by a rule, the stream read by nothing but the loop', alone.length);
  print('  rewritten of these', `${done.length}, ${((done.length / alone.length) * 100).toFixed(0)} %`, '≥ 85 %');
  const reasons = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const reason = outcome.reason?.replace(/`[^`]*`/g, '`…`');
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), outcome]);
  }
  for (const [reason, places] of [...reasons].sort(([, a], [, b]) => b.length - a.length)) {
    print(`  left: ${reason.slice(0, reason.search(/[;,.]/))}`, places.length);
    if (flags.includes('--reasons')) for (const { place } of places) console.log(`      ${place}`);
  }
  for (const place of neither) console.log(`  neither: ${place}`);

  console.log('\nAll files');
  for (const [name, figure] of Object.entries({
    changed: migrated.summary.changed,
    'loops rewritten': migrated.summary.edits,
    'loops left with a reason': migrated.summary.skippedLoops,
  }))
    print(name, figure);
  print('failed a proof', migrated.summary.failed, '0');
  print('median of changed lines for each loop', findMedian(findChangedLines(given, copy, migrated)).toFixed(1), '≤ 4');
  print('changed by a second run', again.summary.changed, '0');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
