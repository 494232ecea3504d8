/**
 * `npm run corpus -- DIR`: how well the analyser and the rules do on labelled loops of public repositories. DIR holds
 * the exporter's output, one folder per repository; where `CLONES` names a folder of clones, the repositories are
 * exported there first. The labels, the exporter and the scorer are kept outside this repository, beside it. `--misses`
 * prints each wrong answer; `--types auto` asks TypeScript too, which knows what a `tsconfig.json` and a `node_modules`
 * that somebody has put into DIR tell it: the exporter writes sources alone.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, closeSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const labelled = resolve(root, '../shared/corpus');
const cli = join(root, 'dist/cli/main.js');

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

/** Runs a command of the tool in `folder` and keeps what it prints. */
function printTo(file: string, folder: string, command: string, types: string): void {
  const output = openSync(file, 'w');
  const { status } = spawnSync(process.execPath, [cli, command, '--types', types, '--format', 'json'], {
    cwd: folder,
    stdio: ['ignore', output, 'inherit'],
  });
  closeSync(output);
  // 2 says that some file could not be read, which is so in any tree of this size; the report is whole all the same.
  if (status === null) fail(`resilient-stream ${command} was ended before it was done.`);
}

const {
  values: { misses, types },
  positionals: [folder],
} = parseArgs({
  allowPositionals: true,
  options: { misses: { type: 'boolean', default: false }, types: { type: 'string', default: 'off' } },
});
if (!folder) fail('Usage: npm run corpus -- DIR [--misses] [--types auto]');
if (!existsSync(labelled)) fail(`The labels are not here: ${labelled}`);
if (process.env.CLONES) {
  execFileSync('python3', [join(labelled, 'export.py'), join(labelled, 'repos.tsv'), process.env.CLONES, folder], {
    stdio: 'inherit',
  });
}
if (!existsSync(folder))
  fail(`${folder} does not exist; name the folder that holds the exported repositories, or set CLONES to export them.`);

const reports = mkdtempSync(join(tmpdir(), 'corpus-'));
try {
  const [list, check] = [join(reports, 'list.json'), join(reports, 'check.json')];
  printTo(list, folder, 'list', types);
  printTo(check, folder, 'check', types);
  const { status } = spawnSync(
    process.execPath,
    [join(labelled, 'score.mjs'), join(labelled, 'labels.jsonl'), list, check, ...(misses ? ['--misses'] : [])],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
