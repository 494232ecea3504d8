import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../../cli/program.ts';
import type { Outside } from '../../cli/terminal/terminal.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with files, gone when the test is over. */
export interface Project {
  readonly root: string;
  readonly write: (name: string, content: string | Buffer) => void;
  readonly read: (name: string) => string;
  readonly git: (...args: string[]) => void;
  /** Runs the program in this process. */
  readonly run: (argv: readonly string[], terminal?: Partial<Outside>) => Promise<Outcome>;
}

export function createProject(files: Readonly<Record<string, string | Buffer>>): Project {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'resilient-stream-cli-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write: Project['write'] = (name, content) => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  return {
    root,
    write,
    read: (name) => readFileSync(join(root, name), 'utf8'),
    git: (...args) =>
      void execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
        cwd: root,
        stdio: 'pipe',
      }),
    run: async (argv, terminal = {}) => {
      let [stdout, stderr] = ['', ''];
      const code = await run(argv, {
        cwd: root,
        env: {},
        stdout: { write: (text) => (stdout += text) },
        stderr: { write: (text) => (stderr += text) },
        interruption: () => new AbortController().signal,
        ...terminal,
      });
      return { code, stdout, stderr };
    },
  };
}

/** Makes the folder a git repository with nothing left to commit. */
export function commitAll({ git }: Project): void {
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Start');
}

/** A stream loop with every problem there is; its loop stands in line 4. */
export const bareLoop = `import OpenAI from 'openai';
const client = new OpenAI();
const stream = await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;

/** A loop that belongs to nobody's SDK, in a file that names one: any other is not even parsed. */
export const otherLoop = 'for await (const line of lines()) console.log(line); // not a fullStream\n';
