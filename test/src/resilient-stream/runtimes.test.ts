import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { Linter } from 'eslint';
import { afterAll, beforeAll, describe, expect, it, TestRunner } from 'vitest';

/**
 * What the helper may use of its surroundings: JavaScript itself, and what every browser, worker and server runtime
 * has.
 */
const WEB = [
  'AbortController',
  'AbortSignal',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'clearTimeout',
  'fetch',
  'performance',
  'setTimeout',
  'structuredClone',
];

/** Runs the same in every runtime: what must hold of the helper, without a network. */
const selfTest = `
  import { resilientStream, restart } from './src/resilient-stream/index.ts';
  import { livenessFetch } from './src/resilient-stream/fetch.ts';
  import { faultyFetch, scriptedStream } from './src/resilient-stream/testing.ts';

  const chunk = (content, finish_reason = null) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason }] });
  async function read(open, options, body = () => {}) {
    let text = '';
    try {
      for await (const each of await resilientStream(open, { backoff: { maxMs: 0 }, ...options })) {
        text += each.choices[0].delta.content;
        body();
      }
      return text;
    } catch (error) {
      return text + ' then ' + (error.code ?? error);
    }
  }
  async function* decode(response) {
    let rest = '';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      for (let at = rest.indexOf('\\n'); at >= 0; at = rest.indexOf('\\n')) {
        yield JSON.parse(rest.slice(0, at));
        rest = rest.slice(at + 1);
      }
    }
  }
  const answer = [chunk('Hello '), chunk('world', 'stop')];
  const fetch = livenessFetch({ fetch: faultyFetch([{ status: 503 }, { chunks: answer, format: 'ndjson' }]) });
  const caller = new AbortController();
  const results = {
    whole: await read(() => scriptedStream(...answer)),
    cut: await read(() => scriptedStream(chunk('Hello '))),
    idle: await read(() => scriptedStream(chunk('Hello '), 'stall'), { idleTimeoutMs: 1 }),
    retried: await read(({ attempt }) => { if (attempt === 1) throw new TypeError('Failed to fetch'); return scriptedStream(...answer); }),
    restarted: await read(({ attempt }) => scriptedStream(...answer.slice(0, attempt)), { recover: restart(() => {}) }),
    aborted: await read(
      () => scriptedStream(chunk('Hello '), 'stall'),
      { signal: caller.signal },
      () => setTimeout(() => caller.abort(), 0),
    ).then((text) => text.startsWith('Hello  then ')),
    fetched: await read(async ({ signal }) => {
      const response = await fetch('http://localhost/', { signal });
      if (!response.ok) throw Object.assign(new Error('refused'), { status: response.status });
      return decode(response);
    }),
  };
  globalThis.report(JSON.stringify(results));
`;
const expected = {
  whole: 'Hello world',
  cut: 'Hello  then truncated',
  idle: 'Hello  then idle-timeout',
  retried: 'Hello world',
  restarted: 'Hello Hello world',
  aborted: true,
  fetched: 'Hello world',
};

const directory = mkdtempSync(join(tmpdir(), 'resilient-stream-runtimes-'));
const script = join(directory, 'self-test.mjs');
let selfTestCode = '';

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/**
 * The first of these programs that the machine has, in the search path (npm puts `node_modules/.bin` there) or by its
 * full path.
 */
function findProgram(...names: readonly string[]): string | null {
  const paths = names.flatMap((name) =>
    name.startsWith('/') ? [name] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)),
  );
  return (
    paths.find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }) ?? null
  );
}

beforeAll(async () => {
  selfTestCode = await bundle(selfTest);
  writeFileSync(script, `globalThis.report = (line) => console.log(line);\n${selfTestCode}`);
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('the bundle', () => {
  it.each(['index', 'core', 'fetch', 'testing'])(
    'of %s imports nothing, and uses nothing but what the web has',
    async (entry) => {
      const code = await bundle(`export * from './src/resilient-stream/${entry}.ts';`);
      expect(code).not.toMatch(/^\s*import\b|\brequire\(|from ?["']node:/m);
      const messages = new Linter().verify(code, {
        linterOptions: { reportUnusedDisableDirectives: 'off' },
        languageOptions: { globals: Object.fromEntries(WEB.map((name) => [name, 'readonly'])) },
        rules: { 'no-undef': 'error' },
      });
      expect(messages.filter(({ ruleId }) => ruleId === 'no-undef').map(({ message }) => message)).toEqual([]);
    },
  );

  it('runs where there is nothing but that', async () => {
    const report = await new Promise<string>((resolve, reject) => {
      const names = [...WEB, 'TextDecoderStream'] as (keyof typeof globalThis)[];
      const context = createContext({
        ...Object.fromEntries(names.map((name) => [name, globalThis[name]])),
        report: resolve,
        fail: reject,
      });
      runInContext(`(async () => { ${selfTestCode} })().catch(fail)`, context);
    });
    expect(JSON.parse(report)).toEqual(expected);
  });
});

/** A runtime that is skipped is one that is not proven. */
function skipAloud(reason: string): void {
  console.warn(`Skipped: ${reason}.`);
  TestRunner.getCurrentTest()?.context.skip(reason);
}

describe('the bundle runs in', () => {
  const run = (program: string, ...parameters: string[]): unknown =>
    JSON.parse(
      execFileSync(program, parameters, {
        encoding: 'utf8',
        timeout: 100_000,
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim(),
    );

  it('Node', () => {
    expect(run(process.execPath, script)).toEqual(expected);
  });

  it.each([
    ['Bun', 'bun', []],
    ['Deno', 'deno', ['run']],
  ] as const)('%s', (title, name, parameters) => {
    const program = findProgram(name);
    if (program) expect(run(program, ...parameters, script)).toEqual(expected);
    else skipAloud(`no ${title} on this machine; the npm package \`${name}\` brings it`);
  });

  it('Chromium', () => {
    const program = findProgram('/usr/bin/chromium', 'chromium', 'chromium-browser', 'google-chrome');
    if (!program) return skipAloud("no Chromium on this machine; Debian's package `chromium` brings it");
    const page = join(directory, 'self-test.html');
    writeFileSync(
      page,
      `<!doctype html><script type="module">globalThis.report = (line) => { document.body.textContent = line; };
${selfTestCode.replaceAll('</script', '<\\/script')}</script>`,
    );
    const html = execFileSync(
      program,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--user-data-dir=${join(directory, 'profile')}`,
        '--virtual-time-budget=10000',
        '--dump-dom',
        pathToFileURL(page).href,
      ],
      { encoding: 'utf8', timeout: 100_000, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    expect(JSON.parse(/<body>(.*)<\/body>/s.exec(html)![1]!)).toEqual(expected);
  });
});
