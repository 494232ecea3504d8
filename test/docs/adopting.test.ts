import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const house = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(house, 'docs/adopting.md'), 'utf8');

const ask = `import OpenAI from 'openai';
const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true });
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;
/** Nothing that the codemod could rewrite: the request is out of sight. */
const show = `export async function show(stream) {
  for await (const chunk of stream) console.log(chunk.choices[0]?.delta?.content);
}
`;
const files: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',
  '.gitignore': 'node_modules\n',
  'eslint.config.js': `import resilientStream from 'eslint-plugin-resilient-stream';
export default [resilientStream.configs.recommended];
`,
  'src/chat/ask.js': ask,
  'src/old/ask.js': ask,
  'src/old/show.js': show,
};

let root: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'adopting-')));
  for (const [name, text] of Object.entries(files)) write(name, text);
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  const plugin = 'eslint-plugin-resilient-stream';
  symlinkSync(join(house, 'packages', plugin), join(root, 'node_modules', plugin), 'dir');
  symlinkSync(join(house, 'node_modules/eslint'), join(root, 'node_modules/eslint'), 'dir');
  for (const [name, main] of [
    ['resilient-stream', 'dist/cli/main.js'],
    ['eslint', 'node_modules/eslint/bin/eslint.js'],
  ] as const) {
    writeFileSync(
      join(root, 'node_modules/.bin', name),
      `#!/bin/sh\nexec '${process.execPath}' '${join(house, main)}' "$@"\n`,
      { mode: 0o755 },
    );
  }
  for (const command of [
    'git init --quiet',
    'git add --all',
    'git -c user.name=Test -c user.email=test@example.com commit --quiet --message Start',
  ])
    run(command);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

const read = (name: string): string => readFileSync(join(root, name), 'utf8');

/**
 * In the shell that GitHub's runners use. What npx does with a program that is installed is done here without npm,
 * which takes its time.
 */
function run(command: string): { code: number | null; stdout: string } {
  const env = {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
    GITHUB_STEP_SUMMARY: 'summary.md',
  };
  const { status, stdout } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', `npx() { "$@"; }\n${command}`], {
    cwd: root,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout };
}

const blocksOf = (language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, name, text]) => (name === language ? [text!] : []));

/** In the order of the page: lines of shell blocks, and what the steps of workflows run. */
const commands = [...page.matchAll(/^```(sh|yaml)\n([^]*?)^```$/gm)].flatMap(([, language, text]) =>
  language === 'sh' ? text!.trim().split('\n') : [...text!.matchAll(/\brun: (.+)/g)].map(([, command]) => command!),
);

/** These ask a registry. */
const needsNetwork = (command: string): boolean => /^npm (?:install|ci)\b/.test(command);

describe.skipIf(process.platform === 'win32')('the page on adopting', () => {
  it('has commands that do what it says, one after the other', () => {
    const outcomes = commands
      .filter((command) => !needsNetwork(command))
      .map((command) => `${run(command).code} ${command}`);
    expect(outcomes).toEqual([
      '0 npx resilient-stream list',
      '1 npx resilient-stream check',
      '1 npx resilient-stream migrate --dry-run',
      '0 npx resilient-stream migrate src/chat',
      '0 npx resilient-stream check --baseline stream-baseline.json --update-baseline',
      '0 npx resilient-stream check --baseline stream-baseline.json',
      '0 npx eslint --suppress-all',
      '0 npx eslint',
      '0 npx eslint --prune-suppressions',
      '1 npx resilient-stream check --rule require-timeout:warn --rule require-error-handling:off',
      '0 npx resilient-stream check --rule require-timeout --rule require-timeout:warn --max-warnings 20',
      '0 npx resilient-stream check --format sarif > streams.sarif || [ $? -eq 1 ]',
      '0 npx resilient-stream check --format github --baseline stream-baseline.json',
      '0 npx resilient-stream check --format markdown --baseline stream-baseline.json >> "$GITHUB_STEP_SUMMARY" || [ $? -eq 1 ]',
      '0 git diff --cached --name-only -z --diff-filter=d | npx resilient-stream check --files-from - --baseline stream-baseline.json',
    ]);
    expect(read('src/chat/ask.js')).toContain('resilientStream(');
    expect(read('src/old/ask.js')).toBe(ask);
    expect(read('stream-baseline.json')).toContain('"file":"src/old/show.js"');
    expect(existsSync(join(root, 'eslint-suppressions.json'))).toBe(true);
    expect(JSON.parse(read('streams.sarif'))).toMatchObject({ version: '2.1.0' });
    expect(read('summary.md')).toMatch(/^### resilient-stream: no new problems in \d stream loops\n/);
  });

  it('has hooks that let old loops pass and stop new ones', () => {
    const [config] = blocksOf('json');
    const [command] = Object.values(
      (JSON.parse(config!) as { 'lint-staged': Record<string, string> })['lint-staged'],
    ) as [string];
    const hook = commands.at(-1)!;
    write('src/old/show.js', `// A line more.\n${show}`);
    run('git add --all');
    expect(run(hook)).toEqual({
      code: 0,
      stdout: 'No new problems in 2 stream loops.\n1 known one is in stream-baseline.json.\n',
    });
    expect(run(`npx ${command} src/old/ask.js src/old/show.js`).code).toBe(0);
    write('src/new.js', show);
    run('git add --all');
    for (const one of [hook, `npx ${command} src/old/ask.js src/new.js`]) {
      const { code, stdout } = run(one);
      expect(stdout).toMatch(/^src\/new\.js\n {2}2:3 {2}error/);
      expect(code).toBe(1);
    }
  });

  it('has a comment that both understand', () => {
    const [comment] = blocksOf('js');
    const commented = ask.replace('  const stream', `${comment}  const stream`);
    write('src/commented.js', commented);
    expect(run('npx resilient-stream check src/commented.js').stdout).not.toContain('require-timeout');
    expect(run('npx eslint src/commented.js').stdout).not.toContain('require-timeout');
    expect(run('npx resilient-stream check src/old/ask.js').stdout).toContain('require-timeout');
  });

  it('is linked from the README', () => {
    expect(readFileSync(join(house, 'README.md'), 'utf8')).toContain('(docs/adopting.md)');
  });
});
