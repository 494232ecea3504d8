import type { Dialect, Frame } from './dialects/dialect.ts';
import { responseFailed } from './dialects/openai-responses.ts';
import { listFrames, WHOLE_TEXT, type Script } from './script.ts';

/** An answer that is being written, over HTTP/1 or HTTP/2. */
export interface Wire {
  readonly closed: boolean;
  readonly begin: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly write: (bytes: Frame) => void;
  readonly end: (bytes?: Frame) => void;
  /** Drops the connection without a word: a FIN, or with `reset` an RST. */
  readonly cut: (reset: boolean) => void;
}

// The server keeps its own time where a test scripts the clock of the program.
const { setImmediate, setTimeout } = globalThis;

const sleep = (ms: number | null): Promise<void> =>
  new Promise((resolve) => {
    if (ms === null) setImmediate(resolve);
    else setTimeout(resolve, ms);
  });
/** A reset throws away what the client has not read yet, so it waits until that has been read. */
const READ_MS = 25;

const HEADERS = { 'x-request-id': 'req_lab', 'request-id': 'req_lab', 'x-ratelimit-remaining-requests': '7' };

/** Plays a script on an open request, up to and including its fault. */
export async function play(wire: Wire, dialect: Dialect, script: Script): Promise<void> {
  const { fault, after = 3, text = WHOLE_TEXT } = script;
  if (fault === 'stall-headers') return;
  if (fault === 'reset-headers') return wire.cut(true);
  if (script.status || fault === 'error-body') {
    wire.begin(script.status ?? 200, { 'content-type': 'application/json', ...script.headers });
    return wire.end(JSON.stringify(dialect.refusal(script.status ?? 503)));
  }
  wire.begin(200, { 'content-type': dialect.contentType, ...HEADERS, ...script.headers });
  if (fault === 'end-early') return wire.end();
  if (fault === 'stall-head') return keepAlive(wire, dialect, script);

  const frames = listFrames(dialect, script);
  const textAt = dialect.head.length;
  if (fault === 'error-head') {
    await writeAll(wire, frames.slice(0, textAt), script);
    return wire.end(dialect.error);
  }
  const strikes = fault !== undefined && fault !== 'no-marker' && fault !== 'no-done' && fault !== 'hold-open';
  if (strikes) {
    await writeAll(wire, frames.slice(0, textAt + Math.min(after, text.length)), script);
    await (script.strikesAfter ?? sleep(READ_MS));
    return strike(wire, dialect, script, frames.slice(textAt + after));
  }
  const end =
    fault === 'no-marker' ? textAt + text.length : fault === 'no-done' && dialect.done.length > 0 ? -1 : frames.length;
  await writeAll(wire, frames.slice(0, end), script);
  if (fault !== 'hold-open') wire.end();
}

async function writeAll(
  wire: Wire,
  frames: readonly Frame[],
  { pauseMs = 2, crlf = false, splits = false }: Script,
): Promise<void> {
  for (const frame of frames) {
    const bytes = Buffer.from(crlf && typeof frame === 'string' ? frame.replaceAll('\n', '\r\n') : frame);
    if (splits) {
      for (const piece of splitAtDelicateBytes(bytes)) {
        if (wire.closed) return;
        wire.write(piece);
        // Lets it go out before the next one joins it.
        await new Promise(setImmediate);
      }
    } else {
      if (wire.closed) return;
      wire.write(bytes);
      await sleep(pauseMs);
    }
  }
}

/** Each byte of a character that has several, and each CR and LF, for itself; what is between them in one piece. */
function splitAtDelicateBytes(bytes: Uint8Array): Uint8Array[] {
  const isDelicate = (byte: number | undefined): boolean =>
    byte === undefined || byte >= 0x80 || byte === 13 || byte === 10;
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let at = 1; at <= bytes.length; at += 1) {
    if (!isDelicate(bytes[at]) && !isDelicate(bytes[at - 1])) continue;
    pieces.push(bytes.subarray(from, at));
    from = at;
  }
  return pieces;
}

async function strike(wire: Wire, dialect: Dialect, script: Script, rest: readonly Frame[]): Promise<void> {
  const next = rest[0] ?? '';
  switch (script.fault) {
    case 'end':
      return wire.end();
    case 'no-terminator':
      return wire.cut(false);
    case 'reset':
      return wire.cut(true);
    case 'cut-line':
      return wire.end(next.slice(0, Math.floor(next.length * 0.8)));
    case 'malformed':
      await writeAll(wire, [dialect.malformed, ...rest], script);
      return wire.end();
    case 'error':
      return wire.end(dialect.error);
    case 'failed':
      return wire.end(responseFailed('server_error'));
    default:
      return keepAlive(wire, dialect, script);
  }
}

async function keepAlive(wire: Wire, dialect: Dialect, { keepAliveMs }: Script): Promise<void> {
  if (keepAliveMs === undefined || dialect.keepAlive === null) return;
  while (!wire.closed) {
    wire.write(dialect.keepAlive);
    await sleep(keepAliveMs);
  }
}
