/**
 * Whole programs, each in a process of its own or one behind the other in one, with every request of theirs sent to the
 * fault server.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
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
  ...Object.fromEntries(
    [
      'OPENAI',
      'ANTHROPIC',
      'MISTRAL',
      'GROQ',
      'TOGETHER',
      'GOOGLE',
      'GEMINI',
      'GOOGLE_GENERATIVE_AI',
      'AZURE_OPENAI',
    ].map((name) => [`${name}_API_KEY`, 'key']),
  ),
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

/**
 * Runs programs as they are told: an SDK is loaded once for many of them. A program is over when its module is; SIGINT
 * is sent to it once it has been silent for a while behind its third piece of output, where that is asked for.
 */
const host = `const shown = [];
let lost = [];
process.stdout.write = (text) => shown.push(String(text)) > 0;
console.log = (...words) => void shown.push(words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' '));
console.warn = console.error = () => {};
const stay = () => {};
process.on('unhandledRejection', (error) => lost.push(error));
process.on('uncaughtException', (error) => lost.push(error));
const describe = (error) => ({
  name: error?.name ?? typeof error,
  message: String(error?.message ?? error),
  code: error?.code ?? null,
  partialText: error?.partial?.text ?? null,
  stack: String(error?.stack),
});
process.on('message', async ({ file, url, interrupts }) => {
  shown.length = 0;
  lost = [];
  process.env.LAB_URL = process.env.AWS_ENDPOINT_URL = url;
  process.on('SIGINT', stay);
  const interrupt = interrupts ? setInterval(() => { if (shown.length >= 3) process.emit('SIGINT'); }, 50) : undefined;
  let thrown = null;
  try {
    await import(file);
  } catch (error) {
    thrown = describe(error);
  }
  clearInterval(interrupt);
  process.removeAllListeners('SIGINT');
  await new Promise(setImmediate);
  process.send({ shown: [...shown], thrown: thrown ?? (lost.length > 0 ? describe(lost[0]) : null) });
});
`;

/** How a program of a host came out. */
export interface Came {
  /** What it wrote, piece by piece. */
  readonly shown: readonly string[];
  /** What nobody caught; null: nothing. */
  readonly thrown: {
    readonly name: string;
    readonly message: string;
    readonly code: string | null;
    readonly partialText: string | null;
    readonly stack: string;
  } | null;
}

/** A process that runs programs one behind the other. */
export interface Host {
  run(text: string, url: string, options?: { readonly interrupts?: boolean }): Promise<Came>;
  close(): void;
}

/** A folder for programs, as modules; `close` removes it. */
export interface Programs {
  run(text: string, url: string): Promise<Ended>;
  host(): Host;
  close(): void;
}

export function createPrograms(): Programs {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'programs-'));
  const preload = join(folder, 'redirect.mjs');
  writeFileSync(preload, redirect);
  // What one of the catalog's examples transcribes; the server listens to none of it.
  writeFileSync(join(folder, 'speech.mp3'), 'ID3');
  const hosting = join(folder, 'host.mjs');
  writeFileSync(hosting, host);
  let count = 0;
  const write = (text: string): string => {
    const file = join(folder, `program-${count++}.mjs`);
    writeFileSync(file, text);
    return file;
  };
  const start = (): ChildProcess =>
    fork(hosting, { execArgv: ['--import', pathToFileURL(preload).href], env: environment(''), cwd: folder });
  return {
    host: () => createHost(start, write),
    run(text, url) {
      const file = write(text);
      return new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          ['--import', pathToFileURL(preload).href, file],
          { env: environment(url), timeout: ENDS_WITHIN_MS, cwd: folder },
          (_, stdout, stderr) => {
            resolve({ code: child.exitCode, stdout, stderr });
          },
        );
      });
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A program that does not end takes its process with it; the next one gets another. */
function createHost(start: () => ChildProcess, write: (text: string) => string): Host {
  let child: ChildProcess | null = null;
  return {
    run(text, url, { interrupts = false } = {}) {
      const running = (child ??= start());
      return new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          running.kill('SIGKILL');
          child = null;
          settle();
          reject(new Error(why));
        };
        const watch = setTimeout(() => fail('The program does not end.'), ENDS_WITHIN_MS);
        const onMessage = (came: Came): void => {
          settle();
          resolve(came);
        };
        const onExit = (code: number | null): void => fail(`The process ended with ${code}.`);
        const settle = (): void => {
          clearTimeout(watch);
          running.off('message', onMessage).off('exit', onExit);
        };
        running.on('message', onMessage).on('exit', onExit);
        running.send({ file: pathToFileURL(write(text)).href, url, interrupts });
      });
    },
    close: () => void child?.kill(),
  };
}
