/**
 * A server on the loopback interface that speaks the providers' wire protocols and misbehaves on request.
 *
 * ```ts
 * const server = await startFaultServer({ plan: [{ fault: 'end', after: 3 }, {}] });
 * const client = new OpenAI({ apiKey: 'x', baseURL: `${server.url}/v1` });   // Anthropic: baseURL: server.url
 * // the first request is cut after "Hello wor", each later one gets "Hello world foo bar."
 * server.requests.length; await server.requests[0].closed; await server.close();
 * ```
 *
 * The dialect follows from the path of the request (`/chat/completions`, `/completions`, `/responses`, `/messages`); `dialect` fixes one.
 * The plan is one script per request, in order; the last one repeats. A script without a fault is a whole answer.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dialects, responseFailed, type Dialect, type DialectName } from './dialects.ts';

export type { DialectName } from './dialects.ts';

/**
 * - `end`: a proper end in mid-answer, nothing else; `end-early`: right behind the headers, no chunk at all;
 * - `no-terminator`: FIN without the last chunk of the chunked encoding; `reset`: a TCP reset;
 * - `cut-line`: a proper end in the middle of a line; `malformed`: a whole line of broken JSON;
 * - `stall`: silence in mid-answer; `stall-head`: behind the headers; `stall-headers`: before them;
 * - `error`: an in-band error; `error-head`: the same before the first text; `failed`: a `response.failed` event (Responses only);
 * - `no-marker`: the whole text, but no terminal marker; `hold-open`: a whole answer, and the connection stays open;
 * - `reset-headers`: a TCP reset before the headers.
 */
export type Fault =
  | 'end' | 'end-early' | 'no-terminator' | 'reset' | 'reset-headers' | 'cut-line' | 'malformed'
  | 'stall' | 'stall-head' | 'stall-headers' | 'error' | 'error-head' | 'failed' | 'no-marker' | 'hold-open';

/** What one request gets. */
export interface Script {
  readonly fault?: Fault;
  /** Text chunks before the fault. @default 3 */
  readonly after?: number;
  /** Refuses the request with this status and the provider's error body. */
  readonly status?: number;
  /** Sent with the headers, e.g. `{ 'retry-after': '1' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer, chunk by chunk. @default Hel|lo |wor|ld |foo |bar. */
  readonly text?: readonly string[];
  /** @default the provider's word for a whole answer */
  readonly finishReason?: string;
  /** A usage chunk behind the finish reason. */
  readonly usage?: boolean;
  /** Pause before each chunk. @default 2 */
  readonly pauseMs?: number;
  /** During a stall, an SSE comment this often. */
  readonly keepAliveMs?: number;
}

export interface RecordedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** Settles once the connection of this answer is over, and tells who ended it. */
  readonly closed: Promise<'by-client' | 'by-server'>;
}

export interface FaultServer {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Cuts what is open and frees the port. */
  readonly close: () => Promise<void>;
}

export const WHOLE_TEXT: readonly string[] = ['Hel', 'lo ', 'wor', 'ld ', 'foo ', 'bar.'];

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
/** A reset throws away what the client has not read yet, so it waits until that has been read. */
const READ_MS = 25;

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text === '' ? null : JSON.parse(text);
}

function findDialect(path: string): Dialect {
  const pathOnly = path.split('?')[0] ?? '';
  const found = Object.values(dialects).find((dialect) => pathOnly.endsWith(dialect.path));
  if (!found) throw new Error(`The fault server speaks no dialect for ${path}.`);
  return found;
}

const cutByUs = new WeakSet<ServerResponse>();

/** Drops the connection without a word: a FIN, or with `reset` an RST. */
function cut(response: ServerResponse, reset: boolean): void {
  cutByUs.add(response);
  if (reset) response.socket?.resetAndDestroy();
  else response.socket?.destroy();
}

/** Plays a script on an open response, up to and including its fault. */
async function play(response: ServerResponse, dialect: Dialect, script: Script): Promise<void> {
  const { fault, after = 3, text = WHOLE_TEXT, pauseMs = 2 } = script;
  const write = async (frame: string): Promise<void> => {
    if (response.destroyed || frame === '') return;
    response.write(frame);
    await sleep(pauseMs);
  };
  if (fault === 'stall-headers') return;
  if (fault === 'reset-headers') return cut(response, true);
  if (script.status) {
    response.writeHead(script.status, { 'content-type': 'application/json', ...script.headers });
    return void response.end(JSON.stringify(dialect.refusal(script.status)));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_lab', 'request-id': 'req_lab', 'x-ratelimit-remaining-requests': '7', ...script.headers });
  response.flushHeaders();
  if (fault === 'end-early') return void response.end();
  if (fault === 'stall-head') return keepAlive(response, script);
  for (const frame of dialect.head) await write(frame);
  if (fault === 'error-head') return void response.end(dialect.error);

  const strikes = fault !== undefined && fault !== 'no-marker' && fault !== 'hold-open';
  const shown = strikes ? text.slice(0, after) : text;
  for (const [index, delta] of shown.entries()) await write(dialect.text(delta, index));
  if (strikes) return strike(response, dialect, script);

  if (fault === 'no-marker') return void response.end();
  for (const frame of dialect.tail(script.finishReason ?? dialect.finishReason, text.join(''))) await write(frame);
  if (script.usage) await write(dialect.usage);
  await write(dialect.done);
  if (fault !== 'hold-open') response.end();
}

async function strike(response: ServerResponse, dialect: Dialect, script: Script): Promise<void> {
  const { fault, after = 3, text = WHOLE_TEXT } = script;
  await sleep(READ_MS);
  switch (fault) {
    case 'end': return void response.end();
    case 'no-terminator': return cut(response, false);
    case 'reset': return cut(response, true);
    case 'cut-line': {
      const frame = dialect.text(text[after] ?? 'more', after);
      return void response.end(frame.slice(0, Math.floor(frame.length * 0.8)));
    }
    case 'malformed': response.write(dialect.malformed); return;
    case 'error': return void response.end(dialect.error);
    case 'failed': return void response.end(responseFailed('server_error'));
    default: return keepAlive(response, script);
  }
}

async function keepAlive(response: ServerResponse, { keepAliveMs }: Script): Promise<void> {
  if (keepAliveMs === undefined) return;
  while (!response.destroyed) {
    response.write(': keep-alive\n\n');
    await sleep(keepAliveMs);
  }
}

export async function startFaultServer({ plan, dialect }: { readonly plan: readonly Script[]; readonly dialect?: DialectName }): Promise<FaultServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    const script = plan[Math.min(requests.length, plan.length - 1)] ?? {};
    const path = request.url ?? '/';
    const closed = new Promise<'by-client' | 'by-server'>((resolve) => {
      response.on('close', () => resolve(response.writableFinished || cutByUs.has(response) ? 'by-server' : 'by-client'));
    });
    const recorded = { path, headers: request.headers, body: null as unknown, closed };
    requests.push(recorded);
    void (async () => {
      recorded.body = await readBody(request);
      await play(response, dialect ? dialects[dialect] : findDialect(path), script);
    })().catch((error: unknown) => { response.destroy(error as Error); });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
