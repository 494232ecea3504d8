/**
 * `npm run bench:kill` kills migrate 200 times, at random moments, and looks at what it leaves: in every other round
 * with one thread, in the others with two workers. `-- 20` so many times, `-- 20 7` from that seed, `-- 20 7 3` with
 * three workers each time.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../src/providers/catalog.ts';
import { cli } from './tree.ts';

const FILES = 60;
const [kills = 200, seed = 1, onlyWorkers = null] = process.argv.slice(2).map(Number);
const workersOf = (round: number): number => onlyWorkers ?? (round % 2) + 1;
const argvOf = (workers: number): string[] => [
  cli,
  'migrate',
  '--verify',
  'fast',
  '--format',
  'json',
  '--workers',
  String(workers),
];

const root = mkdtempSync(join(tmpdir(), 'resilient-stream-kill-'));

async function main(): Promise<void> {
  const old = writeRepository('whole');
  const start = performance.now();
  const { stdout: report } = spawnSync(process.execPath, argvOf(1), { cwd: join(root, 'whole'), encoding: 'utf8' });
  const duration = performance.now() - start;
  const { summary } = JSON.parse(report) as { summary: { changed: number } };
  console.log(
    `${FILES} files, of which migrate changes ${summary.changed} in ${(duration / 1_000).toFixed(1)} s; ${kills} kills, seed ${seed}`,
  );
  await killAll(old, readAll('whole'), report, duration);
}

interface Tally {
  killed: number;
  readonly killsOf: Map<number, number>;
  /** Kills after which some files were written. */
  amidst: number;
  /** Runs that came to their end. */
  runs: number;
  /** Files that are neither old nor new. */
  torn: number;
  /** Runs whose report or texts are others than those of the run that was not killed. */
  others: number;
}

async function killAll(old: Contents, migrated: Contents, report: string, duration: number): Promise<void> {
  const random = createRandom(seed);
  const tally: Tally = { killed: 0, killsOf: new Map(), amidst: 0, runs: 0, torn: 0, others: 0 };
  for (let round = 0; tally.killed < kills; round++) {
    const [name, workers] = [`round-${round}`, workersOf(round)];
    writeRepository(name);
    for (let [isFirst, isEnded] = [true, false]; !isEnded; isFirst = false) {
      // The first run is killed, and each that goes on with it as often as not.
      const isSpared = tally.killed === kills || (!isFirst && random() < 0.5);
      const outcome = await run(name, workers, isSpared ? Infinity : random() * duration);
      // Killed with its last word said, it is as one that was not.
      isEnded = outcome.signal === null || outcome.stdout === report;
      const contents = readAll(name);
      count(tally, outcome, workers, contents, old, migrated);
      if (!isEnded) {
        if (JSON.stringify(contents) !== JSON.stringify(old)) tally.amidst += 1;
      } else {
        tally.runs += 1;
        if (outcome.stdout === report && JSON.stringify(contents) === JSON.stringify(migrated)) continue;
        tally.others += 1;
        console.log(`${name}, ${tally.killed} kills: ${outcome.stderr}`);
      }
    }
    rmSync(join(root, name), { recursive: true });
  }
  printTally(tally);
}

/** Counts the kill, and the files that are neither old nor new. */
function count(
  tally: Tally,
  { signal }: Outcome,
  workers: number,
  contents: Contents,
  old: Contents,
  migrated: Contents,
): void {
  tally.torn += Object.keys(old).filter(
    (file) => contents[file] !== old[file] && contents[file] !== migrated[file],
  ).length;
  if (signal === null) return;
  tally.killsOf.set(workers, (tally.killsOf.get(workers) ?? 0) + 1);
  tally.killed += 1;
}

function printTally({ killed, killsOf, amidst, runs, torn, others }: Tally): void {
  const shares = [...killsOf].map(
    ([workers, times]) => `${times} of them with ${workers === 1 ? 'one thread' : `${workers} workers`}`,
  );
  console.log(
    `killed ${killed} times (${shares.join(', ')}), ${amidst} with files written; ${torn} files neither old nor new`,
  );
  console.log(
    `${runs} runs to the end, ${others} with another report, other texts or other files than the one that was not killed`,
  );
  if (torn + others > 0) process.exitCode = 1;
}

interface Outcome {
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(name: string, workers: number, milliseconds: number): Promise<Outcome> {
  const child = spawn(process.execPath, argvOf(workers), { cwd: join(root, name), stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = milliseconds === Infinity ? undefined : setTimeout(() => child.kill('SIGKILL'), milliseconds);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve) =>
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve({ signal, stdout, stderr });
    }),
  );
}

type Contents = Readonly<Record<string, string>>;

/** Every file of the tree, what a run has left behind included. */
const readAll = (name: string): Contents =>
  Object.fromEntries(
    readdirSync(join(root, name))
      .filter((file) => file !== '.git')
      .map((file) => [file, readFileSync(join(root, name, file), 'utf8')]),
  );

/** The catalog's examples, in a git repository with nothing to commit. */
function writeRepository(name: string): Contents {
  const folder = join(root, name);
  mkdirSync(folder);
  const examples = catalog.flatMap(({ apis }) => apis.map(({ example }) => example));
  for (let index = 0; index < FILES; index++)
    writeFileSync(
      join(folder, `module-${String(index).padStart(3, '0')}.ts`),
      `// ${index}\n${examples[index % examples.length]!}`,
    );
  writeFileSync(join(folder, 'package.json'), '{\n  "name": "app"\n}\n');
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'Start'],
  ]) {
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  }
  return readAll(name);
}

/** The same numbers from the same seed, from 0 up to 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

process.on('exit', () => rmSync(root, { recursive: true, force: true }));
await main();
