/**
 * `npm start`: what the tool does, shown on the programs of this folder. `npm start -- PATH` checks a folder of yours
 * instead, and shows what the migration would change there; nothing is written.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { type Script, startFaultServer } from '../test/lab/server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist/cli/main.js');

/** A whole answer, and what is left of it when the server closes the connection after two of its chunks. */
const answer = {
  text: ['Take two tablets ', 'in the morning, ', 'but never ', 'together with alcohol.'],
  after: 2,
  pauseMs: 150,
} satisfies Script;
const cut = { ...answer, fault: 'end' } satisfies Script;

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = root): Promise<number> {
  const child = spawn(process.execPath, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve(code ?? 1)));
}

const say = (text: string): void => console.log(`\n${pc.bold(text)}\n`);
const tell = (text: string): void => console.log(pc.dim(text));

/** Runs a program against a server that plays the scripts in turn, and says how it ended. */
async function runAgainst(plan: readonly Script[], program: string, cwd: string): Promise<void> {
  const server = await startFaultServer({ plan });
  const code = await run([program], { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: 'none' }, cwd);
  tell(`exit code ${code}, ${server.requests.length} request${server.requests.length === 1 ? '' : 's'}`);
  await server.close();
}

async function tour(): Promise<number> {
  say('1. Which loops in examples/ take a cut answer for a whole one?');
  await run([cli, 'check', 'examples']);

  const copy = await mkdtemp(join(tmpdir(), 'resilient-stream-tour-'));
  try {
    await cp(join(root, 'examples'), copy, { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));

    say('2. What would the codemod change? (in a copy)');
    const dry = await run([cli, 'migrate', '--dry-run'], {}, copy);
    if (dry === 2) return dry;

    say('3. The copy is migrated.');
    await run([cli, 'migrate', '--allow-dirty'], {}, copy);

    say('4. Before: examples/dose.mjs, while the server closes the connection after half of the answer.');
    await runAgainst([cut], 'examples/dose.mjs', root);
    tell('Half an answer, and nothing says so.');

    say('5. After: the same program, migrated. The first answer is cut, the second is whole.');
    await runAgainst([cut, answer], 'dose.mjs', copy);
    tell('The cut was noticed, the collected text was dropped, the request was made again.');

    say('6. After: examples/chat.mjs, migrated, while every answer is cut. What was shown cannot be taken back.');
    await runAgainst([cut], 'chat.mjs', copy);
    tell('The program knows: a StreamingError, with the partial text in `error.partial.text`.');
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  say('Your own code: npm start -- PATH');
  return 0;
}

/** Problems are what this run is there to show; only a failure of the tool is a failure of the run. */
async function inspect(paths: readonly string[]): Promise<number> {
  // npm runs a script in the package's folder, and says here where it was called.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  say('Which loops take a cut answer for a whole one?');
  const checked = await run([cli, 'check', ...paths], {}, cwd);
  say('What would the codemod change? (nothing is written)');
  const migrated = await run([cli, 'migrate', '--dry-run', ...paths], {}, cwd);
  return Math.max(checked, migrated) === 2 ? 2 : 0;
}

const usage = `npm start           a tour of the programs in examples/; everything is done in a copy
npm start -- PATH…  checks files or folders of yours, and shows what the migration would change; nothing is written

All commands and flags: npx resilient-stream-cli --help
`;

function printUsage(flag: string): number {
  const isAsked = flag === '--help' || flag === '-h';
  if (isAsked) process.stdout.write(usage);
  else process.stderr.write(`error: unknown option '${flag}'.\n\n${usage}`);
  return isAsked ? 0 : 2;
}

const paths = process.argv.slice(2);
const flag = paths.find((path) => path.startsWith('-'));
process.exitCode = flag !== undefined ? printUsage(flag) : paths.length > 0 ? await inspect(paths) : await tour();
