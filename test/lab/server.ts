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
 * The dialect follows from the path of the request (`/chat/completions`, `/messages`, … see `dialects/`); `dialect`
 * fixes one. The plan is one script per request, in order; the last one repeats. A script without a fault is a whole
 * answer.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { dialects, type DialectName } from './dialects.ts';
import type { Dialect } from './dialects/dialect.ts';
import { findDialect } from './find-dialect.ts';
import { play, type Wire } from './play.ts';
import type { Script } from './script.ts';

export type { DialectName } from './dialects.ts';
export { WHOLE_TEXT, type Fault, type Script } from './script.ts';

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
  /** Where one request makes an answer and another streams it: the latter. */
  readonly requests: readonly RecordedRequest[];
  /** Cuts what is open and frees the port. */
  readonly close: () => Promise<void>;
}

export interface FaultServerOptions {
  readonly plan: readonly Script[];
  readonly dialect?: DialectName;
  /** HTTP/2 in plain text, by prior knowledge. @default false */
  readonly http2?: boolean;
}

type Asked = IncomingMessage | Http2ServerRequest;
type Answering = ServerResponse | Http2ServerResponse;

async function readBody(request: Asked): Promise<unknown> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += String(piece);
  if (text === '') return null;
  // A recording comes in a form.
  return request.headers['content-type']?.startsWith('multipart/') ? text : JSON.parse(text);
}

/** What a request's answer is written with, and the promise of its end. */
function openWire(response: Answering, socket: Socket | null): { wire: Wire; closed: RecordedRequest['closed'] } {
  let cutByUs = false;
  const closed = new Promise<'by-client' | 'by-server'>((resolve) => {
    response.on('close', () => resolve(response.writableFinished || cutByUs ? 'by-server' : 'by-client'));
  });
  const isOver = (): boolean => response.destroyed || response.writableEnded;
  const wire: Wire = {
    get closed() {
      return isOver();
    },
    begin: (status, headers) => {
      if (isOver()) return;
      (response as ServerResponse).writeHead(status, headers);
      // HTTP/2 sends them at once.
      if ('flushHeaders' in response) response.flushHeaders();
    },
    write: (bytes) => {
      if (!isOver()) (response as ServerResponse).write(bytes);
    },
    end: (bytes) => {
      if (!isOver()) (response as ServerResponse).end(bytes);
    },
    cut: (reset) => {
      cutByUs = true;
      if (reset) socket?.resetAndDestroy();
      else socket?.destroy();
    },
  };
  return { wire, closed };
}

export async function startFaultServer({
  plan,
  dialect: fixed,
  http2 = false,
}: FaultServerOptions): Promise<FaultServer> {
  const requests: RecordedRequest[] = [];
  const open = new Set<Socket>();
  /** An HTTP/2 session hides its socket behind a proxy that may not be destroyed. */
  const sockets = new WeakMap<ServerHttp2Session, Socket>();

  const answer = (request: Asked, response: Answering): void => {
    const path = request.url ?? '/';
    const dialect: Dialect = fixed ? dialects[fixed] : findDialect(path);
    const socket =
      'stream' in response && response.stream.session
        ? sockets.get(response.stream.session as ServerHttp2Session)
        : request.socket;
    const { wire, closed } = openWire(response, socket ?? null);
    if (dialect.created && request.method === 'POST') {
      request.resume();
      wire.begin(201, { 'content-type': 'application/json' });
      return wire.end(JSON.stringify(dialect.created(url)));
    }
    const script = plan[Math.min(requests.length, plan.length - 1)] ?? {};
    const recorded = { path, headers: request.headers, body: null as unknown, closed };
    requests.push(recorded);
    void (async () => {
      recorded.body = await readBody(request);
      await play(wire, dialect, script);
    })().catch(() => wire.cut(false));
  };

  let latest: Socket | null = null;
  const server = http2 ? createHttp2Server(answer) : createServer({ noDelay: true }, answer);
  // Before the session is made of it.
  server.prependListener('connection', (socket: Socket) => {
    latest = socket;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
  });
  server.on('session', (session: ServerHttp2Session) => {
    if (latest) sockets.set(session, latest);
    session.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
