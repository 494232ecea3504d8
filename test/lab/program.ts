/** Whole programs, each in a process of its own, with every request of theirs sent to the fault server. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Below the lab's own packages, so that programs find them; the helper is the workspace's. */
const cache = fileURLToPath(new URL('node_modules/.cache/', import.meta.url));
const ENDS_WITHIN_MS = 20_000;

/** Keys that the SDKs ask for, and where one is told its address by the environment. */
const environment = (url: string): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_OPTIONS: '',
  ...Object.fromEntries(['OPENAI', 'ANTHROPIC', 'MISTRAL', 'GROQ', 'TOGETHER', 'GOOGLE', 'GEMINI', 'GOOGLE_GENERATIVE_AI', 'AZURE_OPENAI'].map((name) => [`${name}_API_KEY`, 'key'])),
  CO_API_KEY: 'key',
  HF_TOKEN: 'hf_key',
  REPLICATE_API_TOKEN: 'key',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: url,
  OPENAI_AGENTS_DISABLE_TRACING: '1',
  LAB_URL: url,
});

/** Runs before the program: whatever it fetches is asked of the server, by the path it was asked by. */
const redirect = `const real = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const asked = new URL(input instanceof Request ? input.url : input);
  if (!asked.protocol.startsWith('http')) return real(input, init);
  const url = new URL(asked.pathname + asked.search, process.env.LAB_URL);
  return input instanceof Request ? real(new Request(url, input), init) : real(url, init);
};
`;

export interface Ended {
  /** null: it was ended by the watch. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for programs, as modules; `close` removes it. */
export interface Programs {
  run(text: string, url: string): Promise<Ended>;
  close(): void;
}

export function createPrograms(): Programs {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'programs-'));
  const preload = join(folder, 'redirect.mjs');
  writeFileSync(preload, redirect);
  // What one of the catalog's examples transcribes; the server listens to none of it.
  writeFileSync(join(folder, 'speech.mp3'), 'ID3');
  let count = 0;
  return {
    run(text, url) {
      const file = join(folder, `program-${count++}.mjs`);
      writeFileSync(file, text);
      return new Promise((resolve) => {
        const child = execFile(process.execPath, ['--import', pathToFileURL(preload).href, file], { env: environment(url), timeout: ENDS_WITHIN_MS, cwd: folder }, (_, stdout, stderr) => {
          resolve({ code: child.exitCode, stdout, stderr });
        });
      });
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
