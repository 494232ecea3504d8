/**
 * `npm run corpus -- DIR`: how well the analyser and the rules do on labelled loops of public repositories. DIR holds the exporter's
 * output, one folder per repository; where `CLONES` names a folder of clones, the repositories are exported there first. The labels, the
 * exporter and the scorer are kept outside this repository, beside it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, closeSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const labelled = resolve(root, '../shared/corpus');
const cli = join(root, 'dist/cli/main.js');

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

/** Runs a command of the tool in `folder` and keeps what it prints. */
function printTo(file: string, folder: string, command: string): void {
  const output = openSync(file, 'w');
  const { status } = spawnSync(process.execPath, [cli, command, '--format', 'json'], { cwd: folder, stdio: ['ignore', output, 'inherit'] });
  closeSync(output);
  // 2 says that some file could not be read, which is so in any tree of this size; the report is whole all the same.
  if (status === null) fail(`resilient-stream ${command} was ended before it was done.`);
}

const [folder, ...flags] = process.argv.slice(2);
if (!folder) fail('Usage: npm run corpus -- DIR [--misses]');
if (!existsSync(labelled)) fail(`The labels are not here: ${labelled}`);
if (process.env.CLONES) {
  execFileSync('python3', [join(labelled, 'export.py'), join(labelled, 'repos.tsv'), process.env.CLONES, folder], { stdio: 'inherit' });
}
if (!existsSync(folder)) fail(`${folder} does not exist; name the folder that holds the exported repositories, or set CLONES to export them.`);

const reports = mkdtempSync(join(tmpdir(), 'corpus-'));
try {
  const [list, check] = [join(reports, 'list.json'), join(reports, 'check.json')];
  printTo(list, folder, 'list');
  printTo(check, folder, 'check');
  const { status } = spawnSync(process.execPath, [join(labelled, 'score.mjs'), join(labelled, 'labels.jsonl'), list, check, ...flags], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
