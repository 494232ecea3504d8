import type { Backoff } from './backoff.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { AttemptHints, Recovery } from './recovery.ts';
import { processBudget, type RetryBudget } from './retry-budget.ts';
import { isRetryable } from './retryable.ts';
import type { StreamEvent } from './stream-event.ts';

/** What `open` is told about the attempt it is to make. */
export interface AttemptContext extends AttemptHints {
  /**
   * Hand it to the SDK. Aborted when the attempt is given up: a limit passed, the loop was left, the caller cancelled.
   */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
}

/**
 * What `open` may give: a stream, what the SDKs' `.withResponse()` gives, or a result that holds its stream: the AI
 * SDK's, Bedrock's.
 */
export type Opened<Chunk> =
  | AsyncIterable<Chunk>
  | Iterable<Chunk>
  | {
      readonly data: AsyncIterable<Chunk>;
      readonly response?: unknown;
      readonly request_id?: string | null | undefined;
    }
  | { readonly fullStream: AsyncIterable<Chunk> }
  | { readonly stream?: AsyncIterable<Chunk> | undefined };

/** Makes one request; called once per attempt. */
export type Open<Chunk> = (attempt: AttemptContext) => Opened<Chunk> | PromiseLike<Opened<Chunk>>;

/** Times are in milliseconds; `Infinity` takes a limit away. */
export interface ResilientStreamOptions<Chunk = unknown> {
  /**
   * The caller's cancellation. Once aborted, the loop throws `signal.reason`, always. `null`, as the SDKs' own options
   * allow it, is none.
   */
  readonly signal?: AbortSignal | null | undefined;
  /** Longest wait from the call of `open` to the stream object, that is, for the headers. @default 60_000 */
  readonly openTimeoutMs?: number | undefined;
  /** Longest wait from the stream object to its first chunk. Reasoning models think for minutes. @default 300_000 */
  readonly firstChunkTimeoutMs?: number | undefined;
  /**
   * Longest wait for a next chunk, counted only while the consumer waits for it. Kept by a coarse clock: the limit
   * strikes up to a sixteenth late. Keep-alives are no chunks (the SDKs swallow them), so a short limit ends models
   * that think.
   * @default 120_000
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Longest time for the whole, attempts and waits included. @default Infinity */
  readonly totalTimeoutMs?: number | undefined;
  /** Attempts after the first one. @default 2 */
  readonly maxRetries?: number | undefined;
  /**
   * @default 500 ms, doubled each time, at most 30 s, full jitter. A `Retry-After` of up to 60 s has precedence; a
   * longer one ends the retries.
   */
  readonly backoff?: Backoff | undefined;
  /** Shared by all streams that are to back off together. @default one for the process */
  readonly retryBudget?: Pick<RetryBudget, 'spend' | 'refund'> | undefined;
  /** Whether another attempt may do better. @default the exported `isRetryable` */
  readonly isRetryable?: ((error: unknown) => boolean) | undefined;
  /**
   * How to read the chunks.
   * @default recognised by the first chunk that is an object; of an unknown shape, an end is an end
   */
  readonly protocol?: Protocol | undefined;
  /**
   * Keeps what comes before the first content back until then, so that a failure right after it is retried unseen.
   * @default true
   */
  readonly holdPreamble?: boolean | undefined;
  /**
   * Whether an end counts only behind a terminal marker. `'optional'` is for hosts that send no finish reason; a
   * predicate, which is asked about each chunk, for protocols of your own.
   * @default 'required'
   */
  readonly terminal?: 'required' | 'optional' | ((chunk: Chunk) => boolean) | undefined;
  /**
   * Finish reasons that are failures to you, such as `['length', 'content_filter']`: behind the last chunk, the loop
   * throws.
   * @default []
   */
  readonly rejectFinish?: readonly string[] | undefined;
  /**
   * Keeps the text for `partial.text` and `continueText`. Without it, memory stays flat however long the answer is.
   * @default true
   */
  readonly collectText?: boolean | undefined;
  /** How to go on after chunks were delivered; a list is tried in order. Without one, the loop throws. */
  readonly recover?: Recovery | readonly Recovery[] | undefined;
  /** Told of everything that happens. What it throws is ignored. */
  readonly onEvent?: ((event: StreamEvent) => unknown) | undefined;
}

/** The options with nothing left open. */
export interface Settings {
  readonly signal: AbortSignal | null;
  readonly openTimeoutMs: number;
  readonly firstChunkTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxRetries: number;
  readonly backoff: Backoff;
  readonly retryBudget: Pick<RetryBudget, 'spend' | 'refund'>;
  readonly isRetryable: (error: unknown) => boolean;
  readonly protocol: Protocol | null;
  readonly holdPreamble: boolean;
  readonly terminal: 'required' | 'optional' | ((chunk: unknown) => boolean);
  readonly rejectFinish: readonly string[];
  readonly collectText: boolean;
  readonly recover: readonly Recovery[];
  readonly onEvent: ((event: StreamEvent) => unknown) | null;
}

const isObject = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isNumber = (value: unknown, least: number): boolean => typeof value === 'number' && value >= least;
const has =
  (...methods: readonly string[]) =>
  (value: unknown): boolean =>
    isObject(value) && methods.every((name) => isFunction(value[name]));
const isBackoff = (value: unknown): boolean =>
  isObject(value) &&
  isNumber(value['initialMs'] ?? 0, 0) &&
  isNumber(value['factor'] ?? 1, 1) &&
  isNumber(value['maxMs'] ?? 0, 0);

type Kind = readonly [expected: string, isRight: (value: unknown) => boolean, defaults: Partial<Settings>];

/** Each kind of option: what a wrong value is told, whether a value is right, and the options with their defaults. */
const KINDS: readonly Kind[] = [
  [
    'a number of milliseconds above 0, or Infinity',
    (value) => isNumber(value, Number.MIN_VALUE),
    { openTimeoutMs: 60_000, firstChunkTimeoutMs: 300_000, idleTimeoutMs: 120_000, totalTimeoutMs: Infinity },
  ],
  ['a whole number, 0 or more', (value) => isNumber(value, 0) && Number.isInteger(value), { maxRetries: 2 }],
  ['true or false', (value) => typeof value === 'boolean', { holdPreamble: true, collectText: true }],
  ['a function', isFunction, { isRetryable, onEvent: null }],
  ['an AbortSignal', has('addEventListener', 'removeEventListener'), { signal: null }],
  ['an object of `initialMs`, `maxMs` (0 or more) and `factor` (1 or more)', isBackoff, { backoff: {} }],
  ['a RetryBudget', has('spend', 'refund'), { retryBudget: processBudget }],
  ['a protocol such as `openaiChat`', has('matches', 'start'), { protocol: null }],
  [
    "'required', 'optional' or a function",
    (value) => value === 'required' || value === 'optional' || isFunction(value),
    { terminal: 'required' },
  ],
  [
    'a list of finish reasons',
    (value) => Array.isArray(value) && value.every((reason) => typeof reason === 'string'),
    { rejectFinish: [] },
  ],
  [
    'a recovery such as `restart(undo)`, or a list of them',
    (value) => [value].flat().every(has('prepare')),
    { recover: [] },
  ],
];

const DEFAULTS = /* @__PURE__ */ Object.assign(
  {},
  .../* @__PURE__ */ KINDS.map(([, , defaults]) => defaults),
) as Settings;

const print = (value: unknown): string =>
  typeof value === 'string'
    ? `'${value}'`
    : isObject(value)
      ? 'an object'
      : isFunction(value)
        ? 'a function'
        : String(value);

function expect(isRight: boolean, what: string, expected: string, value: unknown, hint = ''): void {
  if (!isRight) throw new TypeError(`resilientStream: expected ${what} to be ${expected}, got ${print(value)}.${hint}`);
}

/** Checks what a person wrote. @throws TypeError that names the option and says what was expected. */
export function readOptions<Chunk>(open: Open<Chunk>, options: ResilientStreamOptions<Chunk>): Settings {
  const isStream = isObject(open) && ('then' in open || Symbol.asyncIterator in open);
  expect(
    isFunction(open),
    '`open`',
    'a function that makes the request',
    open,
    isStream ? ' Did you mean `resilientStream(({ signal }) => …)`?' : '',
  );
  expect(isObject(options), 'the options', 'an object', options);
  const names = Object.keys(options);
  // Most streams have none, and share these.
  if (names.length === 0) return DEFAULTS;
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const name of names) {
    const value = options[name as keyof typeof options] as unknown;
    const kind = KINDS.find(([, , defaults]) => Object.hasOwn(defaults, name));
    if (!kind)
      throw new TypeError(
        `resilientStream: there is no option \`${name}\`. The options are ${Object.keys(DEFAULTS).join(', ')}.`,
      );
    if (value === undefined || (value === null && settings[name] === null)) continue;
    expect(kind[1](value), `\`${name}\``, kind[0], value);
    settings[name] = name === 'recover' ? [value].flat() : value;
  }
  const { recover } = settings as unknown as Settings;
  for (const recovery of recover) recovery.check?.(settings as unknown as Settings, expect);
  return settings as unknown as Settings;
}
