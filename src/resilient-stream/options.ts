import type { Backoff } from './backoff.ts';
import type { Protocol } from './protocols/protocol.ts';
import type { AttemptHints, Recovery } from './recovery.ts';
import { processBudget, type RetryBudget } from './retry-budget.ts';
import { isRetryable } from './retryable.ts';
import type { StreamEvent } from './stream-event.ts';

/** What `open` is told about the attempt it is to make. */
export interface AttemptContext extends AttemptHints {
  /** Hand it to the SDK. Aborted when the attempt is given up: a limit passed, the loop was left, the caller cancelled. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
}

/** What `open` may give: a stream, or what the SDKs' `.withResponse()` gives. */
export type Opened<Chunk> =
  | AsyncIterable<Chunk>
  | Iterable<Chunk>
  | { readonly data: AsyncIterable<Chunk>; readonly response?: unknown; readonly request_id?: string | null | undefined };

/** Makes one request; called once per attempt. */
export type Open<Chunk> = (attempt: AttemptContext) => Opened<Chunk> | PromiseLike<Opened<Chunk>>;

/** Times are in milliseconds; `Infinity` takes a limit away. */
export interface ResilientStreamOptions<Chunk = unknown> {
  /** The caller's cancellation. Once aborted, the loop throws `signal.reason`, always. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait from the call of `open` to the stream object, that is, for the headers. @default 60_000 */
  readonly openTimeoutMs?: number | undefined;
  /** Longest wait from the stream object to its first chunk. Reasoning models think for minutes. @default 300_000 */
  readonly firstChunkTimeoutMs?: number | undefined;
  /**
   * Longest wait for a next chunk, counted only while the consumer waits for it. Kept by a coarse clock: the limit strikes
   * up to a sixteenth late. Keep-alives are no chunks (the SDKs swallow them), so a short limit ends models that think. @default 120_000
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Longest time for the whole, attempts and waits included. @default Infinity */
  readonly totalTimeoutMs?: number | undefined;
  /** Attempts after the first one. @default 2 */
  readonly maxRetries?: number | undefined;
  /** @default 500 ms, doubled each time, at most 30 s, full jitter. A `Retry-After` of up to 60 s has precedence; a longer one ends the retries. */
  readonly backoff?: Backoff | undefined;
  /** Shared by all streams that are to back off together. @default one for the process */
  readonly retryBudget?: Pick<RetryBudget, 'spend' | 'refund'> | undefined;
  /** Whether another attempt may do better. @default the exported `isRetryable` */
  readonly isRetryable?: ((error: unknown) => boolean) | undefined;
  /** How to read the chunks. @default recognised by the first chunk; of an unknown shape, an end is an end */
  readonly protocol?: Protocol | undefined;
  /** Keeps what comes before the first content back until then, so that a failure right after it is retried unseen. @default true */
  readonly holdPreamble?: boolean | undefined;
  /**
   * Whether an end counts only behind a terminal marker. `'optional'` is for hosts that send no finish reason; a predicate, which
   * is asked about each chunk, for protocols of your own. @default 'required'
   */
  readonly terminal?: 'required' | 'optional' | ((chunk: Chunk) => boolean) | undefined;
  /** How to go on after chunks were delivered; a list is tried in order. Without one, the loop throws. */
  readonly recover?: Recovery | readonly Recovery[] | undefined;
  /** Told of everything that happens. What it throws is ignored. */
  readonly onEvent?: ((event: StreamEvent) => unknown) | undefined;
}

/** The options with nothing left open. */
export interface Settings {
  readonly signal: AbortSignal | undefined;
  readonly openTimeoutMs: number;
  readonly firstChunkTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxRetries: number;
  readonly backoff: Backoff;
  readonly retryBudget: Pick<RetryBudget, 'spend' | 'refund'>;
  readonly isRetryable: (error: unknown) => boolean;
  readonly protocol: Protocol | undefined;
  readonly holdPreamble: boolean;
  readonly terminal: 'required' | 'optional' | ((chunk: unknown) => boolean);
  readonly recover: readonly Recovery[];
  readonly onEvent: ((event: StreamEvent) => unknown) | undefined;
}

type Check = readonly [expected: string, isRight: (value: unknown) => boolean];

const isFunction = (value: unknown): boolean => typeof value === 'function';
const has = (value: unknown, ...methods: string[]): boolean =>
  typeof value === 'object' && value !== null && methods.every((name) => isFunction((value as Record<string, unknown>)[name]));
const isNumber = (value: unknown, least: number): boolean => typeof value === 'number' && value >= least;

const LIMIT: Check = ['a number of milliseconds above 0, or Infinity', (value) => isNumber(value, Number.MIN_VALUE)];
const FUNCTION: Check = ['a function', isFunction];

const CHECKS: Readonly<Record<keyof Settings, Check>> = {
  signal: ['an AbortSignal', (value) => has(value, 'addEventListener', 'removeEventListener')],
  openTimeoutMs: LIMIT,
  firstChunkTimeoutMs: LIMIT,
  idleTimeoutMs: LIMIT,
  totalTimeoutMs: LIMIT,
  maxRetries: ['a whole number, 0 or more', (value) => Number.isInteger(value) && isNumber(value, 0)],
  backoff: ['an object of `initialMs`, `maxMs` (0 or more) and `factor` (1 or more)', isBackoff],
  retryBudget: ['a RetryBudget', (value) => has(value, 'spend', 'refund')],
  isRetryable: FUNCTION,
  protocol: ['a protocol such as `openaiChat`', (value) => has(value, 'matches', 'start')],
  holdPreamble: ['true or false', (value) => typeof value === 'boolean'],
  terminal: ["'required', 'optional' or a function", (value) => value === 'required' || value === 'optional' || isFunction(value)],
  recover: ['a recovery such as `restart(undo)`, or a list of them', (value) => [value].flat().every((each) => has(each, 'prepare'))],
  onEvent: FUNCTION,
};

function isBackoff(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { initialMs = 0, factor = 1, maxMs = 0 } = value as Backoff;
  return isNumber(initialMs, 0) && isNumber(factor, 1) && isNumber(maxMs, 0);
}

function print(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : typeof value === 'object' && value !== null ? 'an object' : isFunction(value) ? 'a function' : String(value);
}

/** Checks what a person wrote. @throws TypeError that names the option and says what was expected. */
export function readOptions(open: unknown, options: ResilientStreamOptions<never>): Settings {
  if (!isFunction(open)) {
    const hint = has(open, 'then') || (typeof open === 'object' && open !== null && Symbol.asyncIterator in open) ? ' Did you mean `resilientStream(({ signal }) => …)`?' : '';
    throw new TypeError(`resilientStream: expected \`open\` to be a function that makes the request, got ${print(open)}.${hint}`);
  }
  if (typeof options !== 'object' || options === null) throw new TypeError(`resilientStream: expected the options to be an object, got ${print(options)}.`);
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof Settings] : null;
    if (!check) throw new TypeError(`resilientStream: there is no option \`${name}\`. The options are ${Object.keys(CHECKS).join(', ')}.`);
    const [expected, isRight] = check;
    if (value !== undefined && !isRight(value)) throw new TypeError(`resilientStream: expected \`${name}\` to be ${expected}, got ${print(value)}.`);
  }
  return {
    signal: options.signal,
    openTimeoutMs: options.openTimeoutMs ?? 60_000,
    firstChunkTimeoutMs: options.firstChunkTimeoutMs ?? 300_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 120_000,
    totalTimeoutMs: options.totalTimeoutMs ?? Infinity,
    maxRetries: options.maxRetries ?? 2,
    backoff: options.backoff ?? {},
    retryBudget: options.retryBudget ?? processBudget,
    isRetryable: options.isRetryable ?? isRetryable,
    protocol: options.protocol,
    holdPreamble: options.holdPreamble ?? true,
    terminal: (options.terminal as Settings['terminal'] | undefined) ?? 'required',
    recover: [options.recover ?? []].flat(),
    onEvent: options.onEvent,
  };
}
