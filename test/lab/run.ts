import { createHook } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { clearTimeout, setTimeout } from 'node:timers';
import { resilientStream, restart, RetryBudget, StreamingError } from 'resilient-stream';
import type { Case } from './cases.ts';
import type { Outcome, Thrown } from './outcome.ts';
import { findOwnProtocol } from './own-protocol.ts';
import { openRaw, type CallOptions, type EntryPoint, type Untyped } from './sdk.ts';
import { startFaultServer, type FaultServer, type Script } from './server.ts';

/**
 * Longer than any answer of the lab takes: where a raw loop may hang, and where nothing but a busy machine holds it up.
 */
const RAW_WATCH_MS = 600;
const RAW_PATIENCE_MS = 5_000;
/** The helper waits a second for trailing chunks, and has two attempts. */
const HELPER_WATCH_MS = 5_000;
const GARBAGE_MS = 40;
/**
 * How long a connection may take to close once the loop is over; of the SDKs' own, those that close it at all need
 * under 60.
 */
const HELPER_CLOSES_MS = 1_000;
const RAW_CLOSES_MS = 250;
/** Against a stall; and where there is none, so that a stream that the SDK leaves hanging comes to an end, too. */
const LIMIT_MS = 250;
const LOOSE_LIMIT_MS = 1_500;
const BUSY_MS = 90;
const ABORT_MS = 30;

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Signals that only weak references hold do not live through it: https://github.com/nodejs/undici/issues/4068 */
const collectGarbage = (): void => (globalThis as { gc?: () => void }).gc?.();

/** The helper's timers that keep the process alive; the SDKs and the runtime have timers of their own. */
const timers = new Map<number, NodeJS.Timeout>();
const hook = createHook({
  init(id, type, _, resource) {
    if (type === 'Timeout' && new Error().stack?.includes('/src/resilient-stream/'))
      timers.set(id, resource as NodeJS.Timeout);
  },
  destroy(id) {
    timers.delete(id);
  },
}).enable();

/** Timers are counted no more: watching all that is asynchronous costs as much as running it. */
export const stopCounting = (): void => {
  hook.disable();
};
const countTimers = (): number => [...timers.values()].filter((timer) => timer.hasRef()).length;

const unhandled: string[] = [];
process.on('unhandledRejection', (error) => unhandled.push(printType(error)));
process.on('uncaughtException', (error) => unhandled.push(printType(error)));

function printType(error: unknown): string {
  return error instanceof Object ? error.constructor.name : String(error);
}

function readError(error: Untyped, own: unknown, { helper }: EntryPoint): Thrown {
  const status: unknown =
    error?.status ??
    error?.statusCode ??
    error?.status_code ??
    error?.httpResponse?.status ??
    error?.response?.status ??
    error?.$metadata?.httpStatusCode;
  const cause: unknown = error?.cause?.code ?? error?.cause?.cause?.code;
  return {
    type: printType(error),
    // The same from run to run.
    message: String(error?.message ?? error).replaceAll(/127\.0\.0\.1:\d+/g, 'server'),
    code: typeof error?.code === 'string' ? error.code : null,
    status: typeof status === 'number' ? status : null,
    cause: typeof cause === 'string' ? cause : null,
    partialText:
      error instanceof StreamingError ? (helper?.findPartial?.(error.partial.text) ?? error.partial.text) : null,
    own: own !== null && error === own,
  };
}

export interface Run {
  readonly entry: EntryPoint;
  readonly modules: readonly Untyped[];
  readonly plan: readonly Script[];
  readonly consumer: Case['consumer'];
  /** Called with each chunk. */
  readonly see?: (chunk: unknown) => void;
}

interface Reading {
  readonly open: (
    url: string,
    signal: AbortSignal,
  ) => PromiseLike<AsyncIterable<unknown>> | Promise<AsyncIterable<unknown>>;
  readonly findText: EntryPoint['findText'];
  readonly cumulative: boolean;
  readonly watchMs: number;
  readonly closesMs: number;
  readonly collects: boolean;
  /** Takes back what was read. */
  readonly undone: { current: boolean };
}

async function readAll(
  run: Run,
  { open, findText, cumulative, watchMs, closesMs, collects, undone }: Reading,
): Promise<Outcome> {
  const { entry, plan, consumer, see } = run;
  unhandled.length = 0;
  const server = await startFaultServer({ plan, dialect: entry.dialect, http2: entry.http2 ?? false });
  const caller = new AbortController();
  const reason = new Error('enough');
  const bug = new Error('bug');
  const own = consumer === 'throws' ? bug : consumer.endsWith('aborts') ? reason : null;
  let text = '';
  let chunks = 0;
  const abort = (): void => {
    setTimeout(() => {
      collectGarbage();
      caller.abort(reason);
    }, ABORT_MS);
  };

  const loop = (async (): Promise<void> => {
    let aborting = false;
    for await (const chunk of await open(server.url, caller.signal)) {
      if (undone.current) {
        text = '';
        undone.current = false;
      }
      chunks += 1;
      see?.(chunk);
      const found = findText(chunk) ?? '';
      // Of chunks that hold all there is so far, the difference.
      const delta = cumulative ? found.slice(text.length) : found;
      text += delta;
      const isFirst = delta !== '' && text === delta;
      if (consumer === 'breaks' && text === 'Hello ') break;
      if (consumer === 'throws' && text === 'Hello ') throw bug;
      if (consumer === 'aborts' && text === 'Hello wor' && !aborting) {
        aborting = true;
        abort();
      }
      if (consumer === 'busy-aborts' && isFirst) abort();
      if (consumer.startsWith('busy') && isFirst) await sleep(BUSY_MS);
    }
  })();

  // No answer that people wait for is over before the garbage is collected once. It costs, so only where a limit or an
  // abort is to strike.
  const garbage = collects ? setTimeout(collectGarbage, GARBAGE_MS) : undefined;
  let watch: NodeJS.Timeout | undefined;
  const settled = loop.then(
    () => ({ end: 'ended' as const, error: null }),
    (error: unknown) => ({ end: 'threw' as const, error: readError(error, own, entry) }),
  );
  const hung = new Promise<{ end: 'hung'; error: null }>((resolve) => {
    watch = setTimeout(() => resolve({ end: 'hung', error: null }), watchMs);
  });
  const outcome = { ...(await Promise.race([settled, hung])), text, chunks };
  clearTimeout(watch);
  clearTimeout(garbage);
  const listeners = getEventListeners(caller.signal, 'abort').length;
  const connection = await findConnection(server, outcome.end === 'hung' ? 0 : closesMs);
  const requests = server.requests.length;
  await server.close();
  await sleep(15);
  // One that ends within moments is not left: a body that has said its last is waited for that long.
  for (let again = 0; again < 10 && countTimers() > 0; again += 1) await sleep(15);
  return { ...outcome, requests, connection, unhandled: [...unhandled], listeners, timers: countTimers() };
}

async function findConnection({ requests }: FaultServer, withinMs: number): Promise<Outcome['connection']> {
  if (!requests[0]) return 'none';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'open'>((resolve) => {
    timer = setTimeout(() => resolve('open'), withinMs);
  });
  const closed = requests[0].closed.then(() => 'closed' as const);
  const connection = await Promise.race([closed, late]);
  clearTimeout(timer);
  return connection;
}

/**
 * The loop that everybody writes. The signal is given only where the consumer uses it: some SDKs drop their timeout for
 * it.
 */
export function runRaw(run: Run, timeout?: CallOptions['timeout']): Promise<Outcome> {
  const mayHang =
    run.consumer.endsWith('aborts') || /^(stall|hold-open)/.test(run.plan[0]?.fault ?? '') || timeout !== undefined;
  const open = (url: string, signal: AbortSignal): Promise<Untyped> =>
    openRaw(run.entry, run.modules, url, {
      ...(run.consumer.endsWith('aborts') ? { signal } : {}),
      ...(timeout ? { timeout } : {}),
    });
  return readAll(run, {
    open,
    findText: run.entry.findText,
    cumulative: run.entry.cumulative ?? false,
    watchMs: mayHang ? RAW_WATCH_MS : RAW_PATIENCE_MS,
    closesMs: RAW_CLOSES_MS,
    collects: timeout !== undefined,
    undone: { current: false },
  });
}

/** The same loop behind the helper. */
export function runHelper(
  run: Run,
  { stalls, restarts }: { readonly stalls: 'head' | 'middle' | null; readonly restarts: boolean },
): Promise<Outcome> {
  const undone = { current: false };
  const [headMs, idleMs] = [
    stalls === 'head' ? LIMIT_MS : LOOSE_LIMIT_MS,
    stalls === 'middle' ? LIMIT_MS : LOOSE_LIMIT_MS,
  ];
  const limits = { openTimeoutMs: headMs, firstChunkTimeoutMs: headMs, idleTimeoutMs: idleMs };
  const recover = restarts
    ? {
        recover: restart(() => {
          undone.current = true;
        }),
      }
    : {};
  const open = (url: string, signal: AbortSignal): Untyped =>
    resilientStream<unknown>(
      ({ signal: attempt }) => openRaw(run.entry, run.modules, url, { signal: attempt, forHelper: true }),
      {
        signal,
        maxRetries: 1,
        backoff: { initialMs: 1 },
        retryBudget: new RetryBudget(),
        ...limits,
        ...recover,
        ...findOwnProtocol(run.entry),
      },
    );
  return readAll(run, {
    open,
    findText: run.entry.helper?.findText ?? run.entry.findText,
    cumulative: false,
    watchMs: HELPER_WATCH_MS,
    closesMs: HELPER_CLOSES_MS,
    collects: stalls !== null,
    undone,
  });
}
